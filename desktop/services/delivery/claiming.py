"""One mail in the book: taken before its server hears of it, and what the server said of it after.

Between the two a mail is `sending`; one that is found so when nobody sends was under way when the program died, and
only a person says whether it goes again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection

from db.queries.rows import ids_text, plain_rows
from desktop.delivery.mail.message import Mail
from desktop.domain.delivery import FAILED, SENDING, SENT, UNCERTAIN, WAITING
from desktop.domain.retrying import pause_after
from desktop.domain.wording import Said, phrase
from desktop.services.change_sets import raw
from desktop.services.delivery.enqueueing import SEPARATOR
from desktop.services.delivery.throttling import moment, utc_text

NOTHING_SAID: Final = Said("")
INTERRUPTED: Final = phrase("The program ended while this was on its way: it may have arrived or not.").stored()
SENT_BEFORE: Final = phrase(
    "The same mail went to the same people within the last {count} days. If it should go once more, send it again."
)
_DAYS: Final = 30

_CLAIM = """UPDATE delivery SET state = 'sending', tries = tries + 1, mailing_id = ?, code = NULL, answer = '',
 not_before = '', address = CASE WHEN by_hand THEN address ELSE ? END
 WHERE state = 'waiting' AND channel = 'email' AND id IN (SELECT value FROM json_each(?))"""
_MAILING = """INSERT INTO mailing (message_id, account_id, client_id, sender, reply_to, recipients, subject, text, html,
 attachments, digest, size, receipt, draft, state, tries, code, answer, made_at, sent_at)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'sending', 1, NULL, '', ?, ?)
 ON CONFLICT (message_id) DO UPDATE SET account_id = excluded.account_id, client_id = excluded.client_id,
 reply_to = excluded.reply_to, recipients = excluded.recipients, subject = excluded.subject, text = excluded.text,
 html = excluded.html, attachments = excluded.attachments, digest = excluded.digest, size = excluded.size,
 receipt = excluded.receipt, state = 'sending', tries = tries + 1, code = NULL, answer = '', sent_at = excluded.sent_at
 RETURNING id"""
_TOLD = "UPDATE mailing SET state = ?, code = ?, answer = ?, sent_at = ?, tries = ? WHERE id = ?"
_MOVED = """UPDATE delivery SET state = ?, code = ?, answer = ?, not_before = ?, done_at = ?, tries = ?
 WHERE mailing_id = ? AND state = 'sending'"""
_EVENTS = """INSERT INTO delivery_event (delivery_id, at, kind, detail, actor)
 SELECT id, ?, ?, ?, ? FROM delivery WHERE mailing_id = ? AND state = 'sending'"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to go, and what the book keeps of it. `attachments` is the JSON of `Mailing.attachments`.

    `again` is one that a person wants to go although it went before.
    """

    delivery_ids: tuple[int, ...]
    client_id: int
    account_id: int
    mail: Mail
    attachments: str
    digest: str
    size: int
    again: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that is `sending` from this transaction on; `tries` counts this one."""

    mailing_id: int
    delivery_ids: tuple[int, ...]
    mail: Mail
    tries: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a claimed mail. `counted` is False where its try does not count: it was not the mail's fault."""

    state: str
    code: int | None
    answer: Said = NOTHING_SAID
    counted: bool = True


def claim(connection: Connection, letter: Letter, *, now: str) -> Claimed | None:
    """Take a mail: its deliveries move together, or none does where one of them no longer waits.

    Nor does one that went before; that one is failed then, and says so.
    """
    driver = raw(connection)
    ids = ids_text(letter.delivery_ids)
    ((waiting,),) = plain_rows(
        connection,
        "SELECT count(*) FROM delivery WHERE state = 'waiting' AND channel = 'email'"
        " AND id IN (SELECT value FROM json_each(?))",
        ids,
    )
    if waiting != len(letter.delivery_ids):
        return None
    mail = letter.mail
    if _went_before(connection, letter, now):
        refuse(connection, letter.delivery_ids, SENT_BEFORE._replace(figures={"count": _DAYS}), now=now)
        return None
    people = {"to": mail.to, "cc": mail.cc, "bcc": mail.bcc}
    # What was put off goes under the id that it had: whoever took it after all knows it again.
    ((mailing_id,),) = driver.execute(
        _MAILING,
        (
            mail.message_id,
            letter.account_id,
            letter.client_id,
            mail.sender,
            mail.reply_to,
            json.dumps(people, ensure_ascii=False),
            mail.subject,
            mail.text,
            mail.html,
            letter.attachments,
            letter.digest,
            letter.size,
            mail.receipt,
            now,
            now,
        ),
    ).fetchall()
    driver.execute(_CLAIM, (mailing_id, SEPARATOR.join(mail.to), ids))
    ((tries,),) = driver.execute("SELECT max(tries) FROM delivery WHERE mailing_id = ?", (mailing_id,)).fetchall()
    return Claimed(mailing_id, letter.delivery_ids, replace(mail, date=now), tries)


def _went_before(connection: Connection, letter: Letter, now: str) -> bool:
    same = plain_rows(
        connection,
        "SELECT 1 FROM mailing WHERE message_id = ? AND state IN ('sent', 'sending')",
        letter.mail.message_id,
    )
    if same or letter.again:
        return bool(same)
    alike = plain_rows(
        connection,
        "SELECT 1 FROM mailing WHERE digest = ? AND message_id <> ? AND state IN ('sent', 'sending', 'uncertain')"
        " AND NOT draft AND sent_at >= ? LIMIT 1",
        letter.digest,
        letter.mail.message_id,
        utc_text(moment(now) - timedelta(days=_DAYS)),
    )
    return bool(alike)


def settle(connection: Connection, claimed: Claimed, result: Result, *, now: str, actor: str) -> str:
    """Write down what became of a claimed mail; the state that its deliveries are in now.

    What a server put off waits for its next turn, and is failed after the last.
    """
    driver = raw(connection)
    state, not_before = result.state, ""
    tries = claimed.tries if result.counted else claimed.tries - 1
    if state == WAITING and result.counted:
        pause = pause_after(claimed.tries)
        if pause is None:
            state = FAILED
        else:
            not_before = utc_text(moment(now) + pause)
    answer = result.answer.stored()
    gone = now if state in (SENT, UNCERTAIN) else None
    driver.execute(_TOLD, (state, result.code, answer, gone, tries, claimed.mailing_id))
    if result.counted:
        driver.execute(_EVENTS, (now, state, answer, actor, claimed.mailing_id))
    done = now if state == SENT else None
    driver.execute(_MOVED, (state, result.code, answer, not_before, done, tries, claimed.mailing_id))
    return state


def refuse(connection: Connection, delivery_ids: Sequence[int], why: Said, *, now: str, actor: str = "") -> None:
    """Fail deliveries that wait and cannot go as they are."""
    driver = raw(connection)
    ids = ids_text(delivery_ids)
    waiting = "state = 'waiting' AND id IN (SELECT value FROM json_each(?))"
    driver.execute(
        "INSERT INTO delivery_event (delivery_id, at, kind, detail, actor)"
        f" SELECT id, ?, ?, ?, ? FROM delivery WHERE {waiting}",
        (now, FAILED, why.stored(), actor, ids),
    )
    driver.execute(f"UPDATE delivery SET state = 'failed', answer = ? WHERE {waiting}", (why.stored(), ids))


def interrupted(connection: Connection, *, now: str) -> int:
    """Let what a dead process left `sending` be uncertain; how many deliveries that are."""
    driver = raw(connection)
    found = [key for (key,) in driver.execute("SELECT id FROM mailing WHERE state = ?", (SENDING,)).fetchall()]
    moved = 0
    for mailing_id in found:
        driver.execute(_EVENTS, (now, UNCERTAIN, INTERRUPTED, "", mailing_id))
        told: tuple[Any, ...] = (UNCERTAIN, None, INTERRUPTED, mailing_id)
        driver.execute("UPDATE mailing SET state = ?, code = ?, answer = ? WHERE id = ?", told)
        moved += driver.execute(
            "UPDATE delivery SET state = ?, code = ?, answer = ? WHERE mailing_id = ? AND state = 'sending'", told
        ).rowcount
    return moved
