"""Puts letters into the outbox: statements, receipts, reminders and the like, each with its file as it was made."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from db.engine import Book
from db.schema import Delivery
from desktop.documents.words import words_for
from desktop.domain.delivery import CHANNELS, EMAIL, HAND, WAITING, channel_of
from desktop.domain.letter import Letter
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.changes import Change, change
from desktop.services.delivery.mail.recipients import AddressBook, checked_recipients, client_facts
from desktop.services.files import keep_file
from desktop.services.letters.correspondence import Made
from desktop.services.letters.files import letter_name, letter_pdf

_LAST_LEVEL: Final = 3
# A run's report stays in the house.
_INSIDE: Final = "run_report"


@dataclass(frozen=True, slots=True)
class Put:
    """Letters with the deliveries that they became, and why others did not: a letter's title with the sentence."""

    letters: tuple[tuple[int, Letter], ...]
    refused: tuple[tuple[str, str], ...]

    @property
    def ids(self) -> list[int]:
        """The deliveries."""
        return [key for key, _letter in self.letters]


def enqueue_letter(book: Book, made: Made, *, actor: str, channel: str = "", address: str = "") -> int:
    """Put a letter into the outbox, with its file frozen; the id of the delivery.

    It goes by `channel` (of CHANNELS), else by mail where its client has an address, else the way that the client's
    documents go. `address` stands in place of the client's contacts. UserError where it has nobody to go to, and where
    the very same letter waits already.
    """
    typed = _checked(channel, address)
    written = written_letter(made)
    with change(book, actor, _("Put {title} into the outbox").format(title=written.title)) as kept:
        return put_letter(kept, written, channel, typed)


def enqueue_letters(
    book: Book,
    letters: Iterable[Made],
    *,
    actor: str,
    channel: str = "",
    address: str = "",
    report: Callable[[int], object] | None = None,
) -> Put:
    """Put many letters into the outbox in one change, each as `enqueue_letter` does; those that cannot are told of.

    `report` hears how many are written, and may raise: then none is in the outbox. UserError where none could be put.
    """
    typed = _checked(channel, address)
    written = []
    for made in letters:
        written.append(written_letter(made))
        if report is not None:
            report(len(written))
    put: list[tuple[int, Letter]] = []
    refused: list[tuple[str, str]] = []
    first: UserError | None = None
    with change(book, actor, "") as kept:
        for one in written:
            try:
                put.append((put_letter(kept, one, channel, typed), one.letter))
            except UserError as error:
                refused.append((one.title, error.message))
                first = first or error
        if first is not None and not put:
            raise first
        words = ngettext("Put {count} letter into the outbox", "Put {count} letters into the outbox", len(put))
        kept.summary = words.format(count=number_text(len(put)))
    return Put(tuple(put), tuple(refused))


class Enclosed(NamedTuple):
    """What goes with a letter: an issued document, or a file of the book, and how people call it."""

    title: str
    invoice_id: int | None = None
    file_id: int | None = None


class WrittenLetter(NamedTuple):
    """A letter with its file as it will go."""

    letter: Letter
    title: str
    name: str
    content: bytes


def written_letter(made: Made) -> WrittenLetter:
    """Set a letter. UserError for one that stays in the firm."""
    letter = made[0]
    if letter.kind == _INSIDE:
        raise UserError(_("A run's report stays in the firm: it goes to no client."), _("Save it as a file."))
    name = letter_name(letter)
    return WrittenLetter(letter, name.removesuffix(".pdf"), name, letter_pdf(made))


def _checked(channel: str, address: str) -> str:
    """The typed people as they are kept. UserError for a way or an address that is none."""
    if channel and channel not in CHANNELS:
        raise UserError(
            _("“{word}” is no way of delivery.").format(word=channel),
            _("It is one of: {known}.").format(known=", ".join(CHANNELS)),
        )
    return checked_recipients(address).text() if address.strip() else ""


def put_letter(kept: Change, written: WrittenLetter, channel: str, typed: str, enclose: Sequence[Enclosed] = ()) -> int:
    """Put a letter that is set into the outbox within the caller's change; as enqueue_letter.

    Its mail takes along what it is to `enclose`; other ways take the letter alone.
    """
    letter, title = written.letter, written.title
    client_id, known, usual = _usual(kept.connection, letter)
    way = channel or (EMAIL if typed else usual)
    if way == EMAIL and not (typed or known):
        raise UserError(
            _("{client} has no e-mail address.").format(client=letter.buyer.name),
            _("Type one for this letter, or give one to the client."),
        )
    file_id = keep_file(kept, written.name, written.content)
    _refuse_twice(kept.connection, file_id, title)
    return kept.insert(
        Delivery,
        letter=letter.kind,
        file_id=file_id,
        title=title,
        client_id=client_id,
        channel=way,
        form="pdf",
        state=WAITING,
        address=(typed or known) if way == EMAIL else "",
        by_hand=bool(typed),
        facts=json.dumps(
            {**letter_facts(letter), **({"enclose": [one._asdict() for one in enclose]} if enclose else {})},
            ensure_ascii=False,
            sort_keys=True,
        ),
        made_at=kept.at,
        actor=kept.actor,
    )


def usual_way(book: Book, letter: Letter) -> tuple[str, str]:
    """How a letter goes unless told otherwise, of CHANNELS, and who gets it by mail, as people type addresses."""
    with book.reading() as session:
        _client_id, known, way = _usual(session.connection(), letter)
    return way, known


def usual_ways(book: Book, letters: Iterable[Letter]) -> Mapping[str, int]:
    """How many of these letters go by which of CHANNELS, in their order."""
    with book.reading() as session:
        counted = Counter(_usual(session.connection(), letter)[2] for letter in letters)
    return {way: counted[way] for way in CHANNELS if counted[way]}


def letter_facts(letter: Letter) -> Mapping[str, Any]:
    """What a mail tells of a letter; amounts in minor units, and what is empty left out."""
    words = words_for(letter.language)
    step = min(letter.level, _LAST_LEVEL)
    title = words.title(f"{letter.kind}_{step}" if step > 1 else letter.kind)
    total = next((one.amount for one in letter.totals if one.emphasis), None)
    days = {
        "issue_date": letter.issue_date,
        "due_date": letter.due_date,
        "period_start": letter.period_start,
        "period_end": letter.period_end,
    }
    told: dict[str, Any] = {
        "language": letter.language,
        # Before the due date nothing is late, and the mail must not say so.
        "kind": "notice" if letter.kind == "reminder" and not letter.level else "",
        "file": f"{title} {letter.number or letter.issue_date.isoformat()}",
        "number": letter.number,
        "currency": letter.currency,
        "amount": letter.payable or (total.minor if total else 0),
        "payable": letter.payable,
        "level": letter.level,
        "means": letter.means,
        "iban": letter.bank[0].iban if letter.bank else "",
        "payment_reference": letter.payment_reference,
        **{name: day.isoformat() for name, day in days.items() if day},
    }
    return {name: value for name, value in told.items() if value}


def _usual(connection: Connection, letter: Letter) -> tuple[int, str, str]:
    """(the client that a letter is to, who gets it by mail, how it goes)."""
    row = connection.exec_driver_sql(
        """SELECT c.id, coalesce(c.delivery, s.delivery, f.delivery) FROM firm f, client c
        LEFT JOIN segment s ON s.id = c.segment_id WHERE c.code = ?""",
        (letter.buyer.code,),
    ).fetchone()
    if row is None:
        raise UserError(_("The client is not there any more."), _("Reload the list of clients."))
    client_id, word = int(row[0]), str(row[1])
    people = AddressBook(connection, client_facts(connection, [client_id])).recipients(client_id, letter.kind)
    way = EMAIL if people.to else channel_of(word, "")
    # A client that wants mail and has no address gets it from a person.
    return client_id, people.text(), HAND if way == EMAIL and not people.to else way


def _refuse_twice(connection: Connection, file_id: int, title: str) -> None:
    waits = connection.exec_driver_sql(
        "SELECT 1 FROM delivery WHERE file_id = ? AND state IN ('waiting', 'sending', 'uncertain')", (file_id,)
    ).fetchone()
    if waits:
        raise UserError(
            _("{title} waits in the outbox already.").format(title=title), _("Send it from there, or take it back.")
        )
