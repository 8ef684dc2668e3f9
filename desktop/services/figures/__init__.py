"""The firm at a glance, in its own currency: what is owed and how old it is, what was billed and received, by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from db.engine import Book
from db.queries import figures as queries
from db.queries import receivables
from db.queries.rows import ids_text
from desktop.domain import dso
from desktop.domain.aging import BUCKET_ENDS
from desktop.services.exchange import ExchangeRates
from desktop.services.figures.converting import converted

MONTHS: Final = 12
# Sales of so many months, this one included, stand against the receivables.
SALES_MONTHS: Final = 3
DEBTORS: Final = 5


class Month(NamedTuple):
    """What a month came to; `first` is its first day."""

    first: date
    amount: int


class Debtor(NamedTuple):
    """What a client owes, and how much of it is overdue."""

    client_id: int
    name: str
    owes: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Amounts in minor units of the firm's `currency`: documents and payments at the rate that they were booked at,
    what is open at the rate of the day. Amounts whose currency has no rate are left out, and named in `without_rate`.

    `buckets` are what is open by days past due: none, 1-30, 31-60, 61-90, over 90; less `credit`, which settles nothing
    yet, they are the `receivables`; `owed` tells these at the end of each month. `billed` is gross, credit notes taken
    off; `received` less reversals. Each has twelve months, the oldest first, of which the last is the present one so
    far. `dso` are days, simply over the last three months and by counting back; `dso_by_month` the first of these at
    the end of each month.
    """

    as_of: date
    currency: str
    buckets: tuple[int, ...]
    credit: int
    owed: tuple[Month, ...]
    billed: tuple[Month, ...]
    received: tuple[Month, ...]
    dso: Decimal | None
    dso_count_back: Decimal | None
    dso_by_month: tuple[Decimal | None, ...]
    debtors: tuple[Debtor, ...]
    without_rate: tuple[str, ...]

    @property
    def open(self) -> int:
        return sum(self.buckets)

    @property
    def overdue(self) -> int:
        return sum(self.buckets[1:])

    @property
    def receivables(self) -> int:
        return self.open - self.credit


def figures(book: Book, today: date) -> Figures:
    """The figures of a day. What is open is that of now, so the day is today."""
    with book.reading() as session:
        connection = session.connection()
        sums = _Sums(ExchangeRates(connection), today)
        buckets, debtors = _owed(connection, sums, today)
        credits: dict[str, int] = {}
        for _client, currency, amount in receivables.credits_now(connection):
            credits[currency] = credits.get(currency, 0) + amount
        credit = sum(sums.here(amount, currency) for currency, amount in credits.items())
        months = _months(today, MONTHS + SALES_MONTHS)
        since = months[0].isoformat()
        billed, opened = _billed(connection, sums, since, today)
        received = sums.by_month(queries.received_by_month(connection, since, today.isoformat()))
        given_up = sums.by_month(
            (month, currency, 0, amount) for month, currency, amount in queries.given_up_by_month(connection, since)
        )
    sales = [billed.get(_key(month), 0) for month in months]
    more = [opened.get(_key(month), 0) for month in months]
    less = [received.get(_key(month), 0) + given_up.get(_key(month), 0) for month in months]
    owed = _at_month_ends(
        sum(buckets) - credit, [sold + began - gone for sold, began, gone in zip(sales, more, less, strict=True)]
    )
    days = [_days(month, today) for month in months]
    simply = [_simple(owed, sales, days, place) for place in range(SALES_MONTHS, len(months))]
    shown = months[SALES_MONTHS:]
    return Figures(
        today,
        sums.currency,
        tuple(buckets),
        credit,
        tuple(Month(*one) for one in zip(shown, owed[SALES_MONTHS:], strict=True)),
        tuple(Month(month, billed.get(_key(month), 0)) for month in shown),
        tuple(Month(month, received.get(_key(month), 0)) for month in shown),
        simply[-1],
        dso.count_back(owed[-1], zip(reversed(sales), reversed(days), strict=True)),
        tuple(simply),
        debtors,
        tuple(sorted(sums.unknown)),
    )


class _Sums:
    """Amounts in the firm's currency, and which currencies have no rate."""

    def __init__(self, rates: ExchangeRates, today: date) -> None:
        self.currency = rates.firm_currency
        self.unknown: set[str] = set()
        self._rates = rates
        self._today = today

    def here(self, amount: int, currency: str, day: date | None = None) -> int:
        """The amount by the rate of the day, by default today's."""
        found = converted(amount, currency, self._rates, day or self._today)
        if found is None and amount:
            self.unknown.add(currency)
        return found or 0

    def by_month(self, rows: Iterable[Any]) -> dict[str, int]:
        """Sums by month of (month, currency, amount in the firm's currency, more in its own)."""
        sums: dict[str, int] = {}
        for month, currency, firm_amount, loose in rows:
            here = self.here(loose, currency, _end(month, self._today)) if loose else 0
            sums[month] = sums.get(month, 0) + firm_amount + here
        return sums


def _owed(connection: Connection, sums: _Sums, today: date) -> tuple[list[int], tuple[Debtor, ...]]:
    """What is open by age, and the clients that owe most."""
    bounds = [(today - timedelta(days=end)).isoformat() for end in BUCKET_ENDS]
    totals: dict[str, list[int]] = {}
    clients: dict[int, list[int]] = {}
    for client, currency, *parts in receivables.buckets_now(connection, bounds):
        total = totals.setdefault(currency, [0] * len(parts))
        for place, amount in enumerate(parts):
            total[place] += amount
        owes, late = sum(parts), sum(parts[1:])
        own = clients.setdefault(client, [0, 0])
        own[0] += sums.here(owes, currency)
        own[1] += sums.here(late, currency)
    # Each sum is converted once; of many clients the cents of rounding would add up.
    buckets = [0] * (len(BUCKET_ENDS) + 1)
    for currency, total in totals.items():
        for place, amount in enumerate(total):
            buckets[place] += sums.here(amount, currency)
    top = sorted(clients.items(), key=lambda one: (-one[1][0], one[0]))[:DEBTORS]
    names: Mapping[int, str] = dict(queries.client_names(connection, ids_text(client for client, _own in top)))
    return buckets, tuple(Debtor(client, names[client], *own) for client, own in top if own[0] > 0)


def _billed(connection: Connection, sums: _Sums, since: str, today: date) -> tuple[dict[str, int], dict[str, int]]:
    """By month what was billed, and what was open when the book began."""
    rows = queries.billed_by_month(connection, since, today.isoformat())
    return sums.by_month(row[:4] for row in rows if not row[4]), sums.by_month(row[:4] for row in rows if row[4])


def _months(today: date, count: int) -> list[date]:
    """The first days of so many months, the oldest first, today's last."""
    number = today.year * 12 + today.month - 1
    return [date(one // 12, one % 12 + 1, 1) for one in range(number - count + 1, number + 1)]


def _key(month: date) -> str:
    return month.isoformat()[:7]


def _end(month: str, today: date) -> date:
    """The last day of a month, written YYYY-MM, that has come."""
    year, number = int(month[:4]), int(month[5:])
    following = date(year + number // 12, number % 12 + 1, 1)
    return min(following - timedelta(days=1), today)


def _days(month: date, today: date) -> int:
    """How many days of a month have come."""
    return (_end(_key(month), today) - month).days + 1


def _at_month_ends(now: int, moved: Sequence[int]) -> list[int]:
    """What was owed at the end of each month, counted back from now by what each month added."""
    owed = [now]
    for added in reversed(moved[1:]):
        owed.append(owed[-1] - added)
    return list(reversed(owed))


def _simple(owed: Sequence[int], sales: Sequence[int], days: Sequence[int], place: int) -> Decimal | None:
    """Days sales outstanding at the end of the month at a place, over the months up to it."""
    first = place - SALES_MONTHS + 1
    return dso.simple(owed[place], sum(sales[first : place + 1]), sum(days[first : place + 1]))
