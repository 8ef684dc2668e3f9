"""The sample's post: what was issued went out soon after, most was heard of, and a little of it did not arrive."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.delivery import EMAIL, FAILED, SENT
from desktop.domain.wording import as_typed, phrase
from desktop.services.delivery.mail.composing import digest_of, message_id
from desktop.services.delivery.mail.mails import MailDraft, mail_drafts
from desktop.services.sample.beginning import CLERK

_CHUNK: Final = 500
_WAITING: Final = "SELECT id, channel, made_at FROM delivery WHERE state = 'waiting' ORDER BY id"
_MAILING: Final = """INSERT INTO mailing (message_id, account_id, client_id, sender, reply_to, recipients, subject,
 text, html, attachments, digest, size, receipt, draft, state, tries, code, answer, made_at, sent_at)
 VALUES (?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 'sent', 1, 250, ?, ?, ?) RETURNING id"""
_WENT: Final = """UPDATE delivery SET state = 'sent', tries = ?, code = ?, answer = ?, mailing_id = ?, done_at = ?,
 fate = ?, fate_at = ? WHERE id = ?"""
_REFUSED: Final = "UPDATE delivery SET state = 'failed', tries = 1, code = 550, answer = ? WHERE id = ?"
_EVENT: Final = "INSERT INTO delivery_event (delivery_id, at, kind, detail, actor) VALUES (?, ?, ?, ?, ?)"
# A book has an id of its own, but two samples of one seed are the same.
_BOOK: Final = "sample"
# About how large a page is, in bytes.
_PAGE: Final = 48_000


def post(book: Book, *, mishaps: bool = False) -> None:
    """Let everything that waits have gone out when it was issued; with `mishaps` one mail comes back and one fails."""
    with book.reading() as session:
        connection = session.connection()
        rows = [tuple(row) for row in connection.exec_driver_sql(_WAITING)]
    mails = [key for key, channel, _made in rows if channel == EMAIL]
    odd = dict(zip(("bounced", FAILED), mails[-7::4], strict=False)) if mishaps else {}
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        with book.writing() as session:
            _Round(session.connection(), odd).go(chunk)


class _Round:
    """The post of some documents."""

    def __init__(self, connection: Connection, odd: dict[str, int]) -> None:
        self._connection = connection
        self._odd = odd
        self._events: list[tuple[Any, ...]] = []
        self._rows: list[tuple[Any, ...]] = []

    def go(self, chunk: list[tuple[Any, ...]]) -> None:
        made = {key: datetime.fromisoformat(at) for key, _channel, at in chunk}
        mails = [key for key, channel, _at in chunk if channel == EMAIL and key != self._odd.get(FAILED)]
        for draft in mail_drafts(self._connection, mails, today=max(made.values()).date()):
            self._mail(draft, made)
        for key, channel, _at in chunk:
            if channel != EMAIL:
                self._by_other_ways(key, made[key])
        if self._odd.get(FAILED) in made:
            self._refuse(self._odd[FAILED], made[self._odd[FAILED]])
        for sql, rows in ((_WENT, self._rows), (_EVENT, self._events)):
            if rows:
                self._connection.exec_driver_sql(sql, rows)

    def _mail(self, draft: MailDraft, made: dict[int, datetime]) -> None:
        first = draft.delivery_ids[0]
        chance = Random(f"post:{first}")
        at = made[first] + timedelta(minutes=chance.randrange(2, 25), seconds=chance.randrange(60))
        answer = as_typed(f"2.0.0 Ok: queued as {chance.getrandbits(40):010X}").stored()
        files = [
            {
                "name": one.name,
                "media_type": "application/pdf" if one.name.endswith(".pdf") else "application/xml",
                "sha256": "",
                "size": _PAGE + chance.randrange(9_000),
                "delivery_id": one.delivery_id,
                "form": one.form,
            }
            for one in draft.enclosures
        ]
        names = [str(one["name"]) for one in files]
        mailing = self._connection.exec_driver_sql(
            _MAILING,
            (
                message_id(_BOOK, draft.delivery_ids, names, draft.sender),
                draft.client_id,
                draft.sender,
                draft.reply_to,
                json.dumps({"to": draft.to, "cc": draft.cc, "bcc": draft.bcc}, ensure_ascii=False),
                draft.subject,
                draft.text,
                draft.html,
                json.dumps(files, ensure_ascii=False),
                digest_of(draft, [(name, "") for name in names]),
                sum(int(str(one["size"])) for one in files),
                draft.receipt,
                answer,
                _text(at),
                _text(at),
            ),
        ).scalar_one()
        fate = chance.choices(("", "delivered", "seen"), (45, 15, 40))[0]
        if self._odd.get("bounced") in draft.delivery_ids:
            fate = "bounced"
        heard = at + (timedelta(minutes=3) if fate != "seen" else timedelta(hours=chance.randrange(1, 40)))
        for key in draft.delivery_ids:
            fate_at = _text(heard) if fate else None
            stands = _HEARD["bounced"] if fate == "bounced" else answer
            self._rows.append((1, 250, stands, mailing, _text(at), fate, fate_at, key))
            self._events.append((key, _text(at), SENT, answer, CLERK))
            if fate:
                self._events.append((key, _text(heard), fate, _HEARD[fate], ""))

    def _by_other_ways(self, key: int, made: datetime) -> None:
        at = _text(made + timedelta(hours=2))
        self._rows.append((0, None, "", None, at, "", None, key))
        self._events.append((key, at, SENT, "", CLERK))

    def _refuse(self, key: int, made: datetime) -> None:
        answer = phrase(
            "The server does not take mail for {address}: {answer}",
            address=str(
                self._connection.exec_driver_sql("SELECT address FROM delivery WHERE id = ?", (key,)).scalar_one()
            ),
            answer="550 5.1.1 User unknown",
        ).stored()
        self._connection.exec_driver_sql(_REFUSED, (answer, key))
        self._events.append((key, _text(made + timedelta(minutes=9)), FAILED, answer, CLERK))


_HEARD: Final = {
    "delivered": phrase("The other side’s server has it.").stored(),
    "seen": phrase("A read receipt came.").stored(),
    "bounced": phrase("It came back: the mailbox is full.").stored(),
}


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
