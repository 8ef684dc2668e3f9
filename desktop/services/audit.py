"""The log of changes, proved link by link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from db import chain
from db.engine import Book
from db.erasing import relinked
from desktop.i18n import _
from desktop.services.change_sets import raw

Report = Callable[[int, int, str], None]

_STEP = 2000


@dataclass(frozen=True, slots=True)
class Broken:
    """A link that does not hold: the event's number, and why."""

    event: int
    detail: str


@dataclass(frozen=True, slots=True)
class ChainState:
    """`head` is the last hash; `erased` counts events whose payload was erased, as the law may ask."""

    head: str
    events: int
    erased: int
    broken: tuple[Broken, ...]


def head(book: Book) -> str:
    """The hash of the last event. Noted elsewhere it proves, by `check`, that nothing before it was rewritten."""
    with book.reading() as session:
        return chain.head(raw(session.connection()))


def verify_chain(connection: Connection, report: Report | None = None) -> ChainState:
    """Compute every link and every payload's hash anew."""
    rows = raw(connection).execute(
        "SELECT e.id, e.change_set_id, e.at, e.actor, c.summary, c.at, c.actor, e.subject, e.subject_id, e.action,"
        " e.payload_hash, e.previous_hash, e.hash, p.event_id, p.salt, p.before, p.after, p.erasure_id,"
        " EXISTS (SELECT 1 FROM erased_row x WHERE x.table_name = 'audit_payload' AND x.row_id = e.id"
        "  AND x.erasure_id = p.erasure_id)"
        " FROM audit_event e LEFT JOIN change_set c ON c.id = e.change_set_id"
        " LEFT JOIN audit_payload p ON p.event_id = e.id ORDER BY e.id"
    )
    (total,) = connection.exec_driver_sql("SELECT count(*) FROM audit_event").one()
    anew = relinked(raw(connection))
    previous = chain.START
    expected = 1
    erased = count = 0
    broken = []
    for row in rows:
        number, change_set, at, actor, summary, set_at, set_actor, subject, subject_id, action = row[:10]
        payload, before_hash, this, kept, salt, before, after, erasure, is_told = row[10:]
        if report is not None and count % _STEP == 0:
            report(count, total, _("Checking the log"))
        count += 1
        if number != expected:
            broken.append(Broken(number, _("the log has a gap before it ({count})").format(count=number - expected)))
        expected = number + 1
        if before_hash != previous:
            broken.append(Broken(number, _("it does not follow the event before it")))
        link = chain.link(previous, change_set, at, actor, summary or "", subject, subject_id, action, payload)
        if link != this and before_hash == previous and anew.get(number) != (this, link):
            broken.append(Broken(number, _("it, or the summary of its change, is not what was written")))
        if (set_at, set_actor) != (at, actor):
            broken.append(Broken(number, _("its change names another time or person")))
        if kept is None or (erasure is not None and not is_told):
            broken.append(Broken(number, _("what it says was taken away, and no erasure tells of it")))
        elif erasure is not None and (salt, before, after) == ("", None, None):
            erased += 1
        elif erasure is not None or chain.payload_hash(salt, before, after) != payload:
            broken.append(Broken(number, _("what it says was changed")))
        previous = this
    return ChainState(previous, count, erased, tuple(broken))
