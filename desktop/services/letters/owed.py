"""What a client owes in one currency at the end of a day, item by item, with what of it is disputed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.queries import letters as queries
from desktop.domain.letter import Cell, Money, term


@dataclass(frozen=True, slots=True)
class Owed:
    """One item as a payment names it, of the document of that `number`. Minor units; `disputed` is the part of `open`
    that is disputed, `item_id` the open item.

    `days` past due, below 0 where it is still to come.
    """

    name: str
    kind: str
    issued: date
    due: date
    days: int
    amount: int
    open: int
    disputed: int
    po_number: str
    plan: bool
    number: str
    item_id: int

    @property
    def asked(self) -> int:
        """What is asked for, once it is due."""
        return self.open - self.disputed

    @property
    def note(self) -> Cell:
        """What stands small beneath the item: the client's order, its plan, what is disputed."""
        parts: list[Cell] = []
        if self.po_number:
            parts.append(term("po", number=self.po_number))
        if self.plan:
            parts.append(term("in_plan"))
        if self.disputed:
            parts.append(term("disputed", amount=Money(self.disputed)))
        return joined(parts)


@dataclass(frozen=True, slots=True)
class Unused:
    """A payment or credit note (kind: payment, credit_note) of which something is left."""

    number: str
    kind: str
    day: date
    amount: int
    left: int


def joined(parts: Iterable[Cell]) -> Cell:
    """Short texts beside one another; nothing where there are none."""
    found = [part for part in parts if part is not None]
    if len(found) < 2:
        return found[0] if found else None
    return term("beside", first=found[0], second=joined(found[1:]))


def owed(connection: Connection, client_id: int, currency: str, as_of: date) -> tuple[Owed, ...]:
    """The oldest due first. A dispute over part of an invoice counts for what is due of it first."""
    day = as_of.isoformat()
    rows = queries.items_at(connection, client_id, currency, day)
    left: dict[int, int | None] = {}
    for invoice_id, amount in queries.disputes_at(connection, sorted({row[0] for row in rows}), day):
        before = left.get(invoice_id, 0)
        left[invoice_id] = None if amount is None or before is None else before + amount
    found = []
    for invoice_id, number, place, several, kind, issued, due_text, amount, residual, po_number, plan, item_id in rows:
        disputed = 0
        if invoice_id in left:
            known = left[invoice_id]
            disputed = max(0, residual if known is None else min(known, residual))
            if known is not None:
                left[invoice_id] = known - disputed
        due = date.fromisoformat(due_text)
        found.append(
            Owed(
                f"{number}/{place}" if several else number,
                kind,
                date.fromisoformat(issued),
                due,
                (as_of - due).days,
                amount,
                residual,
                disputed,
                po_number,
                bool(plan),
                number,
                item_id,
            )
        )
    return tuple(found)


def unused(connection: Connection, client_id: int, currency: str, as_of: date) -> tuple[Unused, ...]:
    """The client's credit, the oldest first."""
    return tuple(
        Unused(number, "payment" if kind == "payment" else "credit_note", date.fromisoformat(day), amount, left)
        for kind, number, day, amount, left in queries.credits_at(connection, client_id, currency, as_of.isoformat())
    )
