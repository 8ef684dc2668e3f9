"""Numbers, money and dates as a language writes them, from patterns worked out beforehand.

A rendering process writes hundreds of thousands of figures and must not load Babel, so `cldr` asks Babel once for
the patterns and this file fills them in.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

MINUS = "\N{MINUS SIGN}"
_DAY = timedelta(days=1)

# A date pattern in pieces: a field of CLDR ("d", "MMM") or, after a quote, text as it stands.
Pattern = tuple[str, ...]


class MoneyPattern(NamedTuple):
    """How amounts of one currency are written; `before` and `after` stand around the figures, sign included."""

    currency: str
    digits: int
    before: str
    after: str
    negative_before: str
    negative_after: str


class Patterns(NamedTuple):
    """What a locale says about numbers and dates. `groups` are the sizes of the first and of each further group.

    `spans` are the patterns of a span of days whose ends first differ in year, month or day.
    """

    locale: str
    decimal: str
    group: str
    groups: tuple[int, int]
    percent: tuple[str, str]
    day: Pattern
    spans: dict[str, tuple[Pattern, Pattern]]
    one_day: Pattern
    months: tuple[str, ...]
    short_months: tuple[str, ...]
    countries: dict[str, str]


class Writer:
    """Writes one document's figures; remembers what comes back from document to document."""

    def __init__(self, patterns: Patterns, money: MoneyPattern) -> None:
        self._patterns = patterns
        self._pattern = money
        self.locale = patterns.locale
        self.currency = money.currency
        self.digits = money.digits
        self._unit: int = 10**money.digits
        self._plain_groups = patterns.groups == (3, 3)
        self._group = patterns.group
        self._part = f"{patterns.decimal.replace('%', '%%')}%0{money.digits}d"
        self.kept: dict[str, Any] = {}
        """What is kept for as long as this writer: coded figures by their font."""
        self.day: Callable[[date], str] = lru_cache(4096)(self._day)
        self.span: Callable[[date, date], str] = lru_cache(4096)(self._span)
        self.percent: Callable[[Decimal], str] = lru_cache(256)(self._percent)
        self.number: Callable[[Decimal], str] = lru_cache(4096)(self._number)
        self.price: Callable[[Decimal], str] = lru_cache(4096)(self._price)

    def amount(self, minor: int) -> str:
        """Minor units as figures alone, for a column that names the currency in its head."""
        if minor < 0:
            return MINUS + self.amount(-minor)
        whole, part = divmod(minor, self._unit)
        grouped = f"{whole:,}".replace(",", self._group) if self._plain_groups else self._grouped(str(whole))
        return grouped + self._part % part if self.digits else grouped

    def money(self, minor: int) -> str:
        """Minor units with the currency's sign, for a sentence."""
        pattern = self._pattern
        if minor < 0:
            return pattern.negative_before + self.amount(-minor) + pattern.negative_after
        return pattern.before + self.amount(minor) + pattern.after

    def country(self, code: str) -> str:
        """The country's name in the document's language, its code where the language has none."""
        return self._patterns.countries.get(code, code)

    def _grouped(self, digits: str) -> str:
        first, others = self._patterns.groups
        if len(digits) <= first:
            return digits
        groups, rest = [digits[-first:]], digits[:-first]
        while rest:
            groups.append(rest[-others:])
            rest = rest[:-others]
        return self._patterns.group.join(reversed(groups))

    def _number(self, value: Decimal) -> str:
        """Every digit that the number has, and no zeros after them."""
        return self._decimal(value, 0)

    def _price(self, value: Decimal) -> str:
        """At least the decimals of the currency, and more where the price has more."""
        return self._decimal(value, self.digits)

    def _decimal(self, value: Decimal, least: int) -> str:
        sign = MINUS if value < 0 else ""
        whole, _, part = f"{abs(value):f}".partition(".")
        part = part.rstrip("0").ljust(least, "0")
        grouped = self._grouped(whole) if len(whole) > 3 else whole
        return sign + grouped + (self._patterns.decimal + part if part else "")

    def _percent(self, rate: Decimal) -> str:
        before, after = self._patterns.percent
        return f"{before}{self._number(rate)}{after}"

    def _day(self, day: date) -> str:
        return self._filled(self._patterns.day, day)

    def _span(self, start: date, end: date) -> str:
        """The days of a half-open period, with its last day."""
        last = max(start, end - _DAY)
        for field in ("y", "M", "d"):
            if self._field(field, start) != self._field(field, last):
                first_part, last_part = self._patterns.spans[field]
                return self._filled(first_part, start) + self._filled(last_part, last)
        return self._filled(self._patterns.one_day, start)

    def _filled(self, pattern: Pattern, day: date) -> str:
        return "".join([piece[1:] if piece[0] == "'" else self._field(piece, day) for piece in pattern])

    def _field(self, field: str, day: date) -> str:
        match field:
            case "d":
                return str(day.day)
            case "dd":
                return f"{day.day:02d}"
            case "M":
                return str(day.month)
            case "MM":
                return f"{day.month:02d}"
            case "MMM":
                return self._patterns.short_months[day.month - 1]
            case "MMMM":
                return self._patterns.months[day.month - 1]
            case "y" | "yyyy":
                return str(day.year)
            case "yy":
                return f"{day.year % 100:02d}"
        raise ValueError(f"a date pattern with the field “{field}” is not known")
