"""Amounts are integers of minor units; quantities, prices and rates are Decimals that the book keeps scaled."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache

from babel.numbers import get_currency_precision, list_currencies

from desktop.i18n import _

SCALE = 1_000_000
# No amount of a document or a payment is larger, in minor units: sums of thousands of them still fit 64 bits.
LARGEST = 10**15
_SCALE = Decimal(SCALE)
_ONE = Decimal(1)


@lru_cache(maxsize=256)
def exponent(currency: str) -> int:
    """Decimal digits of a currency's minor unit (CLDR): JPY 0, EUR 2, KWD 3. ValueError if CLDR has no such code."""
    if currency not in list_currencies():
        raise ValueError(f"“{currency}” is not an ISO 4217 currency code")
    return int(get_currency_precision(currency))


@lru_cache(maxsize=256)
def unit(currency: str) -> Decimal:
    """Minor units in one major unit: EUR 100."""
    return Decimal(10) ** exponent(currency)


@lru_cache(maxsize=256)
def per_major(currency: str) -> int:
    """The same as a whole number, for integer arithmetic."""
    return int(unit(currency))


@lru_cache(maxsize=256)
def _quantum(currency: str) -> Decimal:
    return Decimal(1).scaleb(-exponent(currency))


def round_half_away(value: Decimal) -> int:
    """The one rounding of money: to a whole number, ties away from zero (2.5 is 3, -2.5 is -3)."""
    return int(value.quantize(_ONE, rounding=ROUND_HALF_UP))


def to_minor(amount: Decimal, currency: str) -> int:
    """Major to minor units, rounded half away from zero."""
    return round_half_away(amount * unit(currency))


def exact_minor(amount: Decimal, currency: str) -> int:
    """Major to minor units; ValueError if the amount has more decimals than the currency."""
    scaled_amount = amount * unit(currency)
    if scaled_amount != scaled_amount.to_integral_value():
        raise ValueError(
            _("{amount} has more than {count} decimals, which {currency} does not know.").format(
                amount=amount, count=exponent(currency), currency=currency
            )
        )
    return int(scaled_amount)


def to_major(minor: int, currency: str) -> Decimal:
    return (Decimal(minor) / unit(currency)).quantize(_quantum(currency))


def major_text(minor: int, currency: str) -> str:
    """Plain machine text with the currency's decimals: 123450 EUR is "1234.50"."""
    digits = exponent(currency)
    sign, text = ("-", str(-minor)) if minor < 0 else ("", str(minor))
    if not digits:
        return sign + text
    text = text.rjust(digits + 1, "0")
    return f"{sign}{text[:-digits]}.{text[-digits:]}"


def scaled(value: Decimal) -> int:
    """A quantity, price or fraction as the book keeps it, times 10**6. ValueError beyond six decimals."""
    product = value * _SCALE
    whole = int(product)
    if product != whole:
        raise ValueError(_("{value} has more than six decimals.").format(value=value))
    return whole


def unscaled(value: int) -> Decimal:
    """The inverse of scaled, without trailing zeros: 1500000 is Decimal("1.5")."""
    whole, part = divmod(value, SCALE)
    return Decimal(whole) if not part else (Decimal(value) / _SCALE).normalize()


def percent_to_scaled(percent: Decimal) -> int:
    """A percentage as the book keeps rates, a fraction times 10**6: 19 is 190000."""
    return scaled(percent / 100)


def scaled_to_percent(value: int) -> Decimal:
    """The inverse of percent_to_scaled: 190000 is Decimal("19")."""
    return unscaled(value * 100)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Split minor units in proportion to weights; the largest remainders take the residue, so the parts add up.

    ValueError when every weight is zero and there is something to split.
    """
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError("nothing to spread the amount over")
        return [0] * len(weights)
    sign = -1 if total < 0 else 1
    size, base = abs(total), abs(whole)
    direction = 1 if whole > 0 else -1
    quotients = [divmod(size * weight * direction, base) for weight in weights]
    parts = [quotient for quotient, _ in quotients]
    order = sorted(range(len(weights)), key=lambda i: (-quotients[i][1], i))
    for i in order[: size - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]


def parse_plain(text: str) -> Decimal:
    """A machine-written decimal ("1234.50"). ValueError for anything else, NaN and infinity included.

    JSON may write an exponent ("1e3"); what Python alone allows ("1_000") is refused.
    """
    if "_" in text:
        raise ValueError(_("“{text}” is not a number.").format(text=text))
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError(_("“{text}” is not a number.").format(text=text)) from None
    if not value.is_finite():
        raise ValueError(_("“{text}” is not a number.").format(text=text))
    return value
