"""What changed of an agreement's lines, from which day on, why, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import aliased

from db.engine import Book
from db.schema import AgreementLine, ChangeOrder, Item
from desktop.domain.money import unscaled
from desktop.i18n import _


@dataclass(frozen=True, slots=True)
class LineChange:
    """From `dated` on; quantities and prices are None where there was no line before, or is none after, or where the
    rate card prices it. `kind` is changed, added or ended."""

    dated: date
    kind: str
    text: str
    old_quantity: Decimal | None
    old_price: Decimal | None
    new_quantity: Decimal | None
    new_price: Decimal | None
    reason: str
    reference: str
    actor: str


def line_changes(book: Book, agreement_id: int) -> list[LineChange]:
    """The latest first."""
    old, new = aliased(AgreementLine), aliased(AgreementLine)
    old_item, new_item = aliased(Item), aliased(Item)
    query = (
        select(ChangeOrder, old, new, old_item.name, new_item.name)
        .outerjoin(old, old.id == ChangeOrder.old_line_id)
        .outerjoin(new, new.id == ChangeOrder.new_line_id)
        .outerjoin(old_item, old_item.id == old.item_id)
        .outerjoin(new_item, new_item.id == new.item_id)
        .where(ChangeOrder.agreement_id == agreement_id, ChangeOrder.effect == "line", ChangeOrder.state == "approved")
        .order_by(ChangeOrder.dated.desc(), ChangeOrder.id.desc())
    )
    with book.reading() as session:
        return [
            LineChange(
                order.dated,
                "added" if before is None else "ended" if after is None else "changed",
                _text(after, new_name) or _text(before, old_name) or _("Line"),
                unscaled(before.quantity) if before else None,
                _price(before),
                unscaled(after.quantity) if after else None,
                _price(after),
                order.reason,
                order.reference,
                order.decided_by or "",
            )
            for order, before, after, old_name, new_name in session.execute(query)
        ]


def _text(line: AgreementLine | None, item: str | None) -> str:
    return (line.description or item or "") if line else ""


def _price(line: AgreementLine | None) -> Decimal | None:
    return unscaled(line.unit_price) if line and line.unit_price is not None else None
