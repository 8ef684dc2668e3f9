"""Whether a book is a sandbox, and the refusal of whatever would reach the world from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _

SETTING: Final = "sandbox"


@dataclass(frozen=True, slots=True)
class Origin:
    """Of which book a sandbox is a copy: its identity, the name of its file, and when it was made (UTC text)."""

    uid: str
    name: str
    made_at: str


def origin_of(connection: Connection) -> Origin | None:
    """None for a real book."""
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (SETTING,)).fetchone()
    return None if row is None else Origin(**json.loads(row[0]))


def origin(book: Book) -> Origin | None:
    """As origin_of, of an open book."""
    with book.reading() as session:
        return origin_of(session.connection())


def refuse_in_sandbox(book: Book) -> None:
    """UserError in a sandbox: what is called would send, print, order, hand over or register."""
    with book.reading() as session:
        refuse_within(session.connection())


def refuse_within(connection: Connection) -> None:
    """As refuse_in_sandbox, within the caller's transaction."""
    if origin_of(connection) is not None:
        raise UserError(
            _("This is a sandbox: nothing leaves it. It sends no mail, prints for no client, and orders nothing."),
            _("Do it in the real book."),
        )
