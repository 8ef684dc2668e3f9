"""Debits and refunds by order: asked for once, under a mandate that stands, and booked when the money came."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import BankAccount, Client, Firm
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.disputes import open_dispute
from desktop.services.orders.making import MadeOrder, earliest_day, make_order
from desktop.services.orders.standing import (
    cancel_order,
    hand_over_order,
    order_file,
    order_items,
    orders,
    settle_order,
)
from desktop.services.orders.wanted import credits_to_refund, debits_due
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value

TODAY = date(2026, 2, 3)
COLLECT = date(2026, 3, 4)
IBAN = "NL91ABNA0417164300"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """Three clients who pay by debit, one that does not, an invoice of January each."""
    with new_book(tmp_path) as book:
        made = Contracts(book)
        debit = {"payment_means": "debit", "iban": IBAN, "mandate_date": date(2026, 1, 2)}
        for k in range(3):
            client = made.client(f"C{k}", mandate=f"M-{k}", **debit)
            made.agreement(client, f"A{k}", {"unit_price": str(100 + k)})
        made.agreement(made.client("C3"), "A3", {"unit_price": "100"})
        made.bill("2026-01-31")
        with change(book, ANNE, "Account") as changed:
            changed.insert(BankAccount, position=1, holder="Firm", iban="DE02120300000000202051")
            changed.update(Firm, 1, creditor_id="DE98ZZZ09999999999")
        yield book


def order(book: Book, **more: object) -> MadeOrder:
    given: dict[str, object] = {"kind": "sepa_debit", "account_id": 1, "execute_on": COLLECT}
    return make_order(book, actor=ANNE, today=TODAY, **(given | more))  # type: ignore[arg-type]


def test_what_is_due_of_those_who_pay_by_debit_is_ordered_once(book: Book) -> None:
    made = order(book)
    assert made.number == "D-2026-0001"
    assert made.count == 3
    assert made.content == order_file(book, made.id).content
    root = ET.fromstring(made.content)
    assert root.find(".//{*}GrpHdr/{*}NbOfTxs").text == "3"  # type: ignore[union-attr]
    assert [one.text for one in root.iter() if one.tag.endswith("SeqTp")] == ["FRST"]
    assert {one.problem for one in debits_due(book, kind="sepa_debit", execute_on=COLLECT)} == {
        "D-2026-0001 asks for it already."
    }
    with pytest.raises(UserError, match="nothing to order"):
        order(book)
    assert check(book).problems == ()


def test_once_collected_a_mandate_recurs(book: Book) -> None:
    made = order(book)
    hand_over_order(book, made.id, actor=ANNE)
    payments = settle_order(book, made.id, on=COLLECT, actor=ANNE, today=COLLECT)
    assert len(set(payments)) == 3
    assert value(book, "SELECT count(*) FROM open_item WHERE open > 0") == 1
    assert {one.state for one in order_items(book, made.id)} == {"paid"}
    (row,) = orders(book)
    assert (row.state, row.waiting, row.paid) == ("handed_over", 0, 3)
    with pytest.raises(UserError, match="came already"):
        cancel_order(book, made.id, actor=ANNE)
    with pytest.raises(UserError, match="Nothing of order"):
        settle_order(book, made.id, on=COLLECT, actor=ANNE, today=COLLECT)
    Contracts(book).bill("2026-02-28")
    again = order(book, execute_on=date(2026, 4, 7))
    assert {one.sequence for one in order_items(book, again.id)} == {"RCUR"}
    assert check(book).problems == ()


def test_two_debits_under_one_new_mandate_have_one_first(book: Book) -> None:
    Contracts(book).bill("2026-02-28")
    made = order(book, execute_on=date(2026, 4, 7))
    found = order_items(book, made.id)
    assert sorted(one.sequence for one in found) == ["FRST"] * 3 + ["RCUR"] * 3


def test_an_order_taken_back_frees_what_it_asked_for(book: Book) -> None:
    made = order(book)
    cancel_order(book, made.id, actor=ANNE)
    with pytest.raises(UserError, match="taken back"):
        hand_over_order(book, made.id, actor=ANNE)
    assert order(book).number == "D-2026-0002"
    assert check(book).problems == ()


def test_a_debit_taken_back_by_hand_is_asked_for_again(book: Book) -> None:
    made = order(book)
    settle_order(book, made.id, on=COLLECT, actor=ANNE, today=COLLECT)
    (first, *_others) = order_items(book, made.id)
    reverse_payment(book, first.payment, on=COLLECT, reason="No funds", actor=ANNE, today=COLLECT)
    (item, *_others) = order_items(book, made.id)
    assert (item.state, item.return_reason) == ("returned", "No funds")
    assert order(book, execute_on=date(2026, 4, 7)).count == 1
    assert check(book).problems == ()


def test_what_was_paid_meanwhile_becomes_credit(book: Book) -> None:
    made = order(book)
    number = order_items(book, made.id)[0].settles
    gross = value(book, f"SELECT gross FROM invoice WHERE number = '{number}'")
    record_payment(book, amount=gross, paid_on=COLLECT, actor=ANNE, today=COLLECT, numbers=[number])
    settle_order(book, made.id, on=COLLECT, actor=ANNE, today=COLLECT)
    assert value(book, "SELECT sum(open) FROM open_credit") == gross
    assert check(book).problems == ()


@pytest.mark.parametrize(
    "values, says",
    [
        ({"mandate": ""}, "no mandate"),
        ({"mandate_date": None}, "signed is missing"),
        ({"mandate_date": date(2026, 3, 5)}, "after this collection"),
        ({"mandate_date": date(2023, 3, 4)}, "lapsed"),
        ({"iban": ""}, "no IBAN"),
        ({"iban": "NL91ABNA0417164301"}, "check digits"),
    ],
)
def test_what_keeps_a_debit_out_is_said(book: Book, values: dict[str, object], says: str) -> None:
    with change(book, ANNE, "Spoil") as made:
        made.update(Client, 1, **values)
    found = {one.client: one for one in debits_due(book, kind="sepa_debit", execute_on=COLLECT)}
    assert says in found["C0"].problem
    assert not found["C1"].problem
    with pytest.raises(UserError, match="cannot be ordered"):
        order(book, ids={found["C0"].id})
    assert order(book).count == 2


def test_what_is_disputed_is_not_fetched(book: Book) -> None:
    number = str(value(book, "SELECT number FROM invoice WHERE client_id = 1"))
    open_dispute(book, number, reason="hours", on=TODAY, actor=ANNE, today=TODAY)
    assert order(book).count == 2


@pytest.mark.parametrize(
    "day, says", [(TODAY, "any more"), (date(2026, 3, 7), "do not work"), (date(2026, 4, 3), "do not work")]
)
def test_banks_work_on_banking_days(book: Book, day: date, says: str) -> None:
    with pytest.raises(UserError, match=says):
        order(book, execute_on=day)


def test_the_earliest_day() -> None:
    assert earliest_day("sepa_debit", date(2026, 4, 2)) == date(2026, 4, 7)
    assert earliest_day("ach_debit", date(2026, 4, 2)) == date(2026, 4, 3)
    assert earliest_day("ach_debit", date(2026, 4, 3)) == date(2026, 4, 6)


def test_an_account_that_lacks_something_says_what(book: Book) -> None:
    with change(book, ANNE, "Spoil") as made:
        made.update(Firm, 1, creditor_id="")
    with pytest.raises(UserError, match="creditor identifier"):
        order(book)


def test_a_credit_goes_back_by_transfer(book: Book) -> None:
    record_payment(book, amount=5_000, paid_on=TODAY, actor=ANNE, today=TODAY, client_id=4)
    record_payment(book, amount=900_000, paid_on=TODAY, actor=ANNE, today=TODAY, client_id=1)
    found = {one.client: one for one in credits_to_refund(book)}
    assert found["C0"].problem == ""
    made = order(book, kind="sepa_transfer")
    assert made.number == "T-2026-0001"
    assert made.total == found["C0"].amount
    settle_order(book, made.id, on=COLLECT, actor=ANNE, today=COLLECT)
    assert not value(book, "SELECT sum(open) FROM open_credit WHERE client_id = 1")
    assert check(book).problems == ()


def test_ach(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        made = Contracts(book)
        routed = {"payment_means": "debit", "routing": "011401533", "account_number": "55", "currency": "USD"}
        made.agreement(made.client("U1", **routed), "A1", {"unit_price": "10"}, currency="USD")
        made.bill("2026-01-31")
        with change(book, ANNE, "Account") as changed:
            changed.insert(
                BankAccount, position=1, holder="Firm", iban="1", bank="First", routing="021000021", company_id="12345"
            )
        done = order(book, kind="ach_debit", execute_on=date(2026, 3, 6))
        assert done.file_name == "D-2026-0001.ach"
        assert done.content.startswith(b"101 021000021     12345")
        assert check(book).problems == ()
