"""What a process that died while it sent left half done: what surely went is sent, what was surely not begun waits, and
what nobody knows of asks a person."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries.rows import plain_rows
from desktop.delivery.mail.server import Answer
from desktop.domain.delivery import SENDING, UNCERTAIN, WAITING
from desktop.domain.wording import phrase
from desktop.services.change_sets import raw
from desktop.services.delivery.mail.answers import taken
from desktop.services.delivery.mail.claiming import EVENTS, Attempt, Result, settle
from desktop.services.delivery.mail.under_way import Found, forget, found_beside

INTERRUPTED: Final = phrase("The program ended while this was on its way: it may have arrived or not.").stored()


def recover_sending(book: Book) -> int:
    """Settle what is `sending` while nobody sends; how many documents are uncertain now."""
    with book.reading() as session:
        left = session.connection().exec_driver_sql("SELECT 1 FROM mailing WHERE state = ?", (SENDING,)).fetchone()
    uncertain = 0
    if left is not None:
        found = found_beside(book.path)
        with book.writing() as session:
            uncertain = _settled(session.connection(), found, book.now)
    if not book.read_only:
        forget(book.path)
    return uncertain


def _settled(connection: Connection, found: Found, now: str) -> int:
    uncertain = 0
    for mailing_id, message_id, at in plain_rows(
        connection, "SELECT id, message_id, sent_at FROM mailing WHERE state = ?", SENDING
    ):
        if message_id in found.taken:
            result = taken(Answer(found.taken[message_id][0] or 0, found.taken[message_id][1]))
        elif message_id in found.untouched:
            result = Result(WAITING, None, counted=False)
        else:
            uncertain += _interrupted(connection, mailing_id, now)
            continue
        ((tries,),) = plain_rows(
            connection,
            "SELECT coalesce(max(tries), 1) FROM delivery WHERE mailing_id = ? AND state = 'sending'",
            mailing_id,
        )
        # It went when it was on its way, not when that is found out.
        settle(connection, [(Attempt(mailing_id, tries), result)], now=at or now, actor="")
    return uncertain


def _interrupted(connection: Connection, mailing_id: int, now: str) -> int:
    driver = raw(connection)
    driver.execute(EVENTS, (now, UNCERTAIN, INTERRUPTED, "", mailing_id))
    told: tuple[Any, ...] = (UNCERTAIN, None, INTERRUPTED, mailing_id)
    driver.execute("UPDATE mailing SET state = ?, code = ?, answer = ? WHERE id = ?", told)
    moved = driver.execute(
        "UPDATE delivery SET state = ?, code = ?, answer = ? WHERE mailing_id = ? AND state = 'sending'", told
    )
    return int(moved.rowcount)
