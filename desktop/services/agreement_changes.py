"""Changes in mid-period: a line ends on a day and another follows it, with the reason on record."""

from __future__ import annotations

from datetime import date
from types import EllipsisType
from typing import Any

from sqlalchemy import select

from db.schema import Agreement, AgreementLine, ChangeOrder, PriceChange
from desktop.errors import UserError
from desktop.i18n import _, date_text
from desktop.services.change_sets import Row, row_of, table_of
from desktop.services.changes import Change
from desktop.services.records import found

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
        past = [change.unit_price for change in ahead if change.valid_from <= dated]
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
    for change in ahead:
        if change.valid_from < dated:
            continue
        if keeps_price and change.valid_from > dated:
            made.update(PriceChange, change.id, agreement_line_id=new_id)
        else:
            made.delete(PriceChange, change.id)
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
