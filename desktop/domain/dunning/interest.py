"""Interest for late payment: simple, on what is asked for, by rates that change on days, in a day count by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, NamedTuple

from desktop.domain.money import SCALE

_DAY: Final = timedelta(days=1)


class Rate(NamedTuple):
    """A rate a year, a fraction times 10**6, for the half-open span of days [start, end); `end` None is open."""

    start: date
    end: date | None
    rate: int


class Share(NamedTuple):
    """The part of the interest that one rate has: the half-open span of days, and that rate."""

    start: date
    end: date
    rate: int


@dataclass(frozen=True, slots=True)
class Interest:
    """Minor units. `unknown_from` is the first day without a rate, None where each day had one."""

    minor: int
    shares: tuple[Share, ...]
    unknown_from: date | None = None

    @property
    def rates(self) -> tuple[int, ...]:
        """The rates that took part, in their order, each once."""
        return tuple(dict.fromkeys(share.rate for share in self.shares))


def interest(minor: int, due: date, as_of: date, rates: Sequence[Rate], day_count: str) -> Interest:
    """Simple interest on an amount from the day after it was due through `as_of`, rounded once, half away from zero.

    `rates` are in the order of their days and do not overlap. A day without a rate bears none, and is told of.
    A rate below zero bears none either: nobody is paid for being late.
    """
    first, end = due + _DAY, as_of + _DAY
    total, shares = Fraction(0), list[Share]()
    unknown: date | None = None
    at = first
    for rate in rates:
        start = max(rate.start, first)
        stop = end if rate.end is None else min(rate.end, end)
        if start >= stop:
            continue
        if start > at and unknown is None:
            unknown = at
        # The day on which it was due opens the span of a 30/360 count, so that a whole month is 30 days.
        total += max(rate.rate, 0) * year_fraction(start - _DAY, stop - _DAY, day_count)
        shares.append(Share(start, stop, rate.rate))
        at = stop
    if at < end and unknown is None:
        unknown = at
    exact = minor * total / SCALE
    return Interest(int(exact + Fraction(1, 2)), tuple(shares), unknown)


def year_fraction(start: date, end: date, day_count: str) -> Fraction:
    """The days from `start` to `end` as a part of a year, by one of DAY_COUNTS.

    act/365 and act/360 divide the days by that number; act/act divides those of a leap year by 366 and the others by
    365 (ISDA 2006, 4.16(b)); 30/360 counts every month as 30 days, the 31st as the 30th (30E/360, ISDA 2006, 4.16(g)).
    ValueError for another.
    """
    match day_count:
        case "act/365":
            return Fraction((end - start).days, 365)
        case "act/360":
            return Fraction((end - start).days, 360)
        case "30/360":
            months = 12 * (end.year - start.year) + end.month - start.month
            return Fraction(30 * months + min(end.day, 30) - min(start.day, 30), 360)
        case "act/act":
            found, at = Fraction(0), start
            while at < end:
                stop = min(end, date(at.year + 1, 1, 1))
                length = (date(at.year + 1, 1, 1) - date(at.year, 1, 1)).days
                found += Fraction((stop - at).days, length)
                at = stop
            return found
    raise ValueError(day_count)
