"""What an agreement of the book bills next, for its page and its form."""

from __future__ import annotations

from datetime import date

from db.engine import Book
from desktop.domain.billing.outlook import Upcoming, upcoming
from desktop.services.runs.loading import load_agreements


def outlook(book: Book, agreement_id: int, today: date, count: int = 3) -> tuple[Upcoming, ...]:
    """Its next periods that nothing has charged, oldest first; none for one that is gone."""
    with book.reading() as session:
        loaded = load_agreements(session.connection(), [agreement_id])
    agreement = loaded.agreements.get(agreement_id)
    return upcoming(agreement, loaded.work[agreement_id].charged, today, count) if agreement else ()
