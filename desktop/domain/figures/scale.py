"""The round figures at the side of a chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

_TICKS: Final = 4
# In percent of the highest: nearer to each other than that, values differ too little to be looked at closely.
_FAR, _ALIKE = 40, 98


def ticks(low: int, high: int) -> list[int]:
    """Round sizes from at or below the lowest to at or above the highest; zero is one of them where it lies between."""
    span = max(high - low, 1)
    step = 1
    while span > step * _TICKS:
        # 1, 2, 5, 10, 20, 50 …
        step = step * 5 // 2 if str(step).startswith("2") else step * 2
    first, last = low // step, -(-high // step)
    return [place * step for place in range(first, max(last, first + 1) + 1)]


def bar_ticks(sizes: Sequence[int]) -> list[int]:
    """From zero, so that a bar says how much it is."""
    return ticks(min(0, *sizes), max(0, *sizes)) if sizes else []


def line_ticks(sizes: Sequence[int]) -> list[int]:
    """From zero, unless all are so far above it that their differences could not be seen."""
    if sizes and max(sizes) * _FAR < min(sizes) * 100 < max(sizes) * _ALIKE:
        return ticks(min(sizes), max(sizes))
    return bar_ticks(sizes)
