"""One thing that needs a person: what it is, why, whose and until when, and the one action that takes it up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from functools import cached_property
from typing import NamedTuple, TypeVar

from sqlalchemy import Connection

from desktop.services.coming_run import ComingRun, coming_run
from desktop.services.exchange import ExchangeRates
from desktop.services.figures.converting import Converted, in_firm_currency
from desktop.services.runs.owners import end_of

# So many of a kind stand one by one; more of them would bury the rest, and stand in one line.
FEW = 3
_WEEK = timedelta(days=7)

Row = TypeVar("Row")


class Urgency(IntEnum):
    """In the order of the page."""

    LATE = 0  # its time has passed, or something stands still because of it
    TODAY = 1
    WEEK = 2
    LATER = 3


class Target(NamedTuple):
    """Where an item is taken up: a place of the window, and there the rows of a query, or one of them.

    `act` is an action of the place that is begun there, or of the window where no place is named. With `opens` the row
    is opened, on the page that the action brought if there is one; `within` is then chosen on the page that opened.
    `told` says which rows are shown, where no chip of the page does.
    """

    place: str = ""
    one: int | None = None
    filters: frozenset[str] = frozenset()
    search: str = ""
    opens: bool = False
    within: int | None = None
    act: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """`kind` groups items of one sort; `key` stays the same as long as it is the same thing with the same count.

    `verb` says what `target` does. `amount` is in minor units of `currency`, None where it is about no money; `about`
    says that it is estimated, or lacks what has no exchange rate. `due_at` is UTC text, where it is due at a time of
    the day `due`. `weight` orders items of equal urgency by kind, the smallest first; of one kind what is due first.
    """

    kind: str
    key: str
    urgency: Urgency
    sentence: str
    why: str
    verb: str
    target: Target
    amount: int | None = None
    currency: str = ""
    about: bool = False
    owner: str = ""
    due: date | None = None
    due_at: str = ""
    count: int = 1
    weight: int = 50

    @property
    def order(self) -> tuple[int, int, date, str, int]:
        return self.urgency, self.weight, self.due or date.max, self.due_at or "~", -abs(self.amount or 0)


@dataclass(frozen=True)
class Look:
    """What every source is given: the transaction to read in, the day, the moment as UTC text, and the rates."""

    connection: Connection
    today: date
    now: str
    rates: ExchangeRates

    @cached_property
    def coming(self) -> ComingRun | None:
        """The run that comes next, looked for once and only where somebody asks."""
        return coming_run(self.connection, self.rates, self.today)

    @property
    def day(self) -> str:
        return self.today.isoformat()

    def ahead(self, days: int) -> str:
        """The day so many days ahead, or behind, as text."""
        return (self.today + timedelta(days=days)).isoformat()

    def by_day(self, due: date) -> Urgency:
        """How urgent something is that is due on a day."""
        if due < self.today:
            return Urgency.LATE
        if due == self.today:
            return Urgency.TODAY
        return Urgency.WEEK if due <= self.today + _WEEK else Urgency.LATER

    def by_moment(self, due_at: str) -> Urgency:
        """As `by_day`, of a moment in UTC text."""
        if due_at < self.now:
            return Urgency.LATE
        if due_at <= end_of(self.today):
            return Urgency.TODAY
        return Urgency.WEEK if due_at <= end_of(self.today + _WEEK) else Urgency.LATER

    def sum(self, amounts: Iterable[tuple[int, str]]) -> Converted:
        """One amount of several: in their own currency where they share it, else in the firm's by today's rates."""
        return in_firm_currency(amounts, self.rates, self.today)


Source = Callable[[Look], Iterable[Item]]


def few_or_all(
    rows: Sequence[Row], one: Callable[[Row], Item], together: Callable[[Sequence[Row]], Item]
) -> Iterator[Item]:
    """A few rows as an item each, more of them as one."""
    if len(rows) > FEW:
        yield together(rows)
    else:
        yield from map(one, rows)


def local_day(moment: str) -> date:
    """The day of a moment, UTC text, by the clock on this wall."""
    return datetime.fromisoformat(moment).astimezone().date()
