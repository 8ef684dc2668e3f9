"""What came back of mails: reports, receipts and bounces, read from files or from accounts' inboxes, and marked at
the documents that they are about. A mail is known by its Message-ID alone, never by a guess."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries.rows import plain_rows
from desktop.delivery.mail.bounces import Heard, heard
from desktop.delivery.mail.imap import Inbox, Place
from desktop.delivery.mail.mailboxes import mails_in
from desktop.delivery.mail.oauth import SignInFailed
from desktop.delivery.mail.server import Answer, Secret, Server, Token, Trouble
from desktop.delivery.mail.trouble import in_words
from desktop.domain.delivery import FAILED, SENDING, SENT, UNCERTAIN, WAITING
from desktop.domain.wording import Said, as_typed, phrase
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.change_sets import raw
from desktop.services.delivery.mail.accounts import accounts
from desktop.services.delivery.mail.sent import Problem, Report
from desktop.services.delivery.mail.signing_in import imap_secret_of, needs_secret, spent
from desktop.services.records import Record

_PLACE: Final = "mail.inbox."
# How far back an inbox is read the first time: servers give up a mail after five days, people read for weeks.
_FIRST: Final = timedelta(days=60)
_AT_ONCE: Final = 100
# Of several reports about one mail the worst counts: who did not get it must get it.
_RANK: Final = {"": 0, "delivered": 1, "seen": 2, "bounced": 3}


@dataclass(frozen=True, slots=True)
class Match:
    """A report about a mail of the book: `kind` is bounced, delivered or seen, `titles` are its documents.

    `fresh` is False where the book knew it already.
    """

    kind: str
    message_id: str
    delivery_ids: tuple[int, ...]
    titles: tuple[str, ...]
    addresses: tuple[str, ...]
    words: str
    at: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class Stray:
    """A report about a mail that is none of the book's."""

    kind: str
    addresses: tuple[str, ...]
    words: str
    at: str


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at mails brought: how many were read, what they say, and which inboxes could not be opened."""

    read: int
    matched: tuple[Match, ...]
    unmatched: tuple[Stray, ...]
    problems: tuple[Problem, ...] = ()


class _Look:
    def __init__(self, book: Book, actor: str, report: Report) -> None:
        self.book = book
        self.actor = actor
        self.report = report
        self.read = 0
        self.matched: list[Match] = []
        self.unmatched: list[Stray] = []
        self.problems: list[Problem] = []

    def take(self, mails: Sequence[bytes], then: Callable[[Connection], None] = lambda _connection: None) -> None:
        """Mark what these mails say, in one transaction with what has to be noted `then`."""
        said = [one for data in mails if (one := heard(data)) is not None]
        matched: list[Match] = []
        unmatched: list[Stray] = []
        with self.book.writing() as session:
            connection = session.connection()
            now = self.book.now
            for one in said:
                found = _mark(connection, one, now=now, actor=self.actor)
                if found is None:
                    unmatched.append(Stray(one.kind, one.addresses, one.words, one.at))
                else:
                    matched.append(found)
            then(connection)
        # Only what is committed was read.
        self.read += len(mails)
        self.matched += matched
        self.unmatched += unmatched
        self.report(self.read, 0, _("Reading what came back"))

    def done(self) -> Looked:
        return Looked(self.read, tuple(self.matched), tuple(self.unmatched), tuple(self.problems))


def read_files(book: Book, paths: Iterable[Path], *, actor: str, report: Report) -> Looked:
    """Read .eml, .emlx and mbox files, Maildirs, and folders of these. What is read again changes nothing.

    UserError where a file cannot be read; what was read before it is marked.
    """
    look = _Look(book, actor, report)
    for path in paths:
        waiting: list[bytes] = []
        for data in mails_in(path):
            waiting.append(data)
            if len(waiting) >= _AT_ONCE:
                look.take(waiting)
                waiting = []
        if waiting:
            look.take(waiting)
    return look.done()


def read_inboxes(
    book: Book,
    *,
    actor: str,
    report: Report,
    account_id: int | None = None,
    secret_for: Callable[[Record], Secret] = imap_secret_of,
) -> Looked:
    """Read what is new in the inboxes of the accounts, or of one, and leave them as they are.

    An inbox that does not open is told in `problems` and keeps no other from being read. UserError where no account
    has an inbox.
    """
    wanted = [one for one in inboxes(book) if account_id in (None, one["id"])]
    if not wanted:
        raise UserError(
            _("No e-mail account says where its inbox is."),
            _("Enter the IMAP server of an account in the settings, or choose saved mails as files."),
        )
    return _read(_Look(book, actor, report), wanted, secret_for)


def read_open_inboxes(book: Book, *, actor: str, report: Report) -> Looked:
    """As `read_inboxes`, of those alone that open without asking anybody; without any of them nothing is read."""
    shut = {one["id"] for one in locked_inboxes(book)}
    wanted = [
        one for one in inboxes(book) if one["id"] not in shut and not (one["auth"] == "oauth" and needs_secret(one))
    ]
    return _read(_Look(book, actor, report), wanted, imap_secret_of)


def _read(look: _Look, wanted: Iterable[Record], secret_for: Callable[[Record], Secret]) -> Looked:
    for account in wanted:
        server = inbox_server(account)
        try:
            _read_inbox(look, account, server, secret_for)
        except (Trouble, UserError) as error:
            said = in_words(error, server)
            look.problems.append(Problem(account["id"], said.message, said.remedy))
    return look.done()


def inboxes(book: Book) -> list[Record]:
    """The accounts in use that say where their inbox is."""
    return [one for one in accounts(book) if one["imap_host"]]


def locked_inboxes(book: Book) -> list[Record]:
    """Those of them that nobody gave a password; asks the system's keyring, which may take a moment."""
    return [one for one in inboxes(book) if one["auth"] != "oauth" and not _opens(one)]


def _opens(account: Record) -> bool:
    try:
        return imap_secret_of(account) is not None
    except UserError:
        return False


def inbox_server(account: Record) -> Server:
    """Where an account's inbox is."""
    return Server(
        host=account["imap_host"],
        port=account["imap_port"],
        security=account["imap_security"],
        verify=account["verify"],
        ca_file=account["ca_file"],
        user=account["imap_user"] or account["user"] or account["sender"],
    )


def _read_inbox(look: _Look, account: Record, server: Server, secret_for: Callable[[Record], Secret]) -> None:
    secret = _secret(account, secret_for)
    inbox = Inbox(server, secret, account["imap_folder"])
    try:
        inbox.open()
    except Trouble as error:
        if error.reason != "login" or not isinstance(secret, Token):
            raise
        # It may only have run out since it was fetched.
        spent(account, secret)
        inbox = Inbox(server, _secret(account, secret_for), account["imap_folder"])
    with inbox:
        place = _place(look.book, account)
        since = date.fromisoformat(look.book.now[:10]) - _FIRST
        for reached, mails in inbox.after(place, since=since):
            look.take(mails, _noting(account, reached))


def _secret(account: Record, secret_for: Callable[[Record], Secret]) -> Secret:
    try:
        return secret_for(account)
    except SignInFailed as error:
        raise Trouble("sign_in", Answer(0, str(error)), permanent=error.permanent) from error


def _place(book: Book, account: Record) -> Place:
    with book.reading() as session:
        rows = plain_rows(session.connection(), "SELECT value FROM setting WHERE key = ?", _PLACE + account["uid"])
    if not rows:
        return Place()
    kept = json.loads(rows[0][0])
    # Another server or folder counts its own mails.
    if kept.get("where") != _where(account):
        return Place()
    return Place(kept["validity"], kept["uid"])


def _noting(account: Record, place: Place) -> Callable[[Connection], None]:
    def note(connection: Connection) -> None:
        # The machine's own note, not a choice of a person: no change set.
        kept = {"validity": place.validity, "uid": place.uid, "where": _where(account)}
        raw(connection).execute(
            "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            (_PLACE + account["uid"], json.dumps(kept, ensure_ascii=False, sort_keys=True)),
        )

    return note


def _where(account: Record) -> str:
    server = inbox_server(account)
    return f"{server.user}@{server.host}:{server.port}/{account['imap_folder']}"


def _mark(connection: Connection, said: Heard, *, now: str, actor: str) -> Match | None:
    """Mark the deliveries of the mail that a report is about; None where it is none of the book's."""
    mailing = _mailing(connection, said.message_ids)
    if mailing is None:
        return None
    mailing_id, message_id, recipients = mailing
    at = min(said.at or now, now)
    rows = plain_rows(connection, "SELECT id, title, state, fate FROM delivery WHERE mailing_id = ?", mailing_id)
    detail = _sentence(said).stored()
    own_copy = _own_copy(said, recipients)
    fresh = False
    for delivery_id, _title, state, fate in rows:
        if _noted(connection, delivery_id, said.kind, detail) or (own_copy and said.kind != "bounced"):
            continue
        fresh = True
        raw(connection).execute(
            "INSERT INTO delivery_event (delivery_id, at, kind, detail, actor) VALUES (?, ?, ?, ?, ?)",
            (delivery_id, at, said.kind, detail, actor),
        )
        if not own_copy:
            _move(connection, delivery_id, state, fate, said, detail, at)
    if fresh and not own_copy:
        unsure = (UNCERTAIN,) if said.kind == "bounced" else (UNCERTAIN, WAITING, FAILED)
        raw(connection).execute(
            "UPDATE mailing SET state = 'sent', answer = '', code = NULL, sent_at = coalesce(sent_at, ?)"
            " WHERE id = ? AND state IN (SELECT value FROM json_each(?))",
            (at, mailing_id, json.dumps(unsure)),
        )
    return Match(
        said.kind,
        message_id,
        tuple(row[0] for row in rows),
        tuple(row[1] for row in rows),
        said.addresses,
        said.words,
        at,
        fresh,
    )


def _move(connection: Connection, delivery_id: int, state: str, fate: str, said: Heard, detail: str, at: str) -> None:
    bounced = said.kind == "bounced"
    # Whatever the line said when it went: a report proves that it did. One that came back may still go as it waits.
    if state == UNCERTAIN or (state in (WAITING, FAILED) and not bounced):
        raw(connection).execute(
            "UPDATE delivery SET state = 'sent', answer = '', code = NULL, not_before = '', done_at = ? WHERE id = ?",
            (at, delivery_id),
        )
        state = SENT
    # What is just being sent is `sent` in a moment, and its fate stands by then.
    if state not in (SENT, SENDING) or _RANK[said.kind] <= _RANK[fate]:
        return
    driver = raw(connection)
    driver.execute("UPDATE delivery SET fate = ?, fate_at = ? WHERE id = ?", (said.kind, at, delivery_id))
    if bounced:
        driver.execute(
            "UPDATE delivery SET answer = ?, code = ? WHERE id = ?", (detail, said.code or None, delivery_id)
        )


def _own_copy(said: Heard, recipients: str) -> bool:
    """Whether a report is only about those who got the mail unseen: the firm's own copy, not the client's."""
    people = json.loads(recipients)
    unseen = {one.lower() for one in people.get("bcc", ())}
    unseen -= {one.lower() for one in (*people.get("to", ()), *people.get("cc", ()))}
    named = {one.lower() for one in said.addresses}
    return bool(named) and named <= unseen


def _mailing(connection: Connection, message_ids: Sequence[str]) -> tuple[int, str, str] | None:
    """The mail of the book that these identities name, the surest first."""
    for one in message_ids:
        for mailing_id, message_id, recipients in plain_rows(
            connection, "SELECT id, message_id, recipients FROM mailing WHERE message_id IN (?, ?)", f"<{one}>", one
        ):
            return mailing_id, message_id, recipients
    return None


def _noted(connection: Connection, delivery_id: int, kind: str, detail: str) -> bool:
    return bool(
        plain_rows(
            connection,
            "SELECT 1 FROM delivery_event WHERE delivery_id = ? AND kind = ? AND detail = ?",
            delivery_id,
            kind,
            detail,
        )
    )


def _sentence(said: Heard) -> Said:
    people = ", ".join(said.addresses)
    if said.kind != "bounced":
        return as_typed(people)
    if not said.words:
        return phrase("It came back from {address}.", address=people) if people else phrase("It came back.")
    if not people:
        return phrase("It came back: {answer}", answer=said.words)
    return phrase("It came back from {address}: {answer}", address=people, answer=said.words)
