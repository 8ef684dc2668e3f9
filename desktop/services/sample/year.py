"""The sample's year: twelve runs on the first of a month, the last one a month before the one now due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

RUNS = 12


def add_months(day: date, months: int) -> date:
    """The same day that many months on, or that month's last day."""
    return day + relativedelta(months=months)


@dataclass(frozen=True, slots=True)
class Year:
    """Dates that hang on today alone."""

    today: date

    @property
    def month(self) -> date:
        """The first of this month, whose run is due; on a month's last day that of the next, because it is over."""
        return (self.today + timedelta(days=1)).replace(day=1)

    @property
    def run_days(self) -> tuple[date, ...]:
        return tuple(add_months(self.month, -back) for back in range(RUNS, 0, -1))

    @property
    def opening(self) -> date:
        """The first run of the history."""
        return add_months(self.month, -RUNS)

    @property
    def last_run(self) -> date:
        return add_months(self.month, -1)

    @property
    def free_bill_day(self) -> int | None:
        """A day of the month still to come, so that an agreement billed on it has one period due and not two.

        Not tomorrow: in arrears a period that ends today is due today.
        """
        return 28 if self.today.day < 27 else None

    def billed_before(self, first: date, months: int, timing: str) -> date:
        """Until when an agreement on this grid was billed before the history began.

        The first run then bills one period: in advance the one that is on, in arrears the one just over.
        """
        steps = 0
        while add_months(first, (steps + 1) * months) <= self.opening:
            steps += 1
        return add_months(first, (steps - (timing == "arrears")) * months)

    def workdays(self, month: date) -> Iterator[date]:
        """Days on which hours are written: weekdays from the 3rd, so that none is two months old when billed."""
        day = month.replace(day=3)
        while day.month == month.month:
            if day.weekday() < 5:
                yield day
            day += timedelta(days=1)


class Clock:
    """Tells the book the time of the sample's history."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self) -> datetime:
        return datetime.combine(self.day, time(9), UTC)

    @property
    def text(self) -> str:
        return self().strftime("%Y-%m-%dT%H:%M:%SZ")
