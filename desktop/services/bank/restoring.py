"""A return that was none: the payment that it took back is booked again, and settles again what it did."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from db.schema import BankMatch, PaymentOrderItem
from desktop.services.change_sets import Change
from desktop.services.ledger import Ledger


def pay_again(made: Change, ledger: Ledger, reversal_id: int, again: dict[int, int]) -> str:
    """Book anew, on the reversal's day, the payment that was reversed; what is settled otherwise meanwhile stays so.

    Its number; what finds nothing open is the client's credit. `again` gets the new payment by the one in whose place
    it stands, for `note_again` once it is written.
    """
    connection = made.connection
    client, paid_on, method, reference, currency, amount, original, account, charges, received, received_currency = (
        connection.exec_driver_sql(
            """SELECT p.client_id, r.paid_on, p.method, p.reference, p.currency, p.amount, p.id, p.account_id,
              p.charges, p.received, p.received_currency
            FROM payment r JOIN payment p ON p.id = r.reverses_id WHERE r.id = ?""",
            (reversal_id,),
        ).one()
    )
    on = date.fromisoformat(paid_on)
    credit = ledger.payment(
        client_id=client,
        amount=amount,
        currency=currency,
        paid_on=on,
        method=method,
        reference=reference,
        account_id=account,
        charges=charges,
        received=(received, received_currency) if received is not None else None,
    )
    settled = connection.exec_driver_sql(
        """SELECT b.kind, b.open_item_id, -b.amount FROM allocation b JOIN allocation a ON a.id = b.reverses_id
        WHERE a.payment_id = ? ORDER BY a.id""",
        (original,),
    ).fetchall()
    for kind, item, was in settled:
        (due,) = ledger.dues("o.id = ?", (item,))
        part = min(was, due.open, credit.open if kind == "payment" else was)
        if part > 0 and kind == "payment":
            ledger.settle(due, credit, part, on)
        elif part == was and kind == "discount":
            ledger.discount(due, credit.source_id, part, on)
    again[original] = credit.source_id
    return credit.number


def note_again(made: Change, again: Mapping[int, int]) -> None:
    """Let debits of orders and lines that named a payment name the one that stands in its place."""
    connection = made.connection
    for original, payment_id in again.items():
        for (key,) in connection.exec_driver_sql(
            "SELECT id FROM payment_order_item WHERE payment_id = ? AND state = 'returned'", (original,)
        ).fetchall():
            made.update(PaymentOrderItem, key, state="paid", payment_id=payment_id, return_reason="")
        for (key,) in connection.exec_driver_sql(
            "SELECT id FROM bank_match WHERE payment_id = ? AND kind = 'payment' AND undone_at IS NULL", (original,)
        ).fetchall():
            made.update(BankMatch, key, payment_id=payment_id)
