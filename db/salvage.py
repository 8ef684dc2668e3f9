"""Builds a new book of what can still be read of a damaged one, and of what its backups hold of the rest."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from db import ddl, upgrades
from db.backup import SIDECARS, faults
from db.cipher import database_errors
from db.engine import APPLICATION_ID, PLAIN, Driver
from db.files import damaged as told_damaged
from db.files import sync_folder
from db.salvage_pages import NotAlike, graft_tables
from db.salvage_rows import Row, TableRead, read_rows
from db.schema import Base
from desktop.errors import UserError
from desktop.i18n import _

Report = Callable[[int, int, str], None]

_ROWS_AT_ONCE: Final = 500
_INTERNAL: Final = "sqlite_"
# However deep rows hang on each other, so often is enough.
_ROUNDS: Final = 40
_DISPENSABLE: Final = frozenset({"file", "template", "import_batch"})


@dataclass
class TableSaved:
    """`read` rows came out of the damaged file, `from_backup` out of a backup. `lost` are missing, as far as an index
    names them; with `maybe_more` others may be. `left_out` could be read and do not fit into a sound book."""

    table: str
    read: int = 0
    from_backup: int = 0
    lost: int = 0
    maybe_more: bool = False
    left_out: int = 0

    @property
    def whole(self) -> bool:
        return not (self.from_backup or self.lost or self.maybe_more or self.left_out)


@dataclass(frozen=True)
class LeftOut:
    """A row that was read and is not in the new book, and why, in the words of SQLite."""

    table: str
    values: dict[str, Any]
    reason: str


@dataclass
class Rescue:
    """`list_from` is the file whose list of tables had to be used, None where the damaged one had its own."""

    tables: list[TableSaved] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    list_from: Path | None = None


def rescue(
    damaged: Path,
    to: Path,
    *,
    backups: Sequence[Path] = (),
    like: Path | None = None,
    driver: Driver = PLAIN,
    report: Report | None = None,
) -> Rescue:
    """Write a sound book at `to`, where no file may be, of what is readable. The damaged file is not touched.

    `backups`, the newest first, lend rows that are gone and, if need be, their list of tables; so does `like`, any book
    of this program. Raises UserError where nothing can be made of it.
    """
    with tempfile.TemporaryDirectory(prefix=".salvage-", dir=to.parent) as folder:
        work = _working_copy(damaged, Path(folder))
        found = Rescue()
        connection = _opened(work, Path(folder), [*backups, *([like] if like else [])], driver, found, damaged)
        unfinished = to.with_name(f".{to.name}.{secrets.token_hex(4)}")
        try:
            unfinished.touch(mode=0o600, exist_ok=False)
            with contextlib.closing(connection):
                _rebuild(connection, unfinished, backups, driver, found, report)
            wrong = faults(unfinished, driver)
            if wrong:
                raise told_damaged(damaged, wrong[0])
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            unfinished.rename(to)
            sync_folder(to.parent)
        finally:
            for left in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):
                with contextlib.suppress(OSError):
                    left.unlink(missing_ok=True)
    return found


def _working_copy(damaged: Path, folder: Path) -> Path:
    """Opening plays journals back and may throw them away: that happens to a copy."""
    work = folder / "book.sheaf"
    shutil.copyfile(damaged, work)
    for ending in SIDECARS[:2]:
        beside = damaged.with_name(damaged.name + ending)
        if beside.exists():
            shutil.copyfile(beside, work.with_name(work.name + ending))
    return work


def _opened(
    work: Path, folder: Path, donors: Sequence[Path], driver: Driver, found: Rescue, damaged: Path
) -> sqlite3.Connection:
    untouched = folder / "untouched.sheaf"
    shutil.copyfile(work, untouched)
    broken = database_errors()
    with contextlib.suppress(*broken):
        return _readable(work, driver)
    # A torn journal or WAL is worse than none.
    for ending in SIDECARS:
        work.with_name(work.name + ending).unlink(missing_ok=True)
    shutil.copyfile(untouched, work)
    with contextlib.suppress(*broken):
        return _readable(work, driver)
    for donor in donors if driver is PLAIN else ():
        shutil.copyfile(untouched, work)
        with contextlib.suppress(NotAlike, ValueError, IndexError, OSError, RecursionError, *broken):
            graft_tables(work, donor, _roots(donor))
            opened = _readable(work, driver)
            found.list_from = donor
            return opened
    shutil.copyfile(untouched, work)
    with contextlib.suppress(*broken):
        return _readable(work, driver, some=True)
    raise UserError(
        _("Nothing can be saved of {path}: what says which tables it holds is destroyed.").format(path=damaged),
        _("Keep the file as it is, and restore the latest backup."),
    )


def _readable(work: Path, driver: Driver, *, some: bool = False) -> sqlite3.Connection:
    """Raises an error of SQLite where the list of tables cannot be read, or lacks a table; with `some` any will do."""
    connection = driver.connect(work, False)
    try:
        connection.execute("PRAGMA cell_size_check=ON")
        # One broken entry of the list must not hide all others.
        connection.execute("PRAGMA writable_schema=ON")
        listed = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL"
        names = {name for (name,) in connection.execute(listed)}
        wanted = {"firm", "client", "audit_event"}
        with contextlib.suppress(*database_errors()):
            if connection.execute("SELECT version_num FROM alembic_version").fetchone() == (upgrades.newest(),):
                wanted |= Base.metadata.tables.keys()
        if not (names & wanted if some else wanted <= names):
            raise sqlite3.DatabaseError("tables are missing in the list")
    except BaseException:
        connection.close()
        raise
    return connection


def _roots(donor: Path) -> dict[int, bool]:
    with contextlib.closing(PLAIN.connect(donor, True)) as connection:
        return {
            root: kind == "table"
            for kind, root in connection.execute("SELECT type, rootpage FROM sqlite_master WHERE rootpage > 0")
        }


def _rebuild(
    old: sqlite3.Connection,
    target: Path,
    backups: Sequence[Path],
    driver: Driver,
    found: Rescue,
    report: Report | None,
) -> None:
    revision = _revision(old, backups, driver)
    with contextlib.closing(driver.connect(target, False)) as new, contextlib.ExitStack() as lent:
        helpers = [one for path in backups if (one := _helper(path, revision, driver, lent)) is not None]
        new.execute("PRAGMA journal_mode=OFF").fetchall()
        new.execute("PRAGMA synchronous=OFF")
        new.execute(f"PRAGMA application_id={APPLICATION_ID}")
        new.execute("BEGIN")
        for statement in _statements(old, revision):
            new.execute(statement)
        tables = _tables(new)
        for done, table in enumerate(tables):
            if report is not None:
                report(done, len(tables), _("Reading {table}").format(table=table))
            _save_table(old, new, table, helpers, found)
        _mend_orphans(new, helpers, found)
        if not new.execute("SELECT count(*) FROM alembic_version").fetchone()[0]:
            new.execute("INSERT INTO alembic_version (version_num) VALUES (?)", (revision,))
        if revision == upgrades.newest():
            for statement in ddl.trigger_statements(new):
                new.execute(statement)
        new.execute("COMMIT")


def _revision(old: sqlite3.Connection, backups: Sequence[Path], driver: Driver) -> str:
    """The revision that the damaged book says, or else its latest backup, or else the newest."""
    with contextlib.suppress(*database_errors()):
        row = old.execute("SELECT version_num FROM alembic_version").fetchone()
        if row is not None and row[0] in upgrades.known():
            return str(row[0])
    for path in backups:
        with contextlib.suppress(OSError, *database_errors()), contextlib.closing(driver.connect(path, True)) as one:
            row = one.execute("SELECT version_num FROM alembic_version").fetchone()
            if row is not None and row[0] in upgrades.known():
                return str(row[0])
    return upgrades.newest()


def _helper(path: Path, revision: str, driver: Driver, lent: contextlib.ExitStack) -> sqlite3.Connection | None:
    """A backup of the same revision: one that is built otherwise cannot lend rows."""
    with contextlib.suppress(OSError, *database_errors()):
        connection = lent.enter_context(contextlib.closing(driver.connect(path, True)))
        if connection.execute("SELECT version_num FROM alembic_version").fetchone() == (revision,):
            return connection
    return None


def _statements(old: sqlite3.Connection, revision: str) -> list[str]:
    """What makes the empty tables: as this program does, or as the older book did."""
    if revision == upgrades.newest():
        return [*ddl.table_statements(), ddl.REVISIONS_TABLE]
    return [
        sql
        for (sql,) in old.execute(
            "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND type IN ('table', 'index')"
            " AND name NOT LIKE 'sqlite_%' ORDER BY type DESC, rowid"
        )
    ]


def _tables(new: sqlite3.Connection) -> list[str]:
    rows = new.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY rowid")
    return [name for (name,) in rows if not name.startswith(_INTERNAL)]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    try:
        return [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
    except database_errors():
        return []


def _save_table(
    old: sqlite3.Connection,
    new: sqlite3.Connection,
    table: str,
    helpers: Sequence[sqlite3.Connection],
    found: Rescue,
) -> None:
    there = _columns(old, table)
    columns = [one for one in _columns(new, table) if one in there]
    saved = TableSaved(table)
    found.tables.append(saved)
    read = TableRead(table)
    if columns:
        insert = _Insert(new, table, columns, found)
        for chunk in _chunks(read_rows(old, table, columns, read)):
            insert.rows([row[1:] for row in chunk])
        saved.read, saved.left_out = insert.written, insert.refused
    else:
        # Its entry in the list is broken: all of it is gone, and nobody knows how much that was.
        columns = _columns(new, table)
        read.gaps.append((1, 1 << 48))
    if not read.whole:
        lent = _lend(new, table, helpers, read, found)
        saved.from_backup = len(lent)
        saved.lost = len(read.lost - lent)
        saved.maybe_more = not read.lost or bool(read.lost - lent) or not lent


def _lend(
    new: sqlite3.Connection, table: str, helpers: Sequence[sqlite3.Connection], read: TableRead, found: Rescue
) -> set[int]:
    """The rows that the latest backup which has them gives for those that could not be read."""
    wanted = _columns(new, table)
    lent: set[int] = set()
    for helper in helpers:
        columns = [one for one in _columns(helper, table) if one in wanted]
        names = ", ".join(f'"{one}"' for one in columns)
        for first, last in read.gaps:
            for number, *values in helper.execute(
                f'SELECT rowid, {names} FROM "{table}" WHERE rowid BETWEEN ? AND ?', (first, last)
            ):
                if number not in lent and _Insert(new, table, columns, None).rows([tuple(values)]):
                    lent.add(number)
    return lent


class _Insert:
    """Writes rows; one that the table's own rules refuse is put aside, and the others go on."""

    def __init__(self, new: sqlite3.Connection, table: str, columns: Sequence[str], found: Rescue | None) -> None:
        self._new = new
        self._table = table
        self._columns = columns
        self._found = found
        names, marks = ", ".join(f'"{one}"' for one in columns), ", ".join("?" * len(columns))
        self._sql = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
        self.written = self.refused = 0

    def rows(self, rows: list[Row]) -> int:
        """How many were written."""
        before = self.written
        self._new.execute("SAVEPOINT chunk")
        try:
            self._new.executemany(self._sql, rows)
            self.written += len(rows)
        except database_errors():
            self._new.execute("ROLLBACK TO chunk")
            for row in rows:
                self._one(row)
        self._new.execute("RELEASE chunk")
        return self.written - before

    def _one(self, row: Row) -> None:
        try:
            self._new.execute(self._sql, row)
            self.written += 1
        except database_errors() as error:
            self.refused += 1
            if self._found is not None:
                values = dict(zip(self._columns, row, strict=True))
                self._found.left_out.append(LeftOut(self._table, values, str(error)))


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _ROWS_AT_ONCE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _mend_orphans(new: sqlite3.Connection, helpers: Sequence[sqlite3.Connection], found: Rescue) -> None:
    """What points to a row that is gone brings it along from a backup, or is taken out as well and put aside: a book
    with such rows cannot be trusted to open."""
    saved = {one.table: one for one in found.tables}
    asked: set[tuple[str, object]] = set()
    for _round in range(_ROUNDS):
        wrong = new.execute("PRAGMA foreign_key_check").fetchall()
        if not wrong:
            return
        gone = {(parent, _points_to(new, table, number, key)) for table, number, parent, key in wrong} - asked
        asked |= gone
        lent = [one for one in gone if _lend_parent(new, helpers, *one)]
        for parent, _number in lent:
            saved[parent].from_backup += 1
        if not lent and not _let_go(new, wrong, found):
            for table, number in {(row[0], row[1]): row[2] for row in wrong}:
                _take_out(new, table, number, found)
                saved[table].left_out += 1


def _let_go(new: sqlite3.Connection, wrong: Sequence[Any], found: Rescue) -> bool:
    """Rows go on without a file or a template that is gone. Without what was billed they would be billed twice."""
    went_on = False
    for table, number, parent, key in wrong:
        column, optional = _link(new, table, key)
        if parent in _DISPENSABLE and optional:
            value = _points_to(new, table, number, key)
            new.execute(f'UPDATE "{table}" SET "{column}" = NULL WHERE rowid = ?', (number,))
            values = {"rowid": number, column: value}
            found.left_out.append(LeftOut(table, values, "the row is there without what it referred to"))
            went_on = True
    return went_on


def _link(new: sqlite3.Connection, table: str, key: int) -> tuple[str, bool]:
    """The column of a reference, and whether it may be empty."""
    column = next(row[3] for row in new.execute(f'PRAGMA foreign_key_list("{table}")') if row[0] == key)
    return column, not next(row[3] for row in new.execute(f'PRAGMA table_info("{table}")') if row[1] == column)


def _points_to(new: sqlite3.Connection, table: str, number: int, key: int) -> object:
    column, _optional = _link(new, table, key)
    return new.execute(f'SELECT "{column}" FROM "{table}" WHERE rowid = ?', (number,)).fetchone()[0]


def _lend_parent(new: sqlite3.Connection, helpers: Sequence[sqlite3.Connection], table: str, number: object) -> bool:
    wanted = _columns(new, table)
    for helper in helpers:
        columns = [one for one in _columns(helper, table) if one in wanted]
        names = ", ".join(f'"{one}"' for one in columns)
        row = helper.execute(f'SELECT {names} FROM "{table}" WHERE rowid = ?', (number,)).fetchone()
        if row is not None and _Insert(new, table, columns, None).rows([row]):
            return True
    return False


def _take_out(new: sqlite3.Connection, table: str, number: int, found: Rescue) -> None:
    columns = _columns(new, table)
    row = new.execute(f'SELECT * FROM "{table}" WHERE rowid = ?', (number,)).fetchone()
    new.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (number,))
    found.left_out.append(LeftOut(table, dict(zip(columns, row, strict=True)), "it refers to a row that is lost"))
