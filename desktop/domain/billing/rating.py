"""What the units of a period cost: included ones nothing, the others by the tier that they fall into.

The units of a period stand on one axis in the order of its parts; what is billed later goes on where the axis ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from desktop.domain.money import unscaled
from desktop.domain.pricing import Step

FREE = -1
"""Index of the included units among the steps of a part."""


class Part(NamedTuple):
    """A span of a period with one price and one tax rate; `mode` flat, volume or graduated, `rate` the tax fraction."""

    start: str
    end: str
    mode: str
    steps: tuple[Step, ...]
    rate: int


Shares = dict[tuple[int, int], int]
"""Units by (index of the part, index of the step); FREE for included ones, past the last step where nothing prices."""


def shares(parts: Sequence[Part], units: Sequence[int], included: int) -> Shares:
    """The units of each part by the step that prices them."""
    found: Shares = {}
    total = sum(units)
    reached = 0
    for at, part in enumerate(parts):
        if units[at]:
            _share(found, at, part, reached, reached + units[at], included, total)
            reached += units[at]
    return found


def _share(found: Shares, at: int, part: Part, first: int, last: int, included: int, total: int) -> None:
    sign, low, high = (1, first, last) if first < last else (-1, last, first)

    def put(step: int, units: int) -> None:
        found[at, step] = found.get((at, step), 0) + sign * units

    if low < 0:
        # Taken back beyond all that was counted: at the first price.
        put(0, min(high, 0) - low)
        low = 0
    if low < included and low < high:
        free = min(high, included) - low
        put(FREE, free)
        low += free
    if low >= high:
        return
    if part.mode != "graduated":
        put(_reached(part.steps, abs(total)), high - low)
        return
    for step, (_, top, *_rest) in enumerate(part.steps):
        upto = high if top is None or top > high else top
        if upto > low:
            put(step, upto - low)
            low = upto
        if low >= high:
            return
    put(len(part.steps), high - low)


def _reached(steps: Sequence[Step], total: int) -> int:
    for at, step in enumerate(steps):
        if step.high is None or total <= step.high:
            return at
    return len(steps)


def tier_words(step: Step) -> str:
    """A tier in figures, which every language reads."""
    low = f"{unscaled(step.low):f}"
    return f"> {low}" if step.high is None else f"{low} – {unscaled(step.high):f}"
