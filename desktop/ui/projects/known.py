"""What is known of one project, read by a worker, and the rows that its page shows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from db.engine import Book
from desktop.domain.money import unscaled
from desktop.i18n import _, money_text
from desktop.services.agreements import agreement
from desktop.services.catalogue import items
from desktop.services.change_orders import ChangeOrderRow, change_orders
from desktop.services.milestones import MilestoneRow, at_once, milestones
from desktop.services.projects import Position, position
from desktop.ui.editors import Choice
from desktop.ui.filters import Figure
from desktop.ui.listing import Row
from desktop.ui.page import Summary

# Two tables share one list: the rest of an id tells which.
_MILESTONE, _CHANGE = 0, 1


@dataclass(frozen=True)
class Known:
    """A project whole. `items` and `lines` are what its forms offer."""

    where: Position
    milestones: Mapping[int, MilestoneRow]
    changes: Mapping[int, ChangeOrderRow]
    at_once: bool
    items: Sequence[Choice]
    lines: Sequence[Choice]


def known(book: Book, agreement_id: int, today: date) -> Known:
    names = {one["id"]: str(one["name"]) for one in items(book, archived=True)}
    lines = [
        (line["id"], str(line["description"] or names.get(line["item_id"], "") or _("Hours")))
        for line in agreement(book, agreement_id)["lines"]
    ]
    return Known(
        position(book, agreement_id, today),
        {one.id: one for one in milestones(book, agreement_id, today)},
        {one.id: one for one in change_orders(book, agreement_id)},
        at_once(book, agreement_id),
        [(one["id"], str(one["name"])) for one in items(book)],
        lines,
    )


def milestone_row_id(milestone_id: int) -> int:
    return milestone_id * 2 + _MILESTONE


def change_row_id(order_id: int) -> int:
    return order_id * 2 + _CHANGE


def own_id(row_id: int) -> tuple[bool, int]:
    """(whether it is a milestone, its id in its own table)."""
    return row_id % 2 == _MILESTONE, row_id // 2


def rows(found: Known) -> list[Row]:
    """Milestones in their order, then the change orders, the latest first.

    The day of a milestone is the one planned, that of a change the one from which it holds; done means decided, too.
    """
    currency = found.where.currency
    return [_milestone(one, currency) for one in found.milestones.values()] + [
        _change(one, currency) for one in found.changes.values()
    ]


def _milestone(one: MilestoneRow, currency: str) -> Row:
    return {
        "id": milestone_row_id(one.id),
        "state": "reserved" if one.state == "draft" else one.state,
        "marks": ("milestones", *(("waiting",) if one.state in ("done", "draft") else ())),
        "what": one.name,
        "share": None if one.fraction is None else unscaled(one.fraction) * 100,
        "amount": one.amount,
        "currency": currency,
        "day": one.planned_on,
        "done": one.done_on,
        "on": one.invoice or one.run or None,
    }


def _change(one: ChangeOrderRow, currency: str) -> Row:
    what = one.reason if one.effect == "scope" else _("{line}: {reason}").format(line=one.line, reason=one.reason)
    share: Decimal | None = None
    return {
        "id": change_row_id(one.id),
        "state": one.state,
        "marks": ("changes", *(("waiting",) if one.state == "proposed" else ())),
        "what": what,
        "share": share,
        "amount": one.amount,
        "currency": currency,
        "day": one.dated,
        "done": one.decided_on,
        "on": one.reference,
    }


def summary(found: Known) -> Summary:
    where = found.where

    def figure(amount: int, words: str, key: str = "") -> Figure:
        return Figure(money_text(amount, where.currency), words, key)

    figures = []
    if where.scope is not None:
        figures.append(figure(where.scope, _("agreed, with changes")))
    figures += [
        figure(where.billed, _("billed")),
        figure(where.waiting, _("done, not billed"), "waiting"),
        figure(where.paid, _("paid, gross")),
    ]
    if where.left is not None:
        figures.append(figure(where.left, _("left to bill") if where.scope is not None else _("budget left")))
    counts = {"milestones": len(found.milestones), "changes": len(found.changes)}
    return Summary(f"{where.code} · {where.client_name}", figures, counts)
