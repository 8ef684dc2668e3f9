"""What a payment plan gives back to the items that it took over."""

from __future__ import annotations

from datetime import date

from desktop.services.ledger import Ledger
from desktop.services.open_amounts import Due


def give_back(ledger: Ledger, due: Due, amount: int, on: date) -> None:
    """Move what is open again of an instalment whose plan was called off to what the plan took over.

    Nothing where the item is not of such a plan.
    """
    if due.plan_ended is not None:
        send_back(ledger, due, amount, max(on, due.plan_ended))


def send_back(ledger: Ledger, due: Due, amount: int, on: date) -> None:
    """Move so much of an instalment back to what its plan took over, the latest due first.

    What was paid under the plan has paid what was due first.
    """
    assert due.plan_id is not None
    held = ledger.held_by(due.plan_id)
    taken = ledger.dues("o.invoice_id = ? AND o.plan_id IS NULL", (due.invoice_id,))
    dated = max(on, due.since)
    ledger.plan(due, due.plan_id, amount, dated)
    for item in reversed(taken):
        part = min(amount, held.get(item.id, 0))
        if part:
            ledger.plan(item, due.plan_id, -part, dated)
            amount -= part
    assert not amount
