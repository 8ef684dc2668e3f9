"""How far a sender came, in a file beside the book: so that after its death the mails that it had taken, but not begun,
go on by themselves.

A line costs a hundredth of a commit, and outlives the process that wrote it. It does not outlive the computer's power:
what is missing proves something only as long as the computer has not been started anew. What stands there is true
always.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from desktop.errors import UserError
from desktop.i18n import _

_BOOT: Final = "boot"
_CLAIMED: Final = "claimed"
_BEGUN: Final = "begun"
_TAKEN: Final = "taken"
_BOOT_FILE: Final = Path("/proc/sys/kernel/random/boot_id")


class Marks:
    """The file of one sender, there until it ends in good order; for several threads. Mails are named by their
    Message-ID."""

    def __init__(self, book: Path) -> None:
        """UserError where the file cannot be made."""
        self._path = _beside(book)
        boot = this_start()
        self.trusted = bool(boot)
        """Whether what is missing will prove anything."""
        self._whole = True
        self._guard = threading.Lock()
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0)
            self._file: int | None = os.open(self._path, flags, 0o600)
        except OSError as error:
            raise _unwritable(self._path, error) from error
        self._add(_BOOT, boot)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def remove(self) -> None:
        """Once the book says of each mail what became of it."""
        self._close()
        self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        with self._guard:
            if self._file is not None:
                os.close(self._file)
            self._file = None

    def claimed(self, message_ids: Iterable[str]) -> None:
        """These will be taken by the transaction that is open. UserError where it cannot be noted."""
        self._add(_CLAIMED, *message_ids)

    def begun(self, message_id: str) -> None:
        """From now on the server may have this one. UserError where it cannot be noted."""
        self._add(_BEGUN, message_id)

    def taken(self, message_id: str, code: int | None, answer: str) -> None:
        """The server has it."""
        # The answer is in mind and goes to the book next; who begins another mail hears of the trouble.
        with contextlib.suppress(UserError):
            self._add(_TAKEN, message_id, code, answer)

    def _add(self, *told: object) -> None:
        line = json.dumps(told).encode() + b"\n"
        try:
            with self._guard:
                # A line after half a line would be lost with it.
                whole, self._whole = self._whole, False
                if not whole or self._file is None or os.write(self._file, line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                self._whole = True
        except OSError as error:
            raise _unwritable(self._path, error) from error


@dataclass(slots=True)
class Found:
    """What a dead sender left: mails that were surely not begun, and those that were taken, with code and answer."""

    untouched: set[str] = field(default_factory=set)
    taken: dict[str, tuple[int | None, str]] = field(default_factory=dict)


def found_beside(book: Path) -> Found:
    """What the file of a dead sender proves; nothing where there is none."""
    found = Found()
    try:
        *lines, _cut_off = _beside(book).read_bytes().split(b"\n")
    except OSError:
        return found
    trusted = False
    for line in lines:
        match _told(line):
            case [kind, str(boot)] if kind == _BOOT:
                trusted = bool(boot) and boot == this_start()
            case [kind, *ids] if kind == _CLAIMED:
                found.untouched.update(map(str, ids))
            case [kind, str(one)] if kind == _BEGUN:
                found.untouched.discard(one)
            case [kind, str(one), (int() | None) as code, str(answer)] if kind == _TAKEN:
                found.taken[one] = code, answer
            case _:
                # A disk that lost its power may hold anything.
                trusted = False
    if not trusted:
        found.untouched.clear()
    return found


def forget(book: Path) -> None:
    """Remove what a dead sender left, once the book says it all."""
    _beside(book).unlink(missing_ok=True)


def _beside(book: Path) -> Path:
    return book.with_name(f"{book.name}-sending")


def this_start() -> str:
    """A name of the computer's running since it was last started; empty where the system gives none."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            return _BOOT_FILE.read_text(encoding="ascii").strip()
    return ""


def _told(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def _unwritable(path: Path, error: OSError) -> UserError:
    return UserError(
        _("“{file}” cannot be written: {reason}.").format(file=path, reason=error.strerror or error),
        _("Nothing was lost. Make room on the disk, or allow writing in this folder, and send again."),
    )
