"""Which dunning level an item has reached: the highest that its days are past, each once, never a lower one again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple


class Step(NamedTuple):
    """A dunning level as the reckoning sees it: its number, and the days past due from which on it is reached."""

    number: int
    days: int


@dataclass(frozen=True, slots=True)
class Last:
    """The last letter that named an item: the level it was of, its day, and the day by which it asked for the money."""

    number: int
    as_of: date
    pay_by: date


def reached(steps: Sequence[Step], days: int, last: Last | None) -> Step | None:
    """The level that an item so many days past due is to be reminded at; None where there is none it has not had.

    Levels that were missed are passed over: only the highest counts. The numbers of `steps` and their days rise
    together.
    """
    due = [step for step in steps if step.days <= days and (last is None or step.number > last.number)]
    return max(due, default=None)


def earliest(steps: Sequence[Step], step: Step, last: Last | None) -> date | None:
    """The first day for a letter of this level after the last one; None where nothing keeps it.

    Who was reminded late gets the days between the two levels, or until the day it was asked to pay by, whichever is
    over first: two letters of which the second crosses the answer to the first help nobody.
    """
    if last is None:
        return None
    before = next((one.days for one in steps if one.number == last.number), step.days)
    return min(last.pay_by, last.as_of + timedelta(days=step.days - before))


def tone(steps: Sequence[Step], step: Step) -> int:
    """How a level speaks: 0 before the money is due, 1 friendly, 2 firm, 3 for the last one of several."""
    if step.days < 0:
        return 0
    late = [one for one in steps if one.days >= 0]
    if len(late) > 1 and step == late[-1]:
        return 3
    return 1 if step == late[0] else 2
