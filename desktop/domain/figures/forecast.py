"""What of the open money will come until when, by the payer's own habit, with a range; integers throughout."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import isqrt
from typing import Final, Literal, NamedTuple

from desktop.domain.figures.habits import SCALE, Habit

HORIZONS: Final = (30, 60, 90)
"""Days ahead that a forecast is judged by."""
OWN: Final = 6
"""From so many payments on a payer has a habit of its own."""
# Half of the width of a range that holds four of five, in standard deviations of a normal error.
_FOUR_OF_FIVE: Final = Fraction(128, 100)
_LEAST_TRIALS: Final = 6
_TENTH: Final = Decimal("0.1")

Source = Literal["own", "segment", "firm", ""]


class Owed(NamedTuple):
    """What is open of one item: `group` is what is added up (a currency), minor units; days as ordinals."""

    group: str
    payer: Hashable
    due: int
    amount: int


class Habits(NamedTuple):
    """The habit of each payer, of each segment, and of all; which segment a payer is of."""

    own: Callable[[Hashable], Habit | None]
    segment: Callable[[Hashable], Habit | None]
    firm: Habit

    def of(self, payer: Hashable, late: int) -> tuple[Habit | None, Source]:
        """The nearest habit that still expects something that is so many days late (below zero: not yet due)."""
        if not self.firm.tells_after(late):
            # What nobody ever paid so late, neither this payer nor its segment did.
            return None, ""
        own = self.own(payer)
        if own is not None and own.paid >= OWN and own.tells_after(late):
            return own, "own"
        segment = self.segment(payer)
        if segment is not None and segment.paid >= OWN and segment.tells_after(late):
            return segment, "segment"
        return self.firm, "firm"


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected in each of the spans asked for, minor units; `spreads` are one standard deviation each.

    All that one payer owes is taken to move together, payers by themselves.
    """

    amounts: tuple[int, ...]
    spreads: tuple[int, ...]


class Outlook(NamedTuple):
    """By group what is expected; by group and payer what of it in the last span; by group what no habit expects."""

    expected: Mapping[str, Expected]
    payers: Mapping[tuple[str, Hashable], int]
    lost: Mapping[str, int]


def expected(owed: Iterable[Owed], habits: Habits, today: int, spans: Sequence[tuple[int, int]]) -> Outlook:
    """What of the open items comes in each span: after its first day until the end of its last one, as ordinals; none
    begins before `today`."""
    # Payers one by one: their spreads add up before they are squared.
    owing: dict[tuple[str, Hashable], list[tuple[int, int]]] = {}
    sums: dict[str, list[int]] = {}
    squares: dict[str, list[int]] = {}
    last: dict[tuple[str, Hashable], int] = {}
    lost: dict[str, int] = {}
    for group, payer, due, amount in owed:
        if habits.firm.tells_after(today - due):
            owing.setdefault((group, payer), []).append((due, amount))
        else:
            sums.setdefault(group, [0] * len(spans))
            squares.setdefault(group, [0] * len(spans))
            lost[group] = lost.get(group, 0) + amount
    places = range(len(spans))
    for (group, payer), items in owing.items():
        totals = sums.setdefault(group, [0] * len(spans))
        row = squares.setdefault(group, [0] * len(spans))
        own, spread = [0] * len(spans), [0] * len(spans)
        for due, amount in items:
            habit, _source = habits.of(payer, today - due)
            assert habit is not None
            for place, share in zip(places, _shares(habit, due, today, spans), strict=True):
                if share:
                    own[place] += amount * share
                    if share != SCALE:
                        spread[place] += amount * isqrt(share * (SCALE - share))
        for place in places:
            totals[place] += own[place]
            if spread[place]:
                row[place] += (spread[place] // SCALE) ** 2
        last[group, payer] = own[-1]
    found = {
        group: Expected(tuple(_unscaled(one) for one in totals), tuple(isqrt(one) for one in squares[group]))
        for group, totals in sums.items()
    }
    return Outlook(found, {key: _unscaled(amount) for key, amount in last.items()}, lost)


def _shares(habit: Habit, due: int, today: int, spans: Sequence[tuple[int, int]]) -> Iterator[int]:
    """Of what is open today the share times 10**9 that comes in each span."""
    days, left, _paid = habit
    still = habit.open_after(today - due)
    before, at_first = today, still
    for after, until in spans:
        if after != before:
            before, at_first = after, habit.open_after(after - due)
        place = bisect_right(days, until - due)
        at_last = left[place - 1] if place else SCALE
        yield (at_first - at_last) * SCALE // still
        if after != today:
            before, at_first = until, at_last


def _unscaled(amount: int) -> int:
    """Half up; amounts of open items are never below zero."""
    return (2 * amount + SCALE) // (2 * SCALE)


class Trial(NamedTuple):
    """A forecast that can be judged: made at the end of a day for so many days; minor units."""

    made: date
    days: int
    expected: int
    spread: int
    came: int

    @property
    def off_by(self) -> Decimal | None:
        """By how many percent of what came the forecast was above it, to a tenth; None where nothing came."""
        if not self.came:
            return None
        return (Decimal(self.expected - self.came) * 100 / self.came).quantize(_TENTH, rounding=ROUND_HALF_UP)


class Judged(NamedTuple):
    """How good forecasts were, in percent to a tenth: `mape` is the mean of the errors without their sign, `bias` by
    how much all of them together were above what came. None where nothing came. `trials` says how many were judged."""

    trials: int
    mape: Decimal | None
    bias: Decimal | None


def judged(trials: Sequence[Trial]) -> Judged:
    errors = [off for trial in trials if (off := trial.off_by) is not None]
    came = sum(trial.came for trial in trials)
    mape = sum(map(abs, errors), Decimal(0)) / len(errors) if errors else None
    bias = Decimal(sum(trial.expected for trial in trials) - came) * 100 / came if came else None
    return Judged(len(trials), *(None if one is None else one.quantize(_TENTH, ROUND_HALF_UP) for one in (mape, bias)))


def half_width(trials: Sequence[Trial], spread: int, amount: int) -> int:
    """Half of the range around an amount that is forecast, minor units.

    As wide a share of it as would have held what came in four of five of the trials; with fewer than six trials that
    of a normal error.
    """
    shares = sorted(Fraction(abs(one.came - one.expected), one.expected) for one in trials if one.expected)
    if len(shares) < _LEAST_TRIALS:
        return int(_FOUR_OF_FIVE * spread)
    return int(shares[-(-len(shares) * 4 // 5) - 1] * amount)


def part_of_width(whole: int, whole_spread: int, spread: int) -> int:
    """Half of the range of a part of what is forecast: of the whole one, as its spread is of the whole spread."""
    return whole * spread // whole_spread if whole_spread else 0
