"""All that went between the firm and a client, in one row of days: documents and letters, calls, promises, disputes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries.families import family
from desktop.services.disputes import disputes_of_client
from desktop.services.dunning.holds import holds
from desktop.services.notes import notes
from desktop.services.promises import promises_of

DELIVERY: Final = "delivery"
NOTE: Final = "note"
PROMISE: Final = "promise"
DISPUTE: Final = "dispute"
SETTLED: Final = "settled"
HOLD: Final = "hold"
# Beyond these the outbox and the history are the place to look.
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that was sent, said or agreed on a day, `at` being UTC text with as much of the time as is known.

    `id` is that of the delivery, note, promise or hold, of a dispute the invoice's. `title` names the document,
    invoice or who spoke; `text` what was said; `state` a delivery's or a promise's. `amount` in minor units of
    `currency`, None where nothing is said of one.
    """

    kind: str
    id: int
    at: str
    title: str
    text: str
    state: str = ""
    way: str = ""
    amount: int | None = None
    currency: str = ""
    day: date | None = None


def correspondence(book: Book, client_id: int, today: date) -> tuple[Word, ...]:
    """All words of a client and of who was merged into it, the newest first; of documents and letters the last 500."""
    with book.reading() as session:
        found = _deliveries(session.connection(), client_id)
    found += [
        Word(NOTE, one.id, one.at, one.author, one.text, day=one.due_on if one.waits else None)
        for one in notes(book, "client", client_id)
    ]
    found += [
        Word(PROMISE, one.id, one.noted_at, one.said_by, one.note, one.state, "", one.amount, one.currency,
             one.promised_on)
        for one in promises_of(book, today, client_id=client_id)
    ]  # fmt: skip
    for dispute in disputes_of_client(book, client_id):
        opened = dispute.opened_on.isoformat()
        found.append(
            Word(DISPUTE, dispute.invoice_id, opened, dispute.number, dispute.reason, "", "", dispute.amount,
                 dispute.currency, dispute.due_on)
        )  # fmt: skip
        if dispute.closed_on is not None:
            closed = dispute.closed_on.isoformat()
            found.append(Word(SETTLED, dispute.invoice_id, closed, dispute.number, dispute.outcome))
    found += [
        Word(HOLD, one.id, one.since.isoformat(), one.number, one.reason, day=one.until)
        for one in holds(book, today, client_id=client_id, standing=False)
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.kind, one.id), reverse=True))


def _deliveries(connection: Connection, client_id: int) -> list[Word]:
    rows = connection.exec_driver_sql(
        f"""SELECT d.id, coalesce(d.done_at, d.made_at), d.title, d.address, d.state, d.fate, d.channel FROM delivery d
        WHERE d.client_id IN {family(":client")} AND d.state <> 'cancelled' ORDER BY d.id DESC LIMIT {_MOST}""",
        {"client": client_id},
    )
    return [Word(DELIVERY, row[0], row[1], row[2], row[3], row[5] or row[4], row[6]) for row in rows]
