"""What clients owe, one instalment a row: the rows behind the buckets of aging."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.engine import Book
from db.queries import receivables
from desktop.domain.aging import bucket
from desktop.domain.journal import firm_factor, in_firm


@dataclass(frozen=True, slots=True)
class OpenItemRow:
    """Something due, named as a payment names it; `open` in minor units of `currency`.

    `firm_open` is what it stands at in the firm's currency, at its document's rate; None where none was known then.
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
    firm_open: int | None
    plan: bool
    disputed: bool


def open_items(book: Book, as_of: date, *, client_id: int | None = None) -> tuple[OpenItemRow, ...]:
    """What was open at the end of a day, the oldest due first; of one client where given."""
    with book.reading() as session:
        connection = session.connection()
        rows = receivables.instalments_at(connection, as_of.isoformat(), client_id)
        home = str(connection.exec_driver_sql("SELECT currency FROM firm").scalar_one())
    found = []
    for client, code, name, currency, due_text, residual, number, place, several, issued, *more in rows:
        plan, disputed, key, rate, before = more
        factor = firm_factor(rate, currency, home)
        # Counted over the earlier instalments, as the ledger does: converted one by one they come to the whole.
        value, earlier = in_firm(before + residual, factor), in_firm(before, factor)
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
                None if value is None or earlier is None else value - earlier,
                bool(plan),
                bool(disputed),
            )
        )
    return tuple(found)
