"""Invoices that a client disputes: flagged in lists and aging until the matter is closed, never taken out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from db.engine import Book
from db.queries.families import family
from db.schema import Dispute
from desktop.errors import UserError
from desktop.i18n import _, money_text
from desktop.services.changes import change
from desktop.services.open_amounts import OpenAmounts
from desktop.services.payments import not_to_come, reason_given


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute; without an amount all that is open is disputed. Minor units of the invoice's currency."""

    id: int
    number: str
    opened_on: date
    reason: str
    amount: int | None
    closed_on: date | None
    outcome: str
    invoice_id: int
    currency: str


def open_dispute(
    book: Book, number: str, *, reason: str, on: date, actor: str, today: date, amount: int | None = None
) -> int:
    """Flag an invoice, or an amount of it, as disputed; the dispute's id.

    UserError where a dispute is open already, for an amount above what the invoice asked for, without a reason.
    """
    with change(book, actor, _("Dispute of {number}").format(number=number)) as made:
        not_to_come(on, today)
        dues = [due for due in OpenAmounts(made.connection).invoice_dues(number) if due.plan_id is None]
        asked, currency = sum(due.amount for due in dues), dues[0].currency
        if amount is not None and not 0 < amount <= asked:
            raise UserError(
                _("{amount} cannot be disputed of {number}, which is {asked}.").format(
                    amount=money_text(amount, currency), number=number, asked=money_text(asked, currency)
                ),
                _("Leave the amount out where all of it is disputed."),
            )
        row = made.connection.exec_driver_sql(
            "SELECT 1 FROM dispute WHERE invoice_id = ? AND closed_on IS NULL", (dues[0].invoice_id,)
        ).fetchone()
        if row is not None:
            raise UserError(_("{number} is disputed already.").format(number=number), _("Close that dispute first."))
        return made.insert(
            Dispute, invoice_id=dues[0].invoice_id, opened_on=on, reason=reason_given(reason), amount=amount
        )


def close_dispute(book: Book, number: str, *, outcome: str, on: date, actor: str, today: date) -> None:
    """Close the open dispute of an invoice with its outcome. UserError where none is open."""
    with change(book, actor, _("Close the dispute of {number}").format(number=number)) as made:
        not_to_come(on, today)
        row = made.connection.exec_driver_sql(
            "SELECT d.id, d.opened_on FROM dispute d JOIN invoice i ON i.id = d.invoice_id "
            "WHERE i.number = ? AND d.closed_on IS NULL",
            (number,),
        ).fetchone()
        if row is None:
            raise UserError(_("No dispute of {number} is open.").format(number=number))
        if on.isoformat() < row[1]:
            raise UserError(
                _("The dispute of {number} was opened later than that.").format(number=number),
                _("Take the day on which it was opened or a later one."),
            )
        made.update(Dispute, row[0], closed_on=on, outcome=outcome.strip())


def disputes_of(book: Book, number: str) -> tuple[DisputeRow, ...]:
    """All disputes of an invoice, the oldest first."""
    return _disputes(book, "i.number = :which", number)


def disputes_of_client(book: Book, client_id: int) -> tuple[DisputeRow, ...]:
    """All disputes of a client's invoices and of those of the clients merged into it, the oldest first."""
    return _disputes(book, f"i.client_id IN {family(':which')}", client_id)


def _disputes(book: Book, where: str, which: str | int) -> tuple[DisputeRow, ...]:
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT d.id, i.number, d.opened_on, d.reason, d.amount, d.closed_on, d.outcome, i.id, i.currency"
            f" FROM dispute d JOIN invoice i ON i.id = d.invoice_id WHERE {where} ORDER BY d.opened_on, d.id",
            {"which": which},
        )
        return tuple(
            DisputeRow(
                id_,
                invoice,
                date.fromisoformat(opened),
                reason,
                amount,
                date.fromisoformat(closed) if closed else None,
                outcome,
                invoice_id,
                currency,
            )
            for id_, invoice, opened, reason, amount, closed, outcome, invoice_id, currency in rows
        )
