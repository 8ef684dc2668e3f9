"""The periods of a meter: the agreement's grid, what was charged already, and where price or tax cut a period."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing.facts import UsageCharged
from desktop.domain.billing.recurring import life_of
from desktop.domain.periods import Cadence, Pause, Period, due_periods

LOOK_BACK = 6
"""Periods back from the through-date that are looked at where nothing waits in them."""


class Metered(NamedTuple):
    """A period of a meter, and whether it is over by the through-date.

    Only records that end on the days [first, after) count: those on which its line lives. `odd` tells that the period
    was charged and is not one of the grid any more.
    """

    period: Period
    over: bool
    first: date
    after: date
    odd: bool = False


def first_of_meter(agreement: Agreement, line: AgreementLine) -> date:
    """The first day that a usage line bills."""
    first, _ = life_of(agreement, line)
    for day in (agreement.trial_until, agreement.charged_through):
        if day is not None and day > first:
            first = day
    return first


def look_back(agreement: Agreement, line: AgreementLine, through: date) -> date:
    """The day from which periods without any record matter: a minimum is owed for all of them."""
    first = first_of_meter(agreement, line)
    if line.minimum:
        return first
    return max(first, _back(agreement.cadence, through))


@lru_cache(maxsize=1024)
def _back(cadence: Cadence, through: date) -> date:
    try:
        return cadence.cycle(cadence.number(through) - LOOK_BACK)
    except ValueError:
        # The grid of a long interval leaves the calendar.
        return date.min


def meter_periods(
    agreement: Agreement, line: AgreementLine, since: date, charged: Sequence[UsageCharged], through: date
) -> Sequence[Metered]:
    """The periods from that which holds `since` to that which holds `through`, oldest first.

    What was charged keeps its own span, whatever became of the grid since, and is left out of the grid.
    """
    start, end = life_of(agreement, line)
    if end is not None and start >= end:
        return ()
    known = tuple([(one.start, one.end) for one in charged]) if charged else ()
    return _grid(
        agreement.cadence,
        start,
        end,
        agreement.trial_until,
        agreement.charged_through,
        agreement.pauses,
        known,
        since if since > start else start,
        through,
    )


@lru_cache(maxsize=8192)
def _grid(
    cadence: Cadence,
    start: date,
    end: date | None,
    trial: date | None,
    elsewhere: date | None,
    pauses: tuple[Pause, ...],
    known: tuple[tuple[date, date], ...],
    since: date,
    through: date,
) -> tuple[Metered, ...]:
    """Agreements alike have the same grid, so a run computes it once."""
    edge = cadence.cycle_on_or_before(since)
    begin = edge if elsewhere is None or edge > elsewhere else elsewhere
    found = due_periods(cadence, start, end, "advance", through, begin, pauses, trial)
    grid = {(one.start, one.end) for one in found}
    odd = {span for span in known if span not in grid and span[1] > edge}
    if odd:
        found = due_periods(cadence, start, end, "advance", through, begin, (*pauses, *odd), trial)
        found += [Period(*span, *span) for span in odd]
        found.sort(key=lambda one: one.start)
    after = date.fromordinal(through.toordinal() + 1)
    metered: list[Metered] = []
    for one in found:
        if one.start > through:
            continue
        if (one.start, one.end) not in odd:
            metered.append(Metered(one, one.end <= after, one.start, one.end))
            continue
        # Another line may count what this one does not live to see.
        last = one.end if end is None else min(one.end, end)
        metered.append(Metered(one, last <= after, max(one.start, start), last, odd=True))
    return tuple(metered)


def rises_within(line: AgreementLine, start: date, end: date) -> list[date]:
    """First days of another agreed price strictly inside [start, end)."""
    return [
        day
        for day, price in line.prices
        if start < day < end and price != line.price_on(date.fromordinal(day.toordinal() - 1))
    ]


def parts_of(period: Period, cuts: Iterable[date]) -> list[tuple[date, date]]:
    """The spans that a period falls into where it is cut."""
    edges = [period.start, *sorted(set(cuts)), period.end]
    return list(pairwise(edges))
