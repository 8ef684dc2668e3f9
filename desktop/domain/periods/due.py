"""Which periods of an agreement may be billed, and which part of each is left to bill."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from desktop.domain.periods.cadence import Cadence
from desktop.domain.periods.period import Period

Timing = Literal["advance", "arrears"]
Pause = tuple[date, date | None]
"""`[first day not billed, first day billed again)`; None lasts until further notice."""

_DAY = timedelta(days=1)


def periods(cadence: Cadence, start: date, end: date | None, until: date) -> list[Period]:
    """All periods of an agreement `[start, end)` that begin before `until`, first and last clipped to stubs."""
    limit = until if end is None else min(until, end)
    found: list[Period] = []
    number = cadence.number(start)
    full_start = cadence.cycle(number)
    fixed_30 = cadence.counts_30
    begin = start
    while begin < limit:
        number += 1
        full_end = cadence.cycle(number)
        close = full_end if end is None or full_end <= end else end
        found.append(Period(begin, close, full_start, full_end, fixed_30))
        begin = full_start = full_end
    return found


def periods_between(
    cadence: Cadence, start: date, end: date | None, charged_through: date | None, through: date, timing: Timing
) -> list[Period]:
    """The periods of an agreement without pauses that a run with through-date `through` may bill.

    `charged_through` is the first day not billed yet; the rest of a grid period begun before it is a stub.
    """
    begin = start if charged_through is None or charged_through < start else charged_through
    found = periods(cadence, begin, end, through + _DAY)
    if timing == "arrears" and found and found[-1].end > through + _DAY:
        # Only the last one can reach beyond the through-date: it holds it.
        found.pop()
    return found


def due_periods(
    cadence: Cadence,
    start: date,
    end: date | None,
    timing: Timing,
    through: date,
    charged_through: date | None,
    pauses: Sequence[Pause] = (),
    trial_until: date | None = None,
) -> list[Period]:
    """What a run with through-date `through` may bill of an agreement `[start, end)`, oldest first.

    In arrears a grid period is due once its last day, or the agreement's, is not after `through`; in advance
    once its first day to bill is not after it. Trial days (before `trial_until`) and pauses are carved out:
    what remains of a grid period is one stub or several, and these become due together. Nothing before
    `charged_through`, the first day not billed yet, comes again.
    """
    if trial_until is not None and trial_until > start:
        start = trial_until
    whole = periods_between(cadence, start, end, charged_through, through, timing)
    if not pauses or not whole:
        return whole
    breaks = _merged(pauses)
    found: list[Period] = []
    for period in whole:
        left = _carved(period, breaks)
        if timing == "arrears" or (left and left[0].start <= through):
            found += left
    return found


def _merged(pauses: Sequence[Pause]) -> list[tuple[date, date]]:
    """The pauses in order, without overlaps; an open one lasts for ever."""
    merged: list[tuple[date, date]] = []
    for begin, resume in sorted((begin, resume or date.max) for begin, resume in pauses):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], resume)
        elif begin < resume:
            merged.append((begin, resume))
    return merged


def carved(period: Period, breaks: Sequence[Pause]) -> list[Period]:
    """What the breaks leave of a period."""
    return _carved(period, _merged(breaks))


def _carved(period: Period, breaks: Sequence[tuple[date, date]]) -> list[Period]:
    found: list[Period] = []
    begin = period.start
    for stop, resume in breaks:
        if resume <= begin or stop >= period.end:
            continue
        if stop > begin:
            found.append(Period(begin, stop, period.full_start, period.full_end, period.fixed_30))
        begin = resume
    if begin < period.end:
        found.append(Period(begin, period.end, period.full_start, period.full_end, period.fixed_30))
    return found
