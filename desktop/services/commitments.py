"""What is agreed beside the lines: years paid ahead at a discount, and the least that is spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from db.engine import Book
from db.schema import Agreement, Charge, Commitment, Item, Prepayment
from desktop.domain.money import SCALE, unscaled
from desktop.errors import UserError
from desktop.i18n import _, date_text, number_text
from desktop.services.changes import change
from desktop.services.field_checks import check_exists, check_span
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, rows_of
from desktop.services.runs.commitment_loading import spent_within


@dataclass(frozen=True, slots=True)
class CommitmentState:
    """A commitment with what was spent of it so far, net in minor units, and the invoice of its shortfall or ""."""

    id: int
    start: date
    end: date
    amount: int
    description: str
    item_id: int | None
    spent: int
    billed_by: str


def commitments(book: Book, agreement_id: int) -> list[CommitmentState]:
    """Those of an agreement, the earliest first."""
    with book.reading() as session:
        row: Agreement = found(session, Agreement, agreement_id, _("The agreement"))
        connection = session.connection()
        states = []
        for one in session.scalars(
            select(Commitment).where(Commitment.agreement_id == agreement_id).order_by(Commitment.start_date)
        ):
            billed = connection.exec_driver_sql(
                "SELECT i.number FROM charge c JOIN invoice i ON i.id = c.invoice_id"
                " WHERE c.commitment_id = ? AND c.reversed_by IS NULL ORDER BY c.sequence",
                (one.id,),
            ).scalar()
            spent = spent_within(connection, agreement_id, row.client_id, one.start_date, one.end_date)
            states.append(
                CommitmentState(
                    one.id,
                    one.start_date,
                    one.end_date,
                    one.amount,
                    one.description,
                    one.item_id,
                    spent,
                    str(billed or ""),
                )
            )
        return states


def add_commitment(book: Book, agreement_id: int, values: Mapping[str, object], *, actor: str) -> int:
    """Agree on the least that is spent over [start_date, end_date), `amount` net in minor units; its id.

    Other fields: description and item_id of the line that bills what lacks. Raises ValidationError.
    """
    with change(book, actor, _("Add a commitment")) as made:
        row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        problems = Problems()
        cleaned = column_values(Commitment, {"description": "", "item_id": None} | dict(values), problems)
        check_exists(made.session, Item, "item_id", cleaned, problems, _("The item"))
        _check_days(cleaned, row, problems)
        if (cleaned.get("amount") or 0) <= 0:
            problems.add("amount", _("A commitment is above 0."))
        problems.raise_any()
        made.summary = _("Add a commitment to {code}").format(code=row.code)
        return made.insert(Commitment, **cleaned, agreement_id=agreement_id)


def remove_commitment(book: Book, commitment_id: int, *, actor: str) -> None:
    """Take a commitment back. UserError once its shortfall was billed."""
    with change(book, actor, _("Remove a commitment")) as made:
        found(made.session, Commitment, commitment_id, _("The commitment"))
        if made.session.scalar(select(Charge.id).where(Charge.commitment_id == commitment_id).limit(1)):
            raise UserError(
                _("What lacked to it was billed already."),
                _("Credit that line of the invoice without billing it again."),
            )
        made.delete(Commitment, commitment_id)


def prepayments(book: Book, agreement_id: int) -> list[Record]:
    """Those of an agreement, the earliest first."""
    with book.reading() as session:
        return rows_of(session, Prepayment, Prepayment.agreement_id == agreement_id, order=Prepayment.due_date)


def add_prepayment(book: Book, agreement_id: int, values: Mapping[str, object], *, actor: str) -> int:
    """Bill all recurring periods that begin in [start_date, end_date) from `due_date` on, at `discount`; its id.

    Raises ValidationError where another prepayment has days of it, or they are billed already.
    """
    with change(book, actor, _("Add a prepayment")) as made:
        row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
        problems = Problems()
        cleaned = column_values(Prepayment, {"discount": 0, "reason": ""} | dict(values), problems)
        _check_days(cleaned, row, problems)
        if cleaned.get("due_date") is None:
            problems.add("due_date", _("From which day on is it billed?"))
        discount = cleaned.get("discount") or 0
        if not 0 <= discount < SCALE:
            words = _("A discount of {percent} % is not between 0 and 100.")
            problems.add("discount", words.format(percent=number_text(unscaled(discount) * 100)))
        _check_apart(made.session, row, cleaned, problems)
        problems.raise_any()
        made.summary = _("Bill {code} ahead from {day}").format(code=row.code, day=date_text(cleaned["due_date"]))
        return made.insert(Prepayment, **cleaned, agreement_id=agreement_id)


def remove_prepayment(book: Book, prepayment_id: int, *, actor: str) -> None:
    """Bill period by period again; what was billed ahead stays billed."""
    with change(book, actor, _("Remove a prepayment")) as made:
        found(made.session, Prepayment, prepayment_id, _("The prepayment"))
        made.delete(Prepayment, prepayment_id)


def _check_days(values: Record, row: Agreement, problems: Problems) -> None:
    start, end = values.get("start_date"), values.get("end_date")
    for name, day in (("start_date", start), ("end_date", end)):
        if day is None:
            problems.add(name, _("Which days does it cover?"))
    check_span(values, problems)
    if end is not None and end <= row.start_date:
        problems.add("end_date", _("{code} starts on {day}.").format(code=row.code, day=date_text(row.start_date)))
    if start is not None and row.end_date is not None and start >= row.end_date:
        last = date_text(date.fromordinal(row.end_date.toordinal() - 1))
        problems.add("start_date", _("{code} ends on {day}.").format(code=row.code, day=last))


def _check_apart(session: Any, row: Agreement, values: Record, problems: Problems) -> None:
    start, end = values.get("start_date"), values.get("end_date")
    if start is None or end is None:
        return
    for other in session.scalars(select(Prepayment).where(Prepayment.agreement_id == row.id)):
        if other.start_date < end and start < other.end_date:
            problems.add(
                "start_date",
                _("It is billed ahead from {day} on already.").format(day=date_text(other.start_date)),
            )
