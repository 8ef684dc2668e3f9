"""Asks Babel, once a locale, how a document's language writes numbers, money and dates."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import get_month_names
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol

from desktop.documents.words import LANGUAGES
from desktop.documents.writing import MINUS, MoneyPattern, Pattern, Patterns
from desktop.domain.money import exponent

_PIECES = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+")
_PLAIN_ENGLISH = "en_GB"
_ENGLISH_OF = {"US": "en_US", "IN": "en_IN"}
_NBSP = "\N{NO-BREAK SPACE}"


@lru_cache(maxsize=256)
def document_locale(language: str, country: str = "") -> str:
    """The locale that a document is written in: its language where there are words for it, else English.

    Bare "en" writes dates and figures as Europe does, as America does with "US", in lakhs and crores with "IN".
    """
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, TypeError, UnknownLocaleError):
        locale = Locale("en")
    if locale.language not in LANGUAGES:
        locale = Locale("en")
    if str(locale) == "en":
        return _ENGLISH_OF.get(country, _PLAIN_ENGLISH)
    return str(locale)


@lru_cache(maxsize=64)
def patterns_for(locale: str) -> Patterns:
    known = Locale.parse(locale)
    percent = known.percent_formats[None]
    first, others = known.decimal_formats[None].grouping
    intervals = known.interval_formats["yMMMd"]
    months = {width: get_month_names(width, locale=known) for width in ("wide", "abbreviated")}
    return Patterns(
        locale=locale,
        decimal=get_decimal_symbol(known),
        group=get_group_symbol(known),
        groups=(first, others),
        percent=(percent.prefix[0], percent.suffix[0]),
        day=_pieces(known.date_formats["medium"].pattern),
        spans={field: (_pieces(intervals[field][0]), _pieces(intervals[field][1])) for field in ("d", "M", "y")},
        one_day=_pieces(known.datetime_skeletons["yMMMd"].pattern),
        months=tuple(months["wide"][month] for month in range(1, 13)),
        short_months=tuple(months["abbreviated"][month] for month in range(1, 13)),
        countries={code: name for code, name in known.territories.items() if len(code) == 2 and code.isalpha()},
    )


@lru_cache(maxsize=512)
def money_pattern(locale: str, currency: str) -> MoneyPattern:
    """ValueError if CLDR does not know the currency."""
    pattern = Locale.parse(locale).currency_formats["standard"]
    symbol = get_currency_symbol(currency, locale)

    def around(which: int) -> tuple[str, str]:
        before = pattern.prefix[which].replace("¤", symbol).replace("-", MINUS)
        after = pattern.suffix[which].replace("¤", symbol).replace("-", MINUS)
        # CLDR's currency spacing, which Babel leaves out: letters do not touch digits.
        return (before + _NBSP if before[-1:].isalpha() else before), (_NBSP + after if after[:1].isalpha() else after)

    (before, after), (negative_before, negative_after) = around(0), around(1)
    return MoneyPattern(currency, exponent(currency), before, after, negative_before, negative_after)


def _pieces(pattern: str) -> Pattern:
    pieces = []
    for match in _PIECES.finditer(pattern):
        quoted, letter = match.groups()
        if quoted is not None:
            pieces.append("'" + (quoted.replace("''", "'") or "'"))
        else:
            pieces.append(match.group() if letter else "'" + match.group())
    return tuple(pieces)
