"""Control charts: what is usual for a figure, and which months are not chance.

Days, amounts and shares of amounts by the XmR chart (D. J. Wheeler, Understanding Variation, 1993): limits are the
mean plus and minus 2.66 times the mean moving range. Shares of a count by the p-chart (W. A. Shewhart): the share of
all plus and minus three standard deviations of a binomial count, so that months of few documents have wide limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from typing import Final, Literal

# 3 / d2 for ranges of two values, where d2 = 1.128.
_XMR: Final = Decimal("2.66")
_TENTH: Final = Decimal("0.1")
_HUNDRED: Final = Decimal(100)
LEAST: Final = 6
"""With fewer values than these there are no limits: they would say nothing."""
RUN: Final = 8
"""So many in a row on one side of the centre are a shift."""

Signal = Literal["above", "below", "run_above", "run_below"]


@dataclass(frozen=True, slots=True)
class Point:
    """A value with the limits of its month, in the unit of the values; None where there is none.

    `above` and `below` are outside the limits, `run_above` and `run_below` end eight or more on one side of the centre.
    """

    value: Decimal | None
    centre: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    signals: tuple[Signal, ...] = ()


def xmr(values: Sequence[Decimal | None], *, least: Decimal | None = None, most: Decimal | None = None) -> list[Point]:
    """The values with limits to a tenth of their unit; within `least` and `most`, which no value can pass.

    The moving range is that of values that follow each other; months without one are passed over.
    """
    known = [value for value in values if value is not None]
    if len(known) < LEAST:
        return [Point(value) for value in values]
    centre = sum(known, Decimal(0)) / len(known)
    ranges = [abs(one - before) for before, one in pairwise(known)]
    room = _XMR * sum(ranges, Decimal(0)) / len(ranges)
    lower, upper = _within(centre - room, least, most), _within(centre + room, least, most)
    return _signalled([(value, centre, lower, upper) for value in values])


def p_chart(counts: Sequence[tuple[int, int]]) -> list[Point]:
    """Shares in percent of (part, whole) of each month, with limits to a tenth; a month of nothing has no value."""
    shares = [Decimal(part) * 100 / whole if whole else None for part, whole in counts]
    if sum(share is not None for share in shares) < LEAST:
        return [Point(_tenth(share)) for share in shares]
    parts, wholes = sum(part for part, _whole in counts), sum(whole for _part, whole in counts)
    mean = Decimal(parts) / wholes
    found = []
    for share, (_part, whole) in zip(shares, counts, strict=True):
        room = 3 * (mean * (1 - mean) / whole).sqrt() * 100 if whole else Decimal(0)
        lower, upper = (_within(mean * 100 + side, Decimal(0), _HUNDRED) for side in (-room, room))
        found.append((share, mean * 100, lower, upper))
    return _signalled(found)


def _signalled(rows: Sequence[tuple[Decimal | None, Decimal, Decimal, Decimal]]) -> list[Point]:
    points, side, length = [], 0, 0
    for value, centre, lower, upper in rows:
        signals: list[Signal] = []
        if value is not None:
            now = (value > centre) - (value < centre)
            side, length = now, (length + 1 if now == side and now else 1)
            if value > upper:
                signals.append("above")
            elif value < lower:
                signals.append("below")
            if now and length >= RUN:
                signals.append("run_above" if now > 0 else "run_below")
        points.append(Point(_tenth(value), _tenth(centre), _tenth(lower), _tenth(upper), tuple(signals)))
    return points


def _within(value: Decimal, least: Decimal | None, most: Decimal | None) -> Decimal:
    value = value if least is None else max(value, least)
    return value if most is None else min(value, most)


def _tenth(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_TENTH, rounding=ROUND_HALF_UP)
