"""What file systems say when they refuse, in words; and names that survive a power cut."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from db.refusals import as_user_error, write_protected
from desktop.errors import UserError
from desktop.i18n import _


class DamagedBook(UserError):
    """The file is broken: restoring a backup or saving what can be read helps, and nothing else does."""


def in_words(path: Path, error: BaseException) -> BaseException:
    """The error as the user can read it, or the error itself where it is a bug."""
    if isinstance(error, UserError):
        return error
    name = str(getattr(error, "sqlite_errorname", ""))
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return damaged(path, str(error))
    if isinstance(error, UnicodeDecodeError):
        # SQLite's complaint quotes a name out of the damaged file.
        said = error.object.decode("utf-8", "replace")
        return damaged(path, "".join(sign if sign.isprintable() else "\ufffd" for sign in said))
    if isinstance(error, OSError):
        return _of_the_disk(path, error)
    return as_user_error(error) or error


def damaged(path: Path, detail: str) -> DamagedBook:
    """`detail` continues the sentence."""
    return DamagedBook(
        _("{path} is damaged: {detail}.").format(path=path, detail=detail),
        _("Keep a copy of the file as it is, and restore the latest backup."),
    )


def _of_the_disk(path: Path, error: OSError) -> UserError:
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return write_protected(path)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return UserError(
            _("The disk is full: there is no room for {path}.").format(path=path), _("Free some space and try again.")
        )
    return UserError(
        _("{path} cannot be read or written: {error}.").format(path=path, error=error.strerror or error),
        _("See that the disk is connected and that the path is right."),
    )


def sync_folder(folder: Path) -> None:
    """Only then does a new name survive a power cut; Windows has no such call."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def free_name(path: Path, words: str) -> Path:
    """A name beside `path` that says what the file is and that no file has: "Harbour replaced 2.sheaf"."""
    number = 1
    while True:
        extra = f" {number}" if number > 1 else ""
        name = path.with_name(f"{path.stem} {words}{extra}{path.suffix}")
        if not name.exists():
            return name
        number += 1
