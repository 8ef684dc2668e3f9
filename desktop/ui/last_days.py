"""Spans end on a last day for people, and on the first day no longer in for the book."""

from __future__ import annotations

from datetime import date, timedelta

_DAY = timedelta(days=1)


def last_day(end: date | None) -> date | None:
    """The last day of a span that ends before `end`; None for one without an end."""
    return end - _DAY if end is not None else None


def day_after(last: object) -> date | None:
    """The first day no longer in a span whose last day a form gave."""
    return last + _DAY if isinstance(last, date) else None
