"""Walks the log of changes backwards and compares each event with the rows: what no event explains was done by hand.

The rows as they stand are the end of the story. Taking back one event after another must lead to an empty book; where
an event does not fit what is there, a figure was changed, a row added or taken away past the log.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection

from db import row_seals
from db.erasing import ERASED, ROWS_AGAIN
from desktop.i18n import _
from desktop.services.change_sets import DELETE, INSERT, UPDATE, plain_value, raw
from desktop.services.check.problem import Problems
from desktop.services.check.spans import Spans
from desktop.services.subjects import called, word
from desktop.services.undoing import DELETED_ROWS

Report = Callable[[int, int, str], None]
_Row = dict[str, Any]
# (change set, subject, id, action, before, after)
_Event = tuple[int, str, int | None, str, str | None, str | None]

_STEP = 2000


class _Unknown:
    """A row that was deleted with many others, whose content the log did not keep."""


_UNKNOWN: Final = _Unknown()


def check_log(connection: Connection, problems: Problems, report: Report) -> None:
    """Compare every row that the log covers with what the log says of it."""
    proof = _Proof(connection, problems)
    (total,) = connection.exec_driver_sql("SELECT count(*) FROM audit_event").one()
    done = 0
    for _number, events in groupby(_events(raw(connection)), key=lambda event: event[0]):
        of_one = list(events)
        if done // _STEP != (done + len(of_one)) // _STEP or not done:
            report(done, total, _("Comparing the log with the rows"))
        done += len(of_one)
        proof.take_back(of_one)
    proof.finish()


def _events(connection: sqlite3.Connection) -> Iterator[_Event]:
    """Newest first."""
    return connection.execute(
        "SELECT e.change_set_id, e.subject, e.subject_id, e.action, p.before, p.after FROM audit_event e"
        " LEFT JOIN audit_payload p ON p.event_id = e.id ORDER BY e.id DESC"
    )


class _Proof:
    def __init__(self, connection: Connection, problems: Problems) -> None:
        self._connection = connection
        self._problems = problems
        self._tables = {name: _Table(raw(connection), name) for name in row_seals.sealed_tables()}

    def take_back(self, events: Sequence[_Event]) -> None:
        """Take back the events of one change set, newest first."""
        seals = [event for event in events if event[3] == row_seals.ROWS]
        for event in events:
            if event[3] in (row_seals.ROWS, ROWS_AGAIN):
                self._check_seal(event)
        for event in events:
            table = self._tables.get(event[1])
            if table is None:
                continue
            if event[3] == DELETED_ROWS:
                self._take_back_deletion_of_many(table, event)
            elif event[3] in (INSERT, UPDATE, DELETE, ERASED) and event[2] is not None:
                self._take_back(table, event[2], event)
        # Only now: rows written in bulk may have been changed one by one within the same change.
        for event in seals:
            found = _payload(event[5])
            if found is not None:
                self._tables[event[1]].not_yet(found["first"], found["last"])

    def finish(self) -> None:
        """What is left was written past the log."""
        for name, table in self._tables.items():
            since = table.known_since if name in row_seals.SEALED_LATER else 0
            for key in table.unexplained(since):
                self._add(name, key, _("the log does not know it: it was written past the program"))

    def _take_back(self, table: _Table, key: int, event: _Event) -> None:
        _change, subject, _key, action, before_text, after_text = event
        before, after = _payload(before_text), _payload(after_text)
        row = table.row(key)
        if action == DELETE:
            if isinstance(row, dict):
                self._add(subject, key, _("it stands in the book though it was deleted"))
            table.put(key, _UNKNOWN if before is None else _row(before))
            return
        if after is None:
            # What an erasure left of a row is proved by the event that it wrote.
            if row is not _UNKNOWN and row is not None:
                self._add(subject, key, _("what the log says of it was erased, so that it cannot be proved"))
        elif row is None:
            self._add(subject, key, _("it is gone, and nothing in the log says why"))
        elif isinstance(row, dict):
            for name, value in after.items():
                if name in row and not _same(row[name], value):
                    self._add(
                        subject,
                        key,
                        _("{column} is {now}, but the log says {logged}").format(
                            column=name, now=_text(row[name]), logged=_text(value)
                        ),
                    )
        if action == INSERT:
            table.not_yet(key, key)
        elif action == ERASED:
            table.put(key, _UNKNOWN)
        elif isinstance(row, dict):
            table.put(key, row | {name: value for name, value in _row(before or {}).items() if name in row})

    def _take_back_deletion_of_many(self, table: _Table, event: _Event) -> None:
        before = _payload(event[4])
        for first, last in before["ranges"] if before else ():
            for key in table.standing(first, last):
                self._add(event[1], key, _("it stands in the book though it was deleted"))
            table.forget(first, last)

    def _check_seal(self, event: _Event) -> None:
        found = _payload(event[5])
        if found is None:
            self._add(event[1], None, _("what the log says of many of them was erased, so that they cannot be proved"))
            return
        first, last = found["first"], found["last"]
        state = self._tables[event[1]].digest(first, last, found["columns"])
        if state is not None and state != (found["count"], found["digest"]):
            self._problems.add(
                "log",
                _("{what} #{first} to #{last}").format(what=word(event[1]), first=first, last=last),
                _("one of these {count} rows was changed, added or taken away by hand").format(count=found["count"]),
            )

    def _add(self, table: str, key: int | None, detail: str) -> None:
        self._problems.add("log", called(self._connection, table, key), detail)


class _Table:
    """The rows of one table as they were at some moment: as they stand, but for what was taken back since."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._name = name
        self._columns = row_seals.sealed_columns(name)
        self._put: dict[int, _Row | _Unknown] = {}
        self._not_yet = Spans()
        self._forgotten = Spans()

    def row(self, key: int) -> _Row | _Unknown | None:
        """The row at this moment; None where it is not there."""
        if key in self._put:
            return self._put[key]
        if key in self._not_yet:
            return None
        if key in self._forgotten:
            return _UNKNOWN
        names = ", ".join(self._columns)
        found = self._connection.execute(f"SELECT {names} FROM {self._name} WHERE id = ?", (key,)).fetchone()
        return None if found is None else dict(zip(self._columns, found, strict=True))

    def put(self, key: int, row: _Row | _Unknown) -> None:
        self._put[key] = row

    def not_yet(self, first: int, last: int) -> None:
        """Before this moment these rows did not exist."""
        self._drop(first, last)
        self._forgotten.remove(first, last)
        self._not_yet.add(first, last)

    def forget(self, first: int, last: int) -> None:
        """Before this moment these rows existed, with a content that is not known."""
        self._drop(first, last)
        self._not_yet.remove(first, last)
        self._forgotten.add(first, last)

    def _drop(self, first: int, last: int) -> None:
        if first == last:
            self._put.pop(first, None)
            return
        for key in [key for key in self._put if first <= key <= last]:
            del self._put[key]

    def standing(self, first: int, last: int) -> list[int]:
        """Ids of rows that are there at this moment."""
        keys = self._connection.execute(f"SELECT id FROM {self._name} WHERE id BETWEEN ? AND ?", (first, last))
        return [key for (key,) in keys if key not in self._not_yet and key not in self._put]

    def digest(self, first: int, last: int, columns: Sequence[str]) -> tuple[int, str] | None:
        """(count, digest) of these columns of rows as they were; None where one is not known any more."""
        if not set(columns) <= set(self._columns):
            return None
        rows = self._connection.execute(row_seals.range_query(self._name, columns), (first, last))
        touched = {key: row for key, row in self._put.items() if first <= key <= last}
        if self._forgotten.meets(first, last) or any(isinstance(row, _Unknown) for row in touched.values()):
            return None
        if not touched and not self._not_yet.meets(first, last):
            return row_seals.digest(rows)
        place = columns.index("id")
        there = {row[place]: row for row in rows if row[place] not in self._not_yet}
        for key, row in touched.items():
            assert isinstance(row, dict)
            values = tuple(row.get(name) for name in columns)
            # Of changed bytes the log keeps a hash alone.
            if any(isinstance(value, dict) for value in values) or not set(columns) <= row.keys():
                return None
            there[key] = values
        return row_seals.digest(there[key] for key in sorted(there))

    @property
    def known_since(self) -> int:
        """The first id that the log knows."""
        return min((first for first, _last in self._not_yet), default=1 << 62)

    def unexplained(self, since: int = 0) -> list[int]:
        """Ids of rows from `since` on that stand in the book and that no event made."""
        left = [key for key, row in self._put.items() if isinstance(row, dict)]
        start = since
        for first, last in [*self._not_yet, (1 << 62, 1 << 62)]:
            keys = self._connection.execute(
                f"SELECT id FROM {self._name} WHERE id >= ? AND id < ? ORDER BY id", (start, first)
            )
            left += [key for (key,) in keys if key not in self._put]
            start = last + 1
        return sorted(left)


def _payload(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _row(logged: Mapping[str, Any]) -> _Row:
    """Values of the log as SQLite has them."""
    return {name: _stored(value) for name, value in logged.items()}


def _stored(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return base64.b64decode(value["base64"]) if isinstance(value, Mapping) and "base64" in value else value


def _same(stored: Any, logged: Any) -> bool:
    if isinstance(logged, Mapping) and isinstance(stored, bytes):
        return bool(plain_value(stored, keep_bytes="base64" in logged) == logged)
    return bool(stored == logged)


def _text(value: Any) -> str:
    if value is None:
        return _("empty")
    return f"“{value}”" if isinstance(value, str) else str(value)
