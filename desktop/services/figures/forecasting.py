"""The money that will come of what is open, by each client's own habit; and how good such forecasts were before."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final, NamedTuple

from sqlalchemy import Connection

from db.engine import worked_out
from db.queries import figures as queries
from desktop.domain.figures.forecast import HORIZONS, OWN, Expected, Habits, Outlook, Owed, Trial, expected
from desktop.domain.figures.habits import Habit, habit, habit_of
from desktop.services.figures.months import whole_spans_until

TRIALS: Final = 12
"""Past month ends at which each forecast is tried."""
MEMORY: Final = 730
"""Days that a habit looks back."""
_NEVER: Final = 10**7
_FIRM: Final = "firm"
_DAYS_OF_TRIALS: Final = max(HORIZONS) // 30 + TRIALS


class _Item(NamedTuple):
    """From `there` on something was open of it, until it `ended` (far ahead where it has not), `paid` if by payments;
    this tells a habit before `forgotten`. What a reversal opens again is there once more from that day on.
    """

    client: int
    currency: str
    due: int
    there: int
    amount: int
    ended: int
    paid: bool
    forgotten: int
    moves: Sequence[tuple[int, int, str]]

    def open_at(self, day: int) -> int:
        if not self.moves:
            return self.amount
        return self.amount - sum(amount for dated, amount, _kind in self.moves if dated <= day)


@dataclass(frozen=True)
class Forecast:
    """Made at the end of a day, of so many `payments` that were known. `weeks` are (first, last day) to the last
    horizon; `outlook` has them and then the horizons. Habits are those of clients, `trials` by currency and horizon the
    forecasts of past month ends."""

    as_of: date
    payments: int
    weeks: Sequence[tuple[date, date]]
    outlook: Outlook
    due: Mapping[str, Sequence[int]]
    habits: Mapping[int, tuple[int, str]]
    owed: Mapping[tuple[str, int], int]
    trials: Mapping[tuple[str, int], Sequence[Trial]]

    def by_week(self, currency: str) -> Expected:
        found = self.outlook.expected[currency]
        count = len(self.weeks)
        return Expected(found.amounts[:count], found.spreads[:count])

    def by_horizon(self, currency: str) -> Expected:
        found = self.outlook.expected[currency]
        count = len(self.weeks)
        return Expected(found.amounts[count:], found.spreads[count:])


def forecast(connection: Connection, as_of: date, client_id: int | None = None) -> Forecast:
    """What of the items that were open at the end of a day will come in the 90 days after it; of one client where
    given, the one that others were merged into."""
    return worked_out(connection, ("forecast", as_of, client_id), lambda: _forecast(connection, as_of, client_id))


def _forecast(connection: Connection, as_of: date, client_id: int | None) -> Forecast:
    past = _Past(connection, as_of, client_id)
    today = as_of.toordinal()
    weeks = _weeks(as_of)
    trials: dict[tuple[str, int], list[Trial]] = {}
    for span in whole_spans_until(as_of, _DAYS_OF_TRIALS):
        made = span.last.toordinal()
        horizons = [days for days in HORIZONS if made + days <= today]
        if horizons:
            for key, trial in past.tried(span.last, horizons):
                trials.setdefault(key, []).append(trial)
    habits, items = past.at(today)
    ends = [(first.toordinal() - 1, last.toordinal()) for first, last in weeks]
    ends += [(today, today + days) for days in HORIZONS]
    owed = [_owed(item, today) for item in items]
    outlook = expected(owed, habits, today, ends)
    return Forecast(
        as_of,
        habits.firm.paid,
        weeks,
        outlook,
        _due(owed, ends),
        {client: _told(habits, client) for client in {item.client for item in items}},
        _by_client(owed),
        {key: found[-TRIALS:] for key, found in trials.items()},
    )


class _Past:
    """Everything that was ever open by a day, and what became of it; asked for ever later days."""

    def __init__(self, connection: Connection, as_of: date, only: int | None) -> None:
        self._only = only
        moves: dict[int, list[tuple[int, int, str]]] = {}
        for item, day, amount, kind in queries.settlements(connection, as_of.isoformat()):
            moves.setdefault(item, []).append((day, amount, kind))
        self._items = [
            _Item(client, currency, due, since, amount, ended, paid, forgotten, moves.get(id_, ()))
            for id_, client, currency, due, there, amount in queries.items_with_days(connection, as_of.isoformat())
            for since, ended, paid, forgotten in _stretches(there, amount, moves.get(id_, ()))
        ]
        self._segments: Mapping[Hashable, Hashable] = dict(queries.client_segments(connection))
        self._ended = sorted((item for item in self._items if item.ended < _NEVER), key=lambda item: item.ended)
        self._forgotten = sorted(self._ended, key=lambda item: item.forgotten)
        self._from = self._to = 0
        # Of segments under their ids, of clients without one under None.
        self._paid: dict[Hashable, Counter[int]] = {}
        self._let_go: dict[Hashable, Counter[int]] = {}

    @cached_property
    def _of_client(self) -> Mapping[Hashable, tuple[Sequence[int], Sequence[_Item]]]:
        """Of each client on which days its items ended, ascending; and these."""
        found: dict[Hashable, tuple[list[int], list[_Item]]] = {}
        for item in self._ended:
            ends, known = found.setdefault(item.client, ([], []))
            ends.append(item.ended)
            known.append(item)
        return found

    def at(self, day: int) -> tuple[Habits, list[_Item]]:
        """The habits that were known at the end of a day, and what was open then of those that are asked for."""
        items = [item for item in self._items if item.there <= day < item.ended]
        of_client: dict[Hashable, list[int]] = {}
        for item in items:
            of_client.setdefault(item.client, []).append(day - item.due)
        waiting: dict[Hashable, list[int]] = {}
        for client, late in of_client.items():
            waiting.setdefault(self._segments.get(client), []).extend(late)
        self._move_to(day)
        groups = {key: self._habit(key, waiting.get(key, ())) for key in {*self._paid, *waiting} - {None, _FIRM}}
        everybody = self._habit(_FIRM, [late for some in waiting.values() for late in some])
        own: dict[Hashable, Habit | None] = {}

        def habit_of_client(client: Hashable) -> Habit | None:
            if client not in own:
                own[client] = self._own(client, day, of_client.get(client, ()))
            return own[client]

        asked = items if self._only is None else [item for item in items if item.client == self._only]
        return Habits(habit_of_client, lambda client: groups.get(self._segments.get(client)), everybody), asked

    def _own(self, client: Hashable, day: int, waiting: Iterable[int]) -> Habit | None:
        ends, known = self._of_client.get(client, ((), ()))
        some = known[bisect_right(ends, day - MEMORY) : bisect_right(ends, day)]
        some = [item for item in some if item.forgotten > day]
        if len(some) < OWN:
            # Too few for a habit of its own, whatever they say.
            return None
        paid, left = ([item.ended - item.due for item in some if item.paid is whole] for whole in (True, False))
        return habit(paid, [*waiting, *left])

    def _habit(self, key: Hashable, waiting: Iterable[int]) -> Habit:
        let_go = self._let_go.get(key, Counter())
        return habit_of(sorted(self._paid.get(key, {}).items()), sorted([*waiting, *let_go.elements()]))

    def _move_to(self, day: int) -> None:
        """Count what ended by the day, and forget what ended too long before it or was opened again."""
        while self._to < len(self._ended) and self._ended[self._to].ended <= day:
            self._count(self._ended[self._to], 1)
            self._to += 1
        while self._from < self._to and self._forgotten[self._from].forgotten <= day:
            self._count(self._forgotten[self._from], -1)
            self._from += 1

    def _count(self, item: _Item, step: int) -> None:
        counters = self._paid if item.paid else self._let_go
        for key in (_FIRM, self._segments.get(item.client)):
            own = counters.setdefault(key, Counter())
            own[item.ended - item.due] += step
            if not own[item.ended - item.due]:
                del own[item.ended - item.due]

    def tried(self, made: date, horizons: Sequence[int]) -> Iterable[tuple[tuple[str, int], Trial]]:
        """The forecast of a past day, against what came of the same items."""
        day = made.toordinal()
        habits, items = self.at(day)
        if not habits.firm.paid:
            return
        spans = [(day, day + days) for days in horizons]
        outlook = expected([_owed(item, day) for item in items], habits, day, spans)
        came: dict[str, list[int]] = {}
        for item in items:
            own = came.setdefault(item.currency, [0] * len(spans))
            for dated, amount, kind in item.moves:
                if dated > day and kind == "payment":
                    for place, (_after, until) in enumerate(spans):
                        own[place] += amount if dated <= until else 0
        for currency, found in outlook.expected.items():
            for place, days in enumerate(horizons):
                yield (
                    (currency, days),
                    Trial(made, days, found.amounts[place], found.spreads[place], came[currency][place]),
                )


def _stretches(there: int, amount: int, moves: Sequence[tuple[int, int, str]]) -> Iterable[tuple[int, int, bool, int]]:
    """(since, ended, paid, forgotten) of each time that something was open.

    A trial on a past day must not know of a reversal that came later, so what was settled then counts as settled.
    """
    if all(one > 0 for _day, one, _kind in moves):
        # Nothing was taken back.
        whole = bool(moves) and sum(one for _day, one, _kind in moves) == amount
        yield (there, *_ended(moves)) if whole else (there, _NEVER, False, _NEVER)
        return
    since, left, closed = there, amount, 0
    for place, (day, one, _kind) in enumerate(moves, 1):
        left -= one
        if place < len(moves) and moves[place][0] == day:
            # What is booked anew on the day of its reversal was never open.
            continue
        if closed and left:
            ended, paid, forgotten = _ended(moves[:closed])
            yield since, ended, paid, min(forgotten, day)
            since, closed = day, 0
        elif not closed and not left:
            closed = place
    yield (since, *_ended(moves[:closed])) if closed else (since, _NEVER, False, _NEVER)


def _ended(moves: Sequence[tuple[int, int, str]]) -> tuple[int, bool, int]:
    """The day of the last move, whether payments settled it, and the day from which this is too long ago to tell; what
    was given up only tells how long it waited."""
    day = moves[-1][0]
    paid = sum(one for _day, one, kind in moves if kind == "payment") > 0
    return day, paid and not sum(one for _day, one, kind in moves if kind == "write_off"), day + MEMORY


def _owed(item: _Item, day: int) -> Owed:
    return Owed(item.currency, item.client, item.due, max(item.open_at(day), 0))


def _weeks(as_of: date) -> list[tuple[date, date]]:
    """From the day after to the last horizon: the rest of this week, whole weeks, and what is left of the last."""
    first, end = as_of + timedelta(days=1), as_of + timedelta(days=max(HORIZONS))
    weeks = []
    while first <= end:
        last = min(first + timedelta(days=6 - first.weekday()), end)
        weeks.append((first, last))
        first = last + timedelta(days=1)
    return weeks


def _due(owed: Iterable[Owed], spans: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    """By currency what falls due in each span."""
    found: dict[str, list[int]] = {}
    for currency, _client, due, amount in owed:
        own = found.setdefault(currency, [0] * len(spans))
        for place, (after, until) in enumerate(spans):
            if after < due <= until:
                own[place] += amount
    return found


def _by_client(owed: Iterable[Owed]) -> dict[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = {}
    for currency, client, _due, amount in owed:
        assert isinstance(client, int)
        found[currency, client] = found.get((currency, client), 0) + amount
    return found


def _told(habits: Habits, client: int) -> tuple[int, str]:
    """Of how many payments the client's own habit is, and whose habit counts for what it owes now."""
    own = habits.own(client)
    return own.paid if own is not None else 0, habits.of(client, 0)[1]
