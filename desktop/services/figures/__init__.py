"""The firm at a glance, in its own currency: what is owed and how old it is, what was billed and received, by whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from sqlalchemy import Connection

from db.engine import Book
from db.queries import figures as queries
from db.queries import receivables
from db.queries.rows import ids_text
from desktop.domain import dso
from desktop.domain.aging import BUCKET_ENDS
from desktop.services.exchange import ExchangeRates
from desktop.services.figures.converting import Sums
from desktop.services.figures.measures import SALES_MONTHS
from desktop.services.figures.months import Span, spans_until

MONTHS: Final = 12
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
        sums = Sums(ExchangeRates(connection), today)
        buckets, debtors = _owed(connection, sums, today)
        credits: dict[str, int] = {}
        for _client, currency, amount in receivables.credits_now(connection):
            credits[currency] = credits.get(currency, 0) + amount
        credit = sum(sums.here(amount, currency) for currency, amount in credits.items())
        months = spans_until(today, MONTHS + SALES_MONTHS)
        since = months[0].first.isoformat()
        billed, opened = _billed(connection, sums, since, today)
        received = sums.by_month(queries.received_by_month(connection, since, today.isoformat()))
        given_up = sums.by_month(
            (month, currency, 0, amount) for month, currency, amount in queries.given_up_by_month(connection, since)
        )
    sales = [billed.get(month.key, 0) for month in months]
    more = [opened.get(month.key, 0) for month in months]
    less = [received.get(month.key, 0) + given_up.get(month.key, 0) for month in months]
    owed = _at_month_ends(
        sum(buckets) - credit, [sold + began - gone for sold, began, gone in zip(sales, more, less, strict=True)]
    )
    days = [month.days for month in months]
    simply = [_simple(owed, sales, days, place) for place in range(SALES_MONTHS, len(months))]
    shown = months[SALES_MONTHS:]
    return Figures(
        today,
        sums.currency,
        tuple(buckets),
        credit,
        _monthly(shown, owed[SALES_MONTHS:]),
        _monthly(shown, sales[SALES_MONTHS:]),
        _monthly(shown, [received.get(month.key, 0) for month in shown]),
        simply[-1],
        dso.count_back(owed[-1], zip(reversed(sales), reversed(days), strict=True)),
        tuple(simply),
        debtors,
        tuple(sorted(sums.unknown)),
    )


def _owed(connection: Connection, sums: Sums, today: date) -> tuple[list[int], tuple[Debtor, ...]]:
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


def _billed(connection: Connection, sums: Sums, since: str, today: date) -> tuple[dict[str, int], dict[str, int]]:
    """By month what was billed, and what was open when the book began."""
    rows = queries.billed_by_month(connection, since, today.isoformat())
    return sums.by_month(row[:4] for row in rows if not row[4]), sums.by_month(row[:4] for row in rows if row[4])


def _monthly(months: Iterable[Span], amounts: Iterable[int]) -> tuple[Month, ...]:
    return tuple(Month(month.first, amount) for month, amount in zip(months, amounts, strict=True))


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
