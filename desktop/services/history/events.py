"""The log of changes told in plain words: who changed what of a thing from what to what."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from db.queries.families import family
from db.schema import Base
from desktop.i18n import N_, _
from desktop.services.change_sets import DELETE, INSERT, UPDATE
from desktop.services.column_words import column_word, value_word
from desktop.services.history.entry import HistoryEntry
from desktop.services.subjects import called, word

_CLIENT: Final = family(":id")
_INVOICES: Final = f"SELECT id FROM invoice WHERE client_id IN {_CLIENT}"
# What belongs to a thing: the table, the rows that are its own, and the field by which a deleted row named it.
_Part = tuple[str, str, str]
_BESIDE: Final[tuple[_Part, ...]] = (
    ("note", "subject = '{subject}' AND subject_id = :id", "subject_id"),
    ("attachment", "subject = '{subject}' AND subject_id = :id", "subject_id"),
)
_LINES: Final = "agreement_line_id IN (SELECT id FROM agreement_line WHERE agreement_id = :id)"
_PARTS: Final[Mapping[str, tuple[_Part, ...]]] = {
    "client": (
        ("client", f"id IN {_CLIENT} AND id <> :id", ""),
        ("contact", f"client_id IN {_CLIENT}", "client_id"),
        ("address", f"client_id IN {_CLIENT}", "client_id"),
        ("rate", f"client_id IN {_CLIENT}", ""),
        ("agreement", f"client_id IN {_CLIENT}", ""),
        ("dispute", f"invoice_id IN ({_INVOICES})", ""),
        ("promise", f"client_id IN {_CLIENT}", "client_id"),
        ("dunning_hold", f"client_id IN {_CLIENT}", "client_id"),
        # What a person said on the telephone is often noted at the document that it was about.
        ("note", f"subject = 'invoice' AND subject_id IN ({_INVOICES})", ""),
        ("note", f"subject = 'payment' AND subject_id IN (SELECT id FROM payment WHERE client_id IN {_CLIENT})", ""),
    ),
    "agreement": (
        ("agreement_line", "agreement_id = :id", "agreement_id"),
        ("price_change", _LINES, ""),
        ("price_proposal", _LINES, ""),
        ("pause", "agreement_id = :id", "agreement_id"),
        ("change_order", "agreement_id = :id", "agreement_id"),
        ("milestone", "agreement_id = :id", "agreement_id"),
        ("commitment", "agreement_id = :id", "agreement_id"),
        ("prepayment", "agreement_id = :id", "agreement_id"),
    ),
    "invoice": (
        ("dispute", "invoice_id = :id", "invoice_id"),
        ("dunning_hold", "invoice_id = :id", "invoice_id"),
        ("draft", "invoice_id = :id AND run_id = (SELECT run_id FROM invoice WHERE id = :id)", ""),
    ),
    "run": (("draft", "run_id = :id", ""),),
    "item": (("rate", "item_id = :id", "item_id"),),
}
# Told better by what they booked.
_BOOKED: Final = ("book", "credit", "merged")
# Columns that say nothing to people.
_SILENT: Final = frozenset(
    {
        "id",
        "digest",
        "batch_id",
        "draft_id",
        "at",
        "author",
        "noted_at",
        "noted_by",
        # The summary of the change tells it.
        "released_on",
        "subject",
        "subject_id",
        "position",
        "file_id",
        "withdrawn_on",
    }
)
_ACTIONS: Final = {
    "approve": N_("Approved: {note}"),
    "hold": N_("Held back: {note}"),
    "edit": N_("The draft was changed by hand."),
    "discard": N_("Discarded."),
    "park": N_("Not issued: {reason}"),
    "begin": N_("Begun."),
    "recheck": N_("Checked again."),
    "sealed": N_("Sealed with its documents."),
    "draft by hand": N_("Drafted by hand."),
}


@dataclass(frozen=True, slots=True)
class _Event:
    change_set: int
    subject: str
    subject_id: int
    action: str
    kept: bool
    before: dict[str, Any]
    after: dict[str, Any]


def logged(connection: Connection, subject: str, subject_id: int, limit: int) -> list[HistoryEntry]:
    """The latest changes of a thing and of what belongs to it, one entry a change."""
    rows = _rows_of(subject)
    values: dict[str, Any] = {"id": subject_id, "limit": limit}
    sets = connection.exec_driver_sql(
        f"""WITH own(subject, id) AS ({rows})
        SELECT c.id, c.at, c.actor, c.summary, c.undoable, c.undone_by FROM change_set c WHERE c.id IN (
          SELECT e.change_set_id FROM own CROSS JOIN audit_event e ON e.subject = own.subject
          AND e.subject_id = own.id WHERE e.action NOT IN {_BOOKED}) ORDER BY c.id DESC LIMIT :limit""",
        values,
    ).fetchall()
    events = _events(connection, rows, subject_id, [row[0] for row in sets])
    currency = _currency(connection, subject, subject_id)
    found = []
    for number, at, actor, summary, undoable, undone_by in sets:
        mine = events.get(number, [])
        place, thing = _place(subject, mine)
        found.append(
            HistoryEntry(
                at,
                actor,
                summary,
                tuple(line for one in mine for line in _lines(connection, one, subject, currency)),
                number,
                bool(undoable) and undone_by is None,
                undone_by is not None,
                place,
                thing,
            )
        )
    return found


def _rows_of(subject: str) -> str:
    """SQL for (table, id) of the thing and of all that belongs to it, deleted rows among them."""
    if subject not in Base.metadata.tables:
        raise ValueError(f"there is no table {subject}")
    parts = [*_PARTS.get(subject, ()), *_BESIDE]
    told = [f"SELECT '{subject}', :id"]
    for table, where, named in parts:
        told.append(f"SELECT '{table}', id FROM {table} WHERE {where.format(subject=subject)}")
        if named:
            of = f" AND json_extract(p.before, '$.subject') = '{subject}'" if named == "subject_id" else ""
            told.append(
                f"SELECT '{table}', g.subject_id FROM audit_event g JOIN audit_payload p ON p.event_id = g.id"
                f" WHERE g.subject = '{table}' AND g.action = '{DELETE}'"
                f" AND json_extract(p.before, '$.{named}') = :id{of}"
            )
    return " UNION ".join(told)


def _events(connection: Connection, rows: str, subject_id: int, sets: Sequence[int]) -> dict[int, list[_Event]]:
    found: dict[int, list[_Event]] = {}
    for row in connection.exec_driver_sql(
        f"""WITH own(subject, id) AS ({rows})
        SELECT e.change_set_id, e.subject, e.subject_id, e.action, p.event_id IS NOT NULL AND p.erasure_id IS NULL,
          p.before, p.after
        FROM json_each(:sets) s CROSS JOIN audit_event e ON e.change_set_id = s.value
        JOIN own ON own.subject = e.subject AND own.id = e.subject_id
        LEFT JOIN audit_payload p ON p.event_id = e.id WHERE e.action NOT IN {_BOOKED} ORDER BY e.id""",
        {"id": subject_id, "sets": json.dumps(list(sets))},
    ):
        before, after = (json.loads(text or "null") or {} for text in row[5:])
        found.setdefault(row[0], []).append(_Event(row[0], row[1], row[2], row[3], bool(row[4]), before, after))
    return found


def _place(subject: str, events: Sequence[_Event]) -> tuple[str, int]:
    """Where to look: at the agreement or client that was changed, unless one stands before it."""
    for one in events:
        if one.subject in ("agreement", "client") and one.subject != subject and one.action != DELETE:
            return one.subject, one.subject_id
    return "", 0


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


def _lines(connection: Connection, event: _Event, subject: str, currency: str) -> list[str]:
    """What an event says; of a part, with its name before it."""
    if not event.kept:
        return [_("What it said was erased.")]
    if event.subject == subject and event.action == DELETE and subject not in ("note", "attachment"):
        return [_("Deleted.")]
    lines = _told(connection, event, currency)
    # A draft becomes its invoice: to name it would tell a number that nobody knows.
    if event.subject in (subject, "draft", "note", "attachment"):
        return lines
    if not lines:
        return []
    thing = _known_as(event) if event.action == DELETE else called(connection, event.subject, event.subject_id)
    if "#" in thing or not thing:
        # Its number in the book is nothing that people know it by.
        thing = word(event.subject)
    return [_("{thing}: {change}").format(thing=thing[:1].upper() + thing[1:], change=" · ".join(lines))]


def _told(connection: Connection, event: _Event, currency: str) -> list[str]:
    if event.subject == "note" and event.action in (INSERT, DELETE):
        return [_("“{text}”").format(text=(event.after or event.before).get("text", ""))]
    if event.subject == "attachment":
        # The summary of its change names the file.
        return []
    if event.action == DELETE:
        return [_("deleted")]
    if event.action not in (INSERT, UPDATE):
        return _acted(event)
    own = str(event.after.get("currency") or currency)
    lines = []
    for column in Base.metadata.tables[event.subject].columns:
        name, value = column.name, event.after.get(column.name)
        if name not in event.after or name in _SILENT:
            continue
        # A new thing is told by what it was given, not by what everything has from the start.
        if event.action == INSERT and (value in (None, "", False) or column.foreign_keys or name == "active"):
            continue
        shown = value_word(connection, column, value, own)
        if event.action == UPDATE:
            shown = _("{old} → {new}").format(
                old=value_word(connection, column, event.before.get(name), own), new=shown
            )
        lines.append(_("{thing}: {change}").format(thing=column_word(column), change=shown))
    return lines


def _acted(event: _Event) -> list[str]:
    """What was done without changing a row: approved, held back, discarded."""
    sentence = _ACTIONS.get(event.action)
    if sentence is None:
        return []
    fields = {"note": "", "reason": ""} | {key: str(value) for key, value in event.after.items()}
    return [_(sentence).format_map(fields).strip().removesuffix(":")]


def _known_as(event: _Event) -> str:
    """A deleted row by the name that it had."""
    return str(next((event.before[name] for name in ("name", "code", "description") if event.before.get(name)), ""))
