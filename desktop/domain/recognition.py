"""When revenue is earned: day by day, month by month or on completion, in parts that add up to the cent.

A share is always the difference of two amounts earned so far, so that no rounding is lost between them.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

ISSUE: Final = "issue"
DAILY: Final = "daily"
MONTHLY: Final = "monthly"
COMPLETION: Final = "completion"
METHODS: Final = (ISSUE, DAILY, MONTHLY, COMPLETION)

_DAY: Final = timedelta(days=1)
# Divisible by the length of each month, so that a day's part of a month is a whole number.
_MONTH: Final = 4 * 7 * 29 * 15 * 31


class Span(NamedTuple):
    """An amount (minor units, signed) and the service that it is for, `[start, end)`.

    Without `end` the service is over on a day that only its completion tells: `done` is the first day after.
    """

    method: str
    start: date
    end: date | None
    amount: int
    firm_amount: int | None = None
    done: date | None = None


class Part(NamedTuple):
    """What is earned of a span within a month: `start` and `until` are its days, half-open, in minor units.

    `day` is the last one of the month, or the day up to which it was asked.
    """

    day: date
    start: date
    until: date
    amount: int
    firm_amount: int | None


def is_over(end: date | None, day: date) -> bool:
    """Whether a service that ends before `end` has ended when that day does."""
    return end is not None and end <= day + _DAY


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def next_month(day: date) -> date:
    """The first day of the month after that of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_ends(start: date, through: date) -> Iterator[date]:
    """The last day of each month from that of `start` on, none later than `through`."""
    after = next_month(start)
    while after - _DAY <= through:
        yield after - _DAY
        after = next_month(after)


def earned(span: Span, amount: int, through: date) -> int:
    """How much of `amount` is earned when the day `through` is over, rounded half away from zero.

    Of monthly spans each whole month bears the same, a month that they do not fill its days out of the month's.
    """
    until = through + _DAY
    if span.method == COMPLETION or span.end is None:
        over = span.done if span.end is None else span.end
        return amount if over is not None and over <= until else 0
    if until >= span.end:
        return amount
    if until <= span.start:
        return 0
    weight = _WEIGHTS[span.method]
    begun = weight(span.start)
    return _share(amount, weight(until) - begun, weight(span.end) - begun)


def parts(span: Span, through: date, taken: tuple[int, int] = (0, 0)) -> list[Part]:
    """What is earned of a span, month by month up to the day `through`, beyond what was `taken` already.

    `taken` is (amount, firm amount), which cover the first months. A completion that was called off gives it back.
    """
    if span.end is None and span.done is None and taken != (0, 0):
        first = first_of_month(through)
        back = None if span.firm_amount is None else -taken[1]
        return [Part(through, max(first, span.start), through + _DAY, -taken[0], back)]
    found: list[Part] = []
    begun = span.start
    standing, standing_firm = taken
    days = [*month_ends(span.start, through)]
    if not days or days[-1] < through:
        days.append(through)
    for day in days:
        until = min(day + _DAY, span.end) if span.end else day + _DAY
        amount = _beyond(earned(span, span.amount, day), standing)
        firm = None
        if span.firm_amount is not None:
            firm = _beyond(earned(span, span.firm_amount, day), standing_firm)
        if amount or firm:
            found.append(Part(day, begun, max(until, begun + _DAY), amount, firm))
            standing += amount
            standing_firm += firm or 0
        begun = max(begun, until)
        if span.end is not None and day >= span.end:
            break
    return found


def joined(months: Iterable[Part]) -> Part:
    """Several parts as one; LookupError without any."""
    every = list(months)
    first = min(every, key=lambda one: one.start)
    firm = [one.firm_amount for one in every if one.firm_amount is not None]
    return Part(
        max(one.day for one in every),
        first.start,
        max(one.until for one in every),
        sum(one.amount for one in every),
        sum(firm) if firm else None,
    )


def _beyond(reached: int, standing: int) -> int:
    """How far a sum that only grows away from zero has gone past what stands."""
    if reached == 0 or (standing and (reached > 0) != (standing > 0)):
        return 0
    return reached - standing if abs(reached) > abs(standing) else 0


def _share(amount: int, part: int, whole: int) -> int:
    size = (2 * abs(amount) * part + whole) // (2 * whole)
    return -size if amount < 0 else size


def _days(day: date) -> int:
    return day.toordinal()


@lru_cache(maxsize=4096)
def _months(day: date) -> int:
    of_month = calendar.monthrange(day.year, day.month)[1]
    return (day.year * 12 + day.month) * _MONTH + (day.day - 1) * (_MONTH // of_month)


_WEIGHTS: Final[dict[str, Callable[[date], int]]] = {DAILY: _days, MONTHLY: _months}
