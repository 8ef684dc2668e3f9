"""The ways to read a payment: which open items it may settle, and how its amount agrees with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from math import comb, gcd
from typing import Final

from desktop.domain.matching.amounts import (
    DISCOUNT,
    EXACT,
    LATE_DISCOUNT,
    WITHHOLDING,
    Target,
    Way,
    bank_kept,
    targets,
    tolerated,
    ways,
    with_rest_written_off,
)
from desktop.domain.matching.facts import Line, OpenInvoice, Policy, Share
from desktop.domain.matching.numbers import CONTINUED, ORDER, Mention, Named
from desktop.domain.matching.open_items import OpenItems
from desktop.domain.matching.payers import Payers
from desktop.domain.matching.subsets import adding_up
from desktop.domain.money import SCALE

WRITE_OFF: Final = "write-off"
BANK_KEPT: Final = "charges"
ALL_OPEN: Final = "all"
OLDEST_DUE: Final = "first"
ONE_MONTH: Final = "month"
SUBSET: Final = "subset"
PARTIAL: Final = "partial"
SHORT: Final = "short"
OVER: Final = "over"
ON_ACCOUNT: Final = "on account"
PREPAID: Final = "prepaid"

# How far an amount that agrees so leaves it open what is paid; fractions times 10**6, above it for no agreement.
DOUBTS: Final = {
    EXACT: 100_000,
    DISCOUNT: 120_000,
    WITHHOLDING: 150_000,
    LATE_DISCOUNT: 400_000,
    WRITE_OFF: 250_000,
    BANK_KEPT: 300_000,
    ALL_OPEN: 120_000,
    OLDEST_DUE: 150_000,
    ONE_MONTH: 150_000,
    SUBSET: 200_000,
    PARTIAL: 3_000_000,
    SHORT: 4_000_000,
    OVER: 3_500_000,
    ON_ACCOUNT: 9_000_000,
    PREPAID: 9_500_000,
}
# What a person has to decide, however clear it is whose money it is.
_UNDECIDED: Final = frozenset([SHORT, ON_ACCOUNT, PREPAID, LATE_DISCOUNT])
# A shortfall below this share of an invoice looks like something kept back and not like a part payment.
_KEPT_BACK: Final = 20
# So seldom, times 10**6, may amounts add up by chance where nothing else tells which are meant.
_BY_CHANCE: Final = 2_000
_GROUPS: Final = 3
_CHOICES: Final = 12
_EQUALS: Final = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """Shares of a line and how its amount agrees (`fit`). `firm`: may book itself where the rest is clear."""

    shares: tuple[Share, ...]
    fit: str
    target: Target
    group: int
    surplus: int = 0
    charges: int = 0
    doubt: int = 0
    firm: bool = True


@dataclass(slots=True)
class Scene:
    """A line with what it names and whom it may be from."""

    line: Line
    named: Named
    payers: Payers
    items: OpenItems
    policy: Policy

    def pool(self, group: int, currency: str) -> list[OpenInvoice]:
        return [item for item in self.items.of_group(group, currency) if item.open > 0]


def readings(scene: Scene) -> Iterator[Reading]:
    """All readings of a line that came in; several targets where the bank converted the money or kept some back."""
    tried = targets(scene.line)
    for place, target in enumerate(tried):
        plain = place == 0 or not _has_items(scene, tried[0].currency)
        for reading in _for_target(scene, target, rests=plain):
            yield reading if place == 0 else replace(reading, doubt=reading.doubt * 3 // 2)


def readings_of(scene: Scene, item: OpenInvoice) -> Iterator[Reading]:
    """The readings by which a line pays one item that something else than its number led to."""
    for target in targets(scene.line):
        if target.currency == item.currency:
            whole = list(_covering(scene, target, [item], []))
            yield from whole or _rest_of(scene, target, [item])
            return


def _has_items(scene: Scene, currency: str) -> bool:
    if any(_open(scene, mention, currency) for mention in scene.named.mentions):
        return True
    return any(scene.pool(group, currency) for group in scene.payers.groups[:_GROUPS])


def _for_target(scene: Scene, target: Target, *, rests: bool) -> Iterator[Reading]:
    units = _units(scene, target.currency)
    if units:
        named = list(_named(scene, target, units, rests=rests))
        yield from named
        if any(reading.fit in (EXACT, DISCOUNT, WITHHOLDING) and _names_all(reading, units) for reading in named):
            return
    groups = list(dict.fromkeys([item.group for unit in units for item in unit] + scene.payers.groups))
    for group in groups[:_GROUPS]:
        pool = scene.pool(group, target.currency)
        yield from _whole(scene, target, group, pool)
        if rests and not units:
            yield from _rests(scene, target, group, pool)
    if not units and not groups:
        yield from _by_amount(scene, target)


def _names_all(reading: Reading, units: Sequence[Sequence[OpenInvoice]]) -> bool:
    taken = {share.item_id for share in reading.shares}
    return all(any(item.id in taken for item in unit) for unit in units)


def _open(scene: Scene, mention: Mention, currency: str) -> list[OpenInvoice]:
    found = [item for row in mention.items if (item := scene.items.get(row)) is not None]
    return sorted((item for item in found if item.currency == currency), key=lambda item: (item.due, item.id))


def _units(scene: Scene, currency: str) -> list[list[OpenInvoice]]:
    """The items of each number that the line names; an order only where no invoice is named."""
    needed = [mention for mention in scene.named.mentions if mention.needed]
    numbers = [mention for mention in needed if mention.kind != ORDER] or needed
    return [found for mention in numbers if (found := _open(scene, mention, currency))]


def _named(scene: Scene, target: Target, units: list[list[OpenInvoice]], *, rests: bool) -> Iterator[Reading]:
    items = list({item.id: item for unit in units for item in unit}.values())
    wanted = [{item.id for item in unit} for unit in units]
    further = [
        item
        for mention in scene.named.mentions
        if mention.kind == CONTINUED
        for item in _open(scene, mention, target.currency)
        if item.id not in {known.id for known in items}
    ]
    whole = list(_covering(scene, target, items, wanted))
    if further:
        whole += _covering(scene, target, items + further, [*wanted, *({item.id} for item in further)])
    yield from whole
    if not whole and len(units) > 1:
        yield from _covering(scene, target, items, [])
    if whole:
        return
    more = list(_named_and_more(scene, target, items))
    if further:
        more += _named_and_more(scene, target, items + further)
    yield from more
    if rests and not more:
        for reading in _rest_of(scene, target, items):
            # What may be named besides would be paid too.
            yield replace(reading, firm=reading.firm and not further)


def _covering(
    scene: Scene, target: Target, items: Sequence[OpenInvoice], wanted: Sequence[set[int]]
) -> Iterator[Reading]:
    """Items that add up to the target, with at least one of each that is wanted."""
    choices = [list(ways(item, scene.line.booked_on, scene.policy)) for item in items]
    if len(items) > _CHOICES:
        yield from _all_alike(scene, target, choices)
        return

    def covers(subset: object) -> bool:
        taken = {items[at].id for at in subset.taken}  # type: ignore[attr-defined]
        return all(taken & some for some in wanted)

    found = adding_up(
        [[way.amount for way in some] for some in choices], target.amount, scene.policy.most, covers if wanted else None
    )
    for subset in found.subsets:
        taken = [choices[at][place] for at, place in enumerate(subset.choices) if place is not None]
        yield _settling(target, taken, items[0].group)


def _all_alike(scene: Scene, target: Target, choices: Sequence[Sequence[Way]]) -> Iterator[Reading]:
    """Many named items, all of them whole, or all less what they may be paid less."""
    first = [some[0] for some in choices]
    last = [next((way for way in reversed(some) if not way.late), some[0]) for some in choices]
    if len(choices) > scene.policy.most:
        return
    for taken in (first, last):
        if sum(way.amount for way in taken) == target.amount:
            yield _settling(target, taken, taken[0].item.group)
            return


def _settling(target: Target, taken: Sequence[Way], group: int, fit: str = "") -> Reading:
    kinds = [way.kind for way in taken]
    plain = next((kind for kind in (LATE_DISCOUNT, DISCOUNT, WITHHOLDING) if kind in kinds), EXACT)
    doubt = max(DOUBTS[plain], DOUBTS[fit] if fit else 0)
    return Reading(
        tuple(way.share() for way in taken),
        fit or plain,
        target,
        group,
        charges=target.charges,
        doubt=doubt,
        firm=plain not in _UNDECIDED,
    )


def _named_and_more(scene: Scene, target: Target, items: Sequence[OpenInvoice]) -> Iterator[Reading]:
    """Named ones and others of the same client that make up the rest."""
    rest = target.amount - sum(item.open for item in items)
    if rest <= 0:
        return
    named = {item.id for item in items}
    pool = [item for item in scene.pool(items[0].group, target.currency) if item.id not in named]
    found = adding_up([[item.open] for item in pool], rest, max(0, scene.policy.most - len(items)))
    for subset in found.subsets:
        more = [pool[at] for at in subset.taken]
        doubt, firm = _chance(pool, len(more), rest)
        # What is named agrees already.
        firm = firm or len(more) == 1
        yield replace(
            _settling(target, [Way(item, item.open) for item in (*items, *more)], items[0].group, SUBSET),
            doubt=doubt,
            firm=firm and found.all_tried,
        )


def _rest_of(scene: Scene, target: Target, items: Sequence[OpenInvoice]) -> Iterator[Reading]:
    """What is named is paid in part, or more than it, or all but a little."""
    positive = [item for item in items if item.open > 0]
    if not positive:
        return
    total = sum(item.open for item in items)
    group = positive[0].group
    if target.amount > total:
        shares = tuple(Share(item.id, item.open) for item in items)
        yield _rest(shares, OVER, target, group, surplus=target.amount - total)
        return
    yield from _less(scene, target, items, group)
    if len(positive) == len(items):
        fit = SHORT if _looks_kept(total - target.amount, total) else PARTIAL
        reading = _rest(_in_turn(positive, target.amount), fit, target, group)
        yield reading if len(items) == 1 else replace(reading, firm=False)


def _less(scene: Scene, target: Target, items: Sequence[OpenInvoice], group: int) -> Iterator[Reading]:
    """All but a small rest, which the firm writes off or takes for what banks kept; also beside a discount."""
    for taken in _plain_and_reduced(scene, items):
        total = sum(way.amount for way in taken)
        shortfall = total - target.amount
        shares = [way.share() for way in taken]
        if tolerated(shortfall, sum(way.item.open for way in taken), target.currency, scene.policy):
            written_off = tuple(with_rest_written_off(shares, shortfall))
            yield _rest(written_off, WRITE_OFF, target, group)
        if bank_kept(shortfall, target.currency, scene.policy):
            yield _rest(tuple(shares), BANK_KEPT, replace(target, charges=target.charges + shortfall), group)


def _plain_and_reduced(scene: Scene, items: Sequence[OpenInvoice]) -> Iterator[list[Way]]:
    choices = [list(ways(item, scene.line.booked_on, scene.policy)) for item in items]
    plain = [some[0] for some in choices]
    yield plain
    reduced = [next((way for way in reversed(some) if not way.late), some[0]) for some in choices]
    if reduced != plain:
        yield reduced


def _rest(shares: tuple[Share, ...], fit: str, target: Target, group: int, surplus: int = 0) -> Reading:
    return Reading(
        shares, fit, target, group, surplus, charges=target.charges, doubt=DOUBTS[fit], firm=fit not in _UNDECIDED
    )


def _looks_kept(shortfall: int, total: int) -> bool:
    return shortfall * _KEPT_BACK <= total


def _in_turn(items: Sequence[OpenInvoice], amount: int) -> tuple[Share, ...]:
    shares = []
    for item in items:
        part = min(item.open, amount)
        if part <= 0:
            break
        shares.append(Share(item.id, part))
        amount -= part
    return tuple(shares)


def _whole(scene: Scene, target: Target, group: int, pool: Sequence[OpenInvoice]) -> Iterator[Reading]:
    """One item, or several, of a client that the payment settles to the cent."""
    single = [
        way for item in pool for way in ways(item, scene.line.booked_on, scene.policy) if way.amount == target.amount
    ]
    for way in single[:_EQUALS]:
        yield _settling(target, [way], group)
    if len(pool) > 1:
        yield from _several(scene, target, group, pool, exact=bool(single))


def _several(
    scene: Scene, target: Target, group: int, pool: Sequence[OpenInvoice], *, exact: bool
) -> Iterator[Reading]:
    stretches = list(_natural(scene, pool, target.amount))
    for fit, taken in stretches[:2]:
        yield _settling(target, taken, group, fit)
    short = [item for item in pool if _tail(item.number) in scene.named.short]
    if 1 < len(short) < len(pool) and len(short) <= _CHOICES:
        yield from _covering(scene, target, short, [{item.id} for item in short])
    choices = [[way.amount for way in ways(item, scene.line.booked_on, scene.policy) if not way.late] for item in pool]
    if exact or len(pool) > _CHOICES:
        choices = [some[:1] for some in choices]
    found = adding_up(choices, target.amount, 2 if exact else scene.policy.most, lambda subset: len(subset.taken) > 1)
    for subset in found.subsets:
        taken = []
        for at, place in enumerate(subset.choices):
            if place is not None:
                taken.append([w for w in ways(pool[at], scene.line.booked_on, scene.policy) if not w.late][place])
        doubt, firm = _chance(pool, len(taken), target.amount)
        reading = _settling(target, taken, group, SUBSET)
        yield replace(reading, doubt=max(doubt, reading.doubt), firm=firm and reading.firm and found.all_tried)


def _chance(pool: Sequence[OpenInvoice], count: int, total: int) -> tuple[int, bool]:
    """How likely some of the pool add up to a total by chance: the doubt, and whether it is small enough to book."""
    grain = gcd(*(item.open for item in pool)) or 1
    subsets = sum(comb(len(pool), some) for some in range(1, min(count, len(pool)) + 1))
    chance = subsets * grain * SCALE // max(1, total)
    if chance <= _BY_CHANCE:
        return DOUBTS[SUBSET], True
    return (350_000, False) if chance <= 50_000 else (600_000, False)


def _natural(scene: Scene, pool: Sequence[OpenInvoice], amount: int) -> Iterator[tuple[str, list[Way]]]:
    """Sets that people pay in one go: everything, what is due first, one month's; whole or with their discounts."""
    reduced = [
        next((way for way in reversed(list(ways(item, scene.line.booked_on, scene.policy))) if not way.late), None)
        for item in pool
    ]
    for chosen in ([Way(item, item.open) for item in pool], reduced):
        taken = [way for way in chosen if way is not None]
        total = 0
        for count, way in enumerate(taken, start=1):
            total += way.amount
            if total == amount and 1 < count <= scene.policy.most:
                yield (ALL_OPEN if count == len(taken) else OLDEST_DUE), taken[:count]
        by_month = sorted(taken, key=lambda way: (way.item.issued.year, way.item.issued.month))
        for _month, group in groupby(by_month, key=lambda way: (way.item.issued.year, way.item.issued.month)):
            some = list(group)
            if 1 < len(some) < len(taken) and sum(way.amount for way in some) == amount:
                yield ONE_MONTH, some
        if all(way.kind == EXACT for way in reduced if way is not None):
            return


def _tail(number: str) -> int:
    end = len(number)
    while end and not number[end - 1].isdigit():
        end -= 1
    start = end
    while start and number[start - 1].isdigit():
        start -= 1
    return int(number[start:end]) if start < end else -1


def _rests(scene: Scene, target: Target, group: int, pool: Sequence[OpenInvoice]) -> Iterator[Reading]:
    """A known client's money that settles nothing to the cent."""
    if not pool:
        yield _rest((), PREPAID, target, group, surplus=target.amount)
        return
    if len(pool) == 1:
        for reading in _rest_of(scene, target, pool):
            yield replace(reading, firm=reading.firm and reading.fit != BANK_KEPT)
        return
    for item in pool:
        if item.open > target.amount:
            for reading in _less(scene, target, [item], group):
                yield replace(reading, firm=False)
    total = sum(item.open for item in pool)
    if target.amount > total:
        shares = tuple(Share(item.id, item.open) for item in pool)
        yield replace(_rest(shares, OVER, target, group, surplus=target.amount - total), firm=False)
    else:
        yield _rest(_in_turn(pool, target.amount), ON_ACCOUNT, target, group)


def _by_amount(scene: Scene, target: Target) -> Iterator[Reading]:
    """Nobody known, nothing named: what has this very amount."""
    for item in scene.items.of_amount(target.amount, target.currency)[:_EQUALS]:
        for way in ways(item, scene.line.booked_on, scene.policy):
            if way.amount == target.amount:
                yield _settling(target, [way], item.group)
                break
