"""Aging in the firm's currency: each document at its own rate, so that it comes to the ledger's receivables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.engine import Book
from db.queries import receivables
from desktop.domain.aging import AgingRow, aging
from desktop.domain.journal import firm_factor, in_firm
from desktop.services.open_items import open_items


@dataclass(frozen=True, slots=True)
class AgingInFirm:
    """Rows in the firm's currency; `unvalued` are the currencies in which something is left out for want of a rate."""

    rows: list[AgingRow]
    unvalued: tuple[str, ...]


def aging_in_firm(book: Book, as_of: date, *, client_id: int | None = None) -> AgingInFirm:
    """What clients owed at the end of a day, by client; of one client where given."""
    unvalued: set[str] = set()
    items = open_items(book, as_of, client_id=client_id)
    with book.reading() as session:
        connection = session.connection()
        home = str(connection.exec_driver_sql("SELECT currency FROM firm").scalar_one())
        sources = receivables.sources_at(connection, as_of.isoformat(), client_id)
        disputes = receivables.disputes_at(connection, as_of.isoformat(), client_id)

    def valued(amount: int, currency: str, rate: int | None) -> int:
        found = in_firm(amount, firm_factor(rate, currency, home))
        if found is None:
            unvalued.add(currency)
        return found or 0

    unvalued.update(item.currency for item in items if item.firm_open is None)
    rows = aging(
        as_of,
        [(item.client_id, home, item.due_date, item.firm_open or 0) for item in items],
        [(client, home, valued(amount, currency, rate)) for client, currency, amount, rate in sources],
        [
            (client, home, valued(residual if amount is None else min(amount, residual), currency, rate))
            for client, currency, amount, residual, rate in disputes
        ],
    )
    return AgingInFirm(rows, tuple(sorted(unvalued)))
