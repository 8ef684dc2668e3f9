"""Saves what can be read of a damaged book into a new one, and says of every part what became of it."""

from __future__ import annotations

import json
import secrets
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db import book_files
from db.engine import PLAIN, Driver
from db.files import free_name, in_words
from db.salvage import LeftOut, Rescue, TableSaved, rescue
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.backups.choices import machine_choices
from desktop.services.backups.shelf import backups_of
from desktop.services.check import Problem, check
from desktop.services.encryption.opening import Locked, driver_for

Report = Callable[[int, int, str], None]

__all__ = ["Salvaged", "TableSaved", "free_name_for", "salvage"]


@dataclass(frozen=True, slots=True)
class Salvaged:
    """`tables` are those that are not whole. `left_out` is the file of the rows that do not fit into a sound book, None
    where there is none; `problems` is what the check finds in the new book. `backup` lent what was gone."""

    book: Path
    read: int
    tables: tuple[TableSaved, ...]
    left_out: Path | None
    backup: Path | None
    list_from: Path | None
    problems: tuple[Problem, ...]

    @property
    def lost(self) -> int:
        return sum(one.lost for one in self.tables)

    @property
    def from_backup(self) -> int:
        return sum(one.from_backup for one in self.tables)

    @property
    def dropped(self) -> int:
        return sum(one.left_out for one in self.tables)

    @property
    def complete(self) -> bool:
        """Nothing is known to be missing."""
        return not any(one.lost or one.left_out or one.maybe_more for one in self.tables) and not self.problems


def salvage(
    damaged: Path,
    to: Path,
    *,
    backups: Sequence[Path] | None = None,
    report: Report | None = None,
) -> Salvaged:
    """Write a new book of what is readable of a damaged one, and prove it. The damaged file is not touched.

    `backups`, the newest first, lend what is gone; by default those that are found of the book. Raises UserError where
    a file stands at `to` already, or nothing can be saved.
    """
    damaged, to = damaged.absolute(), to.absolute()
    if not damaged.is_file():
        raise UserError(_("There is no file {path}.").format(path=damaged), _("See whether it was moved."))
    if to.exists():
        raise UserError(_("{path} exists already.").format(path=to), _("Choose another name."))
    if not to.parent.is_dir():
        raise UserError(
            _("The folder {folder} does not exist.").format(folder=to.parent), _("Make it first, or choose another.")
        )
    if backups is None:
        backups = [one.path for one in backups_of(damaged, machine_choices())]
    driver, locked = _driver(damaged)
    sound = [one for one in backups if _is_sound(one, driver)]
    try:
        with tempfile.TemporaryDirectory(prefix=".salvage-", dir=to.parent) as folder:
            like = Path(folder) / "like.sheaf"
            book_files.create_book(like, name="-", country="DE", currency="EUR").close()
            found = rescue(damaged, to, backups=sound, like=like, driver=driver, report=report)
    except OSError as error:
        raise in_words(to, error) from error
    except UserError as error:
        if locked is None:
            raise
        raise UserError(
            _("Nothing can be saved of {path} without a key: it is encrypted or its first page destroyed.").format(
                path=damaged
            ),
            _("Open it once with its recovery passphrase or key; if it never had one, restore the latest backup."),
        ) from error
    left_out = _write_left_out(to, found)
    if report is not None:
        report(0, 0, _("Checking what was saved"))
    with book_files.open_book(to, driver=driver, report=report) as book:
        checked = check(book, report=report)
    return Salvaged(
        to,
        sum(one.read for one in found.tables),
        tuple(one for one in found.tables if not one.whole),
        left_out,
        sound[0] if sound and any(one.from_backup for one in found.tables) else None,
        found.list_from,
        checked.problems,
    )


def free_name_for(damaged: Path) -> Path:
    """Where the saved book may go: beside the damaged one, under a name that no file has."""
    return free_name(damaged, _("saved"))


def _driver(damaged: Path) -> tuple[Driver, Locked | None]:
    """The driver to try, and what to say where nothing can be read by it."""
    try:
        return driver_for(damaged), None
    except Locked as error:
        # A first page of noise looks encrypted; whether it is one, the reading shows.
        return PLAIN, error


def _is_sound(path: Path, driver: Driver) -> bool:
    try:
        with book_files.look_into(path, driver):
            return True
    except UserError:
        return False


def _write_left_out(to: Path, found: Rescue) -> Path | None:
    """Nothing that could be read is thrown away: one JSON object a line."""
    if not found.left_out:
        return None
    path = free_name(to.with_suffix(".jsonl"), _("left out"))
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with unfinished.open("x", encoding="utf-8") as file:
            file.writelines(_line(one) + "\n" for one in found.left_out)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


def _line(one: LeftOut) -> str:
    row = {"table": one.table, "reason": one.reason, "values": one.values}
    return json.dumps(row, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
