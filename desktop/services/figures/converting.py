"""Sums of several currencies in one: the firm's, by the rates of a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from desktop.domain.money import SCALE, exponent, round_half_away
from desktop.services.exchange import ExchangeRates


class Converted(NamedTuple):
    """Minor units of `currency`; not `whole` where an amount is left out because its currency has no rate."""

    amount: int
    currency: str
    whole: bool = True


def converted(amount: int, currency: str, rates: ExchangeRates, day: date) -> int | None:
    """Minor units of the firm's currency, rounded once; None where no rate is known on the day."""
    if currency == rates.firm_currency:
        return amount
    rate = rates.on(currency, day)
    if rate is None:
        return None
    shift = exponent(rates.firm_currency) - exponent(currency)
    return round_half_away((Decimal(amount) * rate / SCALE).scaleb(shift))


def in_firm_currency(amounts: Iterable[tuple[int, str]], rates: ExchangeRates, day: date) -> Converted:
    """Amounts that share a currency stay in it; others are summed by currency, and each sum is converted."""
    sums: dict[str, int] = {}
    for amount, currency in amounts:
        sums[currency] = sums.get(currency, 0) + amount
    if len(sums) == 1:
        ((currency, amount),) = sums.items()
        return Converted(amount, currency)
    parts = [converted(amount, currency, rates, day) for currency, amount in sums.items()]
    known = [part for part in parts if part is not None]
    return Converted(sum(known), rates.firm_currency, len(known) == len(parts))


class Sums:
    """Amounts in one currency: the firm's, at its rates, or a given one, which leaves the others out.

    `unknown` are the currencies that had no rate; what is in them counts nothing.
    """

    def __init__(self, rates: ExchangeRates, today: date, only: str = "") -> None:
        self.currency = only or rates.firm_currency
        self.unknown: set[str] = set()
        self._only = only
        self._rates = rates
        self._today = today

    def here(self, amount: int, currency: str, day: date | None = None) -> int:
        """The amount by the rate of the day, by default today's."""
        if self._only:
            return amount if currency == self._only else 0
        found = converted(amount, currency, self._rates, day or self._today)
        if found is None and amount:
            self.unknown.add(currency)
        return found or 0

    def by_month(self, rows: Iterable[Any]) -> dict[str, int]:
        """Sums by month of (month, currency, amount in the firm's currency, more in its own)."""
        sums: dict[str, int] = {}
        for month, currency, firm_amount, loose in rows:
            here = self.here(loose, currency, self._end(month)) if loose else 0
            sums[month] = sums.get(month, 0) + firm_amount + here
        return sums

    def _end(self, month: str) -> date:
        """The last day of a month, written YYYY-MM, that has come."""
        year, number = int(month[:4]), int(month[5:])
        following = date(year + number // 12, number % 12 + 1, 1)
        return min(following - timedelta(days=1), self._today)
