"""Books of firms whose tax goes by place, and what their issued documents say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from db.engine import Book
from desktop.services.runs import approve_drafts, resume
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value


def book_of(tmp_path: Path, country: str, currency: str, **firm: Any) -> Book:
    return new_book(tmp_path, country=country, currency=currency, **firm)


def issue_all(book: Book, through: str) -> str:
    """Bill, approve whatever is held, issue; the number of the last document."""
    done = Contracts(book).bill(through)
    held = [row[0] for row in rows(book, "SELECT id FROM draft WHERE state = 'held'")]
    if held:
        approve_drafts(book, held, "Seen", actor=ANNE, now=book.now)
        resume(book, done.run, actor=ANNE, now=book.now)
    assert rows(book, "SELECT message FROM finding f JOIN draft d ON d.id = f.draft_id WHERE d.state = 'held'") == []
    return str(value(book, "SELECT number FROM invoice ORDER BY id DESC LIMIT 1"))


def taxes_of(book: Book, number: str) -> list[tuple[Any, ...]]:
    return rows(
        book,
        "SELECT t.name, t.rate, t.basis, t.tax FROM invoice_tax t JOIN invoice i ON i.id = t.invoice_id"
        " WHERE i.number = ? ORDER BY t.id",
        number,
    )


def totals_of(book: Book, number: str) -> tuple[Any, ...]:
    return rows(book, "SELECT net, tax, gross, rounding, payable FROM invoice WHERE number = ?", number)[0]
