"""Every version of the configuration: who changed what and when, why, and from which day it counts."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.schema import Base
from db.schema.base import Minor, Scaled
from desktop.domain.configuration import AREA_OF, RowChange, is_configuration
from desktop.domain.money import unscaled
from desktop.domain.tax_catalogue import ALWAYS
from desktop.i18n import N_, _, date_text, number_text
from desktop.services.change_sets import DELETE, INSERT, UPDATE
from desktop.services.subjects import called, name_of, word

# Columns that tell people nothing: what rows are told apart by, and bytes.
_UNTOLD: Final = frozenset({"id", "sha256", "content", "created_at", "made_by", "version", "specification", "rules"})
_LONGEST: Final = 120

_FIELDS: Final[Mapping[str, str]] = {
    "account_id": N_("ledger account"),
    "active": N_("in use"),
    "category": N_("tax category"),
    "client_id": N_("client"),
    "code": N_("code"),
    "country": N_("country"),
    "currency": N_("currency"),
    "delivery": N_("delivery"),
    "enabled": N_("on"),
    "footer": N_("footer"),
    "hours": N_("hours to look at it"),
    "item_id": N_("item"),
    "kind": N_("kind"),
    "language": N_("language"),
    "layout": N_("look"),
    "mode": N_("priced by"),
    "name": N_("name"),
    "note": N_("note"),
    "owner_id": N_("who looks at it"),
    "parameters": N_("limits"),
    "position": N_("place in the order"),
    "price": N_("price"),
    "rate": N_("rate"),
    "scope": N_("level"),
    "severity": N_("what it does"),
    "tax_code_id": N_("tax code"),
    "template_id": N_("template"),
    "terms": N_("payment terms"),
    "unit": N_("unit"),
    "up_to": N_("up to a quantity of"),
    "valid_from": N_("from"),
    "value": N_("value"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value before and after, in words; empty where there was none."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """One row of the configuration as somebody changed it. `at` is UTC text.

    `number` and `reason` are those of the proposal that brought it, empty where it was saved at once; `from_day` is the
    day from which it counts, None where it counted at once.
    """

    event: int
    change_set: int
    at: str
    actor: str
    summary: str
    area: str
    what: str
    action: str
    fields: tuple[FieldChange, ...]
    number: str
    reason: str
    from_day: date | None
    undone: bool


def history(
    book: Book, *, area: str = "", table: str = "", row_id: int | None = None, limit: int = 200
) -> list[Version]:
    """The latest changes of the configuration, newest first: all, those of an area or of one table's row."""
    told = [name for name, own in AREA_OF.items() if (not area or own == area) and name != "file"]
    tables = [table] if table else told
    with book.reading() as session:
        connection = session.connection()
        rows = connection.exec_driver_sql(
            "SELECT e.id, e.change_set_id, e.at, e.actor, s.summary, e.subject, e.subject_id, e.action, p.before,"
            " p.after, c.number, c.reason, c.from_day, s.undone_by FROM audit_event e"
            " JOIN change_set s ON s.id = e.change_set_id JOIN audit_payload p ON p.event_id = e.id"
            " LEFT JOIN configuration_change c ON c.applied_set_id = e.change_set_id"
            " WHERE e.subject IN (SELECT value FROM json_each(?)) AND e.action IN ('insert', 'update', 'delete')"
            " AND (? IS NULL OR e.subject_id = ?)"
            # A new book's own tax codes and series are nobody's change.
            " AND e.change_set_id > 1 ORDER BY e.id DESC LIMIT ?",
            (json.dumps(tables), row_id, row_id, limit),
        ).fetchall()
        return [version for row in rows if (version := _version(connection, row)) is not None]


def _version(connection: Connection, row: Any) -> Version | None:
    event, change_set, at, actor, summary, subject, subject_id, action, before, after, number, reason, day, undone = row
    old, new = json.loads(before or "null"), json.loads(after or "null")
    key = subject_id if subject_id is not None else (new or old or {}).get("key", "")
    if not is_configuration(subject, key):
        return None
    change = RowChange(subject, key, action, old, new)
    counts = (new or {}).get("valid_from") or day
    since = None if counts is None else date.fromisoformat(counts)
    return Version(
        event,
        change_set,
        at,
        actor,
        summary,
        AREA_OF[subject],
        row_words(connection, change),
        action,
        field_changes(connection, change),
        number or "",
        reason or "",
        None if since is None or since <= ALWAYS else since,
        undone is not None,
    )


def told_changes(book: Book, changes: Sequence[RowChange]) -> list[tuple[str, tuple[FieldChange, ...]]]:
    """The rows of a change as people know them, each with what differs."""
    with book.reading() as session:
        connection = session.connection()
        return [(row_words(connection, one), field_changes(connection, one)) for one in changes]


def row_words(connection: Connection, change: RowChange) -> str:
    """The row as people know it, whether it is there, gone, or only proposed."""
    values = change.after if change.action == INSERT else change.before if change.action == DELETE else None
    if values is None:
        return called(connection, change.table, change.id)
    for name in ("name", "code", "key", "currency"):
        if values.get(name) and change.table != "rate":
            return f"{word(change.table)} {values[name]}"
    owner = next((name for name in ("item_id", "tax_code_id", "template_id") if values.get(name)), None)
    if owner is None:
        return word(change.table)
    return _("{what} of {owner}").format(what=word(change.table), owner=_said(connection, change.table, owner, values))


def field_changes(connection: Connection, change: RowChange) -> tuple[FieldChange, ...]:
    """What differs, field by field; of a new or deleted row what it says."""
    old, new = change.before or {}, change.after or {}
    found = []
    for name in dict.fromkeys((*new, *old)):
        before = _said(connection, change.table, name, old) if name in old else ""
        after = _said(connection, change.table, name, new) if name in new else ""
        if name in _UNTOLD or before == after or (change.action != UPDATE and not (before or after)):
            continue
        found.append(FieldChange(_(_FIELDS[name]) if name in _FIELDS else name.replace("_", " "), before, after))
    return tuple(found)


def _said(connection: Connection, table: str, name: str, values: Mapping[str, Any]) -> str:
    value = values[name]
    column = Base.metadata.tables[table].columns.get(name)
    if value is None or column is None or (isinstance(value, Collection) and not isinstance(value, str)):
        return "" if value is None else _("(a file)")
    if isinstance(value, bool) or name in ("enabled", "active"):
        return _("yes") if value else _("no")
    for foreign in column.foreign_keys:
        return name_of(connection, foreign.column.table.name, value)
    if isinstance(column.type, Scaled):
        figure = unscaled(int(value))
        return number_text(figure * 100 if table == "tax_rate" else figure)
    if isinstance(column.type, Minor):
        return number_text(Decimal(int(value)) / 100)
    if name == "valid_from":
        return date_text(date.fromisoformat(value))
    text = str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
