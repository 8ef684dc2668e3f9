"""Takes a change set back, or says precisely why not: something of it was billed, issued or changed since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

from db import row_seals
from db.schema import Base
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.beside import lies_beside
from desktop.services.change_sets import (
    DELETE,
    INSERT,
    UPDATE,
    Change,
    dependants,
    key_of,
    plain_value,
    raw,
    row_of,
    row_values,
)
from desktop.services.merge_obstacles import MERGED, against_unmerging
from desktop.services.obstacles import billed, booked, drafted, obstacle
from desktop.services.project_scopes import refuse_taken_back
from desktop.services.subjects import called, word

# The event that rows were deleted together; before holds {"ranges": [[first, last], ...], "count", "digest"}.
DELETED_ROWS: Final = "rows deleted"
UNDONE: Final = "undone"

# A frozen party says nothing without its document, and the next document to the same party takes it again. A file that
# may have gone out stays as it went.
_LEFT_BEHIND: Final = frozenset({"party", "rendering"})

# What is said of a draft names it without being billed by it.
_ABOUT_DRAFTS: Final = frozenset({"finding", "outcome"})


@dataclass(frozen=True, slots=True)
class _Event:
    id: int
    subject: str
    subject_id: int | None
    action: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None

    @property
    def key(self) -> int | str:
        if self.subject_id is not None:
            return self.subject_id
        name = key_of(Base.metadata.tables[self.subject]).name
        return str((self.after or self.before or {})[name])


@dataclass(frozen=True, slots=True)
class Target:
    """A change set about to be taken back; `restorable` tells whether that can be taken back in turn."""

    id: int
    summary: str
    undo_summary: str
    restorable: bool
    events: Sequence[_Event]


def undo_target(connection: Connection, change_set_id: int | None, *, past_money: bool = True) -> Target:
    """The change set to take back. UserError where there is none or it cannot be undone.

    The last one is looked for before money that was booked since only with `past_money`.
    """
    if change_set_id is None:
        change_set_id = _last_undoable(connection)
        if not past_money:
            _refuse_past_money(connection, change_set_id)
    row = connection.exec_driver_sql(
        "SELECT summary, undoable, undone_by FROM change_set WHERE id = ?", (change_set_id,)
    ).fetchone()
    if row is None:
        raise UserError(_("There is no change {number} in this book.").format(number=change_set_id))
    summary, undoable, undone_by = row
    if undone_by is not None:
        raise UserError(_("“{summary}” was undone already.").format(summary=summary))
    if not undoable:
        raise UserError(
            _("“{summary}” cannot be undone.").format(summary=summary),
            _(
                "Booked money is reversed, an issued document credited, a payment plan called off; "
                "an import is done again from its file."
            ),
        )
    events = list(_events(connection, change_set_id))
    bulk = any(event.action not in (INSERT, UPDATE, DELETE) and "pick" in (event.after or {}) for event in events)
    first, times = _origin(connection, change_set_id)
    sentence = _("Done again: {summary}") if times % 2 else _("Undone: {summary}")
    # Two that parted are merged anew, so that what came between is looked at.
    merged = any(event.action == MERGED for event in events)
    return Target(change_set_id, summary, sentence.format(summary=first), not bulk and not merged, events)


def take_back(made: Change, target: Target) -> None:
    """Write the inverse of each event, last first. UserError where something stands against it."""
    sealed: list[_Event] = []
    _refuse_if_one_by_now(made.connection, target)
    for event in reversed(target.events):
        if event.action == row_seals.ROWS:
            if event.subject not in _LEFT_BEHIND:
                sealed.append(event)
        elif event.action in (INSERT, UPDATE, DELETE):
            _take_back_row(made, target, event)
        elif "pick" in (event.after or {}):
            _take_back_rows(made, target, event)
    for event in sealed:
        assert event.after is not None
        left = made.connection.exec_driver_sql(
            f"SELECT 1 FROM {event.subject} WHERE id BETWEEN ? AND ?", (event.after["first"], event.after["last"])
        ).fetchone()
        if left is not None:
            raise _refused(target, _("it wrote many rows at once ({what})").format(what=word(event.subject)))
    for event in target.events:
        if event.action in (INSERT, UPDATE, DELETE):
            refuse_taken_back(made.connection, event.subject, event.subject_id, event.before or {}, event.after or {})
    made.connection.exec_driver_sql("UPDATE change_set SET undone_by = ? WHERE id = ?", (made.id, target.id))
    made.record("change_set", target.id, UNDONE, None, {"undone_by": made.id})


def _events(connection: Connection, change_set_id: int) -> Iterator[_Event]:
    rows = connection.exec_driver_sql(
        "SELECT e.id, e.subject, e.subject_id, e.action, p.event_id IS NOT NULL AND p.erasure_id IS NULL,"
        " p.before, p.after FROM audit_event e LEFT JOIN audit_payload p ON p.event_id = e.id"
        " WHERE e.change_set_id = ? ORDER BY e.id",
        (change_set_id,),
    )
    for number, subject, subject_id, action, kept, before, after in rows:
        if not kept:
            raise UserError(
                _("Change {number} cannot be undone: what it changed was erased from the log.").format(
                    number=change_set_id
                )
            )
        yield _Event(number, subject, subject_id, action, json.loads(before or "null"), json.loads(after or "null"))


def _last_undoable(connection: Connection) -> int:
    rows = connection.exec_driver_sql(
        "SELECT id FROM change_set WHERE undoable AND undone_by IS NULL ORDER BY id DESC"
    ).fetchall()
    for (number,) in rows:
        # An undo is no candidate: asking twice goes one further back, not forth again.
        if _origin(connection, number)[1] % 2 == 0:
            return int(number)
    raise UserError(_("There is nothing to undo in this book."))


def _refuse_past_money(connection: Connection, change_set_id: int) -> None:
    """Who asks for the last change means the payment just booked, not what was entered before it."""
    booked = connection.exec_driver_sql(
        "SELECT c.summary FROM change_set c JOIN audit_event e ON e.change_set_id = c.id"
        " WHERE c.id > ? AND e.action IN ('book', 'credit') ORDER BY c.id DESC LIMIT 1",
        (change_set_id,),
    ).scalar()
    if booked is not None:
        older = connection.exec_driver_sql("SELECT summary FROM change_set WHERE id = ?", (change_set_id,)).scalar_one()
        raise UserError(
            _(
                "“{summary}” cannot be undone: booked money is reversed, an issued document credited, "
                "a payment plan called off."
            ).format(summary=booked),
            _("If you mean “{summary}” before it, undo change {number}.").format(summary=older, number=change_set_id),
        )


def _origin(connection: Connection, change_set_id: int) -> tuple[str, int]:
    """What was first done, and how often it was taken back and forth until this change set."""
    times = 0
    while True:
        row = connection.exec_driver_sql("SELECT id FROM change_set WHERE undone_by = ?", (change_set_id,)).fetchone()
        if row is None:
            break
        change_set_id, times = row[0], times + 1
    (summary,) = connection.exec_driver_sql("SELECT summary FROM change_set WHERE id = ?", (change_set_id,)).one()
    return str(summary), times


def _refuse_if_one_by_now(connection: Connection, target: Target) -> None:
    """Two that were merged part again only while nothing was built on their being one."""
    for event in target.events:
        if event.action == MERGED:
            updates = [
                (other.subject, other.subject_id, other.before or {})
                for other in target.events
                if other.action == UPDATE and other.subject_id is not None
            ]
            reason = against_unmerging(connection, event.subject, event.after or {}, updates)
            if reason:
                raise _refused(target, reason)


def _take_back_row(made: Change, target: Target, event: _Event) -> None:
    table = Base.metadata.tables[event.subject]
    _refuse_if_touched(made.connection, target, event)
    if event.action != DELETE and table.name not in _ABOUT_DRAFTS:
        _refuse_if_used(made.connection, target, table, f"{key_of(table).name} = ?", (event.key,))
    try:
        if event.action == INSERT:
            _refuse_if_owning(made.connection, target, table, event.key)
            _refuse_if_different(made, target, table, event)
            made.delete_row(table, event.key)
        elif event.action == UPDATE:
            _refuse_if_different(made, target, table, event)
            if table.name == "configuration_change" and _came_by_its_day(event):
                # Accepted as before, it would come into force again at once.
                made.update_row(table, event.key, {"state": "rolled_back", "rolled_back_set_id": made.id})
                return
            key = key_of(table).name
            before = {name: value for name, value in (event.before or {}).items() if name != key}
            made.update_row(table, event.key, row_values(table, before))
        else:
            made.insert_row(table, row_values(table, event.before or {}))
    except IntegrityError as error:
        raise _refused(target, obstacle(made.connection, table, f"{key_of(table).name} = ?", (event.key,))) from error
    except LookupError as error:
        raise _refused(
            target, _("{what} is gone").format(what=called(made.connection, table.name, event.key))
        ) from error


def _came_by_its_day(event: _Event) -> bool:
    states = [(side or {}).get("state") for side in (event.before, event.after)]
    return states == ["accepted", "applied"]


def _refuse_if_touched(connection: Connection, target: Target, event: _Event) -> None:
    """A later change of the same columns that still stands."""
    if event.subject_id is None:
        return
    later = connection.exec_driver_sql(
        "SELECT e.action, p.after, c.summary, c.at FROM audit_event e JOIN change_set c ON c.id = e.change_set_id"
        " LEFT JOIN audit_payload p ON p.event_id = e.id"
        " WHERE e.subject = ? AND e.subject_id = ? AND e.id > ? AND e.change_set_id <> ? AND c.undone_by IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM change_set u WHERE u.undone_by = c.id) ORDER BY e.id",
        (event.subject, event.subject_id, event.id, target.id),
    )
    mine = set(event.after or {})
    for action, after, summary, at in later:
        if action == UPDATE and not mine & set(json.loads(after or "{}")):
            continue
        if action in (INSERT, UPDATE, DELETE):
            raise _refused(
                target,
                _("{what} was changed since by “{summary}” on {day}").format(
                    what=called(connection, event.subject, event.subject_id), summary=summary, day=_day(at)
                ),
                _("Undo that change first."),
            )


def _refuse_if_different(made: Change, target: Target, table: Table, event: _Event) -> None:
    row = row_of(made.connection, table, event.key)
    if table.name == "draft" and row["invoice_id"] is not None:
        number = made.connection.exec_driver_sql(
            "SELECT number FROM invoice WHERE id = ?", (row["invoice_id"],)
        ).scalar_one()
        raise _refused(
            target,
            _("the draft was issued since as {number}").format(number=number),
            _("Correct it with a credit note."),
        )
    if table.name == "delivery" and "state" in (event.after or {}):
        again = "SELECT 1 FROM delivery WHERE again_of_id = ? LIMIT 1"
        if made.connection.exec_driver_sql(again, (event.key,)).fetchone() is not None:
            # Both would go.
            raise _refused(
                target,
                _("{what} was sent again since").format(what=called(made.connection, table.name, event.key)),
                _("Undo that change first."),
            )
    for name, value in (event.after or {}).items():
        if name in row and plain_value(row[name]) != value and name not in row_seals.MOVING.get(table.name, ()):
            raise _refused(
                target,
                _("{what} is no longer as it was left").format(what=called(made.connection, table.name, event.key)),
            )


def _refuse_if_owning(connection: Connection, target: Target, table: Table, key: int | str) -> None:
    # Rows that came with it are gone by now; what is left came later and would go unseen.
    for child, column in dependants(table):
        found = connection.exec_driver_sql(
            f"SELECT {key_of(child).name} FROM {child.name} WHERE {column.name} = ?", (key,)
        ).fetchone()
        if found is not None:
            raise _refused(
                target,
                _("{owned} was added since").format(owned=called(connection, child.name, found[0])),
                _("Undo that change first."),
            )
    _refuse_if_beside(connection, target, table, f"{key_of(table).name} = ?", (key,))


def _refuse_if_beside(
    connection: Connection, target: Target, table: Table, where: str, values: tuple[Any, ...]
) -> None:
    left = lies_beside(connection, table.name, where, values)
    if left:
        raise _refused(
            target,
            _("{count} were put to {what} since").format(count=left, what=word(table.name)),
            _("Delete them first, or undo what put them there."),
        )


def _take_back_rows(made: Change, target: Target, event: _Event) -> None:
    table = Base.metadata.tables[event.subject]
    pick = (event.after or {})["pick"]
    if pick is None:
        raise _refused(target, _("it changed many rows at once ({what})").format(what=word(event.subject)))
    where = " AND ".join(f"{table.columns[name].name} = ?" for name in pick)
    values = tuple(pick.values())
    connection = made.connection
    _refuse_if_used(connection, target, table, where, values)
    picked = f"SELECT id FROM {table.name} WHERE {where}"
    _refuse_if_any_touched(connection, target, event, table, picked, values)
    _refuse_if_beside(connection, target, table, where, values)
    for child, column in dependants(table):
        _note_deleted(made, child, f"{column.name} IN ({picked})", values)
    _note_deleted(made, table, where, values)
    try:
        with _references_indexed(connection, [table, *(child for child, _column in dependants(table))]):
            connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {where}", values)
    except IntegrityError as error:
        raise _refused(target, obstacle(connection, table, where, values)) from error


@contextmanager
def _references_indexed(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """For each row deleted SQLite looks for rows that name it: by index, or through the whole table.

    Runs do not pay for indexes that only undoing a large import needs; these last as long as the block.
    """
    made = []
    for table in tables:
        for other in table.metadata.tables.values():
            for foreign in other.foreign_keys:
                column = foreign.parent.name
                if foreign.column.table is table and not _leads_an_index(connection, other.name, column):
                    name = f"undo_{other.name}_{column}"
                    connection.exec_driver_sql(f"CREATE INDEX {name} ON {other.name} ({column})")
                    made.append(name)
    yield
    for name in made:
        connection.exec_driver_sql(f"DROP INDEX {name}")


def _leads_an_index(connection: Connection, table: str, column: str) -> bool:
    return (
        connection.exec_driver_sql(
            "SELECT 1 FROM pragma_index_list(?) l JOIN pragma_index_info(l.name) i"
            " WHERE NOT l.partial AND i.seqno = 0 AND i.name = ?",
            (table, column),
        ).fetchone()
        is not None
    )


def _refuse_if_used(connection: Connection, target: Target, table: Table, where: str, values: tuple[Any, ...]) -> None:
    reason = billed(connection, table, where, values) or drafted(connection, table, where, values)
    if reason:
        raise _refused(target, reason)
    reason = booked(connection, table, where, values)
    if reason:
        raise _refused(
            target, reason, _("Nothing was changed. What was booked of them is taken back by itself; the lines stay.")
        )


def _refuse_if_any_touched(
    connection: Connection, target: Target, event: _Event, table: Table, picked: str, values: tuple[Any, ...]
) -> None:
    tables = [(table.name, picked)]
    tables += [
        (child.name, f"SELECT {key_of(child).name} FROM {child.name} WHERE {column.name} IN ({picked})")
        for child, column in dependants(table)
    ]
    for name, ids in tables:
        later = connection.exec_driver_sql(
            "SELECT e.subject_id, c.summary, c.at FROM audit_event e JOIN change_set c ON c.id = e.change_set_id"
            f" WHERE e.subject = ? AND e.id > ? AND e.change_set_id <> ? AND e.subject_id IN ({ids})"
            " AND c.undone_by IS NULL AND NOT EXISTS (SELECT 1 FROM change_set u WHERE u.undone_by = c.id) LIMIT 1",
            (name, event.id, target.id, *values),
        ).fetchone()
        if later is not None:
            raise _refused(
                target,
                _("{what} was changed since by “{summary}” on {day}").format(
                    what=called(connection, name, later[0]), summary=later[1], day=_day(later[2])
                ),
                _("Undo that change first."),
            )


def _note_deleted(made: Change, table: Table, where: str, values: tuple[Any, ...]) -> None:
    key = key_of(table).name
    connection = raw(made.connection)
    ids = [
        number
        for (number,) in connection.execute(f"SELECT {key} FROM {table.name} WHERE {where} ORDER BY {key}", values)
    ]
    if not ids:
        return
    columns = ", ".join(row_seals.sealed_columns(table.name))
    count, sealed = row_seals.digest(
        connection.execute(f"SELECT {columns} FROM {table.name} WHERE {where} ORDER BY {key}", values)
    )
    made.record(table.name, None, DELETED_ROWS, {"ranges": _ranges(ids), "count": count, "digest": sealed})


def _ranges(ids: Sequence[int]) -> list[list[int]]:
    ranges = [[ids[0], ids[0]]]
    for before, number in pairwise(ids):
        if number == before + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    return ranges


def _day(at: str) -> str:
    return date_text(date.fromisoformat(at[:10]))


def _refused(target: Target, reason: str, remedy: str = "") -> UserError:
    return UserError(
        _("“{summary}” cannot be undone: {reason}.").format(summary=target.summary, reason=reason),
        remedy or _("Nothing was changed. Correct what it did by hand, or credit what was billed."),
    )
