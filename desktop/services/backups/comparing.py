"""What a backup holds against the book as it stands: what would be gone if it took the book's place."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Final

from db import book_files, chain
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.books import Contents, contents_of
from desktop.services.encryption.opening import driver_for

# So many of what would be lost are named one by one.
NAMED: Final = 500


class Kinship(Enum):
    """How a backup stands to the book."""

    SAME = "same"
    OLDER = "older"
    NEWER = "newer"
    APART = "apart"  # both went on from a moment that they share
    STRANGER = "stranger"
    UNKNOWN = "unknown"  # the book cannot be read


@dataclass(frozen=True, slots=True)
class LostDocument:
    """`gross` in minor units of `currency`."""

    number: str
    kind: str
    client: str
    issued: date
    gross: int
    currency: str


@dataclass(frozen=True, slots=True)
class LostPayment:
    """`amount` in minor units of `currency`."""

    number: str
    client: str
    paid: date
    amount: int
    currency: str
    reference: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`documents` and `payments` stand in the book and not in the backup, the newest first, the first `NAMED` of
    them; the counts are of all. `changes` counts what was written since, `gained` what the backup holds beyond the
    book. `unreadable` says why the book could not be compared."""

    kinship: Kinship
    backup: Contents
    book: Contents | None
    changes: int = 0
    gained: int = 0
    document_count: int = 0
    documents: tuple[LostDocument, ...] = ()
    payment_count: int = 0
    payments: tuple[LostPayment, ...] = ()
    unreadable: str = ""

    @property
    def loses(self) -> bool:
        return bool(self.changes or self.document_count or self.payment_count)


def difference(backup: Path, book: Path) -> Difference:
    """Compare a backup with a book, which may be open, damaged or not there. Neither is changed.

    UserError where the backup itself cannot be read.
    """
    with book_files.look_into(backup, driver_for(backup)) as old:
        held = contents_of(old)
        if not book.exists():
            return Difference(Kinship.UNKNOWN, held, None, unreadable=_("There is no book at that place."))
        try:
            with book_files.look_into(book, driver_for(book)) as now:
                return _compared(old, now, held)
        except UserError as error:
            return Difference(Kinship.UNKNOWN, held, None, unreadable=error.message)


def _compared(old: sqlite3.Connection, now: sqlite3.Connection, held: Contents) -> Difference:
    standing = contents_of(now)
    kinship = _kinship(old, now)
    documents, document_count = _lost_documents(old, now)
    payments, payment_count = _lost_payments(old, now)
    changes, gained = _beyond(now, old), _beyond(old, now)
    return Difference(kinship, held, standing, changes, gained, document_count, documents, payment_count, payments)


def _kinship(old: sqlite3.Connection, now: sqlite3.Connection) -> Kinship:
    if _one(old, "SELECT uid FROM book") != _one(now, "SELECT uid FROM book"):
        return Kinship.STRANGER
    of_old, of_now = chain.head(old), chain.head(now)
    if of_old == of_now:
        return Kinship.SAME
    if _knows(now, of_old):
        return Kinship.OLDER
    return Kinship.NEWER if _knows(old, of_now) else Kinship.APART


def _knows(book: sqlite3.Connection, head: str) -> bool:
    return head == chain.START or bool(book.execute("SELECT 1 FROM audit_event WHERE hash = ?", (head,)).fetchone())


def _beyond(more: sqlite3.Connection, less: sqlite3.Connection) -> int:
    """How many changes one of them holds after the last event that both share."""
    low, high = 0, int(_one(less, "SELECT coalesce(max(id), 0) FROM audit_event"))
    high = min(high, int(_one(more, "SELECT coalesce(max(id), 0) FROM audit_event")))
    # A chain that parted once never meets again: what they share is an unbroken beginning.
    while low < high:
        middle = (low + high + 1) // 2
        if _event(more, middle) == _event(less, middle):
            low = middle
        else:
            high = middle - 1
    return int(more.execute("SELECT count(DISTINCT change_set_id) FROM audit_event WHERE id > ?", (low,)).fetchone()[0])


def _event(book: sqlite3.Connection, number: int) -> object:
    row = book.execute("SELECT hash FROM audit_event WHERE id = ?", (number,)).fetchone()
    return row and row[0]


def _lost_documents(old: sqlite3.Connection, now: sqlite3.Connection) -> tuple[tuple[LostDocument, ...], int]:
    # Two that parted may have given one number to two documents.
    there = set(old.execute("SELECT number, issue_date, currency, gross FROM invoice WHERE number <> ''"))
    lost = [
        row
        for row in now.execute(
            "SELECT i.number, i.issue_date, i.currency, i.gross, i.kind, c.name FROM invoice i"
            " JOIN client c ON c.id = i.client_id WHERE i.number <> '' ORDER BY i.issue_date DESC, i.id DESC"
        )
        if tuple(row[:4]) not in there
    ]
    named = tuple(
        LostDocument(number, kind, client, date.fromisoformat(issued), gross, currency)
        for number, issued, currency, gross, kind, client in lost[:NAMED]
    )
    return named, len(lost)


def _lost_payments(old: sqlite3.Connection, now: sqlite3.Connection) -> tuple[tuple[LostPayment, ...], int]:
    there = set(old.execute("SELECT number, paid_on, currency, amount FROM payment"))
    lost = [
        row
        for row in now.execute(
            "SELECT p.number, p.paid_on, p.currency, p.amount, c.name, p.reference FROM payment p"
            " JOIN client c ON c.id = p.client_id ORDER BY p.paid_on DESC, p.id DESC"
        )
        if tuple(row[:4]) not in there
    ]
    named = tuple(
        LostPayment(number, client, date.fromisoformat(paid), amount, currency, reference)
        for number, paid, currency, amount, client, reference in lost[:NAMED]
    )
    return named, len(lost)


def _one(book: sqlite3.Connection, question: str) -> str:
    return str(book.execute(question).fetchone()[0])
