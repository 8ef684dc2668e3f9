"""What a file would change in the book, gathered row by row, and then written in bulk."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any, Literal, NamedTuple

from sqlalchemy import Boolean, Connection, Table
from sqlalchemy.orm import Session

from db.schema import Base, Segment
from desktop.domain.money import scaled
from desktop.i18n import _
from desktop.importing.results import Note, Report, Row
from desktop.services.change_sets import UPDATE, Change
from desktop.services.imports.references import References, Unknown
from desktop.services.imports.spool import Spool

# Few enough for the parameters of one statement.
_LOOKED_UP = 900
_CHUNK = 5_000

State = Literal["new", "changed", "same"]


class Problem(NamedTuple):
    """Why a row is not taken: the field of its kind, what it says, what is wrong and what mends it."""

    field: str
    value: str
    problem: str
    remedy: str


class Refused(Exception):
    """A row that the book does not take."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)
        self.problems = problems


class Judged(NamedTuple):
    """What becomes of a row."""

    row: Row
    state: State | None
    problems: list[Problem]


class Intake(ABC):
    """Rows of one kind against one view of the book. `mapped` are the fields that the file has a column for."""

    def __init__(self, session: Session, mapped: frozenset[str], today: date) -> None:
        self.today = today
        self.session = session
        self.connection = session.connection()
        self.mapped = mapped
        self.references = References(self.connection)
        self.notes: list[Note] = []
        self._read: dict[str, Row] = {}
        self._new_segments: dict[str, str] = {}

    def is_repeated(self, row: Row, code: str) -> bool:
        """Whether an earlier row said the same of this code, whatever its capitals. Refused if it said otherwise."""
        earlier = self._read.setdefault(code.casefold(), row)
        if earlier is row:
            return False
        if earlier.digest != row.digest:
            problem = _("Row {row} has the code “{code}” already and says something else.")
            raise Refused(
                [Problem("code", code, problem.format(row=earlier.row, code=code), _("Keep the row that is right."))]
            )
        return True

    def note_segment(self, row: Row, name: str | None) -> None:
        """A segment that the book does not know is made; what it bills alike is set afterwards."""
        if not name or name.casefold() in self._new_segments:
            return
        if isinstance(self.references.segments.find(name), Unknown):
            self._new_segments[name.casefold()] = name
            text = _("The segment “{name}” is new: it takes everything from the firm until it is set.")
            self.notes.append(Note(row.row, "segment", text.format(name=name)))

    def make_segments(self, made: Change) -> None:
        for name in self._new_segments.values():
            self.references.segments.add(made.insert(Segment, name=name), name, "")

    def segment_id(self, name: str | None) -> int | None:
        found = self.references.segments.find(name) if name else None
        return found if isinstance(found, int) else None

    def judge(self, rows: Iterable[Row]) -> Iterator[Judged]:
        """Hold each row against the book and remember what it changes."""
        source = iter(rows)
        while some := list(islice(source, _LOOKED_UP)):
            self.look_up(some)
            for row in some:
                try:
                    state = self.take(row)
                except Refused as refused:
                    yield Judged(row, None, refused.problems)
                else:
                    yield Judged(row, state, [])

    def look_up(self, rows: Sequence[Row]) -> None:  # noqa: B027 - most kinds know their rows already
        """Ask the book about rows that are taken next, all at once."""

    @abstractmethod
    def take(self, row: Row) -> State:
        """Raises Refused."""

    @abstractmethod
    def write(self, made: Change, batch_id: int, report: Report) -> None:
        """Write what was remembered, in the transaction of `made`."""


class Lookup:
    """Collects what is wrong with a row while its words are looked up."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def id(self, field: str, text: str | None, found: int | Unknown | None) -> int | None:
        """The id, None where the file says nothing or names nothing; the latter is noted."""
        if isinstance(found, Unknown):
            self.problems.append(Problem(field, text or "", *found))
            return None
        return found

    def reject(self, field: str, value: object, problem: str, remedy: str) -> None:
        self.problems.append(Problem(field, "" if value is None else str(value), problem, remedy))

    def done(self) -> None:
        """Raises Refused if anything was wrong."""
        if self.problems:
            raise Refused(self.problems)


def column_value(value: Any) -> Any:
    """A value as SQLite keeps it: ISO dates, 0 and 1."""
    if isinstance(value, date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def scaled_or_none(value: Any) -> int | None:
    return None if value is None else scaled(value)


def differs(current: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Whether any of the values is another than the row's; the digest of what was read does not count."""
    return any(current[name] != value for name, value in values.items() if name != "digest")


class Writes:
    """New and changed rows of one table, written together and recorded so that they are undone together."""

    def __init__(self, model: type[Base]) -> None:
        table = model.__table__
        assert isinstance(table, Table)
        self.name = table.name
        # The defaults stand in the models: the database itself has none.
        self._defaults = {
            column.name: column_value(column.default.arg)
            if column.default is not None and column.default.is_scalar
            else None
            for column in table.columns
        }
        self._booleans = frozenset(column.name for column in table.columns if isinstance(column.type, Boolean))
        self._columns = tuple(self._defaults)
        self._rows = Spool()
        self._updates: list[tuple[int, dict[str, Any], dict[str, Any]]] = []

    def insert(self, values: dict[str, Any]) -> None:
        """Remember a new row; columns not given take the model's defaults."""
        self._rows.add(tuple((self._defaults | values).values()))

    def update(self, key: int, current: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        """Remember what differs from the row as it stands; both in SQLite's values."""
        after = {name: value for name, value in values.items() if current[name] != value}
        if after:
            self._updates.append((key, {name: current[name] for name in after}, after))

    def __len__(self) -> int:
        return len(self._rows) + len(self._updates)

    def write(self, made: Change, batch_id: int | None, report: Report) -> None:
        """Write in chunks; `report` may raise between them, which takes all of the transaction back."""
        total, done = len(self), 0
        words = _("Writing")
        if len(self._rows):
            # A column of all rows alike is bound once in the statement.
            bound = batch_id is not None and "batch_id" in self._defaults
            place = self._columns.index("batch_id") if bound else len(self._columns)
            marks = ["?"] * len(self._columns)
            if bound:
                marks[place] = str(batch_id)
            sql = f"INSERT INTO {self.name} ({', '.join(self._columns)}) VALUES ({', '.join(marks)})"
            seal = hashlib.sha256()
            for rows in self._rows.chunks():
                report(done, total, words)
                if bound:
                    rows = [row[:place] + row[place + 1 :] for row in rows]
                made.connection.exec_driver_sql(sql, rows)
                seal.update(repr(rows).encode())
                done += len(rows)
            if "batch_id" in self._defaults:
                made.record_bulk(self.name, "import", len(self._rows), seal.hexdigest(), {"batch_id": batch_id or 0})
        for columns, updates in self._by_columns().items():
            sql = f"UPDATE {self.name} SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?"
            for start in range(0, len(updates), _CHUNK):
                report(done, total, words)
                chunk_of = updates[start : start + _CHUNK]
                made.connection.exec_driver_sql(sql, [(*after.values(), key) for key, _before, after in chunk_of])
                done += len(chunk_of)
        for key, before, after in self._updates:
            made.record(self.name, key, UPDATE, self._plain(before), self._plain(after))
        report(total, total, words)

    def _by_columns(self) -> dict[tuple[str, ...], list[tuple[int, dict[str, Any], dict[str, Any]]]]:
        found: dict[tuple[str, ...], list[tuple[int, dict[str, Any], dict[str, Any]]]] = {}
        for update in self._updates:
            found.setdefault(tuple(update[2]), []).append(update)
        return found

    def _plain(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """As the log of changes writes single rows."""
        return {name: bool(value) if name in self._booleans else value for name, value in values.items()}


def next_id(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table}").scalar_one()) + 1


def current_rows(
    connection: Connection, table: str, where: str = "", values: tuple[Any, ...] = ()
) -> list[dict[str, Any]]:
    """Rows as SQLite keeps them."""
    found = connection.exec_driver_sql(f"SELECT * FROM {table} {where}", values).mappings()
    return [dict(row) for row in found]
