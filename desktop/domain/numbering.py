"""Numbers of documents: a series' pattern, its year, and the texts they make."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from desktop.i18n import _

LONGEST_INDIAN = 16
"""Characters of the number of an Indian tax invoice (CGST Rules 46(b))."""

_FIELD = re.compile(r"\{([^{}]*)\}")
_COUNTER = re.compile(r"n(?::0?([1-9]))?")
_PRINTABLE = re.compile(r"[A-Za-z0-9 ./_#&+-]*")


@lru_cache(maxsize=128)
def _template(pattern: str) -> str:
    """The pattern as a format text of str.format; ValueError with a sentence when it is none."""
    counters = 0
    for field in _FIELD.findall(pattern):
        if _COUNTER.fullmatch(field):
            counters += 1
        elif field not in ("year", "yy", "month"):
            raise ValueError(
                _("“{part}” is not a part of a number; use {parts} and {counter}.").format(
                    part=f"{{{field}}}", parts="{year}, {yy}, {month}", counter="{n:04}"
                )
            )
    plain = _FIELD.sub("", pattern)
    if "{" in plain or "}" in plain:
        raise ValueError(_("The brackets in “{pattern}” do not pair.").format(pattern=pattern))
    if not _PRINTABLE.fullmatch(plain):
        raise ValueError(
            _("“{pattern}” has signs that file names and bank references do not take.").format(pattern=pattern)
        )
    if counters != 1:
        raise ValueError(
            _("“{pattern}” needs the counter {counter} exactly once.").format(pattern=pattern, counter="{n}")
        )

    def as_format(field: re.Match[str]) -> str:
        counter = _COUNTER.fullmatch(field[1])
        if counter:
            return f"{{n:0{counter[1]}d}}" if counter[1] else "{n:d}"
        return f"{{{field[1]}}}"

    return _FIELD.sub(as_format, pattern)


def check_pattern(pattern: str, year_rule: str) -> None:
    """ValueError with a plain sentence when the pattern makes no numbers, or would make the same number again."""
    template = _template(pattern)
    if year_rule != "never" and "{year}" not in template and "{yy}" not in template:
        raise ValueError(
            _("“{pattern}” starts again each year and needs {year} or {short} to stay unique.").format(
                pattern=pattern, year="{year}", short="{yy}"
            )
        )


def number(pattern: str, sequence: int, day: date, year: int) -> str:
    """The text of one number. `year` is the series' year; 0, of a series that never starts again, prints the day's.

    ValueError when the pattern is none.
    """
    shown = year or day.year
    return _template(pattern).format(year=shown, yy=f"{shown % 100:02d}", month=f"{day.month:02d}", n=sequence)


def series_year(rule: str, fiscal_start_month: int, day: date) -> int:
    """The year whose counter a document of that day takes; 0 for a series that never starts again.

    A fiscal year goes by the calendar year in which it starts.
    """
    if rule == "never":
        return 0
    if rule == "fiscal" and day.month < fiscal_start_month:
        return day.year - 1
    return day.year
