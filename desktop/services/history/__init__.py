"""The story of one thing: what the log says of it and of what belongs to it, and what was booked for it."""

from __future__ import annotations

from dataclasses import dataclass

from db.engine import Book
from desktop.services.history.bookings import booked
from desktop.services.history.deliveries import delivered
from desktop.services.history.entry import HistoryEntry
from desktop.services.history.events import logged
from desktop.services.history.reminders import reminded

__all__ = ["History", "HistoryEntry", "history"]


@dataclass(frozen=True, slots=True)
class History:
    """A page of a story; `more` tells whether something older follows."""

    entries: tuple[HistoryEntry, ...]
    more: bool


def history(book: Book, subject: str, subject_id: int, *, limit: int = 50, skip: int = 0) -> History:
    """What happened to one thing, newest first; `subject` is its table, of whatever kind.

    Of a client that is also what was agreed with it, issued to it, paid, promised, disputed and held by it, what it was
    reminded of, what was noted at it and its documents, and the same of the clients merged into it; of an agreement its
    lines, prices and milestones; of a document what settled it, how it went out and how it was reminded.
    """
    wanted = skip + limit + 1
    with book.reading() as session:
        connection = session.connection()
        found = [
            *logged(connection, subject, subject_id, wanted),
            *booked(connection, subject, subject_id, wanted),
            *delivered(connection, subject, subject_id, wanted),
            *reminded(connection, subject, subject_id, wanted),
        ]
    # Within one moment what is booked comes after what began it.
    found.sort(key=lambda one: (one.at, one.change_set is None, one.change_set or 0), reverse=True)
    return History(tuple(found[skip : skip + limit]), len(found) > skip + limit)
