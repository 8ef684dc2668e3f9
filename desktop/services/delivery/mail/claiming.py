"""Mails in the book: taken before their server hears of them, and what the server said of each after.

Between the two a mail is `sending`; what becomes of one that is found so when nobody sends, recovering says.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from db.queries.rows import ids_text, plain_rows
from desktop.delivery.mail.message import Mail
from desktop.domain.delivery import FAILED, SENT, UNCERTAIN, WAITING
from desktop.domain.retrying import pause_after
from desktop.domain.wording import Said, phrase
from desktop.services.change_sets import raw
from desktop.services.delivery.enqueueing import SEPARATOR
from desktop.services.delivery.mail.throttling import moment, utc_text

NOTHING_SAID: Final = Said("")
SENT_BEFORE: Final = phrase(
    "The same mail went to the same people within the last {count} days. If it should go once more, send it again."
)
_DAYS: Final = 30

_CLAIM = """UPDATE delivery SET state = 'sending', tries = tries + 1, mailing_id = ?, code = NULL, answer = '',
 not_before = '', address = CASE WHEN by_hand THEN address ELSE ? END WHERE id = ?"""
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
EVENTS = """INSERT INTO delivery_event (delivery_id, at, kind, detail, actor)
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


class Attempt(NamedTuple):
    """A mail that is `sending`, by its id in the book; `tries` counts this one."""

    mailing_id: int
    tries: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that is `sending` from this transaction on."""

    attempt: Attempt
    letter: Letter
    mail: Mail


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a claimed mail. `counted` is False where its try does not count: it was not the mail's fault."""

    state: str
    code: int | None
    answer: Said = NOTHING_SAID
    counted: bool = True


def claim(connection: Connection, letters: Sequence[Letter], *, now: str) -> list[Claimed]:
    """Take mails, in their order: the deliveries of each move together, or none does where one of them no longer waits.

    Nor do those of a mail that went before; they are failed then, and say so.
    """
    driver = raw(connection)
    waiting = still_waiting(connection, [key for letter in letters for key in letter.delivery_ids])
    gone, alike = _went_before(connection, letters, now)
    found: list[Claimed] = []
    moved: list[tuple[int, str, int]] = []
    for letter in letters:
        mail = letter.mail
        if not all(key in waiting for key in letter.delivery_ids):
            continue
        if mail.message_id in gone or (not letter.again and not alike.get(letter.digest, set()) <= {mail.message_id}):
            refuse(connection, letter.delivery_ids, SENT_BEFORE._replace(figures={"count": _DAYS}), now=now)
            continue
        gone.add(mail.message_id)
        alike.setdefault(letter.digest, set()).add(mail.message_id)
        mailing_id = _noted(driver, letter, now)
        tries = 1 + max(waiting.pop(key) for key in letter.delivery_ids)
        to = SEPARATOR.join(mail.to)
        moved += [(mailing_id, to, key) for key in letter.delivery_ids]
        found.append(Claimed(Attempt(mailing_id, tries), letter, replace(mail, date=now)))
    driver.executemany(_CLAIM, moved)
    return found


def still_waiting(connection: Connection, delivery_ids: Collection[int]) -> dict[int, int]:
    """Those of the deliveries that wait, with how often each was tried."""
    rows = plain_rows(
        connection,
        "SELECT id, tries FROM delivery WHERE state = 'waiting' AND channel = 'email'"
        " AND id IN (SELECT value FROM json_each(?))",
        ids_text(delivery_ids),
    )
    return dict(rows)


def _noted(driver: Any, letter: Letter, now: str) -> int:
    """The mail as the book keeps it. What was put off goes under the id that it had: whoever took it after all knows
    it again."""
    mail = letter.mail
    people = {"to": mail.to, "cc": mail.cc, "bcc": mail.bcc}
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
    return int(mailing_id)


def _went_before(connection: Connection, letters: Sequence[Letter], now: str) -> tuple[set[str], dict[str, set[str]]]:
    """The Message-IDs among these that went, and by the digest of each mail the Message-IDs under which it went, or may
    have, in the last days."""
    gone = plain_rows(
        connection,
        "SELECT message_id FROM mailing WHERE state IN ('sent', 'sending')"
        " AND message_id IN (SELECT value FROM json_each(?))",
        json.dumps([letter.mail.message_id for letter in letters]),
    )
    alike: dict[str, set[str]] = {}
    for digest, message_id in plain_rows(
        connection,
        "SELECT digest, message_id FROM mailing WHERE state IN ('sent', 'sending', 'uncertain') AND NOT draft"
        " AND sent_at >= ? AND digest IN (SELECT value FROM json_each(?))",
        utc_text(moment(now) - timedelta(days=_DAYS)),
        json.dumps([letter.digest for letter in letters]),
    ):
        alike.setdefault(digest, set()).add(message_id)
    return {message_id for (message_id,) in gone}, alike


def settle(connection: Connection, results: Sequence[tuple[Attempt, Result]], *, now: str, actor: str) -> list[str]:
    """Write down what became of claimed mails; for each the state that its deliveries are in now.

    What a server put off waits for its next turn, and is failed after the last.
    """
    driver = raw(connection)
    states: list[str] = []
    told: list[tuple[Any, ...]] = []
    events: list[tuple[Any, ...]] = []
    moved: list[tuple[Any, ...]] = []
    for (mailing_id, tried), result in results:
        state, not_before = result.state, ""
        tries = tried if result.counted else tried - 1
        if state == WAITING and result.counted:
            pause = pause_after(tried)
            if pause is None:
                state = FAILED
            else:
                not_before = utc_text(moment(now) + pause)
        answer = result.answer.stored()
        gone = now if state in (SENT, UNCERTAIN) else None
        done = now if state == SENT else None
        states.append(state)
        told.append((state, result.code, answer, gone, tries, mailing_id))
        if result.counted:
            events.append((now, state, answer, actor, mailing_id))
        moved.append((state, result.code, answer, not_before, done, tries, mailing_id))
    driver.executemany(_TOLD, told)
    driver.executemany(EVENTS, events)
    driver.executemany(_MOVED, moved)
    return states


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
