"""Sums of several currencies in one: the firm's, by the rates of a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

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
