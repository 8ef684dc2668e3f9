"""Promises to pay against payments as they are really booked, reversed and undone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.changes import changes, undo
from desktop.services.merging import merge_clients
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.promises import note_promise, promises_of, withdraw_promise
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

FIRST, TODAY, BY = date(2026, 1, 5), date(2026, 3, 10), date(2026, 3, 20)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        on(book, TODAY)
        yield book


@pytest.fixture
def client(book: Book) -> int:
    one = add_client(book, "ACME")
    add_invoice(book, one, FIRST, (10_000, 0))
    return one


def on(book: Book, day: date) -> None:
    book.clock = lambda: datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def promise(book: Book, client: int, amount: int = 6_000, by: date = BY, currency: str = "EUR") -> int:
    return note_promise(
        book, client, amount=amount, currency=currency, promised_on=by, actor=ANNE, today=TODAY, said_by=" Mr Lee "
    )


def pay(book: Book, client: int, amount: int, day: date) -> str:
    on(book, day)
    return record_payment(book, amount=amount, paid_on=day, actor=ANNE, today=day, client_id=client).payment


def states(book: Book, today: date) -> list[tuple[str, int]]:
    return [(one.state, one.came) for one in promises_of(book, today)]


def test_a_promise_is_open_then_kept_by_what_is_paid(book: Book, client: int) -> None:
    promise(book, client)
    (row,) = promises_of(book, TODAY)
    assert (row.client_id, row.currency, row.amount, row.promised_on) == (client, "EUR", 6_000, BY)
    assert (row.said_by, row.noted_by, row.state) == ("Mr Lee", ANNE, "open")
    pay(book, client, 2_000, date(2026, 3, 12))
    assert states(book, BY) == [("open", 2_000)]
    pay(book, client, 4_000, BY)
    assert states(book, date(2026, 4, 1)) == [("kept", 6_000)]
    prove(book)


def test_a_bounced_payment_breaks_it_again(book: Book, client: int) -> None:
    promise(book, client)
    number = pay(book, client, 6_000, date(2026, 3, 12))
    later = date(2026, 3, 25)
    assert states(book, later) == [("kept", 6_000)]
    reverse_payment(book, number, on=later, reason="returned", actor=ANNE, today=later)
    assert states(book, later) == [("broken", 0)]


def test_money_known_before_does_not_count(book: Book, client: int) -> None:
    pay(book, client, 3_000, date(2026, 3, 9))
    on(book, TODAY)
    promise(book, client)
    assert states(book, TODAY) == [("open", 0)]


def test_other_currencies_and_clients_keep_nothing(book: Book, client: int) -> None:
    other = add_client(book, "ZEN", currency="USD")
    add_invoice(book, other, FIRST, (10_000, 0), currency="USD")
    add_invoice(book, client, FIRST, (10_000, 0), currency="USD")
    promise(book, client)
    on(book, BY)
    for payer in (other, client):
        record_payment(book, amount=9_000, currency="USD", paid_on=BY, actor=ANNE, today=BY, client_id=payer)
    assert states(book, BY) == [("open", 0)]


def test_it_follows_a_client_into_another_and_back(book: Book, client: int) -> None:
    other = add_client(book, "KEEP")
    promise(book, client)
    merge_clients(book, other, client, actor=ANNE)
    assert [one.client_id for one in promises_of(book, TODAY, client_id=other)] == [other]
    pay(book, other, 6_000, date(2026, 3, 12))
    assert states(book, BY) == [("kept", 6_000)]


def test_noting_and_withdrawing_are_undone(book: Book, client: int) -> None:
    one = promise(book, client)
    withdraw_promise(book, one, on=TODAY, actor=ANNE)
    assert states(book, date(2026, 4, 1)) == [("withdrawn", 0)]
    with pytest.raises(UserError, match="already"):
        withdraw_promise(book, one, on=TODAY, actor=ANNE)
    undo(book, ANNE)
    assert states(book, date(2026, 4, 1)) == [("broken", 0)]
    assert "ACME Ltd promised €60.00 by" in undo(book, ANNE)
    assert promises_of(book, TODAY) == ()
    prove(book)


@pytest.mark.parametrize(
    "amount, by, currency, said",
    [
        (0, BY, "EUR", "above zero"),
        (10_001, BY, "EUR", "owes €100.00, less than €100.01"),
        (1, BY, "USD", "owes"),
        (1, date(2026, 3, 9), "EUR", "has passed"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    book: Book, client: int, amount: int, by: date, currency: str, said: str
) -> None:
    before = changes(book, 1)
    with pytest.raises(UserError, match=said):
        promise(book, client, amount, by, currency)
    assert changes(book, 1) == before
    assert promises_of(book, TODAY) == ()
