"""Amounts and days as banks write them into their files: plain figures, and the few ways in which they stray."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

from desktop.domain.money import LARGEST, exponent, to_minor

# A statement that states no currency still has amounts; then they are hundredths.
UNSAID: Final = ""
_PLAIN: Final = re.compile(r"([+-]?)\s*(\d{1,24})?(?:[.,](\d{0,12}))?\s*([+-]?)", re.ASCII)
_GROUPED_POINT: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?[+-]?", re.ASCII)
_GROUPED_COMMA: Final = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?[+-]?", re.ASCII)
_THOUSANDS: Final = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}[+-]?", re.ASCII)
_SIGNS: Final = str.maketrans(
    {"\u2212": "-", "\u2013": "-", "\u00a0": "", "\u202f": "", " ": "", "'": "", "\u2019": ""}
)
_DAY: Final = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?!\d{1,5}(?:\D|$))", re.ASCII)


class Amount(NamedTuple):
    """`minor` units, signed. `rounded` where the bank wrote more decimals than the currency has."""

    minor: int
    rounded: bool


def decimal_of(text: str) -> Decimal | None:
    """The figure of a text, None where it is none. A lone point is the decimal sign; so is a lone comma, unless just
    three digits follow it: "12,5" is 12.5, "1,234" is 1234."""
    plain = text.translate(_SIGNS)
    if len(plain) > 40:
        return None
    if plain.count(",") > 1 or plain.count(".") > 1 or ("," in plain and "." in plain):
        if _GROUPED_POINT.fullmatch(plain):
            plain = plain.replace(",", "")
        elif _GROUPED_COMMA.fullmatch(plain):
            plain = plain.replace(".", "")
        else:
            return None
    elif _THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    found = _PLAIN.fullmatch(plain)
    if found is None or not (found[2] or found[3]) or (found[1] and found[4]):
        return None
    value = Decimal(f"{found[2] or 0}.{found[3] or 0}")
    return -value if "-" in (found[1], found[4]) else value


def minor_of(text: str, currency: str) -> Amount | None:
    """None where the text is no figure, the currency no currency, or the amount beyond any that a book holds."""
    value = decimal_of(text)
    return None if value is None else minor_of_decimal(value, currency)


def minor_of_decimal(value: Decimal, currency: str) -> Amount | None:
    if not known_currency(currency) and currency != UNSAID:
        return None
    # Before it is rounded: a figure of thirty digits cannot be.
    if abs(value) > LARGEST:
        return None
    minor = to_minor(value, currency or "EUR")
    if abs(minor) > LARGEST:
        return None
    return Amount(minor, Decimal(minor).scaleb(-exponent(currency or "EUR")) != value)


def known_currency(code: str) -> bool:
    try:
        exponent(code)
    except ValueError:
        return False
    return True


def day_of(text: str) -> date | None:
    """The day that a text begins with, in ISO's order with or without hyphens; the zone is the bank's own."""
    found = _DAY.match(text.strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
