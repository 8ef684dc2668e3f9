"""What changes or unlocks a book as a file asks for an owner, where its people sign in.

No connection of the book is there to hold such work to anybody's rights: it stands in the place of the file itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from db.book_files import look_into
from db.engine import has_passphrases
from db.guard import NotAllowed, SignInNeeded
from desktop.domain.access import SignedIn, may
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.encryption.opening import driver_for


def asks_for_owner(*paths: Path) -> Path | None:
    """The first of these books that can be read, if its people sign in; None where nobody has to.

    Name the book before the backup that is to stand in its place: a damaged book's people stand in its backup.
    """
    for path in paths:
        if not path.exists():
            continue
        try:
            with look_into(path, driver_for(path)) as connection:
                return path if has_passphrases(connection) else None
        except UserError:
            continue
    return None


def refuse_unless_owner(who: SignedIn | None, *paths: Path) -> None:
    """SignInNeeded or NotAllowed where `asks_for_owner` names a book and `who` is no owner of it."""
    path = asks_for_owner(*paths)
    if path is None:
        return
    if who is None:
        raise SignInNeeded(
            _("The people of {name} sign in; an owner of the book does this.").format(name=path.name),
            _("Sign in as an owner; in a command by --as NAME."),
        )
    with look_into(path, driver_for(path)) as connection:
        if not _is_owner(connection, who):
            raise NotAllowed(who, "people")


def _is_owner(connection: sqlite3.Connection, who: SignedIn) -> bool:
    rows: Iterable[tuple[str]] = connection.execute(
        "SELECT role FROM person WHERE id = ? AND name = ? AND active", (who.person_id, who.name)
    )
    return any(may(role, "people") for (role,) in rows)
