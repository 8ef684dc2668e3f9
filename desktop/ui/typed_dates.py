"""Days as people type them, in the order of their locale and without asking for leading zeros."""

import re
from datetime import date
from functools import lru_cache

from babel import Locale

from desktop.errors import UserError
from desktop.i18n import _, current_locale, date_text

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
# A name holds whatever is no figure: the signs of Indian vowels are no letters to a regular expression.
_PARTS = re.compile(r"[^\d\s.,/_-]+|\d+")
# What languages put between day, month and year.
_FILLERS = {"de", "del"}
# Two digits of a year: contracts reach further ahead than back.
_FIRST_SHORT_YEAR = 70


def parse_date(text: str, today: date, locale: str | None = None) -> date:
    """The day that was typed: figures in the locale's order, ISO, or with the month's name.

    Without a year it is the one of `today`. Raises UserError for what is no day.
    """
    locale = locale or current_locale()
    try:
        if iso := _ISO.fullmatch(text.strip()):
            return date(*map(int, iso.groups()))
        return date(*_year_month_day(_PARTS.findall(text), today, locale))
    except ValueError:
        raise UserError(
            _("“{text}” is not a day of the calendar.").format(text=text.strip()),
            _("Write it like {example}.").format(example=date_text(today, locale)),
        ) from None


def _year_month_day(parts: list[str], today: date, locale: str) -> tuple[int, int, int]:
    """ValueError where the parts cannot be told apart."""
    named = [part for part in parts if not part.isdigit() and part.casefold() not in _FILLERS]
    figures = [part for part in parts if part.isdigit()]
    if len(named) > 1 or not 1 <= len(figures) <= 3:
        raise ValueError
    order = _order(locale)
    if named:
        months = {_month(named[0], locale)}
        if len(months) != 1 or len(figures) > 2:
            raise ValueError
        day, year = figures[0], figures[1] if len(figures) == 2 else str(today.year)
        if len(day) == 4:
            day, year = year, day
        return _full_year(year, today), months.pop(), int(day)
    if len(figures) == 3:
        if len(figures[0]) == 4:
            order = "yMd"
        found = dict(zip(order, figures, strict=True))
        return _full_year(found["y"], today), int(found["M"]), int(found["d"])
    if len(figures) == 2:
        found = dict(zip(order.replace("y", ""), figures, strict=True))
        return today.year, int(found["M"]), int(found["d"])
    raise ValueError


def _full_year(text: str, today: date) -> int:
    if len(text) == 4:
        return int(text)
    if len(text) != 2:
        raise ValueError
    century = today.year - today.year % 100
    year = int(text)
    return century + year if year < _FIRST_SHORT_YEAR else century - 100 + year


@lru_cache(maxsize=16)
def _order(locale: str) -> str:
    """The order of d, M and y in the locale's short dates."""
    pattern = Locale.parse(locale).date_formats["short"].pattern
    return "".join(dict.fromkeys(sign for sign in pattern if sign in "dMy"))


@lru_cache(maxsize=16)
def _months(locale: str) -> dict[str, int]:
    names: dict[str, int] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in Locale.parse(locale).months[context][width].items():
                names[name.casefold().rstrip(".॰")] = number
    return names


def _month(typed: str, locale: str) -> int:
    """The month whose name begins so; ValueError if none or several do."""
    start = typed.casefold().rstrip("॰")
    names = _months(locale)
    numbers = {names[start]} if start in names else {number for name, number in names.items() if name.startswith(start)}
    if len(numbers) != 1:
        raise ValueError
    return numbers.pop()
