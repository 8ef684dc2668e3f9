"""From a path to an open book and back: makes books, opens them, and says plainly why one cannot be opened."""

from __future__ import annotations

import contextlib
import os
import secrets
import sqlite3
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from db import ddl, upgrades
from db.backup import put_in_place
from db.engine import APPLICATION_ID, PLAIN, Book, Driver
from db.files import DamagedBook, damaged, in_words, sync_folder
from db.folders import folder_warning
from db.lock import BookIsHeld, BookLock, holder
from db.seeds import NewFirm, plant
from desktop.errors import UserError
from desktop.i18n import _

_MAGIC = b"SQLite format 3\0"
_SMALLEST = 512

Report = Callable[[int, int, str], None]


class OpenElsewhere(UserError):
    """Another process has the book open."""


def create_book(
    path: Path,
    *,
    name: str,
    country: str,
    currency: str,
    language: str = "en",
    region: str = "",
    now: datetime | None = None,
    made_by: str = "sheaf",
    actor: str = "",
    driver: Driver = PLAIN,
) -> Book:
    """Make a book with its seeds and open it; half a book never stays.

    Raises UserError where something is in the way.
    """
    path = path.absolute()
    if path.exists():
        raise UserError(_("{path} exists already.").format(path=path), _("Choose another name, or open that book."))
    if not path.parent.is_dir():
        raise UserError(
            _("The folder {folder} does not exist.").format(folder=path.parent), _("Make it first, or choose another.")
        )
    lock = _lock(path)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        moment = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        _write_new(unfinished, NewFirm(name, country, currency, language, region), moment, made_by, actor, driver)
        unfinished.rename(path)
        sync_folder(path.parent)
        return _opened(path, lock, driver, ())
    except BaseException as error:
        lock.release()
        raise in_words(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _write_new(path: Path, firm: NewFirm, moment: str, made_by: str, actor: str, driver: Driver) -> None:
    path.touch(mode=0o600, exist_ok=False)
    connection = driver.connect(path, False)
    try:
        # The file is nobody's book until it is renamed: one sync at the end is enough.
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute("BEGIN")
        for statement in ddl.table_statements():
            connection.execute(statement)
        connection.execute(ddl.REVISIONS_TABLE)
        connection.execute("INSERT INTO alembic_version (version_num) VALUES (?)", (upgrades.newest(),))
        plant(connection, firm, uuid.uuid4().hex, moment, made_by, actor)
        for statement in ddl.trigger_statements(connection):
            connection.execute(statement)
        connection.execute("COMMIT")
    finally:
        connection.close()
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def open_book(path: Path, *, read_only: bool = False, report: Report | None = None, driver: Driver = PLAIN) -> Book:
    """Open a book, upgrading an older one after a backup. `report(done, total, text)` follows a long upgrade.

    Raises UserError where the file is no book, damaged, newer than the program, held by another process,
    write-protected or missing; the file is then as it was.
    """
    path = path.absolute()
    _find(path)
    if read_only:
        try:
            # Closing the file of a book that this process has open would drop SQLite's locks on it (POSIX).
            if holder(path).get("pid") != str(os.getpid()):
                _look_at(path, driver)
            _refuse_old(path, _examine(path, driver, read_only=True))
            return _opened(path, None, driver, folder_warning(path), read_only=True)
        except BaseException as error:
            raise in_words(path, error) from error
    lock = _lock(path)
    try:
        _look_at(path, driver)
        # Asking the system for permissions answers for another user than the one that opens.
        path.open("rb+").close()
        revision = _examine(path, driver, read_only=False)
        warnings = folder_warning(path)
        if revision != upgrades.newest():
            kept = upgrades.upgrade(path, driver=driver, report=report)
            warnings += (
                _(
                    "The book was brought up to this version of the program; as it was before it is kept in {path}."
                ).format(path=kept),
            )
        return _opened(path, lock, driver, warnings)
    except BaseException as error:
        lock.release()
        raise in_words(path, error) from error


@contextlib.contextmanager
def look_into(path: Path, driver: Driver = PLAIN) -> Iterator[sqlite3.Connection]:
    """A closed book or backup, perhaps of an older revision, as it is: nothing is upgraded, locked or written.

    Raises UserError as `open_book` does.
    """
    path = path.absolute()
    _find(path)
    try:
        if holder(path).get("pid") != str(os.getpid()):
            _look_at(path, driver)
        _examine(path, driver, read_only=True)
        with contextlib.closing(driver.connect(path, True)) as connection:
            yield connection
    except BaseException as error:
        raise in_words(path, error) from error


def replace_book(
    source: Path,
    target: Path,
    *,
    report: Report | None = None,
    driver: Driver = PLAIN,
    prepare: Callable[[sqlite3.Connection], object] | None = None,
) -> Path | None:
    """Put a proved copy of a backup in the place of a book that nobody has open; returns where the old one is kept.

    `prepare` writes into the copy before it stands there.
    """
    lock = _lock(target)
    try:
        return put_in_place(source, target, driver=driver, report=report, prepare=prepare)
    finally:
        lock.release()


@contextlib.contextmanager
def held_book(path: Path) -> Iterator[None]:
    """Nobody else opens the closed book meanwhile. UserError where somebody has it open."""
    lock = _lock(path)
    try:
        yield
    finally:
        lock.release()


def _opened(
    path: Path, lock: BookLock | None, driver: Driver, warnings: tuple[str, ...], *, read_only: bool = False
) -> Book:
    book = Book(path, read_only=read_only, driver=driver, lock=lock)
    book.warnings = warnings
    return book


def _lock(path: Path) -> BookLock:
    try:
        return BookLock(path)
    except BookIsHeld as held:
        raise OpenElsewhere(
            _("{path} is open in another window or command{where}.").format(path=path, where=_where(held.holder)),
            _("Close it there first."),
        ) from held
    except OSError as error:
        raise in_words(path.parent, error) from error


def _where(about: Mapping[str, str]) -> str:
    return _(" (process {pid} on {host})").format(**about) if {"pid", "host"} <= about.keys() else ""


def _find(path: Path) -> None:
    if path.is_dir():
        raise UserError(_("{path} is a folder, not a book.").format(path=path), _("Choose the book's file in it."))
    if not path.exists():
        raise UserError(
            _("There is no book at {path}.").format(path=path),
            _("See whether it was moved or renamed, or whether its disk is connected."),
        )


def _look_at(path: Path, driver: Driver) -> None:
    """What can be told from the first bytes, before SQLite takes an empty or a very short file for a new one."""
    with path.open("rb") as file:
        start = file.read(_SMALLEST)
    if not start:
        raise DamagedBook(_("{path} is empty: it holds no book.").format(path=path), _("Restore the latest backup."))
    if driver is not PLAIN:
        return
    if not start.startswith(_MAGIC):
        raise DamagedBook(
            _("{path} is not a book: it is another kind of file, or damaged.").format(path=path),
            _("Choose a file that this program made, or restore a backup."),
        )
    if len(start) < _SMALLEST:
        raise damaged(path, _("its end is missing"))


def _refuse_old(path: Path, revision: str) -> None:
    if revision != upgrades.newest():
        raise UserError(
            _("{path} was written by an older version of the program and must be brought up to this one.").format(
                path=path
            ),
            _("Open it for writing once; a backup is made first."),
        )


def _examine(path: Path, driver: Driver, *, read_only: bool) -> str:
    """The book's revision, once it is clear that it is a whole book that this program knows."""
    connection = driver.connect(path, read_only)
    try:
        (application,) = connection.execute("PRAGMA application_id").fetchone()
        if application != APPLICATION_ID:
            raise UserError(
                _("{path} is a database of another program, not a book.").format(path=path),
                _("Choose a file that this program made."),
            )
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        (page_size,) = connection.execute("PRAGMA page_size").fetchone()
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
        # What a WAL still holds is not in the file yet.
        if journal != "wal" and path.stat().st_size < pages * int(page_size):
            raise damaged(path, _("its end is missing"))
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        connection.execute("SELECT name, currency FROM firm").fetchone()
    except driver.module.OperationalError as error:
        if "no such table" in str(error):
            raise damaged(path, str(error)) from error
        raise
    finally:
        connection.close()
    if revision not in upgrades.known():
        raise UserError(
            _(
                "{path} was written by a newer version of the program (revision {revision}; this one knows {known})."
            ).format(path=path, revision=revision, known=upgrades.newest()),
            _("Update the program, then open the book again. Nothing in it was changed."),
        )
    return str(revision)
