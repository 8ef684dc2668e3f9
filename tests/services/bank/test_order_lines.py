"""What the bank carries out of orders: sums of debits, of a block or of all, and refunds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from db.schema import BankAccount, Client, Firm
from desktop.services.bank.booking import book_line
from desktop.services.bank.choice import reading_text
from desktop.services.bank.proposing import proposals
from desktop.services.bank.reconciling import run_pass
from desktop.services.bank.showing import shown_line
from desktop.services.bank.undoing import take_back
from desktop.services.changes import change
from desktop.services.orders.making import MadeOrder, make_order
from desktop.services.orders.standing import order_items
from desktop.services.payments import record_payment
from tests.bank_lines import add_line
from tests.books import new_book
from tests.contracts import value
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

MADE = date(2026, 3, 2)
TODAY = date(2026, 3, 31)
JANUARY, MARCH = date(2026, 1, 10), date(2026, 3, 10)
IBAN = "NL91ABNA0417164300"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Two clients who pay by debit: 100 and 200 of one, the first under its mandate and the next; 400 of the other."""
    with new_book(tmp_path) as book:
        clients = [add_client(book, code) for code in ("ACME", "BOLT")]
        with change(book, ANNE, "Debits") as made:
            made.insert(BankAccount, position=1, holder="Firm", iban="DE02120300000000202051")
            made.update(Firm, 1, creditor_id="DE98ZZZ09999999999")
            for client in clients:
                means: dict[str, Any] = {"payment_means": "debit", "mandate": f"M-{client}", "iban": IBAN}
                made.update(Client, client, mandate_date=JANUARY, **means)
        for client, amount in ((clients[0], 10_000), (clients[0], 20_000), (clients[1], 40_000)):
            add_invoice(book, client, JANUARY, (amount, 0))
        yield book


def order(book: Book, kind: str = "sepa_debit") -> MadeOrder:
    return make_order(book, kind=kind, account_id=1, execute_on=MARCH, actor=ANNE, today=MADE)


def states(book: Book, order_id: int) -> list[str]:
    return [one.state for one in order_items(book, order_id)]


@pytest.mark.parametrize(
    "named", [{"text": "SEPA Sammler D20260001"}, {"batch": "D-2026-0001"}, {"reference": "D-2026-0001"}]
)
def test_all_of_an_order_in_one_sum(book: Book, named: dict[str, str]) -> None:
    made = order(book)
    other = add_line(book, 1, MARCH, 70_000, "Our order")
    line = add_line(book, 1, MARCH, 70_000, **named)
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert {one.line_id for one in done.matches if one.state == "booked"} == {line}
    assert shown_line(book, other).state == "open"
    assert [one.client for one in shown_line(book, line).matches] == ["ACME", "BOLT"]
    assert value(book, "SELECT sum(open) FROM open_item") == 0
    assert states(book, made.id) == ["paid"] * 3
    prove(book)
    take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Wrong")
    assert states(book, made.id) == ["ordered"] * 3
    assert value(book, "SELECT sum(open) FROM open_item") == 70_000
    prove(book)


def test_each_block_of_the_file_is_a_sum_of_its_own(book: Book) -> None:
    made = order(book)
    assert [one.sequence for one in order_items(book, made.id)] == ["FRST", "RCUR", "FRST"]
    first = add_line(book, 1, MARCH, 50_000, "SAMMLER", batch="D-2026-0001-1")
    run_pass(book, actor=ANNE, today=TODAY)
    assert shown_line(book, first).state == "booked"
    assert states(book, made.id) == ["paid", "ordered", "paid"]
    add_line(book, 1, MARCH, 20_000, "SAMMLER", batch="D-2026-0001-2")
    run_pass(book, actor=ANNE, today=TODAY)
    assert states(book, made.id) == ["paid"] * 3
    prove(book)


def test_blocks_of_the_same_sum_are_told_apart_by_name(book: Book) -> None:
    add_invoice(book, 1, JANUARY, (30_000, 0))
    made = order(book)
    unclear = add_line(book, 1, MARCH, 50_000, "SAMMLER D-2026-0001")
    second = add_line(book, 1, MARCH, 50_000, batch="D-2026-0001-2")
    found = proposals(book, today=TODAY)
    assert not any(one.sure for one in found.of(unclear))
    run_pass(book, actor=ANNE, today=TODAY)
    assert shown_line(book, second).state == "booked"
    assert {one.sequence: one.state for one in order_items(book, made.id)} == {"FRST": "ordered", "RCUR": "paid"}
    prove(book)


def test_what_was_paid_otherwise_meanwhile_is_credit_once_a_person_agrees(book: Book) -> None:
    order(book)
    record_payment(book, amount=40_000, paid_on=MADE, actor=ANNE, today=TODAY, client_id=2)
    line = add_line(book, 1, MARCH, 70_000, batch="D-2026-0001")
    assert run_pass(book, actor=ANNE, today=TODAY).matched == 0
    found = proposals(book, today=TODAY)
    best = found.best(line)
    assert best is not None
    assert (best.sure, best.surplus, best.client_id) == (False, 40_000, 2)
    book_line(book, line, found.parts(best), actor=ANNE, today=TODAY)
    assert value(book, "SELECT sum(open) FROM open_item") == 0
    assert value(book, "SELECT sum(open) FROM open_credit WHERE client_id = 2") == 40_000
    prove(book)


def test_refunds_by_order(book: Book) -> None:
    for client in (1, 2):
        add_client_credit(book, client)
    made = order(book, "sepa_transfer")
    assert made.number == "T-2026-0001"
    both = add_line(book, 1, MARCH, -10_000, "SAMMLER-UEBERWEISUNG", batch="T-2026-0001-1")
    run_pass(book, actor=ANNE, today=TODAY)
    assert [one.kind for one in shown_line(book, both).matches] == ["refund", "refund"]
    assert states(book, made.id) == ["paid", "paid"]
    assert value(book, "SELECT sum(open) FROM open_credit") == 0
    prove(book)
    take_back(book, line_ids=[both], actor=ANNE, today=TODAY, reason="Wrong")
    assert states(book, made.id) == ["ordered", "ordered"]
    prove(book)


def test_one_refund_is_no_return_of_the_payment_that_it_pays_back(book: Book) -> None:
    add_client_credit(book, 1)
    add_client_credit(book, 2)
    made = order(book, "sepa_transfer")
    unclear = add_line(book, 1, MARCH, -5_000, "Erstattung", party_account=IBAN, party="ACME")
    line = add_line(book, 1, MARCH, -5_000, "Erstattung", party_account=IBAN, end_to_end="T-2026-0001-2")
    found = proposals(book, today=TODAY)
    best = found.best(line)
    assert best is not None
    assert (best.kind, best.sure, reading_text(found, best, {2: "Bolt"})) == ("refund", True, "Refund · Bolt")
    assert not any(one.sure for one in found.of(unclear))
    run_pass(book, actor=ANNE, today=TODAY)
    # What is left can only be the other one.
    assert states(book, made.id) == ["paid", "paid"]
    prove(book)


def test_a_debit_that_came_back_is_under_way_again_once_both_lines_are_taken_back(book: Book) -> None:
    made = order(book)
    came = add_line(book, 1, MARCH, 20_000, end_to_end="D-2026-0001-2")
    back = add_line(book, 1, MARCH, -20_000, "Return", end_to_end="D-2026-0001-2", returns=True)
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert (done.matched, states(book, made.id)) == (2, ["ordered", "returned", "ordered"])
    take_back(book, line_ids=[came, back], actor=ANNE, today=TODAY, reason="Wrong")
    assert states(book, made.id) == ["ordered"] * 3
    assert value(book, "SELECT sum(open) FROM open_item") == 70_000
    prove(book)


def add_client_credit(book: Book, client: int) -> None:
    """50 that pay nothing, of a client whose invoices are paid."""
    record_payment(
        book,
        amount=int(value(book, f"SELECT sum(open) FROM open_item WHERE client_id = {client}")) + 5_000,
        paid_on=JANUARY,
        actor=ANNE,
        today=TODAY,
        client_id=client,
    )
