"""How XML spells texts, amounts, numbers and dates.

A rendering process writes hundreds of thousands of them and must load neither Babel nor an XML library, so what CLDR
says of currencies stands here as figures; a test compares both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Final

_WHOLE: Final = """ADP AFN ALL BIF BYR CLP DJF ESP GNF IQD IRR ISK ITL JPY KMF KPW KRW LAK LBP LUF MGA MGF MMK MRO PYG
 RSD RWF SLL SOS STD SYP TMM TRL UGX UYI VND VUV XAF XOF XPF YER ZMK ZWD"""
_THOUSANDTHS: Final = "BHD JOD KWD LYD OMR TND"
_DIGITS: Final = (
    dict.fromkeys(_WHOLE.split(), 0) | dict.fromkeys(_THOUSANDTHS.split(), 3) | dict.fromkeys(("CLF", "UYW"), 4)
)
# What XML 1.0 forbids, and the control characters that it only advises against.
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DAY = timedelta(days=1)
_LONG: Final = 200


def decimals(currency: str) -> int:
    """Digits after the point of an amount (CLDR), as money.exponent says them."""
    return _DIGITS.get(currency, 2)


def escaped(text: str) -> str:
    """Text as the content of an element: trimmed, without what XML forbids, line ends as XML has them."""
    # Long texts seldom come back, and thousands of them are not worth the memory.
    return _known(text) if len(text) < _LONG else _escaped(text)


def _escaped(text: str) -> str:
    if not text.isprintable():
        text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.strip()
    if "&" in text or "<" in text or ">" in text:
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text


_known = lru_cache(maxsize=4096)(_escaped)


@lru_cache(maxsize=1024)
def quoted(text: str) -> str:
    """Text as the value of an attribute between double quotes."""
    return escaped(text).replace('"', "&quot;")


def element(name: str, text: str) -> str:
    """An element with this text; nothing where there is no text, because an empty element breaks the standard."""
    content = escaped(text) if text else ""
    return f"<{name}>{content}</{name}>" if content else ""


def amounts(currency: str) -> Callable[[int], str]:
    """Spells minor units of a currency in major ones: 123450 EUR is 1234.50."""
    return _SPELLED[decimals(currency)]


def _cents(minor: int) -> str:
    if minor < 0:
        minor = -minor
        return f"-{minor // 100}.{minor % 100:02d}"
    return f"{minor // 100}.{minor % 100:02d}"


def _finer(digits: int) -> Callable[[int], str]:
    unit = 10**digits

    def spelled(minor: int) -> str:
        sign = "-" if minor < 0 else ""
        whole, part = divmod(abs(minor), unit)
        return f"{sign}{whole}.{part:0{digits}d}"

    return spelled


_SPELLED: Final[dict[int, Callable[[int], str]]] = {0: str, 2: _cents, 3: _finer(3), 4: _finer(4)}


def plain(value: Decimal) -> str:
    """All digits of a number, never with an exponent."""
    text = str(value)
    return f"{value:f}" if "E" in text else text


@lru_cache(maxsize=4096)
def last_day(end: date) -> date:
    """The last day of a half-open period, as the standard names it."""
    return end - _DAY


@lru_cache(maxsize=4096)
def iso(day: date) -> str:
    return day.isoformat()


@lru_cache(maxsize=4096)
def compact(day: date) -> str:
    """A date as format 102 of UN/EDIFACT 2379."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"
