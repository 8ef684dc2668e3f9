"""Terms of an agreement: when one ends, the next that follows it, and until when notice can be given.

All days are half-open: a term ends before its `end`.
"""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

_DAY = relativedelta(days=1)
# Terms end within the calendar; a century of them is more than anyone agrees on.
_MOST = 1200


class Terms(NamedTuple):
    """What follows a term (`renewal` open, auto or ask), how long one is, and the notice that ends it."""

    renewal: str
    end: date | None
    term_count: int | None = None
    term_unit: str | None = None
    notice_count: int = 0
    notice_unit: str = "month"
    min_until: date | None = None


def term_end(terms: Terms, number: int) -> date | None:
    """The end of the term that is so many after the current one; None where it has none, or none follows it.

    Counted from the current end each time, so that the 31st comes again after a short month.
    """
    if terms.end is None or not number:
        return terms.end
    if not terms.term_count or not terms.term_unit:
        return None
    months = terms.term_count * (12 if terms.term_unit == "year" else 1)
    try:
        return terms.end + relativedelta(months=months * number)
    except ValueError:
        return None


def current_end(terms: Terms, today: date) -> date | None:
    """When the term that runs today ends: one that renews by itself has rolled on since it was written down."""
    if terms.renewal != "auto":
        return terms.end
    for number in range(_MOST):
        end = term_end(terms, number)
        if end is None or end > today:
            return end
    return None


def notice_by(terms: Terms, end: date) -> date:
    """The last day on which notice still ends the agreement at `end`: it must run in full before that (section 188
    BGB: the day it is given does not count)."""
    unit = relativedelta(days=terms.notice_count) if terms.notice_unit == "day" else _months(terms.notice_count)
    return end - unit - _DAY


def end_after_notice(terms: Terms, given: date) -> date:
    """The first day no longer in, after notice on a day: the end of the first term that the notice reaches, or, without
    terms, when its time has run; not before the minimum term is over."""
    least = terms.min_until or date.min
    if terms.renewal == "open" or terms.end is None:
        unit = relativedelta(days=terms.notice_count) if terms.notice_unit == "day" else _months(terms.notice_count)
        return max(given + _DAY + unit, least)
    for number in count():
        end = term_end(terms, number)
        if end is None or number > _MOST:
            break
        if end >= least and notice_by(terms, end) >= given:
            return end
    # An agreement whose renewal is asked for, and whose notice comes too late, ends with its term anyway.
    return max(terms.end, least)


def _months(number: int) -> relativedelta:
    return relativedelta(months=number)
