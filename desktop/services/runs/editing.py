"""Changes lines of a draft by hand; what is taken off waits to be billed again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from db.engine import Book
from desktop.domain.billing import (
    MISSING,
    Charged,
    Draft,
    Line,
    line_amount,
    part_of,
    positive_price,
    recalculate,
)
from desktop.domain.billing.lines import divide
from desktop.domain.money import SCALE, scaled, spread
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.charging import release
from desktop.services.runs.approvals import forget_approvals
from desktop.services.runs.drafting import encode_body
from desktop.services.runs.recheck import recheck
from desktop.services.runs.scope import run_facts

BY_HAND = "hand"
"""The price source of a line that a person priced."""


@dataclass(frozen=True, slots=True)
class LineEdit:
    """A change to one line of a draft; None leaves a part as it is. Price and quantity are Decimals in major units."""

    position: int
    description: str | None = None
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    remove: bool = False


def edit(book: Book, draft_id: int, edits: Sequence[LineEdit], *, note: str | None = None, actor: str) -> None:
    """Change lines of a draft by hand, then put it before the gate again. `note` becomes the document's first words.

    UserError where the draft is issued or gone, where a line is not there, and where nothing would be left.
    """
    with change(book, actor, _("Edit draft {number}").format(number=draft_id), undoable=False) as made:
        connection = made.connection
        row = connection.exec_driver_sql(
            """SELECT kind, client_id, currency, body, run_id FROM draft
            WHERE id = ? AND state IN ('ready', 'held', 'approved', 'failed')""",
            (draft_id,),
        ).fetchone()
        if row is None:
            raise UserError(
                _("This draft can no longer be edited."), _("What is issued is corrected by a credit note.")
            )
        draft = Draft.from_body(row[0], row[1], row[2], json.loads(row[3]))
        removed = _apply(draft, edits)
        if not draft.lines:
            raise UserError(_("A draft without lines bills nothing."), _("Discard the draft instead."))
        if note is not None:
            draft.note = note
        body, _fingerprint = encode_body(draft)
        connection.exec_driver_sql(
            "UPDATE draft SET body = ?, net = ?, tax = ?, gross = ?, rounding = ?, edited = 1 WHERE id = ?",
            (body, draft.net, draft.tax, draft.gross, draft.rounding, draft_id),
        )
        if removed:
            release(connection, draft_id, draft.charges)
        made.record("draft", draft_id, "edit", {"body": json.loads(row[3])}, {"body": json.loads(body)})
        forget_approvals(connection, draft_id)
        recheck(connection, run_facts(connection, int(row[4])), [draft_id], now=made.at, edited=True)


def _apply(draft: Draft, edits: Sequence[LineEdit]) -> bool:
    """Change the lines; whether any was taken off."""
    by_position = {edit.position: edit for edit in edits}
    unknown = set(by_position) - {line.position for line in draft.lines}
    if unknown:
        raise UserError(
            _("The draft has no line {position}.").format(position=min(unknown)),
            _("It has lines 1 to {count}.").format(count=len(draft.lines)),
        )
    _refuse_parts_of_use(draft, {edit.position for edit in edits if edit.remove})
    lines: list[Line] = []
    charges: list[Charged] = []
    for line in draft.lines:
        wanted = by_position.get(line.position)
        mine = [charge for charge in draft.charges if charge.position == line.position]
        if wanted is not None and wanted.remove:
            continue
        position = len(lines) + 1
        after = line if wanted is None else _changed(line, wanted, draft.currency)
        lines.append(after._replace(position=position))
        if after.net == line.net:
            charges += [charge._replace(position=position) for charge in mine]
        else:
            shares = _shares(after.net, [charge.quantity for charge in mine])
            charges += [
                charge._replace(position=position, amount=share) for charge, share in zip(mine, shares, strict=True)
            ]
    draft.lines, draft.charges = lines, charges
    recalculate(draft)
    return any(edit.remove for edit in edits)


def _refuse_parts_of_use(draft: Draft, removed: set[int]) -> None:
    """The lines of a meter's period go together: its rows are billed with the draft, or wait."""
    spans = {
        (charge.source_id, charge.period_start, charge.period_end)
        for charge in draft.charges
        if charge.kind == "usage" and charge.position in removed
    }
    for charge in draft.charges:
        span = (charge.source_id, charge.period_start, charge.period_end)
        if charge.kind == "usage" and span in spans and charge.position not in removed:
            raise UserError(
                _("Line {position} bills the same period of the same meter.").format(position=charge.position),
                _("Take line {position} off too, or set a price of 0 on the line that is not to be paid.").format(
                    position=charge.position
                ),
            )


def _changed(line: Line, wanted: LineEdit, currency: str) -> Line:
    if wanted.description is not None:
        line = line._replace(description=wanted.description.strip())
    if wanted.quantity is None and wanted.unit_price is None:
        return line
    if line.deducts_id is not None:
        raise UserError(
            _("Line {position} deducts the deposit {description}; its amount is what was received.").format(
                position=line.position, description=line.description
            ),
            _("Take the line off to deduct the deposit later."),
        )
    quantity = line.quantity if wanted.quantity is None else _scaled(wanted.quantity)
    price = line.unit_price if wanted.unit_price is None else _scaled(wanted.unit_price)
    if wanted.unit_price is not None and (price != line.unit_price or line.price_source == MISSING):
        line = line._replace(price_source=BY_HAND)
    quantity, price = positive_price(quantity, price)
    if (quantity, price) == (line.quantity, line.unit_price):
        return line
    amount = line_amount(quantity, price, line.base_quantity, currency)
    allowance = part_of(amount, _fraction(line.allowance, line.net + line.allowance - line.charge))
    return line._replace(quantity=quantity, unit_price=price, allowance=allowance, charge=0, net=amount - allowance)


def _scaled(value: Decimal) -> int:
    try:
        return scaled(value)
    except ValueError as error:
        raise UserError(str(error), _("Round it to six decimals.")) from None


def _fraction(allowance: int, amount: int) -> int:
    """The plainest fraction (times 10**6) that takes this allowance off this amount: 333 of 3,333 is a tenth."""
    if not allowance or not amount:
        return 0
    exact = divide(allowance * SCALE * (1 if amount > 0 else -1), abs(amount))
    for step in (10_000, 1_000, 100, 10):
        plain = divide(exact, step) * step
        if part_of(amount, plain) == allowance:
            return plain
    return exact


def _shares(net: int, quantities: Sequence[int]) -> list[int]:
    if not quantities:
        return []
    return spread(net, quantities if sum(quantities) else [1] * len(quantities))
