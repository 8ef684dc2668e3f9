"""Given items and a line: what settles them to the cent, all but a little, in part, or leaves a surplus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from desktop.domain.matching.amounts import (
    DISCOUNT,
    EXACT,
    LATE_DISCOUNT,
    WITHHOLDING,
    Target,
    Way,
    bank_kept,
    let_go,
    tolerated,
    with_rest_written_off,
)
from desktop.domain.matching.facts import OpenInvoice, Share
from desktop.domain.matching.scene import (
    BANK_KEPT,
    DOUBTS,
    OVER,
    PARTIAL,
    SHORT,
    UNDECIDED,
    WRITE_OFF,
    Reading,
    Scene,
)
from desktop.domain.matching.subsets import Subset, adding_up

# A shortfall below this share of an invoice looks like something kept back and not like a part payment.
_KEPT_BACK: Final = 10
# Named items of which every choice of whole and reduced amounts is tried.
_CHOICES: Final = 12
_OTHERS: Final = 20
# Who pays more than a quarter too much means something besides.
_SURPLUS: Final = 4


def covering(
    scene: Scene, target: Target, items: Sequence[OpenInvoice], wanted: Sequence[set[int]]
) -> Iterator[Reading]:
    """Items that add up to the target, with at least one of each that is wanted."""
    choices = [scene.ways(item) for item in items]
    if len(items) > _CHOICES:
        yield from _all_alike(scene, target, items)
        return

    def covers(subset: Subset) -> bool:
        taken = {items[at].id for at in subset.taken}
        return all(taken & some for some in wanted)

    found = adding_up(
        [[way.amount for way in some] for some in choices], target.amount, scene.policy.most, covers if wanted else None
    )
    for subset in found.subsets:
        taken = [choices[at][place] for at, place in enumerate(subset.choices) if place is not None]
        yield settling(target, taken, items[0].group)


def _all_alike(scene: Scene, target: Target, items: Sequence[OpenInvoice]) -> Iterator[Reading]:
    """Many named items, all of them whole, or all less what they may be paid less."""
    if len(items) > scene.policy.most:
        return
    for taken in _plain_and_reduced(scene, items):
        if sum(way.amount for way in taken) == target.amount:
            yield settling(target, taken, taken[0].item.group)
            return


def settling(target: Target, taken: Sequence[Way], group: int, fit: str = "") -> Reading:
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
        firm=plain not in UNDECIDED,
    )


def rest_of(scene: Scene, target: Target, items: Sequence[OpenInvoice]) -> Iterator[Reading]:
    """What is named is paid in part, or more than it, or all but a little."""
    positive = [item for item in items if item.open > 0]
    if not positive:
        return
    total = sum(item.open for item in items)
    group = positive[0].group
    if target.amount > total:
        shares = tuple(Share(item.id, item.open) for item in items)
        surplus = target.amount - total
        named = {item.id for item in items}
        others = [item for item in scene.pool(group, target.currency) if item.id not in named]
        # That no few of the others make up the surplus says little where there are many.
        firm = len(others) <= _OTHERS or all(surplus < item.open for item in others)
        firm = firm and surplus * _SURPLUS <= total
        yield replace(rest(shares, OVER, target, group, surplus=surplus), firm=firm)
        return
    yield from less(scene, target, items, group)
    if len(positive) == len(items):
        fit = SHORT if _looks_kept(total - target.amount, total) else PARTIAL
        reading = rest(in_turn(positive, target.amount), fit, target, group)
        yield reading if len(items) == 1 else replace(reading, firm=False)


def less(scene: Scene, target: Target, items: Sequence[OpenInvoice], group: int) -> Iterator[Reading]:
    """All but a small rest, which the firm writes off or takes for what banks kept; also beside a discount."""
    least = sum(item.open - item.discount - item.withholding for item in items)
    if target.amount < least - let_go(sum(item.open for item in items), target.currency, scene.policy):
        return
    for taken in _plain_and_reduced(scene, items):
        total = sum(way.amount for way in taken)
        shortfall = total - target.amount
        shares = [way.share() for way in taken]
        if tolerated(shortfall, sum(way.item.open for way in taken), target.currency, scene.policy):
            written_off = with_rest_written_off(shares, shortfall)
            yield rest(written_off, WRITE_OFF, target, group)
        if bank_kept(shortfall, target.currency, scene.policy):
            yield rest(tuple(shares), BANK_KEPT, replace(target, charges=target.charges + shortfall), group)


def _plain_and_reduced(scene: Scene, items: Sequence[OpenInvoice]) -> Iterator[list[Way]]:
    plain = [Way(item, item.open) for item in items]
    yield plain
    reduced = [scene.reduced(item) for item in items]
    if reduced != plain:
        yield reduced


def rest(shares: tuple[Share, ...], fit: str, target: Target, group: int, surplus: int = 0) -> Reading:
    return Reading(
        shares, fit, target, group, surplus, charges=target.charges, doubt=DOUBTS[fit], firm=fit not in UNDECIDED
    )


def _looks_kept(shortfall: int, total: int) -> bool:
    return shortfall * _KEPT_BACK <= total


def in_turn(items: Sequence[OpenInvoice], amount: int) -> tuple[Share, ...]:
    shares = []
    for item in items:
        part = min(item.open, amount)
        if part <= 0:
            break
        shares.append(Share(item.id, part))
        amount -= part
    return tuple(shares)
