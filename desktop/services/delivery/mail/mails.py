"""Mails as they would go now: which documents go together, to whom, by which account, and what the mail says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from db.queries import mails as queries
from db.queries.rows import ids_text
from desktop.delivery.mail.html import LIST_MARK, Listed, html_of
from desktop.delivery.mail.message import Enclosed, Mail
from desktop.domain.mail_text import LIST, Worded, one_line, plain
from desktop.services.delivery.mail.enclosing import WITH_PDF, Enclosure, Sizes, beside_letter, enclosures
from desktop.services.delivery.mail.recipients import (
    AddressBook,
    ClientFacts,
    Recipients,
    client_facts,
    named,
    split,
    typed_recipients,
)
from desktop.services.delivery.mail.texts import Texts
from desktop.services.delivery.mail.values import (
    Carried,
    FirmFacts,
    Open,
    Speaker,
    document_carried,
    letter_carried,
)

__all__ = ["Enclosure", "MailDraft", "mail_as_worded", "mail_drafts"]

TOGETHER: Final = "delivery.together"
LARGEST: Final = 15 * 1024 * 1024
"""Bytes of the files of one mail: written out they are a third more, and many servers refuse more than 20 MB."""
SEVERAL: Final = "several"


@dataclass(frozen=True, slots=True)
class MailDraft:
    """One mail to one client for one or more rows of the outbox. `account_id` is None where no account is set up."""

    client_id: int
    delivery_ids: tuple[int, ...]
    account_id: int | None
    sender: str
    sender_name: str
    reply_to: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    subject: str
    text: str
    html: str
    receipt: bool
    enclosures: tuple[Enclosure, ...]

    def mail(self, message_id: str, files: tuple[Enclosed, ...], *, date: str = "") -> Mail:
        """As it goes on the line, with its files; `date` is UTC text."""
        return Mail(
            message_id=message_id,
            date=date,
            sender=self.sender,
            to=self.to,
            subject=self.subject,
            text=self.text,
            html=self.html,
            sender_name=self.sender_name,
            reply_to=self.reply_to,
            cc=self.cc,
            bcc=self.bcc,
            receipt=self.receipt,
            files=files,
        )


@dataclass(frozen=True, slots=True)
class _Account:
    id: int | None
    sender: str
    sender_name: str
    reply_to: str
    copy_to: str
    receipts: bool


@dataclass(frozen=True, slots=True)
class _Own:
    """What a person wrote for one mail: null is what the texts say."""

    subject: str | None
    body: str | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A row of the outbox on its way into a mail."""

    carried: Carried
    client: ClientFacts
    segment_id: int | None
    account: _Account
    to: Recipients
    own: _Own
    letter: bool
    files: tuple[Enclosure, ...]
    size: int

    @property
    def key(self) -> tuple[object, ...]:
        """What goes into one mail is alike in this."""
        return self.client.id, self.account.id, self.carried.language, self.to, self.own


def mail_drafts(connection: Connection, delivery_ids: Iterable[int], *, today: date) -> list[MailDraft]:
    """The mails of these rows of the outbox as of a day, whatever their channel and state, the earliest row's first.

    A mail without recipients has an empty `to`. Nothing is written.
    """
    rows = queries.carried(connection, ids_text(delivery_ids))
    if not rows:
        return []
    firm = FirmFacts(*queries.firm(connection)[0])
    settings: dict[str, Any] = {key: json.loads(value) for key, value in queries.settings(connection)}
    clients = client_facts(connection, {row.client for row in rows})
    parts = _Parts(connection, firm, settings, clients, rows)
    writing = _Writing(Texts(connection), firm, today)
    together = bool(settings.get(TOGETHER, False))
    return [writing.draft(group) for group in _groups(map(parts.part, rows), together=together)]


def mail_as_worded(
    connection: Connection, delivery_ids: Iterable[int], worded: Worded, kind: str, language: str, *, today: date
) -> MailDraft | None:
    """The mail that a text of a kind and language makes of these documents of one client; None without a document.

    Where they are of another kind or language they stand in for what the book does not have yet.
    """
    rows = queries.carried(connection, ids_text(delivery_ids))
    if not rows:
        return None
    firm = FirmFacts(*queries.firm(connection)[0])
    parts = _Parts(connection, firm, {}, client_facts(connection, {row.client for row in rows}), rows)
    group = []
    for row in rows:
        part = parts.part(row)
        own = part.carried.kind if kind == SEVERAL else kind
        carried = replace(part.carried, kind=own, language=language or part.carried.language)
        group.append(replace(part, carried=carried, own=_Own(None, None)))
    return _Writing(Texts(connection), firm, today).draft(group, worded)


class _Parts:
    """What all rows are looked up in."""

    def __init__(
        self,
        connection: Connection,
        firm: FirmFacts,
        settings: Mapping[str, Any],
        clients: dict[int, ClientFacts],
        rows: Sequence[queries.CarriedRow],
    ) -> None:
        self._clients = clients
        self._people = AddressBook(connection, clients)
        self._with_pdf = bool(settings.get(WITH_PDF, True))
        self._sizes = Sizes(connection)
        self._open = {
            key: Open(minor, count, date.fromisoformat(due), part)
            for key, minor, count, due, part in queries.open_of(
                connection, ids_text({row.invoice for row in rows if row.invoice})
            )
        }
        found = [
            _Account(key, sender, name, reply, copies, bool(receipts))
            for key, sender, name, reply, copies, receipts in queries.accounts(connection)
        ]
        self._accounts = {account.id: account for account in found}
        self._first = found[0] if found else _Account(None, firm.email, firm.name, "", "", False)
        self._of_segment = dict(queries.segment_accounts(connection))

    def part(self, row: queries.CarriedRow) -> _Part:
        client = self._clients[row.client]
        if row.invoice is None:
            carried = letter_carried(row, client.language)
        else:
            carried = document_carried(row, self._open.get(row.invoice, Open()))
        to = self._people.recipients(client.id, carried.kind)
        if row.by_hand:
            to = typed_recipients(row.address, to.name)
        account = self._accounts.get(self._of_segment.get(row.segment)) or self._first
        if copies := split(account.copy_to):
            to = named(to.to, to.cc, (*to.bcc, *copies), to.name)
        title = row.title if row.invoice else carried.file or row.title
        files = enclosures(row.delivery, title, row.form, row.invoice, row.file, with_pdf=self._with_pdf)
        files += beside_letter(row.delivery, row.facts)
        return _Part(
            carried=carried,
            client=client,
            segment_id=row.segment,
            account=account,
            to=to,
            own=_Own(row.subject, row.body),
            letter=row.invoice is None,
            files=files,
            size=row.size or sum(self._sizes.of(one.form) for one in files),
        )


def _groups(parts: Iterable[_Part], *, together: bool) -> list[list[_Part]]:
    """The parts of each mail. A letter says what it has to say in a mail of its own."""
    groups: list[list[_Part]] = []
    open_groups: dict[tuple[object, ...], tuple[list[_Part], int]] = {}
    for part in parts:
        wanted = together if part.client.together is None else part.client.together
        # What was changed by a person for several at once stays one mail, whatever the rule says.
        if part.letter or not (wanted or part.own.body is not None):
            groups.append([part])
            continue
        group, size = open_groups.get(part.key, ([], 0))
        if not group or size + part.size > LARGEST:
            group, size = [], 0
            groups.append(group)
        group.append(part)
        open_groups[part.key] = (group, size + part.size)
    return groups


class _Writing:
    """Puts mails into words; what languages and texts need is made once."""

    def __init__(self, texts: Texts, firm: FirmFacts, today: date) -> None:
        self._texts = texts
        self._firm = firm
        self._today = today
        self._speakers: dict[str, Speaker] = {}

    def draft(self, parts: Sequence[_Part], worded: Worded | None = None) -> MailDraft:
        first = parts[0]
        carried = [part.carried for part in parts]
        language = first.carried.language
        speaker = self._speakers.get(language)
        if speaker is None:
            speaker = self._speakers[language] = Speaker(language, self._firm, self._today)
        kind = first.carried.kind if len(parts) == 1 else SEVERAL
        if worded is None:
            worded = self._texts.worded(first.client.id, first.segment_id, kind, language)
        values = speaker.values(first.client, first.to, carried)
        lines, rows = speaker.listed(carried)
        subject, text, marked = self._said(first, worded, values, lines)
        return MailDraft(
            client_id=first.client.id,
            delivery_ids=tuple(one.delivery_id for one in carried),
            account_id=first.account.id,
            sender=first.account.sender,
            sender_name=one_line(first.account.sender_name or self._firm.name),
            reply_to=first.account.reply_to,
            to=first.to.to,
            cc=first.to.cc,
            bcc=first.to.bcc,
            subject=subject,
            text=text,
            html=html_of(marked, language=language, title=subject, heads=speaker.heads, rows=_shown(first, rows)),
            receipt=first.account.receipts,
            enclosures=_distinct(file for part in parts for file in part.files),
        )

    def _said(self, first: _Part, worded: Worded, values: dict[str, str], lines: str) -> tuple[str, str, str]:
        """Subject, text, and the text with a mark where the list of documents stands."""
        subject_text, body_text = self._texts.cut(worded)
        subject = one_line(first.own.subject if first.own.subject is not None else subject_text.filled(values))
        if first.own.body is not None:
            text = plain(first.own.body).strip("\n")
            return subject, text, text.replace(lines, LIST_MARK)
        marked = body_text.filled({**values, LIST: LIST_MARK})
        return subject, marked.replace(LIST_MARK, lines), marked


def _shown(first: _Part, rows: list[Listed]) -> list[Listed]:
    """A letter is a table itself; one beside the mail's text would only name it again."""
    return [] if first.letter else rows


def _distinct(files: Iterable[Enclosure]) -> tuple[Enclosure, ...]:
    """With names that differ, as people save all files of a mail into one folder."""
    taken: set[str] = set()
    found = []
    for file in files:
        name, again = file.name, 1
        stem, _dot, ending = file.name.rpartition(".")
        while name.casefold() in taken:
            again += 1
            name = f"{stem}-{again}.{ending}"
        taken.add(name.casefold())
        found.append(file if name == file.name else file.named(name))
    return tuple(found)
