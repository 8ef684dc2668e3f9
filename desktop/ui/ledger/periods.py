"""The days that a tab of the ledger shows: a filter's key and its words."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta

from db.engine import Book
from desktop.i18n import _, date_text
from desktop.services.accounting.trial_balance import fiscal_year

PREFIX = "days"
_DAY = timedelta(days=1)
_MONTH, _LAST_MONTH, _YEAR, _LAST_YEAR, _ALL = (
    f"{PREFIX}:{name}" for name in ("month", "last_month", "year", "last_year", "all")
)
FIRST = date(1900, 1, 1)

Span = tuple[date, date]


class Periods:
    """Spans of days by filter; without one it is the fiscal year up to today."""

    def __init__(self, book: Book, today: Callable[[], date]) -> None:
        self._book = book
        self._today = today

    def choices(self) -> Sequence[tuple[str, str]]:
        """Filters and their words, for a menu; the fiscal year stands for none of them."""
        return (
            (_MONTH, _("This month")),
            (_LAST_MONTH, _("Last month")),
            (_LAST_YEAR, _("Last fiscal year")),
            (_ALL, _("All days")),
        )

    def of(self, filters: Collection[str]) -> Span:
        """First and last day, both included. A filter such as `days:2026-01-01:2026-03-31` names them itself."""
        today = self._today()
        chosen = next((one for one in filters if one.startswith(f"{PREFIX}:")), _YEAR)
        with self._book.reading() as session:
            month = session.connection().exec_driver_sql("SELECT fiscal_start_month FROM firm").scalar_one()
        year = fiscal_year(today, month)
        if chosen == _MONTH:
            return today.replace(day=1), today
        if chosen == _LAST_MONTH:
            last = today.replace(day=1) - _DAY
            return last.replace(day=1), last
        if chosen == _LAST_YEAR:
            return fiscal_year(year - _DAY, month), year - _DAY
        if chosen == _ALL:
            return FIRST, today
        if chosen == _YEAR:
            return year, today
        _prefix, since, until = chosen.split(":")
        return date.fromisoformat(since), date.fromisoformat(until)


def named(span: Span) -> str:
    """The filter that names these days."""
    return f"{PREFIX}:{span[0].isoformat()}:{span[1].isoformat()}"


def told(span: Span) -> str:
    """The days as they read."""
    first, last = span
    if first == FIRST:
        return _("through {day}").format(day=date_text(last))
    return _("{first} to {last}").format(first=date_text(first), last=date_text(last))
