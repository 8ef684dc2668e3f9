"""Which documents are printed, and in which order: what waits for the printer, a run, a range, or those named."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries.rows import ids_text
from desktop.domain.delivery import FAILED, PRINT, SENDING, UNCERTAIN, WAITING
from desktop.errors import UserError
from desktop.i18n import _, ngettext
from desktop.services.delivery.paper.print_settings import Order
from desktop.services.registrations import deliverable

_OPEN: Final = (WAITING, FAILED, UNCERTAIN)

# The paper goes where the frozen buyer says; a letter goes to its client as it is now.
_INVOICES: Final = """SELECT i.id AS invoice_id, NULL AS file_id, d.id AS delivery_id, i.number AS title,
 coalesce(c.merged_into_id, c.id) AS client_id, coalesce(h.code, c.code) AS code, p.data ->> 'name' AS client,
 coalesce(p.data ->> 'country', '') AS country, coalesce(p.data ->> 'postcode', '') AS postcode,
 d.channel AS channel, d.state AS state, i.kind AS kind, i.currency AS currency, i.gross AS gross
 FROM invoice i JOIN client c ON c.id = i.client_id LEFT JOIN client h ON h.id = c.merged_into_id
 JOIN party p ON p.id = i.buyer_id
 LEFT JOIN delivery d ON d.invoice_id = i.id AND d.current = 1
 WHERE i.kind <> 'opening' AND {where}"""
_LETTERS: Final = """SELECT NULL AS invoice_id, d.file_id AS file_id, d.id AS delivery_id, d.title AS title,
 coalesce(c.merged_into_id, c.id) AS client_id, coalesce(h.code, c.code) AS code, coalesce(h.name, c.name) AS client,
 coalesce(h.country, c.country) AS country, coalesce(h.postcode, c.postcode) AS postcode,
 d.channel AS channel, d.state AS state, '' AS kind, '' AS currency, 0 AS gross
 FROM delivery d JOIN client c ON c.id = d.client_id LEFT JOIN client h ON h.id = c.merged_into_id
 WHERE d.invoice_id IS NULL AND d.current = 1 AND {where}"""
_WAITS: Final = f"d.state <> 'sent' AND d.state = '{WAITING}' AND d.channel = '{PRINT}'"
_AMONG: Final = "IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Choice:
    """Documents to print: those named by numbers or ids, else those of a run, else all of the outbox.

    Of a run or the outbox those that wait for the printer; with `everything` all documents of the run, whatever way
    they go. `first` and `last` are numbers that bound the rest, both included.
    """

    run: str = ""
    numbers: tuple[str, ...] = ()
    invoice_ids: tuple[int, ...] = ()
    delivery_ids: tuple[int, ...] = ()
    first: str = ""
    last: str = ""
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """One document on paper: an issued one by `invoice_id`, a letter by `file_id`. `client` is whom it is for.

    `delivery_id` is its row of the outbox, `channel` and `state` are that row's. Gross is in minor units, below zero
    on a credit note.
    """

    invoice_id: int | None
    file_id: int | None
    delivery_id: int | None
    title: str
    client_id: int
    code: str
    client: str
    country: str
    postcode: str
    channel: str | None
    state: str | None
    currency: str
    gross: int

    @property
    def goes_by_print(self) -> bool:
        """Whether printing it brings it to its client; otherwise the paper is a copy beside its own way."""
        return self.channel == PRINT and self.state in _OPEN


@dataclass(frozen=True, slots=True)
class Papers:
    """`held_back` are numbers of documents that may not leave the house yet, because a portal has not answered."""

    found: tuple[Paper, ...]
    held_back: tuple[str, ...] = ()


def papers(book: Book, choice: Choice, *, order: Order = "number") -> Papers:
    """The documents of a choice in an order. UserError for a run or number that does not exist, and for a document that
    is in a queue already."""
    with book.reading() as session:
        connection = session.connection()
        named = bool(choice.numbers or choice.invoice_ids or choice.delivery_ids)
        found = _named(connection, choice) if named else _waiting(connection, choice)
        found = _bounded(found, choice)
        if named:
            _refuse_queued(found)
        free = deliverable(connection, [one.invoice_id for one in found if one.invoice_id is not None])
    kept = [one for one in found if one.invoice_id is None or one.invoice_id in free]
    held = tuple(one.title for one in found if one.invoice_id is not None and one.invoice_id not in free)
    return Papers(tuple(sorted(kept, key=_ORDERS[order])), held)


def _named(connection: Connection, choice: Choice) -> list[Paper]:
    numbers = json.dumps(list(choice.numbers))
    deliveries = ids_text(choice.delivery_ids)
    found = _read(
        connection,
        _INVOICES.format(
            where=f"(i.id {_AMONG} OR i.number {_AMONG} OR i.id IN (SELECT invoice_id FROM delivery WHERE id {_AMONG}))"
        )
        + " ORDER BY i.id",
        ids_text(choice.invoice_ids),
        numbers,
        deliveries,
    )
    found += _read(connection, _LETTERS.format(where=f"d.id {_AMONG}") + " ORDER BY d.id", deliveries)
    missing = set(choice.numbers) - {one.title for one in found}
    if missing:
        said = ngettext(
            "There is no document {numbers} to print.", "There are no documents {numbers} to print.", len(missing)
        )
        raise UserError(
            said.format(numbers=", ".join(sorted(missing))),
            _("See the list of invoices for the numbers there are. What was issued before the book began has no page."),
        )
    return found


def _waiting(connection: Connection, choice: Choice) -> list[Paper]:
    if not choice.run:
        where = "1" if choice.everything else _WAITS
        found = _read(connection, _INVOICES.format(where=where) + " ORDER BY i.id")
        return found + _read(connection, _LETTERS.format(where=_WAITS) + " ORDER BY d.id")
    run = connection.exec_driver_sql("SELECT id FROM run WHERE number = ?", (choice.run,)).scalar()
    if run is None:
        raise UserError(_("There is no run {run} in this book.").format(run=choice.run), _("See the list of runs."))
    where = "i.run_id = ?" if choice.everything else f"i.run_id = ? AND {_WAITS}"
    return _read(connection, _INVOICES.format(where=where) + " ORDER BY i.id", run)


def _read(connection: Connection, sql: str, *parameters: object) -> list[Paper]:
    rows = connection.exec_driver_sql(sql, tuple(parameters)).mappings()
    return [_paper(dict(row)) for row in rows]


def _paper(row: dict[str, Any]) -> Paper:
    sign = -1 if row.pop("kind") == "credit_note" else 1
    return Paper(**row | {"gross": sign * row["gross"], "client": row["client"] or ""})


def _bounded(found: list[Paper], choice: Choice) -> list[Paper]:
    """Those between two numbers, in the order in which they were issued."""
    places = {one.title: place for place, one in enumerate(found)}
    for number in (choice.first, choice.last):
        if number and number not in places:
            raise UserError(
                _("{number} is not among the documents to print.").format(number=number),
                _("Choose numbers from the list."),
            )
    start = places[choice.first] if choice.first else 0
    end = places[choice.last] if choice.last else len(found) - 1
    if start > end and found:
        raise UserError(
            _("{first} comes after {last}.").format(first=choice.first, last=choice.last),
            _("Exchange the two numbers."),
        )
    return found[start : end + 1]


def _refuse_queued(found: Sequence[Paper]) -> None:
    queued = [one.title for one in found if one.channel == PRINT and one.state == SENDING]
    if queued:
        raise UserError(
            _("{number} is in the printer's queue already.").format(number=queued[0]),
            _("Wait until it is printed, or cancel its job first."),
        )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKD", text).casefold()


# Sorting keeps the order of numbers among equals.
_ORDERS: Final[dict[Order, Callable[[Paper], Any]]] = {
    "number": lambda one: 0,
    "client": lambda one: (_folded(one.client), one.code),
    "postcode": lambda one: (one.country, one.postcode, _folded(one.client), one.code),
}
