"""One span to bill, the full period it is measured against, and its parts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Period:
    """The span billed, `[start, end)`, within the full grid period `[full_start, full_end)`."""

    start: date
    end: date
    full_start: date
    full_end: date
    fixed_30: bool = False

    @property
    def days(self) -> int:
        """Days billed: the numerator of the fraction. With a fixed 30-day month a 31st counts nothing."""
        if self.fixed_30:
            return self._days_30(self.end) - self._days_30(self.start)
        return (self.end - self.start).days

    @property
    def full_days(self) -> int:
        """Days of the full period: the denominator of the fraction."""
        if self.fixed_30:
            return self._days_30(self.full_end)
        return (self.full_end - self.full_start).days

    @property
    def last_day(self) -> date:
        """The last day billed, as people write a span."""
        return date.fromordinal(self.end.toordinal() - 1)

    @property
    def is_stub(self) -> bool:
        return self.start != self.full_start or self.end != self.full_end

    @property
    def fraction(self) -> Fraction:
        """The part of the full period that is billed: 0 to 1, exact."""
        return Fraction(self.days, self.full_days)

    def _days_30(self, day: date) -> int:
        """Days from the full period's start, each month counted as 30.

        The period's own end always lands on a multiple of 30: where a short month moved a cycle date from
        the 31st to the 28th, the days missing fall to the last day, and the parts still add up to the whole.
        """
        months = (self.full_end.year - self.full_start.year) * 12 + self.full_end.month - self.full_start.month
        if day == self.full_end:
            return 30 * months
        whole = (day.year - self.full_start.year) * 12 + day.month - self.full_start.month
        return min(max(30 * whole + day.day - self.full_start.day, 0), 30 * months)


def split(period: Period, cuts: Iterable[date]) -> list[Period]:
    """The period cut at dates where a price or a tax rate changes; a date outside it, or on its edge, cuts nothing.

    The parts are measured against the same full period, so their fractions add up to the whole's.
    """
    edges = [period.start, *sorted({cut for cut in cuts if period.start < cut < period.end}), period.end]
    return [Period(start, end, period.full_start, period.full_end, period.fixed_30) for start, end in pairwise(edges)]


def split_amount(total_minor: int, parts: Sequence[int]) -> list[int]:
    """An amount in minor units shared out over parts in proportion to their days, adding up exactly.

    Each share is its exact one rounded down or up; the units left over go to the largest remainders, the
    earlier part first. A negative total mirrors the positive one. Raises ValueError for a negative part,
    and where an amount has no day to fall on.
    """
    whole = sum(parts)
    if any(part < 0 for part in parts):
        raise ValueError(f"A part cannot have {min(parts)} days.")
    if not whole:
        if total_minor:
            raise ValueError(f"An amount of {total_minor} cannot be shared over no days.")
        return [0] * len(parts)
    sign = -1 if total_minor < 0 else 1
    exact = [divmod(abs(total_minor) * part, whole) for part in parts]
    shares = [share for share, _remainder in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: -exact[index][1])
    for index in by_remainder[: abs(total_minor) - sum(shares)]:
        shares[index] += 1
    return [sign * share for share in shares]
