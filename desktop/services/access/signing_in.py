"""Coming into a book whose people have passphrases, and leaving it; who came and who was refused is kept."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.access import SignedIn, wait_after
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.access.passphrases import kept_hash, proves

# Before anybody has signed in the door alone is open: it reads, and writes who came.
_DOOR: Final = SignedIn(0, "", "reader")
_MOST_ROWS: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody came `in`, went `out` or was `refused`; `at` is UTC text, `place` the computer's name."""

    id: int
    at: str
    name: str
    outcome: str
    place: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


def who_may_sign_in(book: Book) -> tuple[str, ...]:
    """Names of those who work with the book and have a passphrase, for the page at its door."""
    with _door(book).reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT p.name FROM person p JOIN passphrase w ON w.person_id = p.id WHERE p.active ORDER BY p.name"
        )
        return tuple(str(row[0]) for row in rows)


def book_uid(book: Book) -> str:
    """What tells this book from all others, before anybody has signed in."""
    with _door(book).reading() as session:
        return str(session.connection().exec_driver_sql("SELECT uid FROM book").scalar_one())


def sign_in(book: Book, name: str, passphrase: str) -> SignedIn:
    """Sign a person in: from then on `book` is in their hands.

    UserError where name and passphrase do not belong together, and while a name waits after wrong tries. A book that
    is open for reading only keeps neither who came nor how often it was tried.
    """
    door = _door(book)
    with door.reading() as session:
        connection = session.connection()
        person = connection.exec_driver_sql(
            "SELECT id, name, role, active FROM person WHERE name = ?", (name.strip(),)
        ).fetchone()
        kept = None if person is None or not person.active else kept_hash(connection, person.id)
        wait = _seconds_to_wait(connection, name.strip(), book.clock())
    if wait:
        raise UserError(
            ngettext(
                "After several wrong passphrases this name waits {count} more second.",
                "After several wrong passphrases this name waits {count} more seconds.",
                wait,
            ).format(count=number_text(wait)),
            _("Try again then, or ask an owner for a new passphrase."),
        )
    right = proves(kept, passphrase)
    # What was typed as a name that nobody has may be a passphrase in the wrong field.
    shown = "" if person is None else str(person.name)
    _note(door, None if person is None else person.id, shown, "in" if right else "refused")
    if not right or person is None:
        raise UserError(
            _("Name and passphrase do not belong together."),
            _("Type them again. Who forgot a passphrase is given another by an owner under Settings, People."),
        )
    book.signed_in = SignedIn(person.id, person.name, person.role, book.now)
    return book.signed_in


def sign_out(book: Book) -> None:
    """Let go of the book; who wants it next signs in."""
    who = book.signed_in
    if who is not None and book.guarded:
        _note(book, who.person_id, who.name, "out")
        book.signed_in = None


def must_change(book: Book) -> bool:
    """Whether who is signed in came with a passphrase that serves only once."""
    who = book.signed_in
    if who is None:
        return False
    with book.reading() as session:
        row = session.connection().exec_driver_sql(
            "SELECT must_change FROM passphrase WHERE person_id = ?", (who.person_id,)
        )
        return bool(row.scalar())


def entries(book: Book) -> tuple[Entry, ...]:
    """Who came and who was refused, the latest first."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT id, at, name, outcome, place FROM sign_in ORDER BY id DESC LIMIT ?", (_MOST_ROWS,)
        )
        return tuple(Entry(*row) for row in rows)


def _door(book: Book) -> Book:
    return book if book.signed_in is not None else book.acting(_DOOR)


def _seconds_to_wait(connection: Connection, name: str, now: datetime) -> int:
    wrong, last = 0, None
    for at, outcome in connection.exec_driver_sql(
        "SELECT at, outcome FROM sign_in WHERE name = ? ORDER BY id DESC LIMIT ?", (name, _MOST_ROWS)
    ):
        if outcome == "in":
            break
        if outcome == "refused":
            wrong += 1
            last = last or at
    if last is None:
        return 0
    wait = timedelta(seconds=wait_after(wrong))
    passed = now.astimezone(UTC) - datetime.fromisoformat(last)
    # A clock that was set back must not shut anybody out for longer.
    left = min(wait - passed, wait)
    return max(0, -(-left // timedelta(seconds=1)))


def _note(book: Book, person_id: int | None, name: str, outcome: str) -> None:
    if book.read_only:
        return
    with book.writing() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO sign_in (person_id, name, at, outcome, place) VALUES (?, ?, ?, ?, ?)",
            (person_id, name, book.now, outcome, platform.node()),
        )
