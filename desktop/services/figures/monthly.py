"""What each month came to, read once a question: balances at its end, what was sold and paid, and how well."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import Connection

from db.queries import measures as queries
from db.queries import sales
from desktop.services.exchange import ExchangeRates
from desktop.services.figures.converting import Sums
from desktop.services.figures.months import Span

_Query = Callable[[Connection, str, int | None], Iterable[Any]]


class MonthFacts:
    """What the book says up to the end of a day, of one client where given; each question read once."""

    def __init__(self, connection: Connection, as_of: date, client_id: int | None = None) -> None:
        self.as_of = as_of
        self.rates = ExchangeRates(connection)
        self._connection = connection
        self._client = client_id
        self._known: dict[_Query, list[Any]] = {}

    def rows(self, query: _Query) -> list[Any]:
        if query not in self._known:
            self._known[query] = list(query(self._connection, self.as_of.isoformat(), self._client))
        return self._known[query]

    @property
    def currencies(self) -> list[str]:
        """In which anything was sold or owed."""
        queried = (sales.sold_by_month, sales.receivables_moved)
        return sorted({currency for query in queried for _month, currency, _amount in self.rows(query)})


class Monthly:
    """Facts by months; amounts in minor units of one currency, the firm's by the rate at each month's end unless one
    is given, of which alone amounts are then. Months are written YYYY-MM."""

    def __init__(self, facts: MonthFacts, spans: Sequence[Span], currency: str = "") -> None:
        self.spans = spans
        self.sums = Sums(facts.rates, facts.as_of, currency)
        self._rows = facts.rows

    def _flow(self, query: _Query) -> dict[str, int]:
        return self.sums.by_month((month, currency, 0, amount) for month, currency, amount in self._rows(query))

    @cached_property
    def first(self) -> str:
        """The first month in which anything was sold."""
        return min(self.sold, default="9999-99")

    @cached_property
    def sold(self) -> dict[str, int]:
        """Gross by month, credit notes taken off."""
        return self._flow(sales.sold_by_month)

    @cached_property
    def revenue(self) -> dict[str, int]:
        return self._flow(queries.revenue_by_month)

    @cached_property
    def received(self) -> dict[str, int]:
        return self._flow(queries.received_by_month)

    @cached_property
    def receivables(self) -> list[int]:
        """At the end of each month, unused credit taken off, as the journal has them."""
        return self._balances(
            (currency, month, "9999-99", amount) for month, currency, amount in self._rows(sales.receivables_moved)
        )

    @cached_property
    def _items(self) -> list[tuple[str, str, str, int]]:
        """(currency, first month that it counts in, first month at whose end it is late, amount) of items, and below
        zero of what was allocated to them."""
        opened = [
            (currency, month, late, amount) for month, late, currency, amount in self._rows(queries.opened_by_month)
        ]
        return opened + [
            (currency, max(month, dated), late, -amount)
            for month, late, dated, currency, amount in self._rows(queries.settled_by_month)
        ]

    @cached_property
    def open(self) -> list[int]:
        """What was open at the end of each month."""
        return self._balances((currency, month, "9999-99", amount) for currency, month, _late, amount in self._items)

    @cached_property
    def current(self) -> list[int]:
        """What of it was not yet due."""
        return self._balances(self._items)

    def _balances(self, rows: Iterable[tuple[str, str, str, int]]) -> list[int]:
        """At the end of each span, of (currency, first month, first month in which it no longer counts, amount)."""
        totals: dict[str, list[int]] = {}
        for currency, since, until, amount in rows:
            own = totals.setdefault(currency, [0] * len(self.spans))
            for place, span in enumerate(self.spans):
                if since <= span.key < until:
                    own[place] += amount
        return [
            sum(self.sums.here(own[place], currency, span.last) for currency, own in totals.items())
            for place, span in enumerate(self.spans)
        ]

    @cached_property
    def disputed(self) -> Mapping[str, tuple[int, int, int, int]]:
        """By month of issue: documents, of these disputed, gross, of it disputed."""
        found: dict[str, tuple[int, int, int, int]] = {}
        for month, currency, documents, gross, disputed, amount in self._rows(queries.disputed_by_month):
            own = found.get(month, (0, 0, 0, 0))
            more = (documents, disputed, self.sums.here(gross, currency), self.sums.here(amount, currency))
            found[month] = tuple(a + b for a, b in zip(own, more, strict=True))
        return found

    @cached_property
    def paid(self) -> Mapping[str, tuple[int, int, int]]:
        """By month of the payment: items paid whole, days late and days since the issue of all of them."""
        return {month: (count, late, days) for month, count, late, days in self._rows(queries.paid_by_month)}

    @cached_property
    def billed_after(self) -> Mapping[str, tuple[int, int]]:
        """By month of issue: documents, and the days that all of them waited to be billed."""
        return {month: (count, days) for month, count, days in self._rows(queries.billed_after)}

    @cached_property
    def quality(self) -> Mapping[str, queries.RunQuality]:
        """By month of the run."""
        return {row[0]: queries.RunQuality(*row[1:]) for row in self._rows(queries.run_quality)}
