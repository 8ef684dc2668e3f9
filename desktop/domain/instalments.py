"""Instalments: an amount in parts that add up to it, and the days on which they fall due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import lcm

from desktop.domain.periods import Interval, bill_date_in_month, split_amount
from desktop.i18n import _

# More than these no one agrees on; it also keeps a slip of the keyboard from making thousands.
MOST_INSTALMENTS = 120

Instalment = tuple[date, int]


def due_days(first: date, every: Interval, count: int, day: int | None = None) -> list[date]:
    """So many days from the first on, each counted from it and never chained: 31 January, 28 February, 31 March.

    In months and years the day is that of the first one, or `day` (31 is each month's last).
    """
    if every.days:
        return [first + timedelta(days=every.days * place) for place in range(count)]
    wanted = day or first.day
    return [first, *(bill_date_in_month(_months_on(first, every.months * n), wanted) for n in range(1, count))]


def in_parts(total: int, days: Sequence[date], weights: Sequence[int] | None = None) -> tuple[Instalment, ...]:
    """The amount over these days in proportion to the weights, or in equal parts, in order of the days.

    Minor units; the parts add up exactly, units left over go to the largest remainders, the earlier part first. Parts
    of nothing are left out, as far as one stays.
    """
    amounts = split_amount(total, list(weights) if weights else [1] * len(days))
    parts = sorted(zip(days, amounts, strict=True), key=lambda part: part[0])
    return tuple(part for part in parts if part[1]) or (parts[-1],)


def equal_instalments(total: int, count: int, first: date, every: Interval) -> tuple[Instalment, ...]:
    """ValueError with a sentence for the user where the amount has no cent for each, or the count is out of bounds."""
    if not 1 <= count <= MOST_INSTALMENTS:
        raise ValueError(
            _("{count} instalments cannot be agreed on: it is 1 to {most}.").format(count=count, most=MOST_INSTALMENTS)
        )
    if count > total:
        raise ValueError(_("The amount is too small for {count} instalments.").format(count=count))
    return in_parts(total, due_days(first, every, count))


def whole_weights(shares: Sequence[tuple[int, int]]) -> list[int]:
    """Fractions (numerator, denominator) as whole numbers in the same proportion."""
    common = lcm(*(below for _above, below in shares))
    return [above * (common // below) for above, below in shares]


def _months_on(day: date, months: int) -> date:
    """The first of the month that many months later."""
    number = day.year * 12 + day.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
