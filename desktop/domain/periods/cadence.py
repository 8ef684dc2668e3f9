"""The grid of cycle dates that an agreement's interval, alignment and anchor give."""

from calendar import isleap
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from desktop.domain.periods.interval import Interval
from desktop.i18n import _

Alignment = Literal["calendar", "anniversary", "bcd"]

_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _in_month(month: int, day: int) -> date:
    """The day in a month counted from year 0, or the month's last day if it is shorter."""
    year, index = divmod(month, 12)
    if day > 28:
        length = 29 if index == 1 and isleap(year) else _LENGTHS[index]
        if day > length:
            day = length
    return date(year, index + 1, day)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1


def bill_date_in_month(day: date, bill_day: int) -> date:
    """The bill-cycle day, 1 to 31, of the month that `day` is in; a short month's last day stands for it."""
    return _in_month(_month(day), bill_day)


def bill_date_from(day: date, bill_day: int) -> date:
    """The first bill-cycle day on or after `day`."""
    found = bill_date_in_month(day, bill_day)
    return found if found >= day else _in_month(_month(day) + 1, bill_day)


def bill_date_after(day: date, bill_day: int) -> date:
    """The first bill-cycle day strictly after `day`."""
    found = bill_date_in_month(day, bill_day)
    return found if found > day else _in_month(_month(day) + 1, bill_day)


@dataclass(frozen=True, slots=True)
class Cadence:
    """Cycle dates without beginning or end; an agreement's own start and end clip them.

    `calendar`: weeks from Monday, months and years from the 1st on the grid of the calendar year; what does not
    divide a year counts from January (weeks: from the Monday) of the anchor's.
    `anniversary`: from the anchor.
    `bcd`: on `bill_day`, 1 to 31 (the anchor's day if None), every so many months from the anchor's month; the grid
    starts at the first such date on or after the anchor, and what lies before is counted back from that date as it
    fell. Days and weeks know no day of the month and count from the anchor.
    `fixed_30`: days are counted as if each month had 30; means nothing for days and weeks.
    """

    interval: Interval
    alignment: Alignment
    anchor: date
    bill_day: int | None = None
    fixed_30: bool = False
    _months: int = field(init=False, repr=False, compare=False)
    _days: int = field(init=False, repr=False, compare=False)
    _origin: int = field(init=False, repr=False, compare=False)
    _day: int = field(init=False, repr=False, compare=False)
    _day_before: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises ValueError for a bill day outside 1 to 31 or an unknown alignment."""
        if self.bill_day is not None and not 1 <= self.bill_day <= 31:
            raise ValueError(_("A bill-cycle day of {day} does not exist: it is 1 to 31.").format(day=self.bill_day))
        anchor, months = self.anchor, self.interval.months
        day = day_before = anchor.day
        if not months:
            origin = anchor.toordinal()
            if self.alignment == "calendar" and self.interval.unit == "week":
                origin -= anchor.weekday()
        elif self.alignment == "calendar":
            origin, day, day_before = anchor.year * 12, 1, 1
        elif self.alignment == "anniversary":
            origin = _month(anchor)
        elif self.alignment == "bcd":
            day = self.bill_day or anchor.day
            origin = _month(anchor)
            if _in_month(origin, day) < anchor:
                origin += months
            day_before = _in_month(origin, day).day
        else:
            raise ValueError(
                _("“{alignment}” is not an alignment: calendar, anniversary or bcd.").format(alignment=self.alignment)
            )
        for name, value in (
            ("_months", months),
            ("_days", self.interval.days),
            ("_origin", origin),
            ("_day", day),
            ("_day_before", day_before),
        ):
            object.__setattr__(self, name, value)

    @property
    def counts_30(self) -> bool:
        """Whether days are counted as if each month had 30."""
        return self.fixed_30 and self._months > 0

    def cycle(self, number: int) -> date:
        """The cycle date that opens the grid period of that number; the one after closes it."""
        if self._months:
            day = self._day if number >= 0 else self._day_before
            return _in_month(self._origin + number * self._months, day)
        return date.fromordinal(self._origin + number * self._days)

    def number(self, day: date) -> int:
        """The number of the grid period that holds `day`; it may be negative."""
        if not self._months:
            return (day.toordinal() - self._origin) // self._days
        number = (_month(day) - self._origin) // self._months
        return number if self.cycle(number) <= day else number - 1

    def full_period(self, day: date) -> tuple[date, date]:
        """The grid period that holds `day`, as `[start, end)`."""
        number = self.number(day)
        return self.cycle(number), self.cycle(number + 1)

    def cycle_on_or_before(self, day: date) -> date:
        return self.cycle(self.number(day))

    def cycle_before(self, day: date) -> date:
        """The last cycle date strictly before `day`."""
        number = self.number(day)
        found = self.cycle(number)
        return found if found < day else self.cycle(number - 1)

    def cycle_on_or_after(self, day: date) -> date:
        number = self.number(day)
        found = self.cycle(number)
        return found if found == day else self.cycle(number + 1)

    def cycle_after(self, day: date) -> date:
        """The first cycle date strictly after `day`."""
        return self.cycle(self.number(day) + 1)
