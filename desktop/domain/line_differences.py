"""What makes one invoice differ from the one before: thing by thing, so that the differences add up to the whole."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, NamedTuple

from desktop.domain.money import SCALE

Kind = Literal["new", "gone", "quantity", "price", "spans", "days", "amount"]


class BilledLine(NamedTuple):
    """One line of a draft or of an invoice. `thing` tells what it bills: the same thing has it on both.

    Quantity and price times 10**6, `base` the days of the full period times 10**6 where a part of one is charged;
    `span` is the period as text; `net` in minor units.
    """

    thing: Hashable
    name: str
    span: str
    quantity: int
    unit: str
    price: int
    base: int
    net: int


@dataclass(frozen=True, slots=True)
class LineDifference:
    """How one thing differs: `change` in minor units, quantities and prices times 10**6, on this and on the last.

    `kind` is the one cause where there is one: a thing new or gone, another quantity at the same price, another price
    of the same quantity, another number of periods, a part of a period; amount where several come together. Prices are
    None where the lines of the thing have several.
    """

    kind: Kind
    name: str
    unit: str
    change: int
    quantity: int
    quantity_before: int
    price: int | None
    price_before: int | None
    spans: int
    spans_before: int


@dataclass(slots=True)
class _Thing:
    name: str = ""
    unit: str = ""
    net: int = 0
    quantity: Fraction = Fraction(0)
    prices: set[int] = field(default_factory=set)
    spans: set[str] = field(default_factory=set)
    partial: bool = False


def line_differences(now: Iterable[BilledLine], before: Iterable[BilledLine]) -> tuple[LineDifference, ...]:
    """The things whose amount differs, the largest first; their changes add up to the difference of the two nets."""
    mine, theirs = _things(now), _things(before)
    found = [
        _difference(mine.get(thing), theirs.get(thing))
        for thing in (*mine, *(one for one in theirs if one not in mine))
    ]
    return tuple(sorted((one for one in found if one.change), key=lambda one: (-abs(one.change), one.name)))


def _things(lines: Iterable[BilledLine]) -> dict[Hashable, _Thing]:
    things: dict[Hashable, _Thing] = {}
    for line in lines:
        one = things.setdefault(line.thing, _Thing())
        one.name = one.name or line.name
        one.unit = one.unit or line.unit
        one.net += line.net
        one.quantity += Fraction(line.quantity * SCALE, line.base or SCALE)
        one.prices.add(line.price)
        one.spans.add(line.span)
        one.partial = one.partial or line.base not in (0, SCALE)
    return things


def _difference(now: _Thing | None, before: _Thing | None) -> LineDifference:
    known = now or before
    assert known is not None
    mine, theirs = now or _Thing(), before or _Thing()
    return LineDifference(
        "new" if before is None else "gone" if now is None else _kind(mine, theirs),
        known.name,
        known.unit,
        mine.net - theirs.net,
        round(mine.quantity),
        round(theirs.quantity),
        _only(mine.prices),
        _only(theirs.prices),
        len(mine.spans),
        len(theirs.spans),
    )


def _kind(now: _Thing, before: _Thing) -> Kind:
    price, price_before = _only(now.prices), _only(before.prices)
    if price is None or price_before is None:
        return "amount"
    if now.quantity == before.quantity:
        return "price" if price != price_before else "amount"
    if price != price_before:
        return "amount"
    if now.partial != before.partial:
        return "days"
    if (now.quantity > before.quantity) != (now.net > before.net):
        # Something else, such as a discount, outweighs it.
        return "amount"
    # Hours have a span a line; only where each period bills the same does their number say something.
    if len(now.spans) != len(before.spans) and now.quantity * len(before.spans) == before.quantity * len(now.spans):
        return "spans"
    return "quantity"


def _only(values: set[int]) -> int | None:
    return next(iter(values)) if len(values) == 1 else None
