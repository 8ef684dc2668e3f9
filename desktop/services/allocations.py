"""What one payment settles, invoice by invoice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.engine import Book


@dataclass(frozen=True, slots=True)
class AllocatedRow:
    """An invoice and how much of it a payment settles now, discount kept back included in `discount`; minor units.

    `taken_back` is what was settled once and is open again. `dated` is the latest allocation.
    """

    invoice_id: int
    number: str
    currency: str
    dated: date
    amount: int
    discount: int
    taken_back: int


def allocations(book: Book, payment_id: int) -> tuple[AllocatedRow, ...]:
    """In the order in which the invoices were issued; of a reversal, those of the payment it reverses."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT i.id, i.number, i.currency, max(a.dated),
              sum(CASE WHEN a.kind = 'payment' THEN a.amount ELSE 0 END),
              sum(CASE WHEN a.kind = 'discount' THEN a.amount ELSE 0 END),
              -sum(CASE WHEN a.amount < 0 AND a.kind = 'payment' THEN a.amount ELSE 0 END)
            FROM allocation a JOIN invoice i ON i.id = a.invoice_id
            WHERE a.payment_id = (SELECT coalesce(p.reverses_id, p.id) FROM payment p WHERE p.id = ?)
            GROUP BY i.id ORDER BY i.issue_date, i.id""",
            (payment_id,),
        )
        return tuple(
            AllocatedRow(id_, number, currency, date.fromisoformat(dated), amount, discount, taken_back)
            for id_, number, currency, dated, amount, discount, taken_back in rows
        )
