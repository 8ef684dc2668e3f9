"""The ways to read a payment: what it names, what the client owes that it may be from, what has its very amount."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from desktop.domain.matching.amounts import DISCOUNT, EXACT, WITHHOLDING, Target, Way, targets
from desktop.domain.matching.facts import OpenInvoice
from desktop.domain.matching.numbers import CONTINUED, ORDER, Mention
from desktop.domain.matching.of_client import chance, rests_of, whole_of
from desktop.domain.matching.scene import SUBSET, Reading, Scene
from desktop.domain.matching.settling import covering, rest_of, settling
from desktop.domain.matching.subsets import adding_up

_GROUPS: Final = 3
_EQUALS: Final = 5


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
            whole = list(covering(scene, target, [item], []))
            yield from whole or rest_of(scene, target, [item])
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
        yield from whole_of(scene, target, group, pool)
        if rests and not units:
            yield from rests_of(scene, target, group, pool)
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
    whole = list(covering(scene, target, items, wanted))
    if further:
        whole += covering(scene, target, items + further, [*wanted, *({item.id} for item in further)])
    yield from whole
    if not whole and len(units) > 1:
        yield from covering(scene, target, items, [])
    if whole:
        return
    more = list(_named_and_more(scene, target, items))
    if further:
        more += _named_and_more(scene, target, items + further)
    yield from more
    if rests and not more:
        # What may be named besides would be paid too, before anything of it is left over.
        beyond = target.amount > sum(item.open for item in items)
        for reading in rest_of(scene, target, items + further if beyond else items):
            yield replace(reading, firm=reading.firm and not further)


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
        doubt, firm = chance(pool, len(more), rest)
        # What is named agrees already.
        firm = firm or len(more) == 1
        yield replace(
            settling(target, [Way(item, item.open) for item in (*items, *more)], items[0].group, SUBSET),
            doubt=doubt,
            firm=firm and found.all_tried,
        )


def _by_amount(scene: Scene, target: Target) -> Iterator[Reading]:
    """Nobody known, nothing named: what has this very amount."""
    for item in scene.items.of_amount(target.amount, target.currency)[:_EQUALS]:
        for way in scene.ways(item):
            if way.amount == target.amount:
                yield settling(target, [way], item.group)
                break
