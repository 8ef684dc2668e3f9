"""What the system is asked to do for a book: call one command at every time at which something may be due."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop.domain.schedule import Times
from desktop.errors import UserError
from desktop.i18n import _

_DIGITS: Final = 10


@dataclass(frozen=True, slots=True)
class Entry:
    """`name` is the same for the same path, and safe in file names; `command` is an absolute program with what it is
    given."""

    name: str
    book: Path
    command: tuple[str, ...]
    times: tuple[Times, ...]

    @property
    def title(self) -> str:
        """What people see of it in the tools of their system."""
        return f"Sheaf: {self.book.name}"


def entry_of(book: Path, times: Iterable[Times], program: tuple[str, ...] | None = None) -> Entry:
    """The entry of a book. UserError for a path that no system can be told."""
    path = book.resolve()
    command = (*(program or program_here()), "due", str(path))
    for part in command:
        if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in part):
            raise UserError(
                _("{path} has signs in its name that the system's schedule cannot hold.").format(
                    path=part.encode(errors="backslashreplace").decode()
                ),
                _("Rename the file or its folder without line breaks and control signs."),
            )
    plain = unicodedata.normalize("NFKD", path.stem).encode("ascii", "ignore").decode()
    word = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:24].strip("-")
    mark = hashlib.sha256(str(path).encode()).hexdigest()[:_DIGITS]
    return Entry("-".join(filter(None, ("sheaf", word, mark))), path, command, tuple(dict.fromkeys(times)))


def program_here() -> tuple[str, ...]:
    """How this program is called from outside, by a path that stays when it is updated in its place.

    Links are not followed: behind them stands a version.
    """
    if getattr(sys, "frozen", False):
        return (os.environ.get("APPIMAGE") or sys.executable,)
    windows = sys.platform == "win32"
    launcher = Path(sys.executable).with_name("sheaf.exe" if windows else "sheaf")
    if launcher.is_file():
        return (str(launcher),)
    module = (sys.executable, "-m", "desktop")
    # Called from a checkout that is installed nowhere; only there must it be told where it lies.
    return module if windows else ("/usr/bin/env", f"PYTHONPATH={Path(__file__).resolve().parents[4]}", *module)
