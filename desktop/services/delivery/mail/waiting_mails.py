"""What of the mails waits: whether any is due, and by which accounts they will go."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Final

from db.engine import Book
from db.queries.delivery import due, run_id
from db.queries.rows import ids_text

SEND_AT_ONCE: Final = "delivery.send_at_once"
"""Whether the window sends by itself, after a run and when something becomes due."""


def sends_by_itself(book: Book) -> bool:
    with book.reading() as session:
        row = (
            session.connection().exec_driver_sql("SELECT value FROM setting WHERE key = ?", (SEND_AT_ONCE,)).fetchone()
        )
    return bool(row and json.loads(row[0]))


def count_due(book: Book, *, run: str = "") -> int:
    """How many documents wait to be mailed and may go now."""
    with book.reading() as session:
        connection = session.connection()
        wanted = run_id(connection, run) if run else None
        return len(due(connection, now=book.now, run_id=wanted))


def put_off(book: Book) -> list[int]:
    """The mails that a server put off, and whose time has come: somebody sent them, so they go on without asking."""
    with book.reading() as session:
        connection = session.connection()
        keys = [row[0] for row in due(connection, now=book.now)]
        rows = connection.exec_driver_sql(
            "SELECT id FROM delivery WHERE not_before <> '' AND id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (ids_text(keys),),
        )
        return [row[0] for row in rows]


def accounts_of_waiting(book: Book, *, run: str = "", ids: Collection[int] = ()) -> set[int]:
    """The accounts by which the mails that are due go: of a run, of these deliveries, or of all."""
    with book.reading() as session:
        connection = session.connection()
        wanted = run_id(connection, run) if run else None
        keys = [row[0] for row in due(connection, now=book.now, run_id=wanted, ids=ids)]
        rows = connection.exec_driver_sql(
            """SELECT DISTINCT coalesce(
              (SELECT a.id FROM client k JOIN segment s ON s.id = k.segment_id
                JOIN mail_account a ON a.id = s.mail_account_id WHERE k.id = d.client_id AND a.active),
              (SELECT a.id FROM mail_account a WHERE a.active ORDER BY a.position, a.id LIMIT 1))
            FROM delivery d WHERE d.id IN (SELECT value FROM json_each(?))""",
            (ids_text(keys),),
        )
        return {row[0] for row in rows if row[0] is not None}
