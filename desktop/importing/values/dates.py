"""Dates in digits of any order and with the names of months, and what a column tells about the order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from babel import Locale

from desktop.i18n import _, date_text
from desktop.importing.values import UnreadableError

# Languages whose month names are read; their short forms do not contradict each other.
_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
_MORE_MONTHS = {"sept": 9, "maerz": 3, "mrz": 3, "jaenner": 1, "janner": 1, "febr": 2, "fev": 2, "aout": 8, "dez": 12}

_TIME = re.compile(
    r"(?<=[0-9])[T ,]+[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?\s*(?:[ap]\.?m\.?|uhr)?"
    r"\s*(?:z|utc|gmt|[+-][0-9]{2}:?(?:[0-9]{2})?)?\Z",
    re.IGNORECASE,
)
_DIGITS = re.compile(r"([0-9]{1,4})\s?([./-])\s?([0-9]{1,2})\s?\2\s?([0-9]{4}|[0-9]{1,2})\.?")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_COMPACT = re.compile(r"[0-9]{8}")
_SERIAL = re.compile(r"[0-9]{5}(?:[.,][0-9]+)?")
_DAY_MONTH = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th|er|\.)?[\s./-]*([^\W\d_]+)\.?[\s.,/-]*([0-9]{4}|'?[0-9]{2})")
_MONTH_DAY = re.compile(r"([^\W\d_]+)\.?\s*([0-9]{1,2})(?:st|nd|rd|th)?[\s,]+([0-9]{4})")
_YEAR_MONTH = re.compile(r"([0-9]{4})[\s./-]([^\W\d_]+)\.?[\s./-]([0-9]{1,2})")
_WEEKDAY = re.compile(r"[^\W\d_]{2,12}\.?,?\s+(?=[0-9]|[^\W\d_]+\.?\s*[0-9])")
# Excel's first day, shifted by the 29 February 1900 that it believes in.
_SERIAL_START = date(1899, 12, 30)
_LONGEST = 60


def parse_date(text: str, order: str | None) -> date:
    """A calendar day; a time of day behind it is left out.

    `order` is dmy, mdy or ymd and counts for digits that do not tell it themselves; None accepts only what can be
    read in one way. Two-digit years are 1970 to 2069. UnreadableError for a day that does not exist.
    """
    found = _ISO.fullmatch(text)
    if found:
        return _day(int(found[1]), int(found[2]), int(found[3]), text)
    plain = _bare(text)
    parts = _parts(plain)
    if parts:
        first, second, third, four_digits_first, dotted = parts
        if four_digits_first:
            return _day(first, second, third, text)
        readings = _fitting(first, second, third)
        if order is None:
            # A date with points is day first wherever points are in use.
            order = next(iter(readings)) if len(readings) == 1 else "dmy" if dotted else None
            if order is None:
                raise _doubtful(text, first, second, third)
        return _ordered(first, second, third, order, text)
    if _COMPACT.fullmatch(plain):
        return _day(int(plain[:4]), int(plain[4:6]), int(plain[6:]), text)
    named = _named(plain)
    if named:
        return _day(*named, text)
    if _SERIAL.fullmatch(plain) and 20_000 <= int(plain[:5]) <= 80_000:
        raise UnreadableError(
            _("“{text}” is a spreadsheet's number of a day, perhaps {date}.").format(
                text=text.strip(), date=date_text(_SERIAL_START + timedelta(days=int(plain[:5])))
            ),
            _("Format the column as a date in the spreadsheet and save the file again."),
        )
    raise UnreadableError(_("“{text}” is not a date.").format(text=text.strip()), _("Write it like 2026-01-31."))


def date_evidence(text: str) -> frozenset[str]:
    """The orders that a date in digits leaves open; empty where the cell tells nothing about them."""
    parts = _parts(_bare(text))
    if not parts or parts[3]:
        return frozenset()
    return frozenset(_fitting(*parts[:3]))


def is_dotted(text: str) -> bool:
    """Whether it is digits between points, which nobody writes month first."""
    parts = _parts(_bare(text))
    return parts is not None and parts[4] and not parts[3]


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text[: _LONGEST + 1]).strip()
    return _TIME.sub("", plain).strip() if ":" in plain or "." in plain else plain


def _without_weekday(plain: str) -> str:
    found = _WEEKDAY.match(plain)
    return plain[found.end() :] if found else plain


def _parts(plain: str) -> tuple[int, int, int, bool, bool] | None:
    """The three figures, whether the first is a year of four digits, and whether points stand between them."""
    found = _DIGITS.fullmatch(_without_weekday(plain))
    if not found or len(found[1]) == 3 or (len(found[1]) == 4 and len(found[4]) == 4):
        return None
    third = int(found[4])
    if len(found[4]) <= 2 and len(found[1]) <= 2:
        return int(found[1]), int(found[3]), third + 10_000, False, found[2] == "."
    return int(found[1]), int(found[3]), third, len(found[1]) == 4, found[2] == "."


def _fitting(first: int, second: int, third: int) -> list[str]:
    """The orders in which the figures can be a day and a month at all; a third above 10,000 has two digits."""
    orders = []
    if 1 <= first <= 31 and 1 <= second <= 12:
        orders.append("dmy")
    if 1 <= first <= 12 and 1 <= second <= 31:
        orders.append("mdy")
    if not orders and third >= 10_000 and 1 <= second <= 12 and 1 <= third - 10_000 <= 31:
        orders.append("ymd")
    return orders


def _ordered(first: int, second: int, third: int, order: str, text: str) -> date:
    if order == "ymd":
        if third < 10_000:
            raise _wrong_order(text, order)
        return _day(_century(first), second, third - 10_000, text)
    day, month = (first, second) if order == "dmy" else (second, first)
    if month > 12 and day <= 12:
        raise _wrong_order(text, order)
    return _day(_century(third - 10_000) if third >= 10_000 else third, month, day, text)


def _named(plain: str) -> tuple[int, int, int] | None:
    months = _months()
    for text in (plain, _without_weekday(plain)):
        for pattern, places in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2)), (_YEAR_MONTH, (1, 2, 3))):
            found = pattern.fullmatch(text)
            if found:
                year, name, day = (found[place] for place in places)
                month = months.get(_letters(name))
                if month:
                    year = year.lstrip("'")
                    return _century(int(year)) if len(year) == 2 else int(year), month, int(day)
    return None


def _century(year: int) -> int:
    return year + (2000 if year < 70 else 1900) if year < 100 else year


def _day(year: int, month: int, day: int, text: str) -> date:
    if not 1900 <= year <= 2199:
        raise UnreadableError(
            _("“{text}” is in the year {year}.").format(text=text.strip(), year=year),
            _("Write the year with four digits, such as 2026."),
        )
    try:
        return date(year, month, day)
    except ValueError:
        raise UnreadableError(
            _("“{text}” does not exist in the calendar.").format(text=text.strip()), _("Correct the day or the month.")
        ) from None


def _wrong_order(text: str, order: str) -> UnreadableError:
    word = {"dmy": _("day first"), "mdy": _("month first"), "ymd": _("year first")}[order]
    return UnreadableError(
        _("“{text}” is not a date with the {order}.").format(text=text.strip(), order=word),
        _("Write it like 2026-01-31, or choose another order for the file."),
    )


def _doubtful(text: str, first: int, second: int, third: int) -> UnreadableError:
    try:
        dates = [date_text(_ordered(first, second, third, order, text)) for order in ("dmy", "mdy")]
    except UnreadableError as error:
        return error
    return UnreadableError(
        _("“{text}” may be {first} or {second}.").format(text=text.strip(), first=dates[0], second=dates[1]),
        _("Say whether the file writes the day or the month first."),
    )


@cache
def _months() -> dict[str, int]:
    names = dict(_MORE_MONTHS)
    for language in _LANGUAGES:
        for number, name in _month_names(language):
            names.setdefault(_letters(name), number)
    return names


def _month_names(language: str) -> Iterator[tuple[int, str]]:
    for forms in Locale(language).months.values():
        for width in ("wide", "abbreviated"):
            yield from forms[width].items()


def _letters(word: str) -> str:
    """Without case, accents and points, which people leave out."""
    split = unicodedata.normalize("NFKD", word.casefold())
    return "".join(sign for sign in split if sign.isalpha())
