"""The run that comes next: when it is due, whom it bills, and about how much."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from db.engine import worked_out
from db.queries import coming_due as queries
from desktop.domain.billing.lines import line_amount, part_of
from desktop.domain.money import SCALE, scaled, unscaled
from desktop.domain.periods import Cadence, Interval
from desktop.services.exchange import ExchangeRates
from desktop.services.figures.converting import in_firm_currency
from desktop.services.lists.agreements import price_book


@dataclass(frozen=True, slots=True)
class ComingRun:
    """`due` is the first day on which a run finds something to bill; it may have passed.

    `agreements` have a recurring period due by today, or by the day `due` where that lies ahead; of them `amount` says
    about how much a full period comes to, net in minor units of `currency`; None where nothing has a price. Beside
    them wait entries of `hours` worked before this month, `charges` and `milestones` done, by today.
    """

    due: date
    agreements: int
    amount: int | None
    currency: str
    hours: int = 0
    charges: int = 0
    milestones: int = 0


def month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def coming_run(connection: Connection, rates: ExchangeRates, today: date) -> ComingRun | None:
    """What a run would bill today; if nothing, the first day by the end of next month on which one would.

    Use of meters is not foreseen: it is due when it is known.
    """
    # All lines are read for it, and both Today and the count in the rail ask.
    return worked_out(connection, ("coming_run", today), lambda: _coming_run(connection, rates, today))


def _coming_run(connection: Connection, rates: ExchangeRates, today: date) -> ComingRun | None:
    month = today.replace(day=1).isoformat()
    work = [int(count) for count in queries.work_to_bill(connection, today.isoformat(), month)[0]]
    lines = _lines(connection, month_end(today))
    if not lines and not any(work):
        lines = _lines(connection, month_end(month_end(today) + timedelta(days=1)))
    first = min((due for due, _line in lines), default=None)
    if any(work):
        first = today if first is None else min(first, today)
    if first is None:
        return None
    found = [line for due, line in lines if due <= max(first, today)]
    amounts = _worths(connection, found, today)
    total = in_firm_currency(amounts, rates, today)
    return ComingRun(first, len({line[0] for line in found}), total.amount if amounts else None, total.currency, *work)


def _lines(connection: Connection, horizon: date) -> list[tuple[date, Any]]:
    """Lines of which a run bills something by a day, each with the day from which it does."""
    found = [(_due(line), line) for line in queries.lines_to_bill(connection, horizon.isoformat())]
    return [(due, line) for due, line in found if due <= horizon]


def _worths(connection: Connection, lines: Sequence[Any], today: date) -> list[tuple[int, str]]:
    """Net of a full period of each line that has a price today, its own or that of the card."""
    prices = price_book(connection, {line[14] for line in lines if line[11] is None and line[14] is not None})
    known: dict[tuple[object, ...], int | None] = {}
    amounts = []
    for line in lines:
        quantity, price, discount, currency, item, client = line[10:16]
        if price is None and item is not None:
            key = (item, client, currency, quantity)
            if key not in known:
                found = prices.price(item, client, currency, today, unscaled(quantity))
                known[key] = scaled(found.unit_price) if found else None
            price = known[key]
        if price is not None:
            gross = line_amount(quantity, price, SCALE, currency)
            amounts.append((gross - part_of(gross, discount), str(currency)))
    return amounts


def _due(line: Any) -> date:
    """The through-date from which a run bills the next period of a line."""
    _agreement, following, ends, timing, *grid = line[:10]
    first = date.fromisoformat(following)
    if timing == "advance":
        return first
    close = _close(first, *grid)
    end = date.fromisoformat(ends) if ends else close
    return min(close, end) - timedelta(days=1)


@lru_cache(maxsize=4096)
def _close(day: date, count: int, unit: str, alignment: str, anchor: str, bill_day: int | None, fixed_30: int) -> date:
    """The end of the grid period that holds a day."""
    interval = Interval(count, unit)  # type: ignore[arg-type]
    cadence = Cadence(interval, alignment, date.fromisoformat(anchor), bill_day, bool(fixed_30))  # type: ignore[arg-type]
    return cadence.full_period(day)[1]
