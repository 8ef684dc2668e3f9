from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.allocations import AllocatedRow, allocations
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payment_suggestions import SuggestedItem, suggest_payment
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice

TODAY = date(2026, 3, 31)
JANUARY, FEBRUARY, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME")


def settled(items: tuple[SuggestedItem, ...]) -> list[tuple[str, int, int]]:
    return [(item.number, item.settles, item.left) for item in items]


def test_the_oldest_due_comes_first_and_all_that_is_open_is_shown(book: Book, client: int) -> None:
    first, second, third = (add_invoice(book, client, day, (1_000, 0)) for day in (JANUARY, FEBRUARY, MARCH))
    found = suggest_payment(book, client_id=client, currency="EUR", amount=1_500, paid_on=TODAY)
    assert settled(found.items) == [(first, 1_000, 0), (second, 500, 500), (third, 0, 1_000)]
    assert (found.owed, found.unapplied, found.credit) == (3_000, 0, 0)
    # Due 30 days after the tenth of each month.
    assert [item.days_overdue for item in found.items] == [50, 19, 0]


def test_what_is_named_comes_before_the_oldest(book: Book, client: int) -> None:
    first, second = (add_invoice(book, client, day, (1_000, 0)) for day in (JANUARY, FEBRUARY))
    found = suggest_payment(
        book, client_id=client, currency="EUR", amount=1_200, paid_on=TODAY, numbers=[second], only_named=True
    )
    assert settled(found.items) == [(first, 0, 1_000), (second, 1_000, 0)]
    assert found.unapplied == 200


def test_no_amount_settles_nothing_and_shows_the_credit(book: Book, client: int) -> None:
    record_payment(book, amount=300, paid_on=FEBRUARY, actor=ANNE, today=TODAY, client_id=client)
    number = add_invoice(book, client, MARCH, (1_000, 0))
    found = suggest_payment(book, client_id=client, currency="EUR", amount=0, paid_on=TODAY)
    assert settled(found.items) == [(number, 0, 1_000)]
    assert found.credit == 300


def test_what_is_suggested_is_what_is_booked(book: Book, client: int) -> None:
    for day in (JANUARY, FEBRUARY):
        add_invoice(book, client, day, (1_000, 19))
    found = suggest_payment(book, client_id=client, currency="EUR", amount=3_000, paid_on=TODAY)
    result = record_payment(book, amount=3_000, paid_on=TODAY, actor=ANNE, today=TODAY, client_id=client)
    assert result.allocated == tuple((item.number, item.settles) for item in found.items)
    assert result.unapplied == found.unapplied == 620


def test_an_amount_below_zero_is_refused_as_when_booked(book: Book, client: int) -> None:
    with pytest.raises(UserError, match="above zero"):
        suggest_payment(book, client_id=client, currency="EUR", amount=-1, paid_on=TODAY)


def test_a_payment_tells_its_invoices_and_its_reversal_the_same(book: Book, client: int) -> None:
    first, second = (add_invoice(book, client, day, (1_000, 0)) for day in (JANUARY, FEBRUARY))
    result = record_payment(book, amount=1_400, paid_on=MARCH, actor=ANNE, today=TODAY, client_id=client)
    rows = allocations(book, result.payment_id)
    assert [(row.number, row.amount, row.taken_back) for row in rows] == [(first, 1_000, 0), (second, 400, 0)]
    reverse_payment(book, result.payment, on=TODAY, reason="returned", actor=ANNE, today=TODAY)
    assert allocations(book, result.payment_id)[0] == AllocatedRow(rows[0].invoice_id, first, "EUR", TODAY, 0, 0, 1_000)
    assert allocations(book, result.payment_id + 1) == allocations(book, result.payment_id)
