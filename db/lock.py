"""One process a book: a lock of the operating system on a file beside it, which dies with its process.

The file also says who holds the book and where that process takes commands. No Qt, so that a command starts fast.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

# Windows forbids reading what is locked, so the lock lies far behind the text.
_FAR = 1 << 30


class BookIsHeld(Exception):
    """Another opening holds the book; `holder` is what it wrote about itself."""

    def __init__(self, holder: Mapping[str, str]) -> None:
        super().__init__(str(dict(holder)))
        self.holder = holder


def lock_path(book: Path) -> Path:
    """Where the lock of a book lies, whichever way the path to the book is written."""
    real = book.resolve()
    return real.with_name(f".{real.name}.lock")


class BookLock:
    """Held from construction to `release`. Raises BookIsHeld, or OSError where the folder takes no file."""

    def __init__(self, book: Path) -> None:
        self._path = lock_path(book)
        self._about = {"pid": str(os.getpid()), "host": socket.gethostname()}
        while True:
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            if not _try_lock(self._handle):
                os.close(self._handle)
                raise BookIsHeld(holder(book))
            if self._is_still_there():
                break
            # Its last owner removed the file between our opening and our locking it.
            os.close(self._handle)
        try:
            self._write()
        except OSError:
            self.release()
            raise

    def publish(self, more: Mapping[str, str]) -> None:
        """Add to what the file says about the holder."""
        self._about.update(more)
        self._write()

    def release(self) -> None:
        """Let go and leave nothing behind."""
        if sys.platform == "win32":
            # An open file cannot be removed there; if another process took it meanwhile, it stays.
            os.close(self._handle)
            with contextlib.suppress(OSError):
                self._path.unlink()
        else:
            with contextlib.suppress(OSError):
                self._path.unlink()
            os.close(self._handle)

    def _is_still_there(self) -> bool:
        if sys.platform == "win32":
            return True
        try:
            there = self._path.stat()
        except FileNotFoundError:
            return False
        mine = os.fstat(self._handle)
        return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)

    def _write(self) -> None:
        text = json.dumps(self._about).encode()
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.ftruncate(self._handle, 0)
        os.write(self._handle, text)


def holder(book: Path) -> dict[str, str]:
    """What the lock beside a book says, perhaps of a dead process; empty where there is none or it says nothing yet."""
    try:
        found = json.loads(lock_path(book).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in found.items()} if isinstance(found, dict) else {}


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
