"""The writes of one use case, each with what stood there before, so that they can be shown and undone as one."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import Column, Connection, Date, LargeBinary, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from db import chain, row_seals
from db.chain import Event
from db.engine import Book
from db.schema import Base
from desktop.services.access.owners import refuse_without_owner

Row = dict[str, Any]

INSERT: Final = "insert"
UPDATE: Final = "update"
DELETE: Final = "delete"


class Change:
    """One use case's writes within one transaction; `changes.change` begins and ends it.

    `summary` is a sentence for the list of changes and may be set until the end. `at` is UTC text.
    """

    def __init__(self, book: Book, session: Session, actor: str, summary: str, *, undoable: bool) -> None:
        self.session = session
        self.connection: Connection = session.connection()
        # Who has signed in did it, whatever name was given.
        self.actor = actor if book.signed_in is None else book.signed_in.name
        self.summary = summary
        self.at = book.now
        # Set where somebody decided on what another person had proposed.
        self.decided = False
        self.counts = not book.rehearses
        self._undoable = undoable
        self._id: int | None = None
        self._events: list[Event] = []
        self._recorded: dict[str, set[int]] = {}
        self._marks = row_seals.marks(raw(self.connection))

    @property
    def id(self) -> int:
        """The change set's id, for rows that name it. A change that neither asks nor writes leaves no trace."""
        if self._id is None:
            row = self.connection.exec_driver_sql(
                "INSERT INTO change_set (at, actor, summary, undoable) VALUES (?, ?, ?, ?) RETURNING id",
                (self.at, self.actor, self.summary, self._undoable),
            ).fetchone()
            assert row is not None
            self._id = int(row[0])
        return self._id

    @property
    def written(self) -> frozenset[tuple[str, str]]:
        """What was written so far: tables, each with insert, update or delete."""
        return frozenset((event.subject, event.action) for event in self._events)

    def insert(self, model: type[Base], **values: Any) -> int:
        """A new row, with the model's defaults for what is not given; its id, or 0 where the key is a text."""
        return self.insert_row(table_of(model), _whole(table_of(model), values))

    def insert_row(self, table: Table, row: Row) -> int:
        """A row with every column given; a key of None is chosen."""
        key = key_of(table).name
        given = row if row[key] is not None else {name: value for name, value in row.items() if name != key}
        made = self.connection.execute(insert(table), given)
        if row[key] is None:
            row = row | {key: made.lastrowid}
        self._note(table, row[key], INSERT, None, row)
        return row[key] if isinstance(row[key], int) else 0

    def update(self, model: type[Base], key: int | str, **values: Any) -> None:
        """Set columns of a row. What stands there already is neither written nor recorded. LookupError if missing."""
        self.update_row(table_of(model), key, values)

    def update_row(self, table: Table, key: int | str, values: Mapping[str, Any]) -> None:
        """As `update`, by table."""
        current = row_of(self.connection, table, key)
        changed = {name: value for name, value in values.items() if current[name] != value}
        if changed:
            self.connection.execute(update(table).where(key_of(table) == key).values(changed))
            self._note(table, key, UPDATE, {name: current[name] for name in changed}, changed)

    def delete(self, model: type[Base], key: int | str) -> None:
        """Delete a row and, recorded one by one, the rows that go with it. LookupError if missing."""
        self.delete_row(table_of(model), key)

    def delete_row(self, table: Table, key: int | str) -> None:
        """As `delete`, by table."""
        for child, column in dependants(table):
            for (child_key,) in self.connection.execute(select(key_of(child)).where(column == key)).fetchall():
                self.delete_row(child, child_key)
        row = row_of(self.connection, table, key)
        self.connection.execute(delete(table).where(key_of(table) == key))
        self._note(table, key, DELETE, row, None)

    def record(
        self,
        subject: str,
        subject_id: int | None,
        action: str,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """An event that undoing passes over, such as an approval: JSON values and dates only."""
        self._events.append(Event(subject, subject_id, action, _plain(before), _plain(after)))

    def record_bulk(
        self, subject: str, action: str, count: int, digest: str, undo: Mapping[str, int | str] | None = None
    ) -> None:
        """One event for many rows of the table `subject` that the caller wrote, with a digest of them.

        `undo` gives the columns that pick these rows out, such as {"batch_id": 12}: undoing deletes them. Without it
        the change set cannot be undone.
        """
        after = {"count": count, "digest": digest, "pick": None if undo is None else dict(undo)}
        self._events.append(Event(subject, None, action, None, after))

    def record_rows(self, table: Table, before: Mapping[int, Row], after: Mapping[int, Row]) -> None:
        """Record what other statements made of rows: as they were and as they are, by id, with the same columns."""
        for key in sorted(before.keys() | after.keys()):
            if key not in after:
                self._note(table, key, DELETE, before[key], None)
            elif key not in before:
                self._note(table, key, INSERT, None, after[key])
            elif changed := {name: value for name, value in after[key].items() if before[key][name] != value}:
                self._note(table, key, UPDATE, {name: before[key][name] for name in changed}, changed)

    def finish(self) -> None:
        """Seal what was written and chain the events, as the last act of the transaction."""
        connection = raw(self.connection)
        if any(event.subject == "person" for event in self._events):
            refuse_without_owner(self.connection)
        self._events += row_seals.seal_new_rows(connection, self._marks, self._recorded)
        if not self._events and self._id is None:
            return
        self.connection.exec_driver_sql("UPDATE change_set SET summary = ? WHERE id = ?", (self.summary, self.id))
        chain.append(connection, self.id, self.at, self.actor, self.summary, self._events)

    def _note(self, table: Table, key: int | str, action: str, before: Row | None, after: Row | None) -> None:
        number = key if isinstance(key, int) else None
        if number is None:
            # A text key has no place of its own in the log.
            name = key_of(table).name
            before = None if before is None else {name: key} | before
            after = None if after is None else {name: key} | after
        elif action == INSERT:
            self._recorded.setdefault(table.name, set()).add(number)
        # Only what is deleted must come back from the log alone.
        keep = action == DELETE
        self._events.append(
            Event(table.name, number, action, _plain(before, keep_bytes=keep), _plain(after, keep_bytes=keep))
        )


def raw(connection: Connection) -> Any:
    """The driver's own connection, in the same transaction."""
    return connection.connection.driver_connection


def table_of(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def key_of(table: Table) -> Column[Any]:
    """The one column of the primary key."""
    (column,) = table.primary_key.columns
    return column


def row_of(connection: Connection, table: Table, key: int | str) -> Row:
    """A row as it stands. LookupError if there is none."""
    found = connection.execute(select(table).where(key_of(table) == key)).mappings().first()
    if found is None:
        raise LookupError(f"no row {key} in {table.name}")
    return dict(found)


@cache
def dependants(table: Table) -> tuple[tuple[Table, Column[Any]], ...]:
    """Tables whose rows go when a row of this one goes, with the column that names it."""
    return tuple(
        (other, foreign.parent)
        for other in table.metadata.tables.values()
        for foreign in other.foreign_keys
        if foreign.column.table is table and foreign.ondelete == "CASCADE"
    )


def _whole(table: Table, values: Mapping[str, Any]) -> Row:
    unknown = values.keys() - table.columns.keys()
    if unknown:
        raise TypeError(f"{table.name} has no column {', '.join(sorted(unknown))}")
    row: Row = {}
    for column in table.columns:
        default = column.default
        if column.name in values:
            row[column.name] = values[column.name]
        elif default is not None and default.is_scalar:
            row[column.name] = default.arg  # type: ignore[attr-defined]
        else:
            row[column.name] = None
    return row


def _plain(row: Mapping[str, Any] | None, *, keep_bytes: bool = False) -> Row | None:
    return None if row is None else {name: plain_value(value, keep_bytes=keep_bytes) for name, value in row.items()}


def plain_value(value: Any, *, keep_bytes: bool = False) -> Any:
    """A column's value as JSON keeps it; bytes by their hash, or whole where they must come back."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        if keep_bytes:
            return {"base64": base64.b64encode(value).decode()}
        return {"sha256": hashlib.sha256(value).hexdigest(), "size": len(value)}
    return value


def column_value(column: Column[Any], plain: Any) -> Any:
    """The inverse of plain_value. LookupError for bytes of which only the hash was kept."""
    if plain is None:
        return None
    if isinstance(column.type, Date):
        return date.fromisoformat(plain)
    if isinstance(column.type, LargeBinary):
        if "base64" not in plain:
            raise LookupError(f"the log kept no bytes of {column.table.name}.{column.name}")
        return base64.b64decode(plain["base64"])
    return plain


def row_values(table: Table, plain: Mapping[str, Any], names: Collection[str] | None = None) -> Row:
    """A row, or the named columns of one, from the log."""
    return {
        name: column_value(table.columns[name], value)
        for name, value in plain.items()
        if name in table.columns and (names is None or name in names)
    }
