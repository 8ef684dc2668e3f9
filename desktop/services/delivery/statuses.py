"""Where each document stands on its way to its client, what happened to its deliveries, and a run as a funnel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries.delivering import STANDS, STATUS
from db.queries.families import family
from db.queries.rows import ids_text
from desktop.domain.delivery import CHANNELS, SENT, status_of
from desktop.saying import told

_BY: Final[Mapping[str, str]] = {
    "delivery": "d.id = :id",
    "invoice": "d.invoice_id = :id",
    "client": f"d.client_id IN {family(':id')}",
    "run": "d.run_id = :id",
    "mailing": "d.mailing_id = :id",
}


@dataclass(frozen=True, slots=True)
class Event:
    """`at` is UTC text; `kind` a state, a fate, or what a person did; `detail` a sentence in words."""

    at: str
    kind: str
    detail: str
    actor: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery as people read it; times are UTC text, `answer` is in words, `status` of STATUSES."""

    id: int
    invoice_id: int | None
    file_id: int | None
    title: str
    client_id: int
    channel: str
    form: str
    status: str
    state: str
    current: bool
    address: str
    by_hand: bool
    not_before: str
    tries: int
    code: int | None
    answer: str
    path: str
    made_at: str
    done_at: str
    fate_at: str
    mailing_id: int | None
    print_job_id: int | None
    again_of_id: int | None
    events: tuple[Event, ...] = ()


def standing_words(connection: Connection) -> set[str]:
    """The words of STANDS by which some document stands now."""
    told = ", ".join(
        f"EXISTS (SELECT 1 FROM delivery d WHERE d.current = 1 AND d.invoice_id IS NOT NULL AND ({stands}))"
        for stands in STANDS.values()
    )
    row = connection.exec_driver_sql(f"SELECT {told}").one()
    return {word for word, there in zip(STANDS, row, strict=True) if there}


def deliveries(book: Book, subject: str, subject_id: int, *, limit: int = 100) -> tuple[DeliveryRow, ...]:
    """All deliveries of a document, a client, a run or a mail, with what happened to each, the newest first.

    `subject` is invoice, client, run, mailing, or delivery for one of them alone.
    """
    with book.reading() as session:
        connection = session.connection()
        found = connection.exec_driver_sql(
            f"""SELECT d.id, d.invoice_id, d.file_id, d.title, d.client_id, d.channel, d.form, {STATUS} AS status,
            d.state, d.current, d.address, d.by_hand, d.not_before, d.tries, d.code, d.answer, d.path, d.made_at,
            coalesce(d.done_at, '') AS done_at, coalesce(d.fate_at, '') AS fate_at, d.mailing_id, d.print_job_id,
            d.again_of_id FROM delivery d WHERE {_BY[subject]} ORDER BY d.id DESC LIMIT :limit""",
            {"id": subject_id, "limit": limit},
        ).mappings()
        rows = [dict(row) for row in found]
        events = _events(connection, [row["id"] for row in rows])
    return tuple(
        DeliveryRow(
            **row | {"current": bool(row["current"]), "by_hand": bool(row["by_hand"]), "answer": told(row["answer"])},
            events=events.get(row["id"], ()),
        )
        for row in rows
    )


def _events(connection: Connection, ids: Collection[int]) -> dict[int, tuple[Event, ...]]:
    found: dict[int, list[Event]] = defaultdict(list)
    for delivery, at, kind, detail, actor in connection.exec_driver_sql(
        """SELECT delivery_id, at, kind, detail, actor FROM delivery_event
        WHERE delivery_id IN (SELECT value FROM json_each(?)) ORDER BY id""",
        (ids_text(ids),),
    ):
        found[delivery].append(Event(at, kind, told(detail), actor))
    return {delivery: tuple(events) for delivery, events in found.items()}


@dataclass(frozen=True, slots=True)
class Funnel:
    """Documents of a run, step by step; each step holds those of the steps after it, but `paid`, which any may be.

    `out` went by whatever way, `went` says by which: sent, printed, filed, handed_over. `by_channel` are those that
    still wait, by channel. Beside the way stand bounced, failed, uncertain and cancelled.
    """

    issued: int
    waiting: int
    out: int
    delivered: int
    seen: int
    paid: int
    bounced: int
    failed: int
    uncertain: int
    cancelled: int
    went: Mapping[str, int] = field(default_factory=dict)
    by_channel: Mapping[str, int] = field(default_factory=dict)


_WENT: Final = {channel: status_of(channel, SENT, "") for channel in CHANNELS}
_PAID: Final = """SELECT count(*) FROM invoice i WHERE i.run_id = :run AND i.kind <> 'credit_note'
 AND i.id NOT IN (SELECT invoice_id FROM open_item WHERE open > 0)
 AND i.id NOT IN (SELECT w.invoice_id FROM write_off w GROUP BY w.invoice_id HAVING sum(w.amount) > 0)
 AND i.id NOT IN (SELECT k.corrects_id FROM invoice k JOIN invoice j ON j.id = k.corrects_id
   GROUP BY j.id HAVING sum(k.payable) >= j.payable AND j.payable > 0)"""


def funnel(book: Book, run_id: int) -> Funnel:
    """How far the documents of a run have come."""
    with book.reading() as session:
        connection = session.connection()
        ask = connection.exec_driver_sql
        issued = ask("SELECT count(*) FROM invoice WHERE run_id = ?", (run_id,)).scalar_one()
        paid = ask(_PAID, {"run": run_id}).scalar_one()
        rows = ask(
            """SELECT d.channel, d.state, d.fate, count(*) FROM delivery d
            WHERE d.run_id = ? AND d.current = 1 GROUP BY d.channel, d.state, d.fate""",
            (run_id,),
        ).fetchall()
    states: dict[str, int] = defaultdict(int)
    fates: dict[str, int] = defaultdict(int)
    went: dict[str, int] = defaultdict(int)
    waits: dict[str, int] = defaultdict(int)
    for channel, state, fate, count in rows:
        states[state] += count
        if state == "sent":
            fates[fate] += count
            went[_WENT[channel]] += count
        elif state in ("waiting", "sending"):
            waits[channel] += count
    return Funnel(
        issued,
        states["waiting"] + states["sending"],
        states["sent"],
        fates["delivered"] + fates["seen"],
        fates["seen"],
        paid,
        fates["bounced"],
        states["failed"],
        states["uncertain"],
        states["cancelled"],
        {word: went[word] for word in _WENT.values() if went[word]},
        {channel: waits[channel] for channel in CHANNELS if waits[channel]},
    )
