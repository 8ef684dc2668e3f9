"""The parts in which a document is due, and how each of them stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

PAID = "paid"
OPEN = "open"
PARTLY_PAID = "partly_paid"
OVERDUE = "overdue"
IN_PLAN = "in_plan"
ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a document that is due by itself, named as a payment names it; minor units.

    `taken_over` is what went into a payment plan, or back from one that was called off. Of a part that a plan asks for,
    `plan` says when that was agreed and `ended` when it was called off.
    """

    name: str
    due: date
    amount: int
    open: int
    taken_over: int
    plan: date | None
    ended: date | None

    def state(self, as_of: date) -> str:
        """One word: paid, open, partly_paid, overdue, in_plan (a plan asks for it instead), ended (with its plan)."""
        if not self.open:
            if self.taken_over:
                return IN_PLAN if self.plan is None else ENDED
            return PAID
        if self.due < as_of:
            return OVERDUE
        return PARTLY_PAID if self.open < self.amount - self.taken_over else OPEN

    def days_late(self, as_of: date) -> int:
        """Days past due of what is open of it; 0 where nothing is."""
        return max(0, (as_of - self.due).days) if self.open else 0


_DUE = """SELECT o.instalment, o.due_date, o.amount, o.open, coalesce((SELECT sum(a.amount) FROM allocation a
  WHERE a.open_item_id = o.id AND a.kind = 'plan'), 0), l.agreed_on, l.cancelled_on
 FROM open_item o LEFT JOIN payment_plan l ON l.id = o.plan_id WHERE o.invoice_id = ? ORDER BY o.instalment"""


def instalments(connection: Connection, invoice_id: int, number: str) -> tuple[Instalment, ...]:
    """What is or was due of a document: its own instalments, then those of its payment plans."""
    rows = connection.exec_driver_sql(_DUE, (invoice_id,)).fetchall()
    return tuple(
        Instalment(
            f"{number}/{place}" if len(rows) > 1 else number,
            date.fromisoformat(due),
            amount,
            is_open,
            taken_over,
            date.fromisoformat(agreed) if agreed else None,
            date.fromisoformat(ended) if ended else None,
        )
        for place, due, amount, is_open, taken_over, agreed, ended in rows
    )
