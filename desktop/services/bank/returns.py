"""A part of a bank line that is a payment gone back: the debit was returned, the cheque bounced."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.bank.at_hand import AtHand, OpenLine, Outcome
from desktop.services.bank.parts import Part
from desktop.services.orders.returned import note_returned
from desktop.services.payment_reversals import reverse_within


def book_return_part(at_hand: AtHand, line: OpenLine, part: Part) -> Outcome:
    """Reverse the payment on the day of the line, or on the first later day on which that is possible.

    What the bank charges for the return is no part of this: it is a part of its own.
    """
    connection = at_hand.made.connection
    number, amount, currency, received, client_id = _payment(connection, part.returned)
    came = amount if currency == line.currency else received
    if came is None or -part.amount != came:
        raise UserError(
            _("{number} was {amount}; {part} of this line cannot be its return.").format(
                number=number,
                amount=money_text(amount, currency),
                part=money_text(-part.amount, line.currency),
            ),
            _("Book as a return what the payment was, and the rest as bank charges."),
        )
    credit = at_hand.ledger.named_credit(number)
    on = min(max(line.booked_on, credit.since), at_hand.today)
    why = line.return_reason or part.note
    reason = _("Returned by the bank: {reason}").format(reason=why) if why else _("Returned by the bank")
    reversal = reverse_within(at_hand.ledger, number, on=on, reason=reason)
    note_returned(at_hand.made, part.returned, line.return_reason)
    return Outcome(client_id, reversal.payment_id, payments=[reversal.payment])


def _payment(connection: Connection, payment_id: int | None) -> Any:
    row = connection.exec_driver_sql(
        "SELECT number, amount, currency, received, client_id FROM payment WHERE id = ?", (payment_id,)
    ).fetchone()
    if row is None:
        raise UserError(_("Nothing says which payment came back."), _("Choose the payment."))
    return row
