from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.aging import aging_at
from desktop.services.changes import undo
from desktop.services.disputes import DisputeRow, close_dispute, disputes_of, open_dispute
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
DAY, LATER = date(2026, 3, 1), date(2026, 3, 20)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def number(book: Book) -> str:
    return add_invoice(book, add_client(book, "ACME"), DAY, (10_000, 0), parts=True)


def dispute(book: Book, number: str, amount: int | None = None, on: date = DAY) -> int:
    return open_dispute(book, number, reason="not done", on=on, actor=ANNE, today=TODAY, amount=amount)


def close(book: Book, number: str, on: date = LATER) -> None:
    close_dispute(book, number, outcome="agreed", on=on, actor=ANNE, today=TODAY)


def disputed(book: Book, day: date) -> int:
    return sum(row.disputed for row in aging_at(book, day))


def test_a_dispute_is_flagged_while_it_lasts_and_never_above_what_is_open(book: Book, number: str) -> None:
    dispute(book, number, 7_000)
    record_payment(book, amount=4_000, paid_on=date(2026, 3, 10), actor=ANNE, today=TODAY, numbers=[number])
    assert [disputed(book, date(2026, 3, day)) for day in (1, 9, 10, 19)] == [7_000, 7_000, 6_000, 6_000]
    close(book, number)
    assert [disputed(book, date(2026, 3, day)) for day in (19, 20, 31)] == [6_000, 0, 0]
    row = DisputeRow(1, number, DAY, "not done", 7_000, LATER, "agreed", 1, "EUR", "other", "", None)
    assert disputes_of(book, number) == (row,)
    prove(book)


def test_without_an_amount_all_instalments_are_disputed(book: Book, number: str) -> None:
    dispute(book, number)
    assert disputed(book, TODAY) == 10_000


def test_a_dispute_opened_by_mistake_is_undone(book: Book, number: str) -> None:
    dispute(book, number)
    undo(book, ANNE)
    assert disputes_of(book, number) == ()


def test_what_cannot_be_disputed_says_why(book: Book, number: str) -> None:
    with pytest.raises(UserError, match="No dispute of INV-2026-0001 is open"):
        close(book, number)
    with pytest.raises(UserError, match=r"€100.01 cannot be disputed of INV-2026-0001, which is €100.00"):
        dispute(book, number, 10_001)
    with pytest.raises(UserError, match="still to come"):
        dispute(book, number, on=date(2026, 4, 1))
    with pytest.raises(UserError, match="There is no invoice INV-9"):
        dispute(book, "INV-9")
    dispute(book, number, on=LATER)
    with pytest.raises(UserError, match="disputed already"):
        dispute(book, number)
    with pytest.raises(UserError, match="opened later"):
        close(book, number, on=DAY)
