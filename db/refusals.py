"""What SQLite says when it refuses, in words for the user; what is left untold is a bug."""

from __future__ import annotations

from pathlib import Path

from db.triggers import RULES
from desktop.errors import UserError
from desktop.i18n import _


class BookUnusable(UserError):
    """The book takes no writes at all, whatever is written: doing the rest of a run one by one is no help."""


def as_user_error(error: BaseException | None) -> UserError | None:
    """The user's side of a database error, or None where the program is at fault."""
    # Extended codes continue the name: SQLITE_READONLY_DIRECTORY, SQLITE_IOERR_WRITE.
    name = str(getattr(error, "sqlite_errorname", ""))
    text = str(error)
    # SQLCipher's module tells no more than SQLITE_CONSTRAINT; a trigger's own words are in the rules, nothing else is.
    if name in ("SQLITE_CONSTRAINT_TRIGGER", "SQLITE_CONSTRAINT"):
        remedy = RULES.get(text)
        return None if remedy is None else UserError(_(text), _(remedy))
    if name.startswith("SQLITE_FULL"):
        return BookUnusable(
            _("The disk is full. What was just asked for was not saved; everything before it is."),
            _("Free some space on the disk of the book and do it again."),
        )
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return BookUnusable(
            _("Another program is using the book right now."),
            _("Close it there, or try again in a moment."),
        )
    if name.startswith("SQLITE_READONLY"):
        return write_protected(None)
    if name.startswith(("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_PROTOCOL")):
        return BookUnusable(
            _("The disk of the book reported an error ({error}). What was just asked for was not saved.").format(
                error=text
            ),
            _("See that the disk is connected and has space, then do it again."),
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return BookUnusable(
            _("The book's file is damaged ({error}).").format(error=text),
            _("Keep a copy of the file as it is, and restore the latest backup."),
        )
    return None


def write_protected(path: Path | None) -> UserError:
    """The book, or its folder, allows reading only."""
    if path is None:
        message = _("The book is write-protected; it can be read, not changed.")
    else:
        message = _("{path} is write-protected; it can be read, not changed.").format(path=path)
    return BookUnusable(message, _("Lift the protection of the file and its folder, or work on a copy elsewhere."))


def not_folded(path: Path, error: BaseException) -> UserError:
    """Said when a book is closed on a disk that takes no more: what was saved stays saved, in two files."""
    return UserError(
        _("The disk took no more while {name} was being closed ({error}). Everything that was saved is safe.").format(
            name=path.name, error=error
        ),
        _("Keep {name} and the file {rest} beside it together, free some space, and open the book again.").format(
            name=path.name, rest=f"{path.name}-wal"
        ),
    )
