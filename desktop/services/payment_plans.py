"""Payment plans: what is open of invoices, due anew in instalments that were agreed on afterwards.

The same amount stays receivable. The plan takes over what is open on its day, so that aging as of an earlier day still
shows the old due dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.schema import OpenItem, PaymentPlan
from desktop.domain.instalments import MOST_INSTALMENTS, due_days, equal_instalments
from desktop.domain.instalments import Instalment as Part
from desktop.domain.money import exact_minor
from desktop.domain.periods import Interval
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text, ngettext
from desktop.services.change_sets import Change
from desktop.services.changes import change
from desktop.services.instalments import Instalment, instalments
from desktop.services.ledger import Ledger
from desktop.services.open_amounts import Due, OpenAmounts
from desktop.services.payments import not_to_come, one_client, one_currency, reason_given
from desktop.services.plan_items import send_back
from desktop.services.problems import Problems


@dataclass(frozen=True, slots=True)
class PlanBasis:
    """What a plan would be over: so much is open, minor units; `replaces` names the invoices that have a plan now."""

    client_id: int
    currency: str
    open: int
    numbers: tuple[str, ...]
    replaces: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreedPlan:
    """The plan of one invoice: (instalment as a payment names it, due date, amount), minor units."""

    id: int
    number: str
    currency: str
    instalments: tuple[tuple[str, date, int], ...]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan of an invoice; without `cancelled_on` it stands."""

    id: int
    agreed_on: date
    reason: str
    actor: str
    cancelled_on: date | None


@dataclass(frozen=True, slots=True)
class Schedule:
    """All that is or was due of an invoice, and its plans, the newest last."""

    number: str
    currency: str
    parts: tuple[Instalment, ...]
    plans: tuple[PlanRow, ...]

    @property
    def standing(self) -> PlanRow | None:
        return self.plans[-1] if self.plans and self.plans[-1].cancelled_on is None else None


def plan_basis(book: Book, numbers: Sequence[str]) -> PlanBasis:
    """What is open of the invoices. UserError as agree_plan raises for them."""
    with book.reading() as session:
        return _basis(OpenAmounts(session.connection()), numbers)[0]


def agree_plan(
    book: Book,
    numbers: Sequence[str],
    parts: Sequence[Part],
    *,
    on: date,
    reason: str,
    actor: str,
    today: date,
) -> tuple[AgreedPlan, ...]:
    """Make what is open of a client's invoices due in these parts, (due date, amount in minor units), one plan each.

    The first part covers what was due first, over all invoices. A plan that stands is called off by it.
    UserError where nothing is open, for a disputed invoice, parts that do not add up to what is open, a part due
    before the plan is agreed, a day before what is open was opened, and without a reason.
    """
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        reason = reason_given(reason)
        ledger = Ledger(made)
        basis, dues = _basis(ledger, numbers)
        _check_parts(parts, basis, on)
        _check_day(dues, on)
        _call_off(made, ledger, dues, on)
        is_open = [due for due in dues if due.open]
        agreed = [
            _take_over(made, ledger, of_invoice, own, on, reason)
            for of_invoice, own in _shared(is_open, sorted(parts), basis.numbers)
        ]
        ledger.flush()
        said = ngettext(
            "Payment plan for {numbers}: {amount} in {count} instalment",
            "Payment plan for {numbers}: {amount} in {count} instalments",
            len(parts),
        )
        made.summary = said.format(
            numbers=", ".join(basis.numbers), amount=money_text(basis.open, basis.currency), count=len(parts)
        )
    return tuple(agreed)


def cancel_plan(book: Book, number: str, *, on: date, reason: str, actor: str, today: date) -> int:
    """Call off the plan of an invoice: what is open of it is due as it was before. Returns that, minor units.

    What was paid under the plan has paid what was due first. UserError where no plan stands, for a day before the
    plan or before something of it was opened again, and without a reason.
    """
    with change(book, actor, "", undoable=False) as made:
        not_to_come(on, today)
        reason = reason_given(reason)
        ledger = Ledger(made)
        dues = [due for due in ledger.invoice_dues(number) if due.plan_id is not None and due.plan_ended is None]
        if not dues:
            raise UserError(_("{number} has no payment plan.").format(number=number))
        _check_day(dues, on)
        back = sum(due.open for due in dues)
        if not back:
            raise UserError(
                _("The payment plan of {number} is paid.").format(number=number), _("There is nothing to call off.")
            )
        _call_off(made, ledger, dues, on)
        ledger.flush()
        made.summary = _("Call off the payment plan of {number}: {reason}").format(number=number, reason=reason)
    return back


def schedule(book: Book, number: str) -> Schedule:
    """UserError where there is no such invoice."""
    with book.reading() as session:
        connection = session.connection()
        due = OpenAmounts(connection).invoice_dues(number)[0]
        rows = connection.exec_driver_sql(
            "SELECT id, agreed_on, reason, actor, cancelled_on FROM payment_plan WHERE invoice_id = ? ORDER BY id",
            (due.invoice_id,),
        )
        plans = tuple(
            PlanRow(key, date.fromisoformat(agreed), why, actor, date.fromisoformat(ended) if ended else None)
            for key, agreed, why, actor, ended in rows
        )
        return Schedule(number, due.currency, instalments(connection, due.invoice_id, number), plans)


def next_month(day: date) -> date:
    """When the first instalment is due unless told otherwise."""
    return due_days(day, Interval(1, "month"), 2)[1]


def propose(basis: PlanBasis, count: int, first: date, every: str) -> tuple[Part, ...]:
    """So many equal parts of what is open, an interval such as "monthly" apart. UserError where that cannot be."""
    try:
        return equal_instalments(basis.open, count, first, Interval.parse(every))
    except ValueError as error:
        raise UserError(str(error)) from None


def typed_parts(lines: Sequence[Mapping[str, Any]], currency: str) -> tuple[Part, ...]:
    """(due date, amount in minor units) of lines as typed: `due`, and `amount` in major units.

    Raises ValidationError with what is missing or wrong under `parts.0.due` and the like.
    """
    problems = Problems()
    for place, line in enumerate(lines):
        if line.get("due") is None:
            problems.add(f"parts.{place}.due", _("Say when it is due."))
        amount = line.get("amount")
        if amount is None or amount <= 0:
            problems.add(f"parts.{place}.amount", _("Say how much it is, above 0."))
        elif _minor(amount, currency) is None:
            problems.add(f"parts.{place}.amount", _("{currency} has fewer decimals.").format(currency=currency))
    problems.raise_any()
    return tuple((line["due"], exact_minor(line["amount"], currency)) for line in lines)


def missing(lines: Sequence[Mapping[str, Any]], basis: PlanBasis) -> int | None:
    """What the amounts typed lack of what is open, below 0 where they are more; None while one cannot be read."""
    total = 0
    for line in lines:
        typed = line.get("amount")
        amount = 0 if typed is None else _minor(typed, basis.currency)
        if amount is None:
            return None
        total += amount
    return basis.open - total


def _minor(typed: object, currency: str) -> int | None:
    """None for what is no amount of the currency."""
    try:
        return exact_minor(typed, currency) if isinstance(typed, Decimal) else None
    except ValueError:
        return None


def _basis(open_amounts: OpenAmounts, numbers: Sequence[str]) -> tuple[PlanBasis, list[Due]]:
    """What the plan would be over, and all items of its invoices."""
    numbers = tuple(dict.fromkeys(numbers))
    if not numbers:
        raise UserError(_("A payment plan needs an invoice."), _("Name at least one."))
    dues = [due for number in numbers for due in open_amounts.invoice_dues(number)]
    client_id = one_client(open_amounts.connection, dues, None)
    currency = one_currency(open_amounts.connection, dues, client_id, None)
    for number in numbers:
        if not any(due.open for due in dues if due.number == number):
            raise UserError(
                _("Nothing is open of {number}.").format(number=number), _("A payment plan is for what is still due.")
            )
    _check_disputes(open_amounts.connection, dues)
    planned = {due.number for due in dues if due.plan_id is not None and due.plan_ended is None}
    replaces = tuple(number for number in numbers if number in planned)
    return PlanBasis(client_id, currency, sum(due.open for due in dues), numbers, replaces), dues


def _check_disputes(connection: Connection, dues: Iterable[Due]) -> None:
    for number, invoice_id in dict.fromkeys((due.number, due.invoice_id) for due in dues):
        row = connection.exec_driver_sql(
            "SELECT 1 FROM dispute WHERE invoice_id = ? AND closed_on IS NULL", (invoice_id,)
        ).fetchone()
        if row is not None:
            raise UserError(
                _("{number} is disputed: it is not settled yet what is owed.").format(number=number),
                _("Settle the dispute first, then agree on how the rest is paid."),
            )


def _check_parts(parts: Sequence[Part], basis: PlanBasis, on: date) -> None:
    if not 1 <= len(parts) <= MOST_INSTALMENTS:
        raise UserError(
            _("A payment plan has 1 to {most} instalments, not {count}.").format(
                most=MOST_INSTALMENTS, count=len(parts)
            )
        )
    days = [day for day, _amount in parts]
    if min(days) < on:
        raise UserError(
            _("An instalment is due on {day}, before the plan is agreed on {on}.").format(
                day=date_text(min(days)), on=date_text(on)
            ),
            _("Take the day of the plan or a later one."),
        )
    if len(set(days)) < len(days):
        double = next(day for day in days if days.count(day) > 1)
        raise UserError(
            _("Two instalments are due on {day}.").format(day=date_text(double)),
            _("Make one of them, or change a day."),
        )
    if any(amount <= 0 for _day, amount in parts):
        raise UserError(_("An instalment needs an amount above zero."), _("Remove it, or say how much it is."))
    total = sum(amount for _day, amount in parts)
    if total != basis.open:
        raise UserError(
            _("The instalments come to {total}, but {open} is open.").format(
                total=money_text(total, basis.currency), open=money_text(basis.open, basis.currency)
            ),
            _("{difference} is {word}.").format(
                difference=money_text(abs(basis.open - total), basis.currency),
                word=_("missing") if total < basis.open else _("too much"),
            ),
        )


def _check_day(dues: Iterable[Due], on: date) -> None:
    for due in dues:
        if due.open and on < due.since:
            raise UserError(
                _("{number} is open since {day} only.").format(number=due.number, day=date_text(due.since)),
                _("Take that day or a later one."),
            )


def _call_off(made: Change, ledger: Ledger, dues: Iterable[Due], on: date) -> None:
    """End the plans that the items belong to; what is open of them goes back to what they took over."""
    for due in dues:
        if due.plan_id is not None and due.plan_ended is None and due.open:
            send_back(ledger, due, due.open, on)
    for plan_id in dict.fromkeys(due.plan_id for due in dues if due.plan_id is not None and due.plan_ended is None):
        made.update(PaymentPlan, plan_id, cancelled_on=on)


def _shared(dues: Sequence[Due], parts: Iterable[Part], numbers: Sequence[str]) -> list[tuple[list[Due], list[Part]]]:
    """The open items of each invoice with its share of the parts: the earlier part covers what was due earlier."""
    shares: dict[str, dict[date, int]] = {number: {} for number in numbers}
    waiting = sorted(dues, key=lambda due: (due.due_date, due.id))
    uncovered = {due.id: due.open for due in dues}
    for day, amount in parts:
        left = amount
        while left:
            due = waiting[0]
            part = min(left, uncovered[due.id])
            shares[due.number][day] = shares[due.number].get(day, 0) + part
            left -= part
            uncovered[due.id] -= part
            if not uncovered[due.id]:
                waiting.pop(0)
    return [([due for due in dues if due.number == number], list(shares[number].items())) for number in numbers]


def _take_over(
    made: Change, ledger: Ledger, dues: Sequence[Due], parts: Sequence[Part], on: date, reason: str
) -> AgreedPlan:
    """One invoice's plan: what is open of it goes over to the parts."""
    first = dues[0]
    plan_id = made.insert(
        PaymentPlan, invoice_id=first.invoice_id, agreed_on=on, reason=reason, actor=made.actor, created_at=made.at
    )
    for due in dues:
        ledger.plan(due, plan_id, due.open, on)
    (last,) = made.connection.exec_driver_sql(
        "SELECT max(instalment) FROM open_item WHERE invoice_id = ?", (first.invoice_id,)
    ).one()
    agreed = []
    for place, (day, amount) in enumerate(parts, last + 1):
        made.insert(
            OpenItem,
            invoice_id=first.invoice_id,
            instalment=place,
            client_id=first.client_id,
            currency=first.currency,
            due_date=day,
            amount=amount,
            open=amount,
            since=on,
            plan_id=plan_id,
        )
        agreed.append((f"{first.number}/{place}", day, amount))
    return AgreedPlan(plan_id, first.number, first.currency, tuple(agreed))
