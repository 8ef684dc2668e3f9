"""The log of changes: proved link by link, and told in plain words for one subject."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date

from db import chain
from db.engine import Book
from db.schema import Base
from db.schema.base import Minor, Scaled
from desktop.domain.money import unscaled
from desktop.i18n import _, amount_text, date_text, number_text
from desktop.services.change_sets import DELETE, INSERT, UPDATE, raw
from desktop.services.subjects import name_of

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
        " e.payload_hash, e.previous_hash, e.hash, p.event_id, p.salt, p.before, p.after"
        " FROM audit_event e LEFT JOIN change_set c ON c.id = e.change_set_id"
        " LEFT JOIN audit_payload p ON p.event_id = e.id ORDER BY e.id"
    )
    (total,) = connection.exec_driver_sql("SELECT count(*) FROM audit_event").one()
    previous = chain.START
    expected = 1
    erased = count = 0
    broken = []
    for row in rows:
        number, change_set, at, actor, summary, set_at, set_actor, subject, subject_id, action = row[:10]
        payload, before_hash, this, kept, salt, before, after = row[10:]
        if report is not None and count % _STEP == 0:
            report(count, total, _("Checking the log"))
        count += 1
        if number != expected:
            broken.append(Broken(number, _("the log has a gap before it ({count})").format(count=number - expected)))
        expected = number + 1
        if before_hash != previous:
            broken.append(Broken(number, _("it does not follow the event before it")))
        link = chain.link(previous, change_set, at, actor, summary or "", subject, subject_id, action, payload)
        if link != this and before_hash == previous:
            broken.append(Broken(number, _("it, or the summary of its change, is not what was written")))
        if (set_at, set_actor) != (at, actor):
            broken.append(Broken(number, _("its change names another time or person")))
        if kept is None:
            erased += 1
        elif chain.payload_hash(salt, before, after) != payload:
            broken.append(Broken(number, _("what it says was changed")))
        previous = this
    return ChainState(previous, count, erased, tuple(broken))


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One change of a subject. `at` is UTC text; `lines` are sentences such as "Name: “Acme” → “Acme Ltd”"."""

    change_set: int
    at: str
    actor: str
    summary: str
    lines: tuple[str, ...]


def history(book: Book, subject: str, subject_id: int, limit: int = 200) -> list[HistoryEntry]:
    """What happened to one row, newest first; `subject` is its table."""
    with book.reading() as session:
        connection = session.connection()
        rows = connection.exec_driver_sql(
            "SELECT c.id, e.at, e.actor, c.summary, e.action, p.event_id, p.before, p.after FROM audit_event e"
            " JOIN change_set c ON c.id = e.change_set_id LEFT JOIN audit_payload p ON p.event_id = e.id"
            " WHERE e.subject = ? AND e.subject_id = ? ORDER BY e.id DESC LIMIT ?",
            (subject, subject_id, limit),
        ).fetchall()
        currency = _currency(connection, subject, subject_id)
        return [
            HistoryEntry(number, at, actor, summary, _lines(connection, subject, currency, action, kept, before, after))
            for number, at, actor, summary, action, kept, before, after in rows
        ]


def _currency(connection: Connection, subject: str, subject_id: int) -> str:
    """That of the row, its invoice or its client; else the firm's."""
    table = Base.metadata.tables.get(subject)
    for column, owner in (("currency", subject), ("invoice_id", "invoice"), ("client_id", "client")):
        if table is None or column not in table.columns:
            continue
        key = "?" if owner == subject else f"(SELECT {column} FROM {subject} WHERE id = ?)"
        row = connection.exec_driver_sql(f"SELECT currency FROM {owner} WHERE id = {key}", (subject_id,)).fetchone()
        if row is not None and row[0]:
            return str(row[0])
    return str(connection.exec_driver_sql("SELECT currency FROM firm").scalar_one())


def _lines(
    connection: Connection,
    subject: str,
    currency: str,
    action: str,
    kept: int | None,
    before: str | None,
    after: str | None,
) -> tuple[str, ...]:
    if kept is None:
        return (_("What it said was erased."),)
    old: dict[str, Any] = json.loads(before or "null") or {}
    new: dict[str, Any] = json.loads(after or "null") or {}
    table = Base.metadata.tables.get(subject)
    if action == DELETE:
        return (_("Deleted."),)
    if action not in (INSERT, UPDATE) or table is None:
        return tuple(f"{_label(name)}: {value}" for name, value in new.items() if not isinstance(value, dict | list))
    lines = []
    for column in table.columns:
        name, value = column.name, new.get(column.name)
        if name not in new or (action == INSERT and (value in (None, "", False) or name in ("id", "digest"))):
            continue
        shown = _shown(connection, column, value, currency)
        if action == UPDATE:
            shown = f"{_shown(connection, column, old.get(name), currency)} → {shown}"
        lines.append(f"{_label(name)}: {shown}")
    return tuple(lines)


def _label(column: str) -> str:
    words = column.removesuffix("_id").replace("_", " ")
    return words[:1].upper() + words[1:]


def _shown(connection: Connection, column: Column[Any], value: Any, currency: str) -> str:
    """A value as people write it; what another row is called instead of its number."""
    if value is None or value == "":
        return _("nothing")
    if column.foreign_keys:
        (foreign,) = column.foreign_keys
        return name_of(connection, foreign.column.table.name, value)
    if isinstance(column.type, Minor):
        return amount_text(value, currency)
    if isinstance(column.type, Scaled):
        return number_text(unscaled(value))
    if isinstance(column.type, Date):
        return date_text(date.fromisoformat(value))
    if isinstance(column.type, Boolean):
        return _("yes") if value else _("no")
    return f"“{value}”"
