"""Notices damage in an open book before it is stumbled over: broken pages, and a log whose last link does not fit."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from sqlite3 import DatabaseError
from typing import Any

from sqlalchemy.exc import DBAPIError

from db import chain
from db.engine import Book
from db.erasing import relinked
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.change_sets import raw


@dataclass(frozen=True, slots=True)
class Damage:
    """`detail` says what SQLite, or the log, found wrong."""

    path: Path
    detail: str


def look_for_damage(book: Book) -> Damage | None:
    """Reads the whole file, about 200 MB a second, and the end of the log; None where all is sound."""
    try:
        with book.reading() as session:
            connection = raw(session.connection())
            for (text,) in connection.execute("PRAGMA quick_check(1)"):
                if text != "ok":
                    return Damage(book.path, str(text))
            if not _ends_soundly(connection):
                return Damage(book.path, _("the last entry of its log was changed or is half-written"))
    except (UserError, DatabaseError, DBAPIError) as error:
        return Damage(book.path, error.message if isinstance(error, UserError) else str(error))
    return None


def _ends_soundly(connection: Any) -> bool:
    """Whether the last event of the log follows the one before it."""
    last, *before = connection.execute(
        "SELECT e.id, e.change_set_id, e.at, e.actor, c.summary, e.subject, e.subject_id, e.action, e.payload_hash,"
        " e.previous_hash, e.hash FROM audit_event e LEFT JOIN change_set c ON c.id = e.change_set_id"
        " ORDER BY e.id DESC LIMIT 2"
    ).fetchall() or [None]
    if last is None:
        return True
    number, change_set, at, actor, summary, subject, subject_id, action, payload, previous, this = last
    if previous != (before[0][-1] if before else chain.START):
        return False
    link = chain.link(previous, change_set, at, actor, summary or "", subject, subject_id, action, payload)
    return bool(link == this or relinked(connection).get(number) == (this, link))
