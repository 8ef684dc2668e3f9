"""Several lines booked by one decision of a person: one reconciliation, so that it can be taken back as one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db.engine import Book
from db.schema import Reconciliation
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.bank.booking import Booking
from desktop.services.bank.parts import Booked, Part
from desktop.services.bank.passes import begin
from desktop.services.changes import change


@dataclass(frozen=True, slots=True)
class BookedTogether:
    """`reconciliation_id` takes them back as one; `booked` are in the order in which they were given."""

    reconciliation_id: int
    number: str
    booked: tuple[Booked, ...]


def book_lines(book: Book, lines: Mapping[int, Sequence[Part]], *, actor: str, today: date) -> BookedTogether:
    """Book these parts of these lines, all or none.

    UserError where there is none, and as `book_line`; nothing was booked then.
    """
    if not lines:
        raise UserError(_("None of these lines has one best reading."), _("Choose for each by itself."))
    with change(book, actor, "", undoable=False) as made:
        key, number = begin(made, "hand", today)
        booking = Booking(made, key, today, by_hand=True)
        booking.load(
            list(lines), [share.item_id for parts in lines.values() for part in parts for share in part.shares]
        )
        done = tuple(booking.book(line_id, parts) for line_id, parts in lines.items())
        booking.flush()
        made.update(Reconciliation, key, lines=len(lines), booked=len(lines))
        said = ngettext("Book {count} bank line ({number})", "Book {count} bank lines ({number})", len(lines))
        made.summary = said.format(count=number_text(len(lines)), number=number)
    return BookedTogether(key, number, done)
