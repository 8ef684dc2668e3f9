"""A book under another key, or under none: written row by row into a file of its own, compared whole, put in place.

SQLite's own backup copies pages, and what a page looks like depends on the key.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

from db.backup import SIDECARS
from db.book_files import held_book
from db.cipher import Key, cipher_module, locked_driver
from db.engine import PLAIN, fold
from db.files import damaged, free_name, in_words, sync_folder
from desktop.errors import UserError
from desktop.i18n import _

Report = Callable[[int, int, str], None]

_AT_ONCE: Final = 500
_SCRUBBED_AT_ONCE: Final = 1 << 20
_ROOM: Final = 1.1


def recast_book(
    path: Path,
    old: Key | None,
    new: Key | None,
    *,
    report: Report | None = None,
    before: Callable[[], None] = lambda: None,
) -> bool:
    """Put a closed book under the key `new`, or under none, in place of itself; `old` opens it as it is.

    `before` is called once the copy has proved equal and before it takes the book's place: there the key is kept. What
    it raises leaves the book as it was, and so does all else that goes wrong. A plain file that is replaced is
    overwritten; whether that was possible is returned. `report(done, total, text)` counts rows; raising there cancels.

    Raises UserError where the book is open elsewhere or damaged, or where there is no room for a second one.
    """
    path = path.resolve()
    driver = PLAIN if old is None else locked_driver(old)
    with held_book(path):
        unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        try:
            fold(path, driver)
            _refuse_unfolded(path)
            _refuse_full(path)
            unfinished.touch(mode=0o600, exist_ok=False)
            _write(path, old, unfinished, new, report)
            _prove(unfinished, new, path)
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            before()
            return _swap(unfinished, path, scrub=old is None)
        except BaseException as error:
            raise in_words(path, error) from error
        finally:
            for left in (unfinished, unfinished.with_name(f"{unfinished.name}-journal")):
                with contextlib.suppress(OSError):
                    left.unlink(missing_ok=True)


def _refuse_unfolded(path: Path) -> None:
    if any(path.with_name(path.name + ending).exists() for ending in SIDECARS):
        raise UserError(
            _("{path} is being read by another program.").format(path=path), _("Close it there, and try again.")
        )


def _refuse_full(path: Path) -> None:
    wanted = int(path.stat().st_size * _ROOM)
    free = shutil.disk_usage(path.parent).free
    if free < wanted:
        raise UserError(
            _("There is no room for a second copy of {name}: it needs {wanted} MB, and {free} MB are free.").format(
                name=path.name, wanted=-(-wanted // 1_048_576), free=free // 1_048_576
            ),
            _("Free some space on its disk and try again. The book is as it was."),
        )


def _write(source: Path, old: Key | None, target: Path, new: Key | None, report: Report | None) -> None:
    module = cipher_module()
    connection = module.connect(f"{source.as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA cipher_log_level=NONE")
        if old is not None:
            connection.execute(f"PRAGMA key={old.pragma}")
        for (text,) in connection.execute("PRAGMA integrity_check(1)").fetchall():
            if text != "ok":
                raise damaged(source, text)
        key = "''" if new is None else new.pragma
        connection.execute(f"ATTACH DATABASE ? AS target KEY {key}", (f"{target.as_uri()}?mode=rw",))
        # Nobody's book yet: one sync at the end is enough.
        connection.execute("PRAGMA target.journal_mode=OFF").fetchall()
        connection.execute("PRAGMA target.synchronous=OFF")
        if report is not None:
            report(0, 0, _("Copying {name}").format(name=source.name))
        connection.execute("SELECT sqlcipher_export('target')").fetchall()
        for setting in ("application_id", "user_version"):
            (value,) = connection.execute(f"PRAGMA main.{setting}").fetchone()
            connection.execute(f"PRAGMA target.{setting}={int(value)}")
        _compare(connection, source, report)
    finally:
        connection.close()


def _compare(connection: Any, source: Path, report: Report | None) -> None:
    """Every table, index, trigger and row, on both sides. UserError where they differ."""
    tables = _schema(connection, "main")
    if tables != _schema(connection, "target"):
        raise _unequal(source, _("tables"))
    names = [name for kind, name, sql in tables if kind == "table" and not sql.startswith("CREATE VIRTUAL")]
    text = _("Comparing {name} row by row").format(name=source.name)
    total = sum(connection.execute(f'SELECT count(*) FROM main."{name}"').fetchone()[0] for name in names)
    done = 0
    for name in names:
        for count in _equal_rows(connection, name, source):
            done += count
            if report is not None:
                report(done, total, text)


def _schema(connection: Any, base: str) -> list[tuple[str, str, str]]:
    rows = connection.execute(f"SELECT type, name, coalesce(sql, '') FROM {base}.sqlite_master ORDER BY type, name")
    return list(rows)


def _equal_rows(connection: Any, name: str, source: Path) -> Iterator[int]:
    columns = "rowid, *"
    try:
        connection.execute(f'SELECT rowid FROM main."{name}" LIMIT 0')
    except connection.OperationalError:
        # A table without row ids has its primary key for order.
        columns = "*"
    here = connection.execute(f'SELECT {columns} FROM main."{name}"')
    there = connection.execute(f'SELECT {columns} FROM target."{name}"')
    while True:
        mine, other = here.fetchmany(_AT_ONCE), there.fetchmany(_AT_ONCE)
        if mine != other:
            raise _unequal(source, name)
        if not mine:
            return
        yield len(mine)


def _unequal(source: Path, where: str) -> UserError:
    return UserError(
        _("The copy of {name} is not equal to it ({where}), and was thrown away.").format(
            name=source.name, where=where
        ),
        _("The book is as it was. Check it, and try again."),
    )


def _prove(copy: Path, key: Key | None, source: Path) -> None:
    """Opened anew, as the book will be: its pages are whole, and each proves itself by the key."""
    driver = PLAIN if key is None else locked_driver(key)
    connection = driver.connect(copy, True)
    try:
        found = [text for (text,) in connection.execute("PRAGMA integrity_check(20)") if text != "ok"]
        found += [f"{row[0]} {row[1]}" for row in connection.execute("PRAGMA foreign_key_check")]
        if key is not None:
            found += [str(text) for (text,) in connection.execute("PRAGMA cipher_integrity_check")]
    finally:
        connection.close()
    if found:
        raise _unequal(source, found[0])


def _swap(copy: Path, path: Path, *, scrub: bool) -> bool:
    """At every moment one whole book stands at `path`. Whether a plain file was overwritten before it was removed."""
    aside = free_name(path, _("before encryption")) if scrub else None
    if aside is not None:
        try:
            os.link(path, aside)
        except OSError:
            # Not every file system knows links; then the plain file is removed as it is.
            aside = None
    copy.replace(path)
    sync_folder(path.parent)
    return aside is not None and _scrub(aside)


def _scrub(plain: Path) -> bool:
    """Write over what nobody needs any more, so that it is not read from the free space of a disk, and remove it."""
    try:
        with plain.open("rb+") as file:
            alone = os.fstat(file.fileno()).st_nlink == 1
            left = os.fstat(file.fileno()).st_size if alone else 0
            while left > 0:
                left -= file.write(bytes(min(left, _SCRUBBED_AT_ONCE)))
            file.flush()
            os.fsync(file.fileno())
        plain.unlink()
        sync_folder(plain.parent)
    except OSError:
        return False
    return alone
