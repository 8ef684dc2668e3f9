"""How an issued document stands, derived from what settled it; nobody types a status."""

from __future__ import annotations

from datetime import date

OPEN = "open"
PARTLY_PAID = "partly_paid"
PAID = "paid"
OVERDUE = "overdue"
DISPUTED = "disputed"
WRITTEN_OFF = "written_off"
CREDITED = "credited"
UNAPPLIED = "unapplied"
APPLIED = "applied"

STATUSES = (OPEN, PARTLY_PAID, PAID, OVERDUE, DISPUTED, WRITTEN_OFF, CREDITED, UNAPPLIED, APPLIED)


def status(
    kind: str,
    amount: int,
    is_open: int,
    next_due: date,
    as_of: date,
    *,
    disputed: bool = False,
    written_off: int = 0,
    credited: int = 0,
) -> str:
    """One word for a document; what asks most of the reader wins.

    `amount` is what was due and `is_open` what still is, over all instalments, minor units; `next_due` is the
    earliest due date that is still open; `credited` is what its credit notes come to, even where it was paid before
    and they settled others. For a credit note `is_open` is what is left to settle invoices with.
    """
    if kind == "credit_note":
        return UNAPPLIED if is_open else APPLIED
    if not is_open:
        if written_off:
            return WRITTEN_OFF
        return CREDITED if amount and credited >= amount else PAID
    if disputed:
        return DISPUTED
    if next_due < as_of:
        return OVERDUE
    return PARTLY_PAID if is_open < amount else OPEN
