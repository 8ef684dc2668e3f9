"""What clients owe, one instalment a row: the rows behind the buckets of aging."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.engine import Book
from db.queries import receivables
from desktop.domain.aging import bucket


@dataclass(frozen=True, slots=True)
class OpenItemRow:
    """Something due, named as a payment names it; `open` in minor units of `currency`.

    `days` past due, below 0 where it is still to come; `bucket` is aging's, 0 current to 4 over 90 days. `plan` tells
    that a payment plan asks for it.
    """

    client_id: int
    invoice_id: int
    client: str
    client_name: str
    number: str
    name: str
    issue_date: date
    due_date: date
    days: int
    bucket: int
    currency: str
    open: int
    plan: bool
    disputed: bool


def open_items(book: Book, as_of: date, *, client_id: int | None = None) -> tuple[OpenItemRow, ...]:
    """What was open at the end of a day, the oldest due first; of one client where given."""
    with book.reading() as session:
        rows = receivables.instalments_at(session.connection(), as_of.isoformat(), client_id)
    found = []
    for client, code, name, currency, due_text, residual, number, place, several, issued, plan, disputed, key in rows:
        due = date.fromisoformat(due_text)
        found.append(
            OpenItemRow(
                client,
                key,
                code,
                name,
                number,
                f"{number}/{place}" if several > 1 else number,
                date.fromisoformat(issued),
                due,
                (as_of - due).days,
                bucket(due, as_of),
                currency,
                residual,
                bool(plan),
                bool(disputed),
            )
        )
    return tuple(found)
