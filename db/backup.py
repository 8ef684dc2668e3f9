"""Copies of a book that can be trusted: made by SQLite's own backup, proved, and only then put in place."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from db.engine import PLAIN, Driver
from db.files import free_name, in_words, sync_folder
from desktop.errors import UserError
from desktop.i18n import _

Report = Callable[[int, int, str], None]

# 2 MB a step: often enough for a progress bar and a cancel.
_PAGES = 512
# What an unclean end leaves beside a book.
SIDECARS = ("-journal", "-wal", "-shm")


def copy_book(source: Path, target: Path, *, driver: Driver = PLAIN, report: Report | None = None) -> None:
    """Write a proved copy of a book, open or not, as one file; what stood at `target` is replaced at the very end.

    `report(done, total, text)` counts pages; raising there cancels. Raises UserError where the disk is full or the
    book is damaged.
    """
    with _proved_copy(source, target, driver, report) as copy:
        copy.replace(target)
        sync_folder(target.parent)


def put_in_place(
    source: Path,
    target: Path,
    *,
    driver: Driver = PLAIN,
    report: Report | None = None,
    prepare: Callable[[sqlite3.Connection], object] | None = None,
) -> Path | None:
    """A proved copy of a backup as the closed book at `target`; what stood there is kept under the returned name.

    `prepare` writes into the copy, in one transaction, before it is there for anybody.
    At every moment one of the two stands at `target`. Whoever calls holds the target's lock. SQLite does not touch
    what is kept, since opening a damaged file may throw its WAL away.
    """
    with _proved_copy(source, target, driver, report) as copy:
        if prepare is not None:
            _prepare(copy, driver, prepare)
        kept = None
        if target.exists():
            kept = free_name(target, _("replaced"))
            try:
                os.link(target, kept)
            except OSError:
                # Not every file system knows links.
                shutil.copy2(target, kept)
            for ending in SIDECARS:
                # A journal left beside the restored book would be played into it.
                with contextlib.suppress(FileNotFoundError):
                    target.with_name(target.name + ending).replace(kept.with_name(kept.name + ending))
        copy.replace(target)
        sync_folder(target.parent)
        return kept


def _prepare(copy: Path, driver: Driver, prepare: Callable[[sqlite3.Connection], object]) -> None:
    connection = driver.connect(copy, False)
    try:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        prepare(connection)
        connection.execute("COMMIT")
    finally:
        connection.close()


@contextlib.contextmanager
def _proved_copy(source: Path, target: Path, driver: Driver, report: Report | None) -> Iterator[Path]:
    """An unfinished file beside the target; gone at the end unless it was renamed."""
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)
        _copy(source, unfinished, driver, report)
        problems = faults(unfinished, driver)
        if problems:
            raise UserError(
                _("{path} is damaged, and so would be the copy: {problem}.").format(path=source, problem=problems[0]),
                _("Run the check on it, and keep the backups that you have."),
            )
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        yield unfinished
    except Exception as error:
        raise in_words(target, error) from error
    finally:
        for left in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def _copy(source: Path, target: Path, driver: Driver, report: Report | None) -> None:
    text = _("Copying {name}").format(name=source.name)

    def progress(_status: int, remaining: int, total: int) -> None:
        if report is not None:
            report(total - remaining, total, text)

    reader = driver.connect(source, False)
    writer = driver.connect(target, False)
    try:
        # Within a view of its own the copy neither starts again nor mixes when others write meanwhile.
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reader.backup(writer, pages=_PAGES, progress=progress, sleep=0)
        # The copy has inherited the journal mode of an open book.
        writer.execute("PRAGMA journal_mode=DELETE").fetchall()
    finally:
        writer.close()
        reader.close()


def faults(path: Path, driver: Driver = PLAIN) -> list[str]:
    """What SQLite finds wrong with a closed book's file: broken pages, rows that point nowhere."""
    connection = driver.connect(path, True)
    try:
        found = [text for (text,) in connection.execute("PRAGMA integrity_check(20)") if text != "ok"]
        for table, row, parent, _number in connection.execute("PRAGMA foreign_key_check"):
            found.append(f"{table} {row} -> {parent}")
        return found
    except driver.module.DatabaseError as error:
        # Some damage stops the check itself.
        return [str(error)]
    finally:
        connection.close()
