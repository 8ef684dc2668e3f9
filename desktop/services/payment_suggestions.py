"""What money that comes in would settle, shown over all that its client owes before anything is booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from db.engine import Book
from desktop.services.open_amounts import OpenAmounts
from desktop.services.payments import DiscountRule, plan_payment


@dataclass(frozen=True, slots=True)
class SuggestedItem:
    """An open item; `settles` of it would be paid and `discount` kept back, `left` would stay open. Minor units.

    `name` says which instalment it is where the invoice has several, as a payment names it: INV-2026-0007/2.
    """

    id: int
    number: str
    name: str
    due_date: date
    days_overdue: int
    open: int
    settles: int
    discount: int
    left: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Items, the oldest due first. `owed` is open now, `credit` the client's unused credit, `unapplied` the surplus.

    Minor units of `currency`.
    """

    client_id: int
    currency: str
    owed: int
    credit: int
    unapplied: int
    items: tuple[SuggestedItem, ...]


def suggest_payment(
    book: Book,
    *,
    client_id: int,
    currency: str,
    amount: int,
    paid_on: date,
    numbers: Sequence[str] = (),
    only_named: bool = False,
    withheld: int = 0,
    discount: DiscountRule = "terms",
) -> Suggestion:
    """What `record_payment` would do with the same arguments; an amount of 0 shows what is owed and settles nothing.

    Raises the errors of `plan_payment`.
    """
    with book.reading() as session:
        open_amounts = OpenAmounts(session.connection())
        dues = open_amounts.open_dues(client_id, currency)
        credit = sum(one.open for one in open_amounts.open_credits(client_id, currency))
        named = open_amounts.names(dues)
    settled: dict[int, tuple[int, int]] = {}
    unapplied = 0
    if amount:
        plan = plan_payment(
            book,
            amount=amount,
            paid_on=paid_on,
            client_id=client_id,
            numbers=numbers,
            currency=currency,
            only_named=only_named,
            withheld=withheld,
            discount=discount,
        )
        unapplied = plan.unapplied
        settled = {item_id: (part, kept) for item_id, _number, _open, part, kept in plan.items}
    items = []
    for due in dues:
        part, kept = settled.get(due.id, (0, 0))
        late = max(0, (paid_on - due.due_date).days)
        left = due.open - part - kept
        items.append(SuggestedItem(due.id, due.number, named[due.id], due.due_date, late, due.open, part, kept, left))
    return Suggestion(client_id, currency, sum(due.open for due in dues), credit, unapplied, tuple(items))
