"""How late somebody pays: the share that is still open so many days after it was due.

By the estimate of Kaplan and Meier (1958): what is still open tells that it was not paid until now, and counts as long
as it can. Taking only what was paid would find everybody in time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

SCALE: Final = 1_000_000_000


class Habit(NamedTuple):
    """`days` after the due date (below zero: before it) on which something was paid, ascending, and what share times
    10**9 was `left` after each. `paid` is how many payments tell it."""

    days: tuple[int, ...]
    left: tuple[int, ...]
    paid: int

    def open_after(self, days: int) -> int:
        """The share times 10**9 that is still open at the end of so many days after the due date."""
        place = bisect_right(self.days, days)
        return self.left[place - 1] if place else SCALE

    def tells_after(self, days: int) -> bool:
        """Whether anything was ever paid later than so many days after the due date."""
        return bool(self.days) and self.days[-1] > days


def habit(paid: Iterable[int], waiting: Iterable[int]) -> Habit:
    """From days late of what was paid, and of what was not paid when it was last looked at."""
    return habit_of(sorted(Counter(paid).items()), sorted(waiting))


def habit_of(paid: Sequence[tuple[int, int]], waiting: Sequence[int]) -> Habit:
    """As `habit`, from ascending (days late, how many were paid then) and ascending days of what was not paid."""
    count = sum(one for _day, one in paid)
    risk = count + len(waiting)
    days, left, share = [], [], SCALE
    place = 0
    for day, events in paid:
        if place < len(waiting) and waiting[place] < day:
            # What ended before the day is not at risk any more; what ended on it still was.
            before = place
            place = bisect_left(waiting, day, place)
            risk -= place - before
        share = share * (risk - events) // risk
        risk -= events
        days.append(day)
        left.append(share)
    return Habit(tuple(days), tuple(left), count)
