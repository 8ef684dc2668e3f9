"""Invoices that a client disputes: flagged in lists and aging until the matter is closed, never taken out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries.families import family
from db.schema import Dispute
from desktop.errors import UserError
from desktop.i18n import N_, _, date_text, money_text
from desktop.services.changes import change
from desktop.services.open_amounts import OpenAmounts
from desktop.services.payments import not_to_come, reason_given

CATEGORIES: Final = {
    "other": N_("Other"),
    "price": N_("Price"),
    "quantity": N_("Quantity"),
    "quality": N_("Quality"),
    "delivery": N_("Delivery"),
    "order_number": N_("Order number"),
    "duplicate": N_("Billed twice"),
}
"""What a dispute is about, in words that are looked up when they are shown."""


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A dispute; without an amount all that is open is disputed. Minor units of the invoice's currency.

    `category` is of CATEGORIES. `owner` looks after it and is to have it settled by `due_on`.
    """

    id: int
    number: str
    opened_on: date
    reason: str
    amount: int | None
    closed_on: date | None
    outcome: str
    invoice_id: int
    currency: str
    category: str
    owner: str
    due_on: date | None


def open_dispute(
    book: Book,
    number: str,
    *,
    reason: str,
    on: date,
    actor: str,
    today: date,
    amount: int | None = None,
    category: str = "other",
    owner: str = "",
    due_on: date | None = None,
) -> int:
    """Flag an invoice, or an amount of it, as disputed; the dispute's id. `owner` is a person's name.

    UserError where a dispute is open already, for an amount above what the invoice asked for, without a reason, for a
    category or person that is none, and for a day that lies before the dispute.
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
            Dispute,
            invoice_id=dues[0].invoice_id,
            opened_on=on,
            reason=reason_given(reason),
            amount=amount,
            category=_category(category),
            owner_id=_owner(made.connection, owner),
            due_on=_due(due_on, on),
        )


def assign_dispute(
    book: Book,
    number: str,
    *,
    actor: str,
    category: str | None = None,
    owner: str | None = None,
    due_on: date | None = None,
) -> None:
    """Say of the open dispute of an invoice what it is about, who looks after it and until when it is to be settled.

    What is None stays; an empty owner is nobody. UserError where no dispute is open, and as open_dispute.
    """
    with change(book, actor, _("Change the dispute of {number}").format(number=number)) as made:
        dispute_id, opened_on = _open_one(made.connection, number)
        values: dict[str, object] = {}
        if category is not None:
            values["category"] = _category(category)
        if owner is not None:
            values["owner_id"] = _owner(made.connection, owner)
        if due_on is not None:
            values["due_on"] = _due(due_on, opened_on)
        made.update(Dispute, dispute_id, **values)


def _open_one(connection: Connection, number: str) -> tuple[int, date]:
    row = connection.exec_driver_sql(
        "SELECT d.id, d.opened_on FROM dispute d JOIN invoice i ON i.id = d.invoice_id "
        "WHERE i.number = ? AND d.closed_on IS NULL",
        (number,),
    ).fetchone()
    if row is None:
        raise UserError(_("No dispute of {number} is open.").format(number=number))
    return row[0], date.fromisoformat(row[1])


def _category(word: str) -> str:
    if word not in CATEGORIES:
        raise UserError(
            _("“{word}” is not one of {words}.").format(word=word, words=", ".join(CATEGORIES)),
            _("Choose what the dispute is about."),
        )
    return word


def _owner(connection: Connection, name: str) -> int | None:
    if not name.strip():
        return None
    row = connection.exec_driver_sql("SELECT id FROM person WHERE name = ?", (name.strip(),)).fetchone()
    if row is None:
        raise UserError(
            _("There is no person “{name}”.").format(name=name.strip()), _("Add people in the settings under People.")
        )
    return int(row[0])


def _due(due_on: date | None, opened_on: date) -> date | None:
    if due_on is not None and due_on < opened_on:
        raise UserError(
            _("{day} lies before the dispute.").format(day=date_text(due_on)),
            _("Choose the day by which it is to be settled."),
        )
    return due_on


def close_dispute(book: Book, number: str, *, outcome: str, on: date, actor: str, today: date) -> None:
    """Close the open dispute of an invoice with its outcome. UserError where none is open."""
    with change(book, actor, _("Close the dispute of {number}").format(number=number)) as made:
        not_to_come(on, today)
        dispute_id, opened_on = _open_one(made.connection, number)
        if on < opened_on:
            raise UserError(
                _("The dispute of {number} was opened later than that.").format(number=number),
                _("Take the day on which it was opened or a later one."),
            )
        made.update(Dispute, dispute_id, closed_on=on, outcome=outcome.strip())


def open_disputes(book: Book) -> tuple[DisputeRow, ...]:
    """All disputes that are open, the oldest first."""
    return _disputes(book, "d.closed_on IS NULL AND :which = 0", 0)


def disputes_of(book: Book, number: str) -> tuple[DisputeRow, ...]:
    """All disputes of an invoice, the oldest first."""
    return _disputes(book, "i.number = :which", number)


def disputes_of_client(book: Book, client_id: int) -> tuple[DisputeRow, ...]:
    """All disputes of a client's invoices and of those of the clients merged into it, the oldest first."""
    return _disputes(book, f"i.client_id IN {family(':which')}", client_id)


def _disputes(book: Book, where: str, which: str | int) -> tuple[DisputeRow, ...]:
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT d.id, i.number, d.opened_on, d.reason, d.amount, d.closed_on, d.outcome, i.id, i.currency,"
            " d.category, coalesce(p.name, ''), d.due_on FROM dispute d JOIN invoice i ON i.id = d.invoice_id"
            f" LEFT JOIN person p ON p.id = d.owner_id WHERE {where} ORDER BY d.opened_on, d.id",
            {"which": which},
        )
        found = []
        for key, invoice, opened, reason, amount, closed, outcome, invoice_id, currency, category, owner, due in rows:
            closed_on = date.fromisoformat(closed) if closed else None
            found.append(
                DisputeRow(
                    key,
                    invoice,
                    date.fromisoformat(opened),
                    reason,
                    amount,
                    closed_on,
                    outcome,
                    invoice_id,
                    currency,
                    category,
                    owner,
                    date.fromisoformat(due) if due else None,
                )
            )
        return tuple(found)
