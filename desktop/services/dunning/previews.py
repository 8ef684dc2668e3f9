"""What a reminder looks like on paper: as it went, or as it would go now; and the levels that it may be given."""

from __future__ import annotations

from db.engine import Book
from desktop.services.dunning.letters import reminder_letter
from desktop.services.dunning.levels import Level, levels_of
from desktop.services.dunning.runs import reminder_row
from desktop.services.files import stored_file
from desktop.services.letters.files import letter_pdf


def reminder_pdf(book: Book, reminder_id: int) -> bytes:
    """The letter that went, byte for byte; else the one that would go now. UserError where it is not there any more."""
    row = reminder_row(book, reminder_id)
    if row.delivery_id is not None:
        with book.reading() as session:
            file_id = (
                session.connection()
                .exec_driver_sql("SELECT file_id FROM delivery WHERE id = ?", (row.delivery_id,))
                .scalar()
            )
        if file_id is not None:
            return stored_file(book, file_id).content
    return letter_pdf(reminder_letter(book, reminder_id))


def levels_for_client(book: Book, client_id: int) -> tuple[Level, ...]:
    """The levels by which a client is reminded; the earliest first."""
    with book.reading() as session:
        connection = session.connection()
        segment = connection.exec_driver_sql("SELECT segment_id FROM client WHERE id = ?", (client_id,)).scalar()
        known = levels_of(connection)
    return known.get(segment, known[None])
