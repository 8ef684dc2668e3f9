"""What restoring would lose is told to the document, whichever way the two went."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.book_files import open_book
from db.engine import Book
from desktop.errors import UserError
from desktop.services import books
from desktop.services.backups.comparing import Kinship, difference
from desktop.services.backups.telling import sentences
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice

DAY = date(2026, 3, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        add_client(book, "ACME")
        yield book


def copied(book: Book, tmp_path: Path) -> Path:
    target = tmp_path / "backup.sheaf"
    books.back_up(book, target)
    return target


def test_documents_and_payments_since_are_named(book: Book, tmp_path: Path) -> None:
    kept = add_invoice(book, 1, DAY, (5_000, 19))
    backup = copied(book, tmp_path)
    lost = add_invoice(book, 1, DAY, (10_000, 19))
    record_payment(book, amount=5_950, paid_on=DAY, actor=ANNE, today=DAY, numbers=[kept])
    found = difference(backup, book.path)
    assert found.kinship is Kinship.OLDER
    assert [(one.number, one.client, one.gross, one.currency) for one in found.documents] == [
        (lost, "ACME Ltd", 11_900, "EUR")
    ]
    assert [(one.client, one.amount, one.paid) for one in found.payments] == [("ACME Ltd", 5_950, DAY)]
    # The note of the backup itself, the invoice, the payment.
    assert found.changes == 3
    assert "3 changes that were made since would be lost, with 1 document and 1 payment." in sentences(found)


def test_the_same_and_a_newer_one_lose_nothing(book: Book, tmp_path: Path) -> None:
    backup = copied(book, tmp_path)
    older = shutil.copyfile(backup, tmp_path / "older.sheaf")
    assert difference(backup, older).kinship is Kinship.SAME
    with open_book(backup) as ahead:
        add_invoice(ahead, 1, DAY, (5_000, 19))
    found = difference(backup, older)
    assert (found.kinship, found.gained, found.loses) == (Kinship.NEWER, 1, False)
    assert "ahead of the book by 1 change" in sentences(found)


def test_two_that_parted_may_give_one_number_twice(book: Book, tmp_path: Path) -> None:
    backup = copied(book, tmp_path)
    with open_book(backup) as other:
        twin = add_invoice(other, 1, DAY, (7_000, 19))
    number = add_invoice(book, 1, DAY, (5_000, 19))
    assert twin == number
    found = difference(backup, book.path)
    assert found.kinship is Kinship.APART
    assert [one.gross for one in found.documents] == [5_950]
    assert "went on apart" in sentences(found)


def test_another_firms_book_is_said_to_be_one(book: Book, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with new_book(tmp_path / "other", country="FR") as other:
        stranger = other.path
    assert difference(stranger, book.path).kinship is Kinship.STRANGER


def test_a_book_that_cannot_be_read_and_a_backup_that_cannot(book: Book, tmp_path: Path) -> None:
    backup = copied(book, tmp_path)
    broken = tmp_path / "broken.sheaf"
    broken.write_bytes(bytes(8192))
    found = difference(backup, broken)
    assert found.kinship is Kinship.UNKNOWN
    assert "cannot be told" in sentences(found)
    assert difference(backup, tmp_path / "none.sheaf").kinship is Kinship.UNKNOWN
    with pytest.raises(UserError):
        difference(broken, book.path)
