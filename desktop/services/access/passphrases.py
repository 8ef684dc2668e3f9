"""Passphrases of people: set, changed, given anew by an owner, taken away; the book keeps Argon2id's word for each."""

from __future__ import annotations

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, select

from db.engine import Book
from db.schema import Passphrase, Person
from desktop.domain.access import LONGEST, SHORTEST, SignedIn, is_weak
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import Change, change
from desktop.services.records import found

# RFC 9106 section 4, where memory is shared with other programs: 64 MiB, three passes, about a sixth of a second.
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


def set_passphrase(book: Book, person_id: int, passphrase: str, *, actor: str, must_change: bool = False) -> None:
    """Give a person a passphrase. The first one of the book is an owner's, and signs that owner in.

    With `must_change` it serves once: the person chooses another when signing in. UserError for one that is too short
    or easily guessed, and where somebody would guard the book before an owner can.
    """
    first = not book.guarded
    with change(book, actor, "", undoable=False) as made:
        person = _person(made, person_id)
        _check(passphrase, person.name)
        if not person.active:
            raise UserError(
                _("{name} does not work with this book any more.").format(name=person.name),
                _("Let them sign in again first, under Settings, People."),
            )
        if first and person.role != "owner":
            raise UserError(
                _("The first passphrase of a book is an owner's: {name} is none.").format(name=person.name),
                _("Give an owner a passphrase first; owners give the others theirs."),
            )
        _keep(made, person.id, _HASHER.hash(_normal(passphrase)), must_change)
        made.summary = _("Set the passphrase of {name}").format(name=person.name)
        made.record("person", person.id, "passphrase_set", None, {"must_change": must_change})
    if first:
        book.signed_in = SignedIn(person.id, person.name, person.role, book.now)
        book.guarded = True


def change_own(book: Book, old: str, new: str) -> None:
    """Change the passphrase of who is signed in. UserError where the old one is wrong, or the new one too weak."""
    who = book.signed_in
    if who is None:
        raise UserError(_("Nobody has signed in."), _("Sign in with your name and passphrase."))
    with book.reading() as session:
        kept = kept_hash(session.connection(), who.person_id)
    if not proves(kept, old):
        raise UserError(_("That is not your present passphrase."), _("Type it again; an owner can give you another."))
    if _normal(old) == _normal(new):
        raise UserError(_("The new passphrase is the old one."), _("Choose another."))
    set_passphrase(book, who.person_id, new, actor=who.name)


def take_away(book: Book, person_id: int, *, actor: str) -> None:
    """Without a passphrase a person cannot sign in. UserError for the last owner's while others have one.

    With the last one of all, the book is open to everyone again.
    """
    with change(book, actor, "", undoable=False) as made:
        person = _person(made, person_id)
        made.connection.exec_driver_sql("DELETE FROM passphrase WHERE person_id = ?", (person_id,))
        made.summary = _("Take away the passphrase of {name}").format(name=person.name)
        made.record("person", person_id, "passphrase_gone")
        left = made.connection.exec_driver_sql("SELECT count(*) FROM passphrase").scalar_one()
    book.guarded = left > 0


def open_to_everyone(book: Book, *, actor: str) -> None:
    """Take every passphrase away: whoever has the file works with it again, as before the first was set."""
    with change(book, actor, _("Let everyone in without a passphrase"), undoable=False) as made:
        made.connection.exec_driver_sql("DELETE FROM passphrase")
        made.record("person", None, "passphrases_gone")
    book.guarded = False


def with_passphrase(book: Book) -> frozenset[int]:
    """Who has a passphrase, by the person's id."""
    with book.reading() as session:
        return frozenset(session.scalars(select(Passphrase.person_id)))


def kept_hash(connection: Connection, person_id: int) -> str | None:
    row = connection.exec_driver_sql("SELECT hash FROM passphrase WHERE person_id = ?", (person_id,)).fetchone()
    return None if row is None else str(row[0])


def proves(kept: str | None, passphrase: str) -> bool:
    """Whether it is the passphrase; without one kept it takes as long, so that time tells nobody who has one."""
    if kept is None:
        _HASHER.hash(_normal(passphrase[:LONGEST]))
        return False
    try:
        return _HASHER.verify(kept, _normal(passphrase[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False


def _normal(passphrase: str) -> str:
    # Keyboards write the same letter as one sign or as two.
    return unicodedata.normalize("NFKC", passphrase)


def _check(passphrase: str, name: str) -> None:
    if len(passphrase) < SHORTEST:
        raise UserError(
            _("A passphrase has at least {count} characters.").format(count=SHORTEST),
            _("Take a few words that only you put together."),
        )
    if len(passphrase) > LONGEST:
        raise UserError(_("A passphrase has at most {count} characters.").format(count=LONGEST))
    if is_weak(passphrase, name):
        raise UserError(_("This passphrase is guessed at once."), _("Take a few words that only you put together."))


def _person(made: Change, person_id: int) -> Person:
    person: Person = found(made.session, Person, person_id, _("The person"))
    return person


def _keep(made: Change, person_id: int, hashed: str, must_change: bool) -> None:
    # Past the log of changes, which must never hold it.
    made.connection.exec_driver_sql(
        """INSERT INTO passphrase (person_id, hash, set_at, must_change) VALUES (?, ?, ?, ?)
        ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, set_at = excluded.set_at,
        must_change = excluded.must_change""",
        (person_id, hashed, made.at, must_change),
    )
