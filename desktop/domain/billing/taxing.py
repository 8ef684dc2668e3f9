"""Which tax a line bears, decided once for each client and kind of item."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from desktop.domain.billing.facts import Billing, ClientFacts, ItemFacts, TaxEntry
from desktop.domain.billing.regimes import decide_code
from desktop.domain.tax_catalogue import STANDARD


class Taxing:
    """The tax entries of one client's lines."""

    __slots__ = ("_billing", "_by_item", "_client", "_known")

    def __init__(self, billing: Billing, client: ClientFacts) -> None:
        self._billing = billing
        self._client = client
        self._known: dict[tuple[str, str], TaxEntry | None] = {}
        self._by_item: dict[int, TaxEntry | None] = {}

    def entry(self, item: ItemFacts | None) -> TaxEntry | None:
        """The tax code of an item for this client; None where the book does not have the code."""
        number = item.id if item else 0
        if number not in self._by_item:
            self._by_item[number] = self._decided(item)
        return self._by_item[number]

    def _decided(self, item: ItemFacts | None) -> TaxEntry | None:
        kind = item.kind if item else "service"
        code = (item.tax_code if item else "") or self._client.tax_code or STANDARD
        key = (kind, code)
        if key not in self._known:
            billing = self._billing
            decided = decide_code(billing.firm, self._client, kind, code, billing.tax_rules)
            self._known[key] = billing.taxes.get(decided)
        return self._known[key]


def rate_on(entry: TaxEntry, day: date) -> int:
    """The fraction (times 10**6) on a day; the earliest known rate before the first."""
    rates = entry.rates
    if not rates:
        return 0
    if day >= rates[-1][0]:
        return rates[-1][1]
    at = bisect_right(rates, (day, 1 << 62)) - 1
    return rates[max(at, 0)][1]


def changes_within(entry: TaxEntry, start: date, end: date) -> list[date]:
    """First days strictly inside [start, end) of another rate, or of other taxes that come to the same."""
    dated: Sequence[tuple[date, object]] = entry.parts or entry.rates
    return [day for (_, before), (day, now) in pairwise(dated) if start < day < end and now != before]
