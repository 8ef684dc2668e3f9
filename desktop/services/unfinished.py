"""What somebody typed into a form and has not saved yet: kept in the book, so that a crash loses a few seconds of it.

It stands outside the log of changes, since nothing is decided before the form is saved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from db.engine import Book

# Older than this nobody goes on with it.
_DAYS_KEPT: Final = 60


@dataclass(frozen=True, slots=True)
class Kept:
    """The entries of a form by field, as they were typed, and when they were kept last (UTC text)."""

    at: str
    entries: Mapping[str, Any]


def keep(book: Book, form: str, subject_id: int, entries: Mapping[str, Any], *, actor: str) -> None:
    """Keep what stands in a form about one thing, 0 for a new one, in place of what was kept of it before.

    The entries must be what JSON can hold.
    """
    now = book.now
    text = json.dumps(entries, ensure_ascii=False)
    with book.writing() as session:
        session.connection().exec_driver_sql(
            """INSERT INTO unfinished (form, subject_id, author, at, entries) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (form, subject_id, author) DO UPDATE SET at = excluded.at, entries = excluded.entries""",
            (form, subject_id, actor, now, text),
        )


def kept(book: Book, form: str, subject_id: int, *, actor: str) -> Kept | None:
    """What this person left unsaved in a form."""
    with book.reading() as session:
        row = (
            session.connection()
            .exec_driver_sql(
                "SELECT at, entries FROM unfinished WHERE form = ? AND subject_id = ? AND author = ?",
                (form, subject_id, actor),
            )
            .fetchone()
        )
    return None if row is None else Kept(row[0], json.loads(row[1]))


def forget(book: Book, form: str, subject_id: int, *, actor: str) -> None:
    """Saved, or dropped on purpose; what is old of other forms goes with it."""
    oldest = (datetime.fromisoformat(book.now) - timedelta(days=_DAYS_KEPT)).isoformat()
    with book.writing() as session:
        session.connection().exec_driver_sql(
            "DELETE FROM unfinished WHERE form = ? AND subject_id = ? AND author = ? OR at < ?",
            (form, subject_id, actor, oldest),
        )
