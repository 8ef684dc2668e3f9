"""Changes in mid-period: a line ends on a day and another follows it, with the reason on record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import EllipsisType
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.engine import Book
from db.schema import Agreement, AgreementLine, ChangeOrder, Charge, Item, PriceChange
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.agreement_checks import check_line, check_price, check_quantity
from desktop.services.change_sets import Row, row_of, table_of
from desktop.services.changes import Change, change
from desktop.services.field_checks import check_exists
from desktop.services.problems import Problems
from desktop.services.records import column_values, found

# What the new line has of its own, or what only a row has.
_NOT_INHERITED = frozenset({"id", "position", "start_date", "end_date", "follows_id"})


def apply_line_change(
    made: Change,
    agreement_id: int,
    line_id: int,
    dated: date,
    *,
    item_id: int | None = None,
    quantity: int | None = None,
    unit_price: int | EllipsisType | None = ...,
    description: str | None = None,
    reason: str = "",
    reference: str = "",
    order_id: int | None = None,
) -> int:
    """End a line before `dated` and let another follow it from that day on, in its place; the id of the new line.

    Quantity and price are scaled; what is not given stays as it was, None for the price is the rate card's. Another
    item without a price of its own is priced by the card. Prices agreed ahead for days after `dated` go with the new
    line, unless it has another price or item. A change order (`order_id`, or a new one) records it as approved.
    UserError where the line does not run on that day.
    """
    row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
    # Not by the session, which would not see that the line was changed within this transaction.
    before = line_row(made, line_id)
    if before["agreement_id"] != agreement_id:
        raise UserError(
            _("The line is not one of {code}.").format(code=row.code), _("Choose a line of this agreement.")
        )
    _check_runs(row, before, dated)
    ahead = made.session.execute(
        select(PriceChange.id, PriceChange.valid_from, PriceChange.unit_price)
        .where(PriceChange.agreement_line_id == line_id)
        .order_by(PriceChange.valid_from)
    ).all()
    other_item = item_id is not None and item_id != before["item_id"]
    keeps_price = unit_price is ... and not other_item
    price: int | None = None
    if keeps_price:
        past = [rise.unit_price for rise in ahead if rise.valid_from <= dated]
        price = past[-1] if past else before["unit_price"]
    elif unit_price is not ...:
        price = unit_price
    text = description if description is not None else "" if other_item else before["description"]
    given = {name: value for name, value in before.items() if name not in _NOT_INHERITED} | {
        "item_id": item_id if item_id is not None else before["item_id"],
        "description": text,
        "quantity": quantity if quantity is not None else before["quantity"],
        "unit_price": price,
    }
    made.update(AgreementLine, line_id, end_date=dated)
    position = _make_room(made, agreement_id, before["position"])
    new_id = made.insert(
        AgreementLine,
        **given,
        position=position,
        start_date=dated,
        end_date=before["end_date"],
        follows_id=line_id,
    )
    for rise in ahead:
        if rise.valid_from < dated:
            continue
        if keeps_price and rise.valid_from > dated:
            made.update(PriceChange, rise.id, agreement_line_id=new_id)
        else:
            made.delete(PriceChange, rise.id)
    _record(made, order_id, agreement_id, dated, given, line_id, new_id, reason, reference)
    return new_id


def line_row(made: Change, line_id: int) -> Row:
    """The columns of an agreement's line as they stand now. UserError where it is gone."""
    try:
        return row_of(made.connection, table_of(AgreementLine), line_id)
    except LookupError:
        raise UserError(_("The line is not there any more."), _("Reload the list.")) from None


def _check_runs(row: Agreement, line: Row, dated: date) -> None:
    start = max(row.start_date, line["start_date"]) if line["start_date"] else row.start_date
    ends = [day for day in (row.end_date, line["end_date"]) if day is not None]
    if dated < start:
        raise UserError(
            _("A line that starts on {start} cannot change on {day}.").format(
                start=date_text(start), day=date_text(dated)
            ),
            _("Choose its first day or a later one."),
        )
    if ends and dated >= min(ends):
        raise UserError(
            _("The line bills its last day on {last}; {day} is after it.").format(
                last=date_text(date.fromordinal(min(ends).toordinal() - 1)), day=date_text(dated)
            ),
            _("Choose an earlier day, or move its end first."),
        )


def _make_room(made: Change, agreement_id: int, position: int) -> int:
    """The place after this one, freed: the lines behind it move on by one, the last first."""
    behind = made.session.execute(
        select(AgreementLine.id, AgreementLine.position)
        .where(AgreementLine.agreement_id == agreement_id, AgreementLine.position > position)
        .order_by(AgreementLine.position.desc())
    ).all()
    if any(line.position == position + 1 for line in behind):
        for line in behind:
            made.update(AgreementLine, line.id, position=line.position + 1)
    return position + 1


def _record(
    made: Change,
    order_id: int | None,
    agreement_id: int,
    dated: date,
    line: dict[str, Any],
    old_line_id: int | None,
    new_line_id: int | None,
    reason: str,
    reference: str,
) -> None:
    decided: dict[str, Any] = {
        "state": "approved",
        "dated": dated,
        "old_line_id": old_line_id,
        "new_line_id": new_line_id,
        "decided_by": made.actor,
        "decided_on": date.fromisoformat(made.at[:10]),
    }
    if order_id is not None:
        made.update(ChangeOrder, order_id, **decided)
        return
    made.insert(
        ChangeOrder,
        agreement_id=agreement_id,
        effect="line",
        item_id=line["item_id"],
        quantity=line["quantity"],
        unit_price=line["unit_price"],
        reason=reason,
        reference=reference,
        **decided,
    )


def change_line(
    book: Book,
    agreement_id: int,
    line_id: int,
    dated: date,
    *,
    item_id: int | None = None,
    quantity: Decimal | None = None,
    unit_price: Decimal | EllipsisType | None = ...,
    reason: str = "",
    reference: str = "",
    actor: str,
    allow_zero: bool = False,
) -> int:
    """Change what a line bills from a day on; the id of the line that follows it. See `apply_line_change`.

    Days of the old line that were billed beyond it are credited by the next run, where the agreement credits unused
    days. ValidationError where a figure cannot be, UserError where the line does not run on that day.
    """
    with change(book, actor, _("Change a line")) as made:
        return change_within(
            made,
            agreement_id,
            line_id,
            dated,
            item_id=item_id,
            quantity=quantity,
            unit_price=unit_price,
            reason=reason,
            reference=reference,
            allow_zero=allow_zero,
        )


def change_within(
    made: Change,
    agreement_id: int,
    line_id: int,
    dated: date,
    *,
    item_id: int | None = None,
    quantity: Decimal | None = None,
    unit_price: Decimal | EllipsisType | None = ...,
    reason: str = "",
    reference: str = "",
    allow_zero: bool = False,
) -> int:
    """As `change_line`, within the caller's change."""
    row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
    figures = _figures(made, item_id, quantity, unit_price, allow_zero, line_row(made, line_id))
    made.summary = _("Change a line of {code} from {day}").format(code=row.code, day=date_text(dated))
    return apply_line_change(made, agreement_id, line_id, dated, reason=reason, reference=reference, **figures)


def add_line(
    book: Book,
    agreement_id: int,
    dated: date,
    *,
    item_id: int | None = None,
    description: str = "",
    quantity: Decimal = Decimal(1),
    unit_price: Decimal | None = None,
    reason: str = "",
    reference: str = "",
    actor: str,
    allow_zero: bool = False,
) -> int:
    """Bill something more from a day on; the id of the recurring line, behind all others."""
    with change(book, actor, _("Add a line")) as made:
        return add_within(
            made,
            agreement_id,
            dated,
            item_id=item_id,
            description=description,
            quantity=quantity,
            unit_price=unit_price,
            reason=reason,
            reference=reference,
            allow_zero=allow_zero,
        )


def add_within(
    made: Change,
    agreement_id: int,
    dated: date,
    *,
    item_id: int | None = None,
    description: str = "",
    quantity: Decimal = Decimal(1),
    unit_price: Decimal | None = None,
    reason: str = "",
    reference: str = "",
    allow_zero: bool = False,
) -> int:
    """As `add_line`, within the caller's change."""
    row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
    problems = Problems()
    values = column_values(
        AgreementLine,
        {
            "kind": "recurring",
            "item_id": item_id,
            "description": description,
            "quantity": quantity,
            "unit_price": unit_price,
            "start_date": dated,
        },
        problems,
    )
    check_line(made.session, values, problems, allow_zero, None)
    if row.end_date is not None and dated >= row.end_date:
        last = date_text(date.fromordinal(row.end_date.toordinal() - 1))
        problems.add("dated", _("{code} bills its last day on {day}.").format(code=row.code, day=last))
    problems.raise_any()
    last_place = select(func.max(AgreementLine.position)).where(AgreementLine.agreement_id == agreement_id)
    position = (made.session.scalar(last_place) or 0) + 1
    new_id = made.insert(AgreementLine, **values, agreement_id=agreement_id, position=position)
    made.summary = _("Add a line to {code} from {day}").format(code=row.code, day=date_text(dated))
    _record(made, None, agreement_id, dated, values, None, new_id, reason, reference)
    return new_id


def end_line(
    book: Book,
    agreement_id: int,
    line_id: int,
    last_day: date,
    *,
    credit: bool = True,
    reason: str = "",
    reference: str = "",
    actor: str,
) -> date:
    """Bill a line no more after a day; its last day. Without credit it ends no earlier than what of it was billed."""
    with change(book, actor, _("End a line")) as made:
        return end_line_within(made, agreement_id, line_id, last_day, credit=credit, reason=reason, reference=reference)


def end_line_within(
    made: Change,
    agreement_id: int,
    line_id: int,
    last_day: date,
    *,
    credit: bool = True,
    reason: str = "",
    reference: str = "",
) -> date:
    """As `end_line`, within the caller's change."""
    row: Agreement = found(made.session, Agreement, agreement_id, _("The agreement"))
    line = line_row(made, line_id)
    end = date.fromordinal(last_day.toordinal() + 1)
    _check_runs(row, line, last_day)
    if not credit:
        end = max(end, line_billed_through(made.session, line_id) or end)
    made.update(AgreementLine, line_id, end_date=end)
    last = date.fromordinal(end.toordinal() - 1)
    made.summary = _("End a line of {code} on {day}").format(code=row.code, day=date_text(last))
    nothing = {"item_id": line["item_id"], "quantity": 0, "unit_price": line["unit_price"]}
    _record(made, None, agreement_id, end, nothing, line_id, None, reason, reference)
    return last


def line_billed_through(session: Session, line_id: int) -> date | None:
    """The first day after all that a recurring line has billed and nothing has freed."""
    return session.scalar(
        select(func.max(Charge.period_end)).where(
            Charge.agreement_line_id == line_id, Charge.kind == "recurring", Charge.reversed_by.is_(None)
        )
    )


def _figures(
    made: Change,
    item_id: int | None,
    quantity: Decimal | None,
    unit_price: Decimal | EllipsisType | None,
    allow_zero: bool,
    line: Row,
) -> dict[str, Any]:
    """What a change gives, scaled. ValidationError where it cannot be, or where it would change nothing."""
    problems = Problems()
    given: dict[str, object] = {}
    if item_id is not None:
        given["item_id"] = item_id
    if quantity is not None:
        given["quantity"] = quantity
    if unit_price is not ...:
        given["unit_price"] = unit_price
    values = column_values(AgreementLine, given, problems)
    check_exists(made.session, Item, "item_id", values, problems, _("The item"))
    check_quantity(values.get("quantity"), problems)
    check_price(values.get("unit_price"), problems, allow_zero or line["unit_price"] == 0)
    if all(line[name] == value for name, value in values.items()):
        problems.add("quantity", _("Nothing would change: give another item, quantity or price."))
    problems.raise_any()
    return values
