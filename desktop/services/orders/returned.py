"""What came back of an order: said at its item, so that its invoice or credit may be asked for by the next."""

from __future__ import annotations

from db.schema import PaymentOrderItem
from desktop.services.change_sets import Change


def note_returned(made: Change, payment_id: int | None, reason: str) -> None:
    """Note that the payment of an order's item was taken back; nothing where no order asked for that payment."""
    rows = made.connection.exec_driver_sql(
        "SELECT id FROM payment_order_item WHERE payment_id = ? AND state = 'paid'", (payment_id,)
    )
    for (key,) in rows.fetchall():
        made.update(PaymentOrderItem, key, state="returned", return_reason=reason)
