"""What of all that a known client owes a payment may settle, where the text does not tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from math import comb, gcd
from typing import Final

from desktop.domain.matching.amounts import EXACT, Target, Way
from desktop.domain.matching.facts import OpenInvoice, Share
from desktop.domain.matching.scene import (
    ALL_OPEN,
    BANK_KEPT,
    DOUBTS,
    OLDEST_DUE,
    ON_ACCOUNT,
    ONE_MONTH,
    OVER,
    PREPAID,
    SUBSET,
    Reading,
    Scene,
)
from desktop.domain.matching.settling import covering, in_turn, less, rest, rest_of, settling
from desktop.domain.matching.subsets import adding_up
from desktop.domain.money import SCALE

# So seldom, times 10**6, may amounts add up by chance where nothing else tells which are meant.
_BY_CHANCE: Final = 2_000
_RATHER: Final = 50_000
_EQUALS: Final = 5
# Of so many items discounts are tried one by one, and of so many which add up; a client seldom owes more.
_CHOICES: Final = 12
_MOST: Final = 120
_NO_DIGITS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-/._ #&+"


def whole_of(scene: Scene, target: Target, group: int, pool: Sequence[OpenInvoice]) -> Iterator[Reading]:
    """One item, or several, of a client that the payment settles to the cent."""
    exact = 0
    for item in scene.items.of_amount(target.amount, target.currency, group):
        for way in scene.ways(item):
            if way.amount == target.amount and exact < _EQUALS:
                exact += 1
                yield settling(target, [way], group)
    if len(pool) > 1:
        yield from _several(scene, target, group, pool[:_MOST], exact=bool(exact), whole=len(pool) <= _MOST)


def _several(
    scene: Scene, target: Target, group: int, pool: Sequence[OpenInvoice], *, exact: bool, whole: bool
) -> Iterator[Reading]:
    stretches = list(_natural(scene, pool, target.amount))
    for fit, taken in stretches[:2]:
        yield settling(target, taken, group, fit)
    if scene.named.short:
        short = [item for item in pool if _tail(item.number) in scene.named.short]
        if 1 < len(short) < len(pool) and len(short) <= _CHOICES:
            yield from covering(scene, target, short, [{item.id} for item in short])
    if exact or len(pool) > _CHOICES:
        choices = [[Way(item, item.open)] for item in pool]
    else:
        choices = [[way for way in scene.ways(item) if not way.late] for item in pool]
    most = 2 if exact else scene.policy.most
    amounts = [[way.amount for way in some] for some in choices]
    found = adding_up(amounts, target.amount, most, lambda subset: len(subset.taken) > 1)
    for subset in found.subsets:
        taken = [choices[at][place] for at, place in enumerate(subset.choices) if place is not None]
        doubt, firm = chance(pool, len(taken), target.amount)
        reading = settling(target, taken, group, SUBSET)
        firm = firm and reading.firm and found.all_tried and whole
        yield replace(reading, doubt=max(doubt, reading.doubt), firm=firm)


def chance(pool: Sequence[OpenInvoice], count: int, total: int) -> tuple[int, bool]:
    """How likely so many of the pool add up to a total by chance: the doubt, and whether it is small enough to book."""
    grain = gcd(*(item.open for item in pool)) or 1
    subsets = sum(comb(len(pool), some) for some in range(1, min(count, len(pool)) + 1))
    likely = subsets * grain * SCALE // max(1, total)
    if likely <= _BY_CHANCE:
        return DOUBTS[SUBSET], True
    return (350_000, False) if likely <= _RATHER else (600_000, False)


def _natural(scene: Scene, pool: Sequence[OpenInvoice], amount: int) -> Iterator[tuple[str, list[Way]]]:
    """Sets that people pay in one go: everything, what is due first, one month's; whole or with their discounts."""
    plain = [Way(item, item.open) for item in pool]
    reduced = [scene.reduced(item) for item in pool]
    for taken in (plain, reduced):
        yield from _stretches(taken, amount, scene.policy.most)
        if all(way.kind == EXACT for way in reduced):
            return


def _stretches(taken: list[Way], amount: int, most: int) -> Iterator[tuple[str, list[Way]]]:
    total = 0
    months: dict[tuple[int, int], list[Way]] = {}
    for count, way in enumerate(taken, start=1):
        total += way.amount
        months.setdefault((way.item.issued.year, way.item.issued.month), []).append(way)
        if total == amount and 1 < count <= most:
            yield (ALL_OPEN if count == len(taken) else OLDEST_DUE), taken[:count]
    for some in months.values():
        if 1 < len(some) < len(taken) and len(some) <= most and sum(way.amount for way in some) == amount:
            yield ONE_MONTH, some


@lru_cache(maxsize=32768)
def _tail(number: str) -> int:
    """The last run of digits of a number; -1 for none."""
    bare = number.rstrip(_NO_DIGITS)
    kept = bare.rstrip("0123456789")
    return int(bare[len(kept) :]) if len(kept) < len(bare) else -1


def rests_of(scene: Scene, target: Target, group: int, pool: Sequence[OpenInvoice]) -> Iterator[Reading]:
    """A known client's money that settles nothing to the cent."""
    if not pool:
        yield rest((), PREPAID, target, group, surplus=target.amount)
        return
    if len(pool) == 1:
        for reading in rest_of(scene, target, pool):
            yield replace(reading, firm=reading.firm and reading.fit != BANK_KEPT)
        return
    for item in pool:
        if item.open > target.amount:
            for reading in less(scene, target, [item], group):
                yield replace(reading, firm=False)
    total = sum(item.open for item in pool)
    if target.amount > total:
        shares = tuple(Share(item.id, item.open) for item in pool)
        yield replace(rest(shares, OVER, target, group, surplus=target.amount - total), firm=False)
    else:
        yield rest(in_turn(pool, target.amount), ON_ACCOUNT, target, group)
