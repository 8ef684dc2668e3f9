"""A part of a bank line by which a client got its credit back."""

from __future__ import annotations

from dataclasses import dataclass

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.bank.at_hand import AtHand, OpenLine, Outcome
from desktop.services.bank.parts import Part
from desktop.services.ledger import WITHHOLDING
from desktop.services.refunds import refund_within


@dataclass(frozen=True, slots=True)
class Refundable:
    """A credit of which some is left, minor units; `number` is that of its payment or credit note."""

    id: int
    number: str
    client: str
    open: int


def refundable(book: Book, currency: str) -> tuple[Refundable, ...]:
    """The credits in a currency that can be paid back, by client; tax that a payer withheld is no money."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT c.id, coalesce(p.number, n.number), h.name, c.open FROM open_credit c
            JOIN client k ON k.id = c.client_id JOIN client h ON h.id = coalesce(k.merged_into_id, k.id)
            LEFT JOIN payment p ON p.id = c.payment_id LEFT JOIN invoice n ON n.id = c.credit_note_id
            WHERE c.open > 0 AND c.currency = ? AND coalesce(p.method, '') <> ? ORDER BY h.name, h.id, c.dated, c.id""",
            (currency, WITHHOLDING),
        )
        return tuple(Refundable(*row) for row in rows)


def book_refund_part(at_hand: AtHand, line: OpenLine, part: Part) -> Outcome:
    """Pay out so much of a credit, on the day of the line, and note it in the order that asked for it."""
    if part.amount >= 0:
        raise UserError(_("A refund goes out, and this money came in."), _("Book it as a payment."))
    found = at_hand.ledger.credits("c.id = ?", (part.credit_id,))
    if not found:
        raise UserError(
            _("Nothing says which credit was paid back."), _("Choose a payment or credit note of which some is left.")
        )
    (credit,) = found
    if credit.currency != line.currency:
        raise UserError(
            _("{number} is in {own}, and the line in {other}.").format(
                number=credit.number, own=credit.currency, other=line.currency
            ),
            _("Record the refund under Payments, and put the line aside with a note."),
        )
    reference = " ".join((line.reference or line.text).split())
    made = refund_within(
        at_hand.ledger,
        credit,
        -part.amount,
        line.booked_on,
        reference=reference,
        note=part.note,
        account_id=line.account_id,
    )
    for (key,) in at_hand.made.connection.exec_driver_sql(
        "SELECT id FROM payment_order_item WHERE credit_id = ? AND amount = ? AND state = 'ordered'"
        " ORDER BY id LIMIT 1",
        (credit.id, -part.amount),
    ):
        at_hand.paid.append((key, made.refund_id))
    return Outcome(at_hand.head(credit.client_id), made.refund_id, payments=[made.refund])
