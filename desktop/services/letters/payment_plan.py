"""Payment plans on paper: the instalments agreed on, with what of them is paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from db.queries import letters as queries
from desktop.domain.letter import (
    Cell,
    Letter,
    LetterColumn,
    LetterRow,
    LetterTable,
    LetterTotal,
    Money,
    term,
)
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.letters.correspondence import Correspondence, Made, correspondence


@dataclass(frozen=True, slots=True)
class _Part:
    """An instalment as a payment names it; minor units."""

    name: str
    due: date
    amount: int
    open: int


@dataclass(frozen=True, slots=True)
class _Plan:
    """Of one invoice: by a plan agreed on a day, or without one by its own terms."""

    number: str
    client_id: int
    currency: str
    issued: date
    agreed: date | None
    parts: tuple[_Part, ...]


def payment_plan(book: Book, numbers: Sequence[str], *, as_of: date) -> Made:
    """The plans of these invoices of one client, as they stood at the end of a day, on one letter.

    UserError where one of them is not there or is not due in parts, and where they are not of one client and currency.
    """
    if not numbers:
        raise UserError(_("A payment plan needs an invoice."), _("Name at least one."))
    with book.reading() as session:
        connection = session.connection()
        plans = [_plan(connection, number, as_of) for number in dict.fromkeys(numbers)]
        first = plans[0]
        for other in plans[1:]:
            if (other.client_id, other.currency) != (first.client_id, first.currency):
                raise UserError(
                    _("{number} and {other} are not of one client and currency.").format(
                        number=first.number, other=other.number
                    ),
                    _("Write a letter for each."),
                )
        to = correspondence(connection, first.client_id, "payment_plan", first.currency)
    return _letter(to, plans, as_of), to.template


def _plan(connection: Connection, number: str, as_of: date) -> _Plan:
    day = as_of.isoformat()
    rows = queries.planned(connection, number, day)
    if not rows:
        raise UserError(
            _("There is no invoice {number}.").format(number=number),
            _("Check the number; the list of invoices finds it by a part."),
        )
    client_id, currency, issued = rows[0][:3]
    standing = [row for row in rows if row[7] is not None and row[7] <= day and (row[8] is None or row[8] > day)]
    own = [row for row in rows if row[7] is None and row[9] == 0]
    parts = standing or own
    if not standing and len(own) < 2:
        raise UserError(
            _("{number} is not due in instalments.").format(number=number),
            _("Agree on a payment plan first, on the page Invoices."),
        )
    return _Plan(
        number,
        client_id,
        currency,
        date.fromisoformat(issued),
        date.fromisoformat(standing[0][7]) if standing else None,
        tuple(_Part(f"{number}/{row[3]}", date.fromisoformat(row[4]), row[5], row[6]) for row in parts),
    )


def _letter(to: Correspondence, plans: Sequence[_Plan], as_of: date) -> Letter:
    parts = sorted((part for plan in plans for part in plan.parts), key=lambda part: (part.due, part.name))
    total, is_open = sum(part.amount for part in parts), sum(part.open for part in parts)
    days = dict.fromkeys(part.due for part in parts)
    waiting = [part for part in parts if part.open]
    # Of several invoices, what is due on one day is one instalment to the client.
    next_day = waiting[0].due if waiting else None
    soon = [part for part in waiting if part.due == next_day]
    payable = sum(part.open for part in soon)
    agreed = max((plan.agreed for plan in plans if plan.agreed), default=None)
    key = "plan_opening" if agreed else "plan_terms"
    facts: list[tuple[Cell, Cell]] = [(term("date"), as_of)]
    if agreed:
        facts.append((term("agreed_on"), agreed))
    if len(plans) == 1:
        facts += [(term("invoice"), plans[0].number), (term("invoice_date"), plans[0].issued)]
    terms: tuple[Cell, ...] = (term("plan_done"),)
    if next_day is not None:
        terms = (term("plan_next", amount=Money(payable), date=next_day), term("plan_name", name=soon[0].name))
    paid = (LetterTotal(term("plan_paid"), Money(is_open - total)),) if is_open != total else ()
    return to.letter(
        "payment_plan",
        as_of,
        facts=(*facts, (term("client_code"), to.code)),
        opening=(term(key, len(days) if agreed else None, amount=Money(total), count=len(days)),),
        tables=tuple(_table(plan, as_of, with_title=len(plans) > 1) for plan in plans),
        totals=(
            LetterTotal(term("plan_total"), Money(total)),
            *paid,
            LetterTotal(term("plan_open"), Money(is_open), emphasis=True),
        ),
        terms=terms,
        **to.signed,
        due_date=next_day,
        payable=payable,
        payment_reference=", ".join(part.name for part in soon),
    )


def _table(plan: _Plan, as_of: date, *, with_title: bool) -> LetterTable:
    def state(part: _Part) -> Cell:
        if not part.open:
            return term("paid_in_full")
        return term("overdue") if part.due < as_of else None

    states = [state(part) for part in plan.parts]
    told = any(states)
    return LetterTable(
        (
            LetterColumn("instalment"),
            LetterColumn("due", "day"),
            *([LetterColumn("state")] if told else []),
            LetterColumn("amount", "money"),
            LetterColumn("paid", "money"),
            LetterColumn("open", "money"),
        ),
        tuple(
            LetterRow(
                (
                    part.name,
                    part.due,
                    *([said] if told else []),
                    Money(part.amount),
                    Money(part.amount - part.open),
                    Money(part.open),
                )
            )
            for part, said in zip(plan.parts, states, strict=True)
        ),
        title=term("instalments_of", number=plan.number, date=plan.issued) if with_title else None,
        sums=(
            LetterRow(
                (
                    term("sum"),
                    None,
                    *([None] if told else []),
                    Money(sum(part.amount for part in plan.parts)),
                    Money(sum(part.amount - part.open for part in plan.parts)),
                    Money(sum(part.open for part in plan.parts)),
                ),
                strong=True,
            ),
        ),
        carried="sum",
    )
