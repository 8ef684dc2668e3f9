"""Payments taken back: returned debits and bounced cheques restore what they settled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.changes import change
from desktop.services.ledger import Ledger
from desktop.services.open_amounts import Credit, Due
from desktop.services.orders.returned import note_returned
from desktop.services.payments import by_number, not_to_come, reason_given
from desktop.services.plan_items import give_back


@dataclass(frozen=True, slots=True)
class Reversal:
    """The reversal's own number and what is open again: (invoice number, amount), discounts withdrawn included.

    `beside_plan` is the part of it that a payment plan does not ask for: what was paid before it was agreed is due as
    it was then.
    """

    payment: str
    reverses: str
    restored: tuple[tuple[str, int], ...]
    beside_plan: tuple[tuple[str, int], ...] = ()
    payment_id: int = 0


def reverse_payment(book: Book, number: str, *, on: date, reason: str, actor: str, today: date) -> Reversal:
    """Reverse a returned or bounced payment: what it settled is open again from that date on. Of a refund that did not
    arrive the credit is left again.

    UserError for an unknown number, a second reversal, a payment that was paid back, a date before the payment or to
    come, and no reason.
    """
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        reason = reason_given(reason)
        ledger = Ledger(made)
        reversal = reverse_within(ledger, number, on=on, reason=reason)
        ledger.flush()
        (payment_id,) = made.connection.exec_driver_sql("SELECT id FROM payment WHERE number = ?", (number,)).one()
        note_returned(made, payment_id, reason)
        made.summary = _("Reverse payment {number}: {reason}").format(number=number, reason=reason)
    return reversal


def reverse_within(ledger: Ledger, number: str, *, on: date, reason: str) -> Reversal:
    """As reverse_payment, within the caller's transaction; the caller flushes the ledger."""
    payment = _reversible(ledger.connection, number, on)
    (credit,) = ledger.credits("c.payment_id = ? OR c.credit_note_id = ?", (payment.credit_of, payment.credit_note))
    if payment.amount < 0:
        reversal_id, reversal = ledger.reverse(payment.id, credit, on, reason)
        return Reversal(reversal, number, (), payment_id=reversal_id)
    if on < credit.since:
        raise UserError(
            _("{number} was taken off an invoice on {day}; it cannot be reversed before that.").format(
                number=number, day=date_text(credit.since)
            ),
            _("Take that day or a later one."),
        )
    open_before = {due.id: due.open for due in _of_planned(ledger, credit)}
    restored = take_back(ledger, credit, on)
    beside = by_number((due.number, due.open - open_before[due.id]) for due in _of_planned(ledger, credit))
    reversal_id, reversal = ledger.reverse(payment.id, credit, on, reason)
    return Reversal(reversal, number, restored, beside, reversal_id)


def take_back(
    ledger: Ledger, credit: Credit, on: date, invoices: frozenset[int] | None = None
) -> tuple[tuple[str, int], ...]:
    """Restore what a credit settles, of all invoices or of these ids; (number, amount), discounts with it."""
    restored: list[tuple[str, int]] = []
    for standing in _standing(ledger.connection, credit):
        if invoices is not None and standing.invoice_id not in invoices:
            continue
        (due,) = ledger.dues("o.id = ?", (standing.open_item_id,))
        dated = max(on, standing.dated)
        if standing.kind == "discount":
            ledger.discount(due, credit.source_id, -standing.amount, dated, reverses_id=standing.id)
        else:
            ledger.settle(due, credit, -standing.amount, dated, reverses_id=standing.id)
        give_back(ledger, due, standing.amount, dated)
        restored.append((due.number, standing.amount))
    return by_number(restored)


class _Standing(NamedTuple):
    """An allocation that was not taken back."""

    id: int
    kind: str
    dated: date
    open_item_id: int
    invoice_id: int
    amount: int


class _Payment(NamedTuple):
    """A payment or a refund; the credit that it made or used is that of a payment or of a credit note."""

    id: int
    amount: int
    credit_of: int | None
    credit_note: int | None


def _reversible(connection: Connection, number: str, on: date) -> _Payment:
    """The payment or refund, where it may be reversed on that day."""
    row = connection.exec_driver_sql(
        "SELECT p.id, p.amount, p.refunds_payment_id, p.refunds_credit_note_id, p.paid_on, p.reverses_id, r.number, "
        "(SELECT f.number FROM payment f WHERE f.refunds_payment_id = p.id"
        " AND NOT EXISTS (SELECT 1 FROM payment b WHERE b.reverses_id = f.id) LIMIT 1) "
        "FROM payment p LEFT JOIN payment r ON r.reverses_id = p.id WHERE p.number = ?",
        (number,),
    ).fetchone()
    if row is None:
        raise UserError(
            _("There is no payment {number}.").format(number=number), _("The list of payments finds it by a part.")
        )
    key, amount, of_payment, of_credit_note, paid_text, reverses_id, reversed_by, refunded_by = row
    paid_on = date.fromisoformat(paid_text)
    if reverses_id is not None:
        raise UserError(
            _("{number} is itself a reversal.").format(number=number), _("Record the payment anew instead.")
        )
    if reversed_by is not None:
        raise UserError(
            _("{number} was reversed already, by {reversal}.").format(number=number, reversal=reversed_by),
            _("If the money came after all, record it anew."),
        )
    if refunded_by is not None:
        raise UserError(
            _("{number} was paid back, by {refund}.").format(number=number, refund=refunded_by),
            _("Reverse {refund} first, if that money came back; then this payment can be reversed.").format(
                refund=refunded_by
            ),
        )
    if on < paid_on:
        raise UserError(
            _("{number} was paid on {day}; it cannot be reversed before that.").format(
                number=number, day=date_text(paid_on)
            ),
            _("Take that day or a later one."),
        )
    if amount < 0:
        return _Payment(key, amount, of_payment, of_credit_note)
    return _Payment(key, amount, key, None)


def _of_planned(ledger: Ledger, credit: Credit) -> list[Due]:
    """Items of their own of invoices that a credit settles and that a payment plan stands over."""
    column = "payment_id" if credit.kind == "payment" else "credit_note_id"
    return ledger.dues(
        f"o.plan_id IS NULL AND o.invoice_id IN (SELECT invoice_id FROM allocation WHERE {column} = ?) AND EXISTS"
        " (SELECT 1 FROM payment_plan l WHERE l.invoice_id = o.invoice_id AND l.cancelled_on IS NULL)",
        (credit.source_id,),
    )


def _standing(connection: Connection, credit: Credit) -> list[_Standing]:
    column = "payment_id" if credit.kind == "payment" else "credit_note_id"
    rows = connection.exec_driver_sql(
        "SELECT id, kind, dated, open_item_id, invoice_id, amount, reverses_id FROM allocation "
        f"WHERE {column} = ? ORDER BY id",
        (credit.source_id,),
    ).fetchall()
    taken_back = {row[6] for row in rows}
    return [
        _Standing(row[0], row[1], date.fromisoformat(row[2]), row[3], row[4], row[5])
        for row in rows
        if row[6] is None and row[0] not in taken_back
    ]
