"""Where the backups of a book lie, what their names say, and which of them rotation takes away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from db import book_files
from db.engine import Book
from desktop.domain.rotation import Moment, Rotation, staying
from desktop.errors import UserError
from desktop.services.backups.choices import Choices, own_folder
from desktop.services.encryption.opening import Locked, driver_for

_ID = 8
_NAME = re.compile(r" (?P<at>\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d) (?P<why>[a-z]+)(?: \d+)?\.sheaf$")
_TIME = "%Y-%m-%d %H.%M.%S"


class Why(Enum):
    """What a backup was made at; the word stands in its name."""

    CLOSED = "closed"
    DAILY = "daily"
    ASKED = "asked"


_BY_ITSELF = (Why.CLOSED, Why.DAILY)


@dataclass(frozen=True, slots=True)
class Kept:
    """A backup on the shelf; `at` by the clock on the wall, `why` None for one that another hand put there."""

    path: Path
    at: datetime
    why: Why | None
    size: int


def identity(book: Book) -> str:
    """What a book is known by, wherever it lies and however it is called."""
    with book.reading() as session:
        return str(session.connection().exec_driver_sql("SELECT uid FROM book").scalar_one())


def folder_for(path: Path, identity: str, root: Path) -> Path:
    """The folder of one book's backups below `root`; two books of one name have two."""
    return root / f"{path.stem} {identity[:_ID]}"


def name_for(path: Path, at: datetime, why: Why) -> str:
    return f"{path.stem} {at.strftime(_TIME)} {why.value}.sheaf"


def shelf(folder: Path) -> list[Kept]:
    """The backups in one folder, the newest first."""
    found = []
    for path in _books_in(folder):
        match = _NAME.search(path.name)
        if match is None:
            continue
        words = {one.value: one for one in Why}
        found.append(Kept(path, datetime.strptime(match["at"], _TIME), words.get(match["why"]), path.stat().st_size))
    return sorted(found, key=lambda one: (one.at, one.path.name), reverse=True)


def backups_of(path: Path, choices: Choices, identity: str = "") -> list[Kept]:
    """All that is known of a book, the newest first: on the shelves, and what was put aside beside the book.

    Without `identity` the book cannot say who it is, since it is damaged: its name has to do.
    """
    found: dict[Path, Kept] = {}
    for root in (choices.folder or own_folder(), choices.second, own_folder()):
        if root is None:
            continue
        pattern = f"* {identity[:_ID]}" if identity else f"{_plain(path.stem)} {'[0-9a-f]' * _ID}"
        for folder in sorted(_folders(root, pattern)):
            found |= {one.path: one for one in shelf(folder)}
    for one in _beside(path):
        found.setdefault(one.path, one)
    return sorted(found.values(), key=lambda one: one.at, reverse=True)


def leaving(folder: Path, rotation: Rotation) -> list[Kept]:
    """Those that rotation no longer keeps, the oldest first."""
    there = shelf(folder)
    moments = {one.path: Moment(one.at, one.why not in _BY_ITSELF) for one in there}
    stay = staying(set(moments.values()), rotation)
    return [one for one in reversed(there) if moments[one.path] not in stay]


def _beside(path: Path) -> Iterator[Kept]:
    """What upgrades and earlier restores have put aside, and copies by hand with the book's name."""
    for other in _books_in(path.parent):
        if other != path and other.stem.startswith(f"{path.stem} ") and _NAME.search(other.name) is None:
            try:
                with book_files.look_into(other, driver_for(other)):
                    pass
            except Locked:
                # It asks for its key once it is wanted.
                pass
            except UserError:
                continue
            stat = other.stat()
            yield Kept(other, datetime.fromtimestamp(stat.st_mtime).replace(microsecond=0), None, stat.st_size)


def _books_in(folder: Path) -> Iterator[Path]:
    try:
        yield from (one for one in sorted(folder.glob("*.sheaf")) if one.is_file() and not one.name.startswith("."))
    except OSError:
        return


def _folders(root: Path, pattern: str) -> list[Path]:
    try:
        return [one for one in root.glob(pattern) if one.is_dir()]
    except OSError:
        return []


def _plain(text: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", text)
