"""The months that figures are told by."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

_DAY = timedelta(days=1)


class Span(NamedTuple):
    """A month: its first day, and the last of it that counts."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """YYYY-MM."""
        return self.first.isoformat()[:7]

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def spans_until(as_of: date, count: int) -> list[Span]:
    """So many months, the oldest first; the last is that of the day, as far as it has come."""
    number = as_of.year * 12 + as_of.month - 1
    return [Span(_first(one), min(_first(one + 1) - _DAY, as_of)) for one in range(number - count + 1, number + 1)]


def whole_spans_until(as_of: date, count: int) -> list[Span]:
    """So many whole months, the oldest first; the last ends by the day."""
    following = as_of + _DAY
    return spans_until(following.replace(day=1) - _DAY, count)


def _first(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)
