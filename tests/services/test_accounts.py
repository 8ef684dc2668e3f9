from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.accounts import Account, AccountRow, Link, account
from desktop.services.credits import credit_invoice
from desktop.services.opening import OpeningItem, add_opening_item
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.write_offs import write_off
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME")


def test_the_balance_runs_and_each_row_says_what_settled_it(book: Book, client: int) -> None:
    first, second = (add_invoice(book, client, day, (1_000, 0)) for day in (JANUARY, FEBRUARY))
    payment = record_payment(
        book, amount=1_700, paid_on=FEBRUARY, actor=ANNE, today=TODAY, client_id=client, reference="bank 3"
    ).payment
    note = credit_invoice(book, second, reason="late", actor=ANNE, today=MARCH, amount_gross=200).credit_note
    write_off(book, second, reason="small", on=MARCH, actor=ANNE, today=TODAY)
    (page,) = account(book, client, until=TODAY)
    assert page == Account(
        client,
        "EUR",
        0,
        (
            AccountRow(JANUARY, "invoice", first, "", 1_000, 1_000, 0, (Link(FEBRUARY, "payment", payment, 1_000),)),
            AccountRow(
                FEBRUARY,
                "invoice",
                second,
                "",
                1_000,
                2_000,
                0,
                (
                    Link(FEBRUARY, "payment", payment, 700),
                    Link(MARCH, "credit", note, 200),
                    Link(MARCH, "write_off", "", 100),
                ),
            ),
            AccountRow(
                FEBRUARY,
                "payment",
                payment,
                "bank 3",
                -1_700,
                300,
                0,
                (Link(FEBRUARY, "payment", first, 1_000), Link(FEBRUARY, "payment", second, 700)),
            ),
            AccountRow(MARCH, "credit_note", note, "late", -200, 100, 0, (Link(MARCH, "credit", second, 200),)),
            AccountRow(MARCH, "write_off", second, "small", -100, 0, 0),
        ),
        0,
    )
    prove(book)


def test_a_reversal_and_a_discount_stand_in_the_account(book: Book, client: int) -> None:
    number = add_invoice(book, client, MARCH, (10_000, 0), terms="net 30 2%/10")
    payment = record_payment(
        book, amount=9_800, paid_on=date(2026, 3, 15), actor=ANNE, today=TODAY, numbers=[number]
    ).payment
    reverse_payment(book, payment, on=date(2026, 3, 20), reason="bounced", actor=ANNE, today=TODAY)
    (page,) = account(book, client, until=TODAY)
    assert [(row.kind, row.amount, row.balance) for row in page.rows] == [
        ("invoice", 10_000, 10_000),
        ("payment", -9_800, 200),
        ("discount", -200, 0),
        ("reversal", 9_800, 9_800),
        ("discount", 200, 10_000),
    ]
    (before,) = account(book, client, until=date(2026, 3, 19))
    assert before.balance == 0
    prove(book)


def test_what_came_before_is_brought_forward_and_currencies_stand_apart(book: Book, client: int) -> None:
    item = OpeningItem("RE/17", client, date(2025, 12, 1), date(2025, 12, 31), "EUR", 900, 500)
    add_opening_item(book, item, actor=ANNE, today=TODAY)
    add_invoice(book, client, JANUARY, (1_000, 0))
    add_invoice(book, client, MARCH, (2_000, 0))
    add_invoice(book, client, MARCH, (70, 0), currency="USD")
    euros, dollars = account(book, client, since=FEBRUARY, until=TODAY)
    assert (euros.brought_forward, len(euros.rows), euros.balance) == (1_500, 1, 3_500)
    assert (dollars.currency, dollars.brought_forward, dollars.balance) == ("USD", 0, 70)
    assert account(book, client, until=date(2025, 1, 1)) == ()
