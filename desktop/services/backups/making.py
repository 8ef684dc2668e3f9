"""Makes a backup: copied, opened and compared with its book, rotated, and copied to a second place."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from db import backup as copies
from db import chain
from db.engine import Book
from db.files import in_words, sync_folder
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.services.backups.choices import Choices, choices_of, is_automatic, own_folder
from desktop.services.backups.record import Record, keep_record, record_of, with_failure
from desktop.services.backups.shelf import Why, folder_for, identity, leaving, name_for
from desktop.services.book_settings import book_settings
from desktop.services.change_sets import raw

Report = Callable[[int, int, str], None]

# So much room stays free on a disk that a backup is written to: a full one stops the work of everybody.
_RESERVE: Final = 256 * 1024 * 1024
_SANDBOX: Final = "sandbox"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Made:
    """`second` is the copy in the second place, `trouble` why there is none though one is wanted. `removed` are those
    that rotation took away."""

    path: Path
    second: Path | None
    trouble: str
    removed: tuple[Path, ...]


def make_backup(book: Book, why: Why, *, now: datetime, report: Report | None = None) -> Made:
    """A proved backup of an open book on its shelf; people may go on working. `now` knows its zone.

    Raises UserError where there is no room, the folder is gone or the book is damaged; that is noted for Today then.
    """
    choices = choices_of(book)
    uid = identity(book)
    before = record_of(book.path, uid)
    moment = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        folder = _folder(book, choices.folder or own_folder(), uid)
        removed = _make_room(book, folder, choices)
        target = _free(folder, name_for(book.path, now.astimezone().replace(tzinfo=None), why))
        copies.copy_book(book.path, target, driver=book.driver, report=report)
        head = _proved(book, target)
    except UserError as error:
        keep_record(book.path, uid, with_failure(before, moment, error.message))
        raise
    removed += _rotate(folder, choices)
    second, trouble = _second(book, choices, uid, target)
    disks = {_disk(one) for one in (target, second) if one is not None}
    size = target.stat().st_size
    keep_record(
        book.path,
        uid,
        Record(moment, str(target), size, head, second_failure=trouble, same_disk=disks == {_disk(book.path)}),
    )
    return Made(target, second, trouble, tuple(removed))


def changed_since(book: Book) -> bool:
    """Whether the book was written to since its last backup, or that backup is gone."""
    record = record_of(book.path, identity(book))
    if not record.file:
        return True
    try:
        there = Path(record.file).stat().st_size == record.size
    except OSError:
        there = False
    if not there:
        return True
    with book.reading() as session:
        return chain.head(raw(session.connection())) != record.head


def is_due(book: Book, *, now: datetime) -> bool:
    """Whether a book that stays open wants today's backup: it was written to, and none was made or tried today."""
    if book.read_only or not is_automatic() or not choices_of(book).automatic or _is_sandbox(book):
        return False
    record = record_of(book.path, identity(book))
    last = max(record.made_at, record.failed_at)
    if last and datetime.fromisoformat(last).astimezone().date() >= now.astimezone().date():
        return False
    return changed_since(book)


def back_up_by_itself(book: Book, why: Why, *, now: datetime, report: Report | None = None) -> Made | None:
    """The backup that nobody asked for, where one is wanted; None where none is. It never stands in the way: what goes
    wrong is noted for Today and in the log."""
    if book.read_only or not is_automatic():
        return None
    try:
        if not choices_of(book).automatic or _is_sandbox(book) or not changed_since(book):
            return None
        return make_backup(book, why, now=now, report=report)
    except UserError as error:
        log.warning("No backup was made: %s", type(error.__cause__ or error).__name__)
    except Exception:
        log.exception("The backup failed")
    return None


def back_up_after_command(book: Book, *, now: datetime) -> Made | None:
    """After a command: at most one a day, so that a script of a hundred commands does not make a hundred backups."""
    if book.read_only or not is_automatic():
        return None
    try:
        due = is_due(book, now=now)
    except Exception:
        log.exception("Whether a backup is due cannot be told")
        return None
    return back_up_by_itself(book, Why.DAILY, now=now) if due else None


def _is_sandbox(book: Book) -> bool:
    return bool(book_settings(book).get(_SANDBOX))


def _folder(book: Book, root: Path, uid: str) -> Path:
    if root == own_folder():
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
    elif not root.is_dir():
        # Made anew it would be an empty folder on this disk, where that of another disk was meant.
        raise UserError(
            _("The folder for backups, {folder}, is not there.").format(folder=root),
            _("Connect its disk, or choose another folder for backups."),
        )
    folder = folder_for(book.path, uid, root)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise in_words(folder, error) from error
    return folder


def _make_room(book: Book, folder: Path, choices: Choices) -> list[Path]:
    """Nothing where there is room; else what rotation would take away is taken away before. UserError without room."""
    wal = book.path.with_name(book.path.name + "-wal")
    wanted = book.path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)
    if _free_bytes(folder) >= wanted + _RESERVE:
        return []
    removed = _rotate(folder, choices)
    free = _free_bytes(folder)
    if free < wanted + _RESERVE:
        raise UserError(
            _("There is no room for a backup in {folder}: it needs {wanted} MB, and {free} MB are free.").format(
                folder=folder, wanted=_megabytes(wanted + _RESERVE), free=_megabytes(free)
            ),
            _("Free some space there, keep fewer backups, or choose a folder on another disk."),
        )
    return removed


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError as error:
        raise in_words(folder, error) from error


def _megabytes(size: int) -> str:
    return number_text(-(-size // 1_048_576))


def _free(folder: Path, name: str) -> Path:
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{name.removesuffix('.sheaf')} {number}.sheaf"
    return target


def _proved(book: Book, target: Path) -> str:
    """The head of the log in the backup, once it is opened again and found to be a moment of this book."""
    connection = book.driver.connect(target, True)
    try:
        head = chain.head(connection)
        counted = _counts(connection)
    finally:
        connection.close()
    with book.reading() as session:
        now = raw(session.connection())
        known = head == chain.START or now.execute("SELECT 1 FROM audit_event WHERE hash = ?", (head,)).fetchone()
        whole = all(there <= here for there, here in zip(counted, _counts(now), strict=True))
    if not known or not whole:
        target.unlink(missing_ok=True)
        raise UserError(
            _("The backup {name} does not hold what the book holds, and was thrown away.").format(name=target.name),
            _("Check the book, and try another folder for its backups."),
        )
    return head


def _counts(connection: object) -> tuple[int, int, int]:
    row = connection.execute(  # type: ignore[attr-defined]
        "SELECT (SELECT count(*) FROM audit_event), (SELECT count(*) FROM invoice WHERE number <> ''),"
        " (SELECT count(*) FROM payment)"
    ).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def _rotate(folder: Path, choices: Choices) -> list[Path]:
    removed = []
    for one in leaving(folder, choices.rotation):
        with contextlib.suppress(OSError):
            one.path.unlink()
            removed.append(one.path)
    return removed


def _second(book: Book, choices: Choices, uid: str, made: Path) -> tuple[Path | None, str]:
    if choices.second is None:
        return None, ""
    try:
        folder = _folder(book, choices.second, uid)
        _make_room(book, folder, choices)
        target = folder / made.name
        _copy_file(made, target)
        _rotate(folder, choices)
        return target, ""
    except UserError as error:
        log.warning("No second copy of the backup was made")
        return None, error.message


def _copy_file(source: Path, target: Path) -> None:
    """Copied, read again and compared, and only then there. UserError where the disk refuses."""
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)
        with source.open("rb") as given, unfinished.open("wb") as taken:
            shutil.copyfileobj(given, taken, 1 << 20)
            taken.flush()
            os.fsync(taken.fileno())
        if _digest(source) != _digest(unfinished):
            raise UserError(
                _("The copy of the backup in {folder} is not equal to it.").format(folder=target.parent),
                _("The disk there may be failing: choose another."),
            )
        unfinished.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise in_words(target, error) from error
    finally:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _disk(path: Path) -> int:
    return path.stat().st_dev
