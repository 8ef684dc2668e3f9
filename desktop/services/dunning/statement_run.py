"""The statement run: everyone who owes, or has credit, gets one mail with the statement and all open documents."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from db.engine import Book
from db.queries import dunning as queries
from desktop.domain.delivery import EMAIL
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.changes import Change, change
from desktop.services.delivery.mail.letters import Enclosed, WrittenLetter, put_letter, usual_way, written_letter
from desktop.services.delivery.mail.mails import LARGEST
from desktop.services.files import keep_file
from desktop.services.letters.files import clients_with_balance, statements_for

Report = Callable[[int, int, str], None]
CHUNK: Final = 20
"""Clients a transaction."""
# What a page of an invoice comes to, in bytes: a mail that a server refuses reaches nobody.
_PAGE: Final = 120_000


@dataclass(slots=True)
class StatementRun:
    """`deliveries` are the rows of the outbox, one a client by mail; `nothing` counts clients without anything to be
    told, `refused` is (client's code, why) in words."""

    clients: int = 0
    nothing: int = 0
    deliveries: list[int] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Ready:
    letters: tuple[WrittenLetter, ...]
    documents: tuple[Enclosed, ...]
    by_mail: bool


def statement_run(
    book: Book,
    *,
    as_of: date,
    actor: str,
    client_ids: Collection[int] | None = None,
    since: date | None = None,
    channel: str = "",
    report: Report | None = None,
) -> StatementRun:
    """Put a statement for each client with a balance, or for these, into the outbox.

    By mail it takes all open documents along, the oldest due first as far as a mail may hold them, and the statements
    in other currencies; by other ways each statement goes alone. With `since` it tells all movements from that day on.
    `report` may raise between two transactions: what is in the outbox stays. The same statement waits only once.
    """
    wanted = list(client_ids) if client_ids is not None else clients_with_balance(book)
    done = StatementRun()
    for start in range(0, len(wanted), CHUNK):
        if report is not None:
            report(start, len(wanted), _("Putting statements into the outbox"))
        some = [_ready(book, key, as_of, since, channel) for key in wanted[start : start + CHUNK]]
        _put(book, some, done, actor, channel)
    if report is not None:
        report(len(wanted), len(wanted), _("Putting statements into the outbox"))
    return done


def _ready(book: Book, client_id: int, as_of: date, since: date | None, channel: str) -> _Ready:
    letters = tuple(written_letter(made) for made in statements_for(book, [client_id], as_of=as_of, since=since))
    if not letters:
        return _Ready((), (), False)
    with book.reading() as session:
        rows = queries.open_documents(session.connection(), client_id, as_of.isoformat())
    room = (LARGEST - sum(len(one.content) for one in letters)) // _PAGE
    documents = tuple(Enclosed(number, invoice_id=key) for key, number in rows[: max(0, room)])
    way = channel or usual_way(book, letters[0].letter)[0]
    return _Ready(letters, documents, way == EMAIL)


def _put(book: Book, some: Sequence[_Ready], done: StatementRun, actor: str, channel: str) -> None:
    deliveries: list[int] = []
    refused: list[tuple[str, str]] = []
    clients = 0
    with change(book, actor, "") as made:
        for one in some:
            if not one.letters:
                continue
            try:
                deliveries += _put_one(made, one, channel)
                clients += 1
            except UserError as error:
                refused.append((one.letters[0].letter.buyer.code, str(error)))
        words = ngettext("Put {count} statement into the outbox", "Put {count} statements into the outbox", clients)
        made.summary = words.format(count=number_text(clients))
    done.clients += clients
    done.nothing += sum(not one.letters for one in some)
    done.deliveries += deliveries
    done.refused += refused


def _put_one(made: Change, one: _Ready, channel: str) -> list[int]:
    first, *others = one.letters
    if not one.by_mail:
        return [put_letter(made, letter, channel, "") for letter in one.letters]
    beside = [
        Enclosed(f"{letter.title} {letter.letter.currency}", file_id=keep_file(made, letter.name, letter.content))
        for letter in others
    ]
    return [put_letter(made, first, channel, "", [*beside, *one.documents])]
