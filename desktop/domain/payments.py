"""What a payment settles: the payer's word first, then the oldest due; never more than is open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from desktop.domain.money import SCALE, round_half_away


class Item(NamedTuple):
    """Something open: amounts in minor units; `discount` is what the payer may keep back if it is settled now."""

    key: int
    due: date
    open: int
    discount: int = 0


class Settlement(NamedTuple):
    """What one item gets: `amount` of the payment, and what the payer kept back as early-payment discount."""

    key: int
    amount: int
    discount: int = 0


def allocate(amount: int, items: Sequence[Item], named: Sequence[int] = ()) -> tuple[list[Settlement], int]:
    """Settle items in the order named, then by due date; returns settlements and the surplus, minor units.

    A shortfall that the early-payment discounts of the items cover is taken as discount, when the rest settles
    the named items, or else the oldest, to the last cent. ValueError for an amount that is not positive.
    """
    if amount <= 0:
        raise ValueError(f"an amount of {amount} settles nothing")
    ordered = _in_order(items, named)
    discounts = _discounts_taken(amount, ordered, len(set(named) & {item.key for item in items}))
    settled: list[Settlement] = []
    left = amount
    for item, discount in zip(ordered, discounts, strict=True):
        part = min(left, item.open - discount)
        if part > 0 or discount:
            settled.append(Settlement(item.key, part, discount))
        left -= part
    return settled, left


def discount_allowed(amount: int, credited: int, taken: int, is_open: int, fraction_scaled: int) -> int:
    """What may still be kept back of an invoice: the fraction (times 10**6) of what is owed after credits.

    `taken` is what was kept back already; never more than is open.
    """
    whole = round_half_away(Decimal((amount - credited) * fraction_scaled) / SCALE)
    return max(0, min(whole - taken, is_open))


def in_turn(items: Sequence[tuple[int, date]], named: Sequence[int]) -> list[int]:
    """The keys of (key, due date) in the order in which they are settled: as named, then the oldest due."""
    rank = {key: position for position, key in reversed(list(enumerate(named)))}
    unnamed = len(rank) + len(named)
    return [key for key, _ in sorted(items, key=lambda item: (rank.get(item[0], unnamed), item[1], item[0]))]


def _in_order(items: Sequence[Item], named: Sequence[int]) -> list[Item]:
    by_key = {item.key: item for item in items}
    return [by_key[key] for key in in_turn([(item.key, item.due) for item in items], named)]


def _discounts_taken(amount: int, ordered: Sequence[Item], named: int) -> list[int]:
    """The discount of each item; all zero unless the amount settles a leading stretch of them with discounts."""
    none = [0] * len(ordered)
    total = allowed = 0
    for count, item in enumerate(ordered, start=1):
        total += item.open
        allowed += item.discount
        if count < named or amount >= total:
            continue
        if amount < total - allowed:
            return none
        return _share_out(total - amount, ordered[:count]) + none[count:]
    return none


def _share_out(shortfall: int, items: Sequence[Item]) -> list[int]:
    """Whole discounts that make up the shortfall if there are such, else as much as each allows, in order."""
    ways: dict[int, tuple[int, ...]] = {0: ()}
    for index, item in enumerate(items):
        if not item.discount or len(ways) > _WAYS:
            continue
        for reached, chosen in list(ways.items()):
            if reached + item.discount <= shortfall:
                ways.setdefault(reached + item.discount, (*chosen, index))
    if shortfall in ways:
        whole = set(ways[shortfall])
        return [item.discount if index in whole else 0 for index, item in enumerate(items)]
    taken = []
    for item in items:
        part = min(shortfall, item.discount)
        taken.append(part)
        shortfall -= part
    return taken


# Sums of discounts tried before settling for the plain order: a payment over dozens of invoices has billions.
_WAYS = 10_000
