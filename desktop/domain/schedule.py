"""When work by the clock is due: at a local time of each day, of a day of the week, or of a day of the month.

All moments are local and without a zone, as the clock on the wall shows them: a time that summer time skips has passed
when the clock shows a later one, and one that the clock shows twice is the same moment both times.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Literal

from dateutil.relativedelta import relativedelta

Every = Literal["day", "week", "month"]
EVERY: Final[tuple[Every, ...]] = ("day", "week", "month")

TODAY, LAST_MONTH, THIS_MONTH = THROUGH = ("today", "last_month", "this_month")
"""Through which day a run bills, told from the day on which it was due: that day, the end of the month before, or the
end of its own month."""

_LAST_DAY: Final = 31
_FEBRUARY: Final = 2
_ANY_YEAR: Final = 2001


@dataclass(frozen=True, slots=True)
class Times:
    """`weekday` counts for a week (0 is Monday), `day` for a month; a day beyond a month's end is its last."""

    every: Every
    at: time
    weekday: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.every == "week" and self.weekday not in range(7):
            raise ValueError("a week needs its day, 0 to 6")
        if self.every == "month" and self.day not in range(1, _LAST_DAY + 1):
            raise ValueError("a month needs its day, 1 to 31")

    def after(self, moment: datetime) -> Iterator[datetime]:
        """The moments after this one, in order and without end."""
        day = moment.date()
        if self._on_or_after(day, 0) <= moment:
            day += timedelta(days=1)
        steps = 0
        while True:
            yield self._on_or_after(day, steps)
            steps += 1

    def _on_or_after(self, day: date, steps: int) -> datetime:
        """So many steps after the first day from this one on that fits."""
        if self.every == "day":
            found = day + timedelta(days=steps)
        elif self.every == "week":
            assert self.weekday is not None
            found = day + timedelta(days=(self.weekday - day.weekday()) % 7 + 7 * steps)
        else:
            assert self.day is not None
            first = day.replace(day=1)
            here = min(self.day, monthrange(day.year, day.month)[1])
            # From the month's first each time: chained months would drift from the 31st.
            found = first + relativedelta(months=steps + (here < day.day)) + relativedelta(day=self.day)
        return datetime.combine(found, self.at)


def between(times: Times, since: datetime, now: datetime) -> list[datetime]:
    """The moments after `since` up to and with `now`."""
    found: list[datetime] = []
    for moment in times.after(since):
        if moment > now:
            return found
        found.append(moment)
    raise AssertionError("the moments of a schedule do not end")


@dataclass(frozen=True, slots=True)
class Judged:
    """What is due now, if anything, and what went by before it without being done."""

    due: datetime | None
    missed: Sequence[datetime]


def judge(
    times: Times,
    since: datetime,
    now: datetime,
    known: Collection[datetime],
    *,
    catch_up: bool,
    patience: timedelta,
    failed: Collection[datetime] = (),
) -> Judged:
    """Of the moments after `since` that are not `known`, the last is due and the others are missed.

    Without `catch_up` the last is missed as well once it is longer ago than `patience`. One after it makes up for it,
    unless that is among those that `failed`.
    """
    open_ = [moment for moment in between(times, since, now) if moment not in known]
    if not open_:
        return Judged(None, ())
    last = open_[-1]
    later_known = any(moment > last for moment in known if moment <= now and moment not in failed)
    if later_known or not (catch_up or now - last <= patience):
        return Judged(None, open_)
    return Judged(last, open_[:-1])


def through_day(rule: str, due: date) -> date:
    """Through which day a run bills that was due on a day. ValueError for a rule that is none of THROUGH."""
    match rule:
        case "today":
            return due
        case "last_month":
            return due.replace(day=1) - timedelta(days=1)
        case "this_month":
            return due + relativedelta(day=_LAST_DAY)
    raise ValueError(f"no rule {rule!r}")


def month_days(day: int) -> list[tuple[tuple[int, ...], int]]:
    """Months and the day in each on which a monthly schedule may be due, for systems that know no last day.

    February names both of its last days where it must: the 28th is no day too many, since nothing is due on it in a
    leap year.
    """
    found: dict[int, list[int]] = {}
    for month in range(1, 13):
        for last in {28, 29} if month == _FEBRUARY else {monthrange(_ANY_YEAR, month)[1]}:
            months = found.setdefault(min(day, last), [])
            if month not in months:
                months.append(month)
    return [(tuple(months), one) for one, months in sorted(found.items(), reverse=True)]
