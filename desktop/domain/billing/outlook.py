"""What an agreement will bill next: its periods that nothing has charged yet, oldest first, with the day of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from desktop.domain.agreement import Agreement
from desktop.domain.billing.facts import ChargedSpan
from desktop.domain.billing.recurring import due_on, periods_of
from desktop.domain.periods import Period

# A pause or a gap may be long; past so many periods of nothing there is nothing to foresee.
_MOST_STEPS = 120


@dataclass(frozen=True, slots=True)
class Upcoming:
    """A period `[start, end)` and the through-date from which a run bills it, which may have passed."""

    start: date
    end: date
    due: date


def upcoming(
    agreement: Agreement, charged: Mapping[int, ChargedSpan], today: date, count: int = 1
) -> tuple[Upcoming, ...]:
    """The next periods of the recurring lines, alike ones once; of an agreement on use alone those of its meters.

    Hours and one-off charges have none.
    """
    lines = [line for line in agreement.lines if line.kind == "recurring"]
    if not lines:
        # Use is billed once it is known, whatever the timing.
        lines = [line for line in agreement.lines if line.kind == "usage"]
        agreement = agreement._replace(timing="arrears")
    if not lines or not agreement.active:
        return ()
    number = agreement.cadence.number(max(today, agreement.start))
    found: set[Upcoming] = set()
    for step in range(_MOST_STEPS):
        try:
            through = agreement.cadence.cycle(number + step)
            known: dict[object, list[Period]] = {}
            found = {
                Upcoming(period.start, period.end, due_on(agreement, line, period))
                for line in lines
                for period in periods_of(agreement, line, charged.get(line.id), through, known)
            }
        except ValueError:
            # The grid of a long interval leaves the calendar.
            break
        if len(found) >= count or (agreement.end is not None and through >= agreement.end):
            break
    return tuple(sorted(found, key=lambda one: (one.due, one.start))[:count])
