"""What else happens in a year: a returned debit, credits, a dispute, bank charges written off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from db.engine import Book
from desktop.services.credits import credit_invoice
from desktop.services.disputes import close_dispute, open_dispute
from desktop.services.payment_reversals import reverse_payment
from desktop.services.sample.beginning import OWNER
from desktop.services.sample.paying import Expected, Payer
from desktop.services.sample.year import Clock
from desktop.services.write_offs import write_off

_BANK_CHARGES = 1_500

# The latest invoices of a month's run that nobody has paid yet.
_UNPAID = """SELECT i.number, i.client_id, i.payable, i.currency FROM invoice i JOIN open_item o ON o.invoice_id = i.id
  WHERE i.run_id = ? AND i.kind = 'invoice' AND o.open = i.payable AND i.payable > ?
    AND NOT EXISTS (SELECT 1 FROM charge c WHERE c.invoice_id = i.id AND c.kind <> 'recurring')
  ORDER BY i.id"""


def happen(book: Book, month: int, run_id: int, payer: Payer, until: date, clock: Clock) -> None:
    """The event of this month of the year, counted from 0, where the book has something it can happen to."""
    unpaid = _rows(book, _UNPAID, run_id, 20_000)
    waiting = [row for row in unpaid if any(one.numbers == (row[0],) and one.whole for one in payer.waiting)]
    if month == 3:
        _returned(book, payer, until, clock)
    elif month == 5 and waiting:
        number, _client, payable, _currency = waiting[0]
        credit_invoice(
            book, number, amount_gross=payable // 10, reason="Outage of two days", actor=OWNER, today=clock.day
        )
        payer.expect_instead(number, number, payable - payable // 10)
    elif month == 6 and waiting:
        number, _client, payable, _currency = waiting[-1]
        credited = credit_invoice(
            book, number, reason="Purchase order number was wrong", reissue=True, actor=OWNER, today=clock.day
        )
        if credited.reissued:
            payer.expect_instead(number, credited.reissued, payable)
    elif month == 7:
        abroad = next((row for row in waiting if row[3] != "EUR"), None)
        if abroad:
            payer.expect_instead(abroad[0], abroad[0], abroad[2] - _BANK_CHARGES)
    elif month == 9 and unpaid:
        open_dispute(book, unpaid[0][0], reason="Hours not recognised", on=clock.day, actor=OWNER, today=clock.day)
    elif month == 10:
        _settle(book, clock)


def _rows(book: Book, sql: str, *values: Any) -> Sequence[Any]:
    with book.reading() as session:
        return session.connection().exec_driver_sql(sql, values).fetchall()


def _returned(book: Book, payer: Payer, until: date, clock: Clock) -> None:
    """A debit comes back, and the client pays again two weeks later."""
    rows = _rows(
        book,
        """SELECT p.number, p.client_id, p.amount, p.paid_on, p.reference FROM payment p
        WHERE p.paid_on < ? AND p.reference NOT LIKE '% %' ORDER BY p.paid_on DESC, p.id LIMIT 1""",
        (until - timedelta(days=3)).isoformat(),
    )
    if rows:
        number, client_id, amount, _paid_on, invoice = rows[0]
        clock.day = until
        reverse_payment(book, number, on=until, reason="Debit returned", actor=OWNER, today=until)
        payer.waiting.append(Expected(until + timedelta(days=14), client_id, (invoice,), amount, True))


def _settle(book: Book, clock: Clock) -> None:
    """The owner closes disputes and writes off what banks kept."""
    for (number,) in _rows(
        book, "SELECT i.number FROM dispute d JOIN invoice i ON i.id = d.invoice_id WHERE d.closed_on IS NULL"
    ):
        close_dispute(
            book,
            number,
            outcome="The client found the hours in its own notes",
            on=clock.day,
            actor=OWNER,
            today=clock.day,
        )
    for (number,) in _rows(
        book,
        """SELECT i.number FROM open_item o JOIN invoice i ON i.id = o.invoice_id
        WHERE o.open > 0 AND o.open <= ? AND o.open < o.amount ORDER BY i.id""",
        _BANK_CHARGES,
    ):
        write_off(book, number, reason="Bank charges", on=clock.day, actor=OWNER, today=clock.day)
