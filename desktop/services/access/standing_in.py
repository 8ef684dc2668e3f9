"""The program acts by the rights of a person who is not there: what a schedule does, somebody set up."""

from __future__ import annotations

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.access import SignedIn
from desktop.errors import UserError
from desktop.i18n import _


def on_behalf(book: Book, name: str) -> Book:
    """The book in the hands of a person as their role stands now, for what they had set up or decided earlier.

    UserError where they do not work with the book any more. A book without passphrases is given as it is.
    """
    if not book.guarded:
        return book
    with book.acting(SignedIn(0, "", "reader")).reading() as session:
        who = _standing(session.connection(), name)
    if who is None:
        raise UserError(
            _("{name}, by whose rights this was to be done, does not work with this book any more.").format(name=name),
            _("Have somebody who may set it up anew."),
        )
    return book.acting(who)


def by_the_clock(book: Book) -> Book:
    """The book in the hands of the program itself, which notes what is due and what came of it, and no more."""
    return book.acting(SignedIn(0, _("Schedule"), "clerk", behalf=True)) if book.guarded else book


def _standing(connection: Connection, name: str) -> SignedIn | None:
    row = connection.exec_driver_sql("SELECT id, name, role FROM person WHERE name = ? AND active", (name,)).fetchone()
    return None if row is None else SignedIn(row[0], row[1], row[2], behalf=True)
