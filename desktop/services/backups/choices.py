"""What is chosen of backups: for all books of this computer, and for one book instead of that."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from db.engine import Book
from db.guard import refuse_without_right
from desktop.domain.access import SignedIn
from desktop.domain.rotation import Rotation
from desktop.errors import UserError
from desktop.i18n import _
from desktop.paths import config_dir, data_dir
from desktop.services.book_settings import book_settings, keep_setting
from desktop.services.changes import change

# Keys of the book's settings.
PREFIX: Final = "backup."
_NUMBERS: Final = ("daily", "weekly", "monthly")
_MOST: Final = {"daily": 90, "weekly": 104, "monthly": 240}


@dataclass(frozen=True, slots=True)
class Choices:
    """`folder` None is the program's own; `second` is another place that each backup is copied to, if there is one."""

    automatic: bool = True
    folder: Path | None = None
    second: Path | None = None
    rotation: Rotation = field(default_factory=Rotation)


def own_folder() -> Path:
    """Where backups go when nothing else is chosen."""
    return data_dir() / "backups"


def _file() -> Path:
    return config_dir() / "backups.json"


def machine_choices() -> Choices:
    """Those of this computer. What cannot be read counts as not chosen."""
    return _choices(_written(), Choices())


def is_automatic() -> bool:
    """Whether this computer makes backups by itself; asked before a book is even looked at."""
    return machine_choices().automatic


def choices_of(book: Book) -> Choices:
    """What holds for a book: its own choices, and those of this computer for the rest."""
    own = {key.removeprefix(PREFIX): value for key, value in book_settings(book).items() if key.startswith(PREFIX)}
    return _choices(own, machine_choices())


def has_own(book: Book) -> bool:
    """Whether a book has choices of its own."""
    names = {"folder", "second", "automatic", *_NUMBERS}
    return any(key.removeprefix(PREFIX) in names for key in book_settings(book) if key.startswith(PREFIX))


def keep_machine_choices(choices: Choices, *, who: SignedIn | None = None) -> None:
    """For every book of this computer, in the name of `who` has signed in to the one that is open.

    UserError for a folder that is none, and where they may not configure the book.
    """
    refuse_without_right(who, "configure")
    _check(choices)
    file = _file()
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        unfinished.write_text(json.dumps(_values(choices), indent=1), encoding="utf-8")
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def keep_own_choices(book: Book, choices: Choices | None, *, actor: str) -> None:
    """For one book, on whatever computer; None goes back to those of the computer. UserError as above."""
    if choices is not None:
        _check(choices)
    values = _values(choices) if choices is not None else dict.fromkeys(_values(Choices()))
    with change(book, actor, _("Choose where backups go")) as made:
        for name, value in values.items():
            keep_setting(made, PREFIX + name, value)


def _check(choices: Choices) -> None:
    for folder in (choices.folder, choices.second):
        if folder is None:
            continue
        if not folder.is_dir():
            raise UserError(
                _("The folder {folder} does not exist.").format(folder=folder),
                _("Make it, connect its disk, or choose another."),
            )
        if not os.access(folder, os.W_OK):
            raise UserError(
                _("Nothing can be written into {folder}.").format(folder=folder), _("Choose another folder.")
            )
    if choices.second is not None and choices.second == (choices.folder or own_folder()):
        raise UserError(
            _("The second place is the same folder as the first."), _("Choose a folder on another disk, or none.")
        )
    for name in _NUMBERS:
        number = getattr(choices.rotation, name)
        if not 0 <= number <= _MOST[name]:
            raise UserError(
                _("{number} is too many or too few backups to keep.").format(number=number),
                _("Choose a number from 0 to {most}.").format(most=_MOST[name]),
            )


def _values(choices: Choices) -> dict[str, Any]:
    return {
        "automatic": choices.automatic,
        "folder": str(choices.folder) if choices.folder else "",
        "second": str(choices.second) if choices.second else "",
        **{name: getattr(choices.rotation, name) for name in _NUMBERS},
    }


def _written() -> Mapping[str, Any]:
    try:
        found = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _choices(found: Mapping[str, Any], otherwise: Choices) -> Choices:
    def folder(name: str, standing: Path | None) -> Path | None:
        value = found.get(name)
        if not isinstance(value, str):
            return standing
        return Path(value) if value else None

    def number(name: str) -> int:
        value = found.get(name)
        usual: int = getattr(otherwise.rotation, name)
        return value if type(value) is int and 0 <= value <= _MOST[name] else usual

    automatic = found.get("automatic")
    return Choices(
        automatic if isinstance(automatic, bool) else otherwise.automatic,
        folder("folder", otherwise.folder),
        folder("second", otherwise.second),
        Rotation(number("daily"), number("weekly"), number("monthly")),
    )
