"""A folder whose new files come into the billables by themselves: exports of time trackers, of meters, of shops."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.importing.conventions import Conventions
from desktop.importing.options import DateOrder, TableOptions
from desktop.importing.results import Report
from desktop.services.book_settings import book_settings, set_book_setting
from desktop.services.imports.files import ImportResult, import_file, summary
from desktop.services.imports.recognising import recognise
from desktop.services.sandbox.refusing import refuse_in_sandbox

DONE: Final = "done"
REFUSED: Final = "refused"

WATCHED: Final = "watched_folder"
_ENDINGS: Final = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".xlsm", ".ods", ".xls", ".xlsb"})
# How the writers of files call what is not whole, and what they lay beside an open one.
_UNFINISHED: Final = (".", "~$")
# So many files that were moved aside are looked at again.
_REMEMBERED: Final = 100


@dataclass(frozen=True, slots=True)
class WatchedFolder:
    """`date_order` is how its files write days like 3/4/2026; None leaves it to each file, which must be sure."""

    path: Path | None = None
    on: bool = False
    date_order: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file.

    `state` is imported (some rows were), known (nothing in it was new), refused (nothing could be taken), or waiting
    (another program holds it). `reason` says why it is not imported; `place` is where the file is now.
    """

    name: str
    state: str
    kind: str = ""
    result: ImportResult | None = None
    reason: str = ""
    place: Path | None = None

    @property
    def sentence(self) -> str:
        if self.result is not None and self.state != REFUSED:
            return f"{self.name}: {summary(self.result)}"
        return f"{self.name}: {self.reason}"


def watched_folder(book: Book) -> WatchedFolder:
    value = book_settings(book).get(WATCHED)
    if not isinstance(value, dict) or not value.get("path"):
        return WatchedFolder()
    order = value.get("date_order")
    return WatchedFolder(Path(value["path"]), bool(value.get("on")), order if order in ("dmy", "mdy", "ymd") else None)


def set_watched_folder(book: Book, folder: WatchedFolder, *, actor: str) -> None:
    """Raises UserError where it is switched on and cannot be read and written."""
    if folder.on:
        check_folder(folder.path)
    kept = None
    if folder.path is not None:
        kept = {"path": str(folder.path), "on": folder.on, "date_order": folder.date_order}
    set_book_setting(book, WATCHED, kept, actor=actor)


def check_folder(path: Path | None) -> Path:
    """The folder, if files can come into the book from there. UserError else."""
    if path is None:
        raise UserError(_("No folder is chosen."), _("Choose the folder into which the exports are saved."))
    if not path.is_dir():
        raise UserError(
            _("There is no folder {path}.").format(path=path), _("Make it, or choose another one to watch.")
        )
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise UserError(
            _("The folder {path} may not be read and written.").format(path=path),
            _("Choose a folder of your own: files that were imported are moved within it."),
        )
    return path


class _Sight(NamedTuple):
    size: int
    changed_ns: int


class Watch:
    """Looks into a folder again and again. A file counts as whole once two looks saw it unchanged.

    Files that stay where they are, since they cannot be moved, are remembered as long as the watch lives.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[str, _Sight] = {}
        self._handled: dict[str, _Sight] = {}
        self._aside: dict[Path, int] = {}

    def look(self) -> Sequence[Path]:
        """The files that were whole already at the look before, by name. UserError where the folder is gone."""
        self._bring_back()
        now: dict[str, _Sight] = {}
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if self._is_offered(entry):
                        found = entry.stat()
                        now[entry.name] = _Sight(found.st_size, found.st_mtime_ns)
                held = {entry.name for entry in os.scandir(self.folder) if entry.name.startswith(_UNFINISHED)}
        except FileNotFoundError:
            if self.folder.is_dir():
                # A file went away between the listing and the look at it.
                return []
            check_folder(self.folder)
            raise
        except OSError as error:
            raise UserError(
                _("The folder {path} cannot be read: {reason}.").format(
                    path=self.folder, reason=error.strerror or error
                ),
                _("Check that it is there and that you may read it."),
            ) from error
        ripe = [
            self.folder / name
            for name, sight in sorted(now.items())
            if sight.size
            and self._seen.get(name) == sight
            and self._handled.get(name) != sight
            and not any(lock in held for lock in (f"~${name}", f"~${name[2:]}", f".~lock.{name}#"))
        ]
        self._seen = now
        return ripe

    def handled(self, path: Path, taken: Taken) -> None:
        """Do not offer this file again while it stays as it is, and notice if a slow writer goes on with it."""
        sight = self._seen.get(path.name)
        if sight is not None:
            self._handled[path.name] = sight
            if taken.place not in (None, path):
                self._aside[taken.place] = sight.size
                while len(self._aside) > _REMEMBERED:
                    del self._aside[next(iter(self._aside))]

    def _bring_back(self) -> None:
        """A file that grew after it was moved aside was not whole: it is looked at again."""
        for place, size in list(self._aside.items()):
            original = self.folder / place.name
            with suppress(OSError):
                if place.stat().st_size != size and not original.exists():
                    place.rename(original)
                    del self._aside[place]

    @property
    def waiting(self) -> int:
        """How many files are there of which the next look may say that they are whole."""
        return sum(1 for name, sight in self._seen.items() if self._handled.get(name) != sight)

    def _is_offered(self, entry: os.DirEntry[str]) -> bool:
        return (
            not entry.name.startswith(_UNFINISHED) and Path(entry.name).suffix.lower() in _ENDINGS and entry.is_file()
        )


def take_in(
    book: Book,
    path: Path,
    *,
    actor: str,
    today: date,
    report: Report,
    date_order: DateOrder | None = None,
) -> Taken:
    """Bring one file into the billables and move it aside, with a report beside it. Nothing is ever imported twice."""
    refuse_in_sandbox(book)
    try:
        content = path.read_bytes()
    except OSError as error:
        return Taken(
            path.name, "waiting", reason=_("It cannot be read yet: {reason}.").format(reason=error.strerror or error)
        )
    earlier = _imported_before(book, content)
    if earlier:
        taken = Taken(path.name, "known", reason=earlier)
    else:
        taken = _import(book, path, content, TableOptions(date_order=date_order), actor, today, report)
    return _moved(taken, path)


def _imported_before(book: Book, content: bytes) -> str:
    """Says that this very file came in before, whole; one of which rows were rejected may be tried again."""
    with book.reading() as session:
        row = (
            session.connection()
            .exec_driver_sql(
                "SELECT file_name, at FROM import_batch WHERE file_digest = ? AND NOT rejected ORDER BY id LIMIT 1",
                (hashlib.sha256(content).hexdigest(),),
            )
            .fetchone()
        )
    if row is None:
        return ""
    return _("the same file was imported on {day} as “{name}”.").format(
        name=row[0], day=date_text(date.fromisoformat(row[1][:10]))
    )


def _import(
    book: Book, path: Path, content: bytes, options: TableOptions, actor: str, today: date, report: Report
) -> Taken:
    kind = ""
    try:
        with book.reading() as session:
            file = recognise(session, content, path.name, options)
        kind = file.kind
        _refuse_doubt(file.conventions, path.name)
        result = import_file(
            book, kind, content, options=options, actor=actor, today=today, report=report, name=path.name
        )
    except UserError as error:
        return Taken(path.name, REFUSED, kind, reason=str(error))
    if result.imported:
        return Taken(path.name, "imported", kind, result)
    if result.rejected:
        reason = _("No row could be taken: {count} rejected.").format(count=result.rejected_rows)
        return Taken(path.name, REFUSED, kind, result, reason)
    return Taken(path.name, "known", kind, result, _("all of it is in the book already."))


def _refuse_doubt(conventions: Conventions, name: str) -> None:
    """Nobody is there to confirm a guess at days and amounts."""
    for found in (*conventions.orders.values(), *conventions.decimals.values()):
        if not found.sure:
            raise UserError(
                found.words,
                _("Say for the watched folder how its files write dates, or import “{name}” by hand.").format(
                    name=name
                ),
            )


def _moved(taken: Taken, path: Path) -> Taken:
    aside = path.parent / (REFUSED if taken.state == REFUSED else DONE)
    try:
        aside.mkdir(exist_ok=True)
        place = _free(aside, path)
        path.rename(place)
        place.with_name(place.name + ".report.txt").write_text(_report_text(taken), encoding="utf-8")
    except OSError:
        # It stays, and what is in the book already comes in no second time.
        place = path
    return Taken(taken.name, taken.state, taken.kind, taken.result, taken.reason, place)


def _free(folder: Path, path: Path) -> Path:
    """A name in the folder that no other file has."""
    names = (path.name if number == 1 else f"{path.stem} ({number}){path.suffix}" for number in count(1))
    return next(folder / name for name in names if not (folder / name).exists())


def _report_text(taken: Taken) -> str:
    lines = [taken.sentence]
    if taken.result is not None:
        lines += [
            _("Row {row}, {column} “{value}”: {problem} {remedy}").format(
                row=one.row, column=one.column, value=one.value, problem=one.problem, remedy=one.remedy
            )
            for one in taken.result.rejected
        ]
        lines += [note.text for note in taken.result.notes]
    return "\n".join(lines) + "\n"
