"""Payments, refunds and debits that were in the book before their bank line came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Client, PaymentOrder, PaymentOrderItem
from desktop.domain.matching.facts import Share
from desktop.errors import UserError
from desktop.services.bank.booking import book_line
from desktop.services.bank.parts import Part
from desktop.services.bank.proposing import proposals
from desktop.services.bank.reconciling import run_pass
from desktop.services.bank.showing import shown_line
from desktop.services.bank.undoing import take_back
from desktop.services.changes import change
from desktop.services.payments import record_payment
from desktop.services.refunds import refund_credit
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import rows, value
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
JANUARY, MARCH = date(2026, 1, 10), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def account(book: Book) -> int:
    return add_account(book)


def recorded(book: Book, number: str, amount: int = 10_000, on: date = MARCH) -> str:
    return record_payment(book, amount=amount, paid_on=on, actor=ANNE, today=TODAY, numbers=[number]).payment


def test_what_was_recorded_by_hand_is_not_booked_twice(book: Book, account: int) -> None:
    client = add_client(book, "ACME", name="Acme Shipping AG")
    first = add_invoice(book, client, JANUARY, (10_000, 0))
    add_invoice(book, client, JANUARY, (10_000, 0))
    payment = recorded(book, first)
    line = add_line(book, account, MARCH + timedelta(2), 10_000, f"Invoice {first}", party="Acme Shipping AG")
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert [(one.line_id, one.kind, one.state) for one in done.matches] == [(line, "recorded", "booked")]
    assert value(book, "SELECT count(*) FROM payment") == 1
    assert [one.payment for one in shown_line(book, line).matches] == [payment]
    prove(book)
    back = take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Wrong line")
    assert back.payments == ()
    assert value(book, "SELECT count(*) FROM payment") == 1
    assert shown_line(book, line).state == "open"
    prove(book)


def test_one_of_the_same_payer_is_suggested_and_leaves_nothing_sure(book: Book, account: int) -> None:
    client = add_client(book, "ACME", name="Acme Shipping AG")
    first = add_invoice(book, client, JANUARY, (10_000, 0))
    second = add_invoice(book, client, JANUARY, (10_000, 0))
    recorded(book, first)
    line = add_line(book, account, MARCH, 10_000, "Thanks", party="Acme Shipping")
    named = add_line(book, account, MARCH, 10_000, f"Invoice {second}", party="Acme Shipping")
    found = proposals(book, today=TODAY)
    assert [one.kind for one in found.of(line)][:1] == ["recorded"]
    assert not any(one.sure for one in found.of(line))
    best = found.best(named)
    assert best is not None
    assert (best.kind, best.sure, found.names(best)) == ("payment", True, ((second, 10_000),))


def test_two_lines_that_name_one_payment_wait(book: Book, account: int) -> None:
    number = add_invoice(book, add_client(book, "ACME"), JANUARY, (10_000, 0))
    payment = recorded(book, number)
    lines = [add_line(book, account, MARCH, 10_000, f"Invoice {number}") for _ in range(2)]
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert (done.matched, done.suggested) == (0, 2)
    found = proposals(book, today=TODAY)
    best = found.best(lines[0])
    assert best is not None
    book_line(book, lines[0], found.parts(best), actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match=payment):
        book_line(book, lines[1], found.parts(best), actor=ANNE, today=TODAY)


def test_a_payment_of_another_amount_or_too_long_ago_is_none(book: Book, account: int) -> None:
    number = add_invoice(book, add_client(book, "ACME"), JANUARY, (20_000, 0))
    recorded(book, number)
    other = add_line(book, account, MARCH, 10_001, f"Invoice {number}")
    late = add_line(book, account, MARCH + timedelta(11), 10_000, f"Invoice {number}")
    found = proposals(book, today=TODAY)
    for line in (other, late):
        assert "recorded" not in [one.kind for one in found.of(line)]
    with pytest.raises(UserError, match="not"):
        book_line(book, other, [Part("payment", 10_001, payment_id=1)], actor=ANNE, today=TODAY)


def test_a_refund_of_a_line(book: Book, account: int) -> None:
    client = add_client(book, "ACME")
    record_payment(book, amount=5_000, paid_on=JANUARY, actor=ANNE, today=TODAY, client_id=client)
    line = add_line(book, account, MARCH, -4_000, "Back to you")
    credit = value(book, "SELECT id FROM open_credit")
    done = book_line(book, line, [Part("refund", -4_000, credit_id=credit)], actor=ANNE, today=TODAY)
    assert done.clients == (client,)
    assert value(book, "SELECT open FROM open_credit") == 1_000
    prove(book)
    take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Wrong")
    assert value(book, "SELECT open FROM open_credit") == 5_000
    prove(book)
    more = add_line(book, account, MARCH, -6_000, "Back to you")
    with pytest.raises(UserError, match="is left"):
        book_line(book, more, [Part("refund", -6_000, credit_id=credit)], actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match="which credit"):
        book_line(book, more, [Part("refund", -6_000)], actor=ANNE, today=TODAY)


def test_a_refund_that_was_recorded(book: Book, account: int) -> None:
    client = add_client(book, "ACME")
    record_payment(book, amount=5_000, paid_on=JANUARY, actor=ANNE, today=TODAY, client_id=client)
    refund = refund_credit(
        book, "P-2026-0001", on=MARCH, reason="Paid twice", actor=ANNE, today=TODAY, reference="GS-4711"
    )
    line = add_line(book, account, MARCH, -5_000, "Refund GS-4711")
    run_pass(book, actor=ANNE, today=TODAY)
    shown = shown_line(book, line)
    assert [(one.kind, one.payment) for one in shown.matches] == [("refund", refund.refund)]
    prove(book)


def ordered(book: Book, account: int, number: str, amount: int) -> int:
    with change(book, ANNE, "Order") as made:
        order = made.insert(
            PaymentOrder,
            number="D-2026-0001",
            kind="sepa_debit",
            account_id=account,
            execute_on=MARCH,
            currency="EUR",
            count=1,
            total=amount,
            state="handed_over",
            made_at=made.at,
            actor=ANNE,
        )
        item = made.connection.exec_driver_sql(
            "SELECT o.id, o.client_id FROM open_item o JOIN invoice i ON i.id = o.invoice_id WHERE i.number = ?",
            (number,),
        ).one()
        return made.insert(
            PaymentOrderItem,
            order_id=order,
            client_id=item[1],
            open_item_id=item[0],
            amount=amount,
            end_to_end="D-2026-0001-1",
            holder="Acme",
        )


def test_a_debit_is_noted_in_its_order_and_its_return_too(book: Book, account: int) -> None:
    client = add_client(book, "ACME")
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    key = ordered(book, account, number, 10_000)

    def state() -> tuple[object, ...]:
        return rows(book, "SELECT state, payment_id IS NOT NULL FROM payment_order_item WHERE id = ?", key)[0]

    line = add_line(book, account, MARCH, 10_000, "Debit", end_to_end="D-2026-0001-1")
    item = value(book, "SELECT id FROM open_item")
    book_line(book, line, [Part("payment", 10_000, shares=(Share(item, 10_000),))], actor=ANNE, today=TODAY)
    assert state() == ("paid", 1)
    back = add_line(
        book, account, MARCH + timedelta(2), -10_000, "", end_to_end="D-2026-0001-1", returns=True, return_reason="MD06"
    )
    run_pass(book, actor=ANNE, today=TODAY)
    assert shown_line(book, back).state == "booked"
    assert state() == ("returned", 1)
    take_back(book, line_ids=[back], actor=ANNE, today=TODAY, reason="Not ours")
    assert state() == ("paid", 1)
    assert value(book, "SELECT open FROM open_item") == 0
    take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Not ours")
    prove(book)


def test_a_debit_taken_back_is_under_way_again(book: Book, account: int) -> None:
    number = add_invoice(book, add_client(book, "ACME"), JANUARY, (10_000, 0))
    key = ordered(book, account, number, 10_000)
    line = add_line(book, account, MARCH, 10_000, "Debit", end_to_end="D-2026-0001-1")
    done = run_pass(book, actor=ANNE, today=TODAY)
    assert (done.matched, shown_line(book, line).state) == (1, "booked")
    take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Not ours")
    assert rows(book, "SELECT state, payment_id FROM payment_order_item WHERE id = ?", key) == [("ordered", None)]
    prove(book)


def test_an_account_tells_the_payer(book: Book, account: int) -> None:
    client = add_client(book, "ACME", name="Acme Shipping AG")
    with change(book, ANNE, "IBAN") as made:
        made.update(Client, client, iban="DE89370400440532013000")
    number = add_invoice(book, client, JANUARY, (10_000, 0))
    recorded(book, number)
    line = add_line(book, account, MARCH, 10_000, "", party_account="DE89370400440532013000")
    assert proposals(book, today=TODAY).of(line)[0].kind == "recorded"


def test_the_next_part_of_an_invoice_is_not_taken_for_the_one_before(book: Book, account: int) -> None:
    number = add_invoice(book, add_client(book, "ACME"), JANUARY, (20_000, 0))
    recorded(book, number)
    line = add_line(book, account, MARCH + timedelta(5), 10_000, f"Invoice {number}")
    found = proposals(book, today=TODAY)
    assert [(one.kind, one.sure) for one in found.of(line)][:2] == [("recorded", False), ("payment", False)]
