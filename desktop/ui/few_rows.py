"""A listing of rows that a service gives whole: settings, suggestions, what was rejected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from threading import Lock

from desktop.ui.listing import Row

Load = Callable[[], Iterable[Row]]


class FewRows:
    """Loads at each new question and answers for its rows from what it loaded.

    Rows go by their "id", or by their place from 1 where they have none. A filter fits a row whose "state" it names,
    or one in whose "marks" it is.
    """

    def __init__(self, load: Load) -> None:
        self._load = load
        self._lock = Lock()
        self._rows: dict[int, Row] = {}

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        rows = {_key(row, place): row for place, row in enumerate(self._load(), 1)}
        words = search.casefold().split()
        found = [key for key, row in rows.items() if _has(row, words) and (not filters or _fits(row, filters))]
        if sort:
            found.sort(key=lambda key: _order(rows[key].get(sort)), reverse=descending)
        with self._lock:
            self._rows = rows
        return found

    def rows(self, ids: Sequence[int]) -> Mapping[int, Row]:
        with self._lock:
            return {key: self._rows[key] for key in ids if key in self._rows}


def _key(row: Row, place: int) -> int:
    key = row.get("id", place)
    assert isinstance(key, int)
    return key


def _has(row: Row, words: Sequence[str]) -> bool:
    texts = [str(value).casefold() for value in row.values()]
    return all(any(word in text for text in texts) for word in words)


def _fits(row: Row, filters: frozenset[str]) -> bool:
    marks = row.get("marks", ())
    assert isinstance(marks, Iterable)
    return bool(filters & {row.get("state"), *marks})


def _order(value: object) -> tuple[int, Decimal, str]:
    """Empty cells last, figures by size, days and words in their order."""
    if value is None:
        return (1, Decimal(0), "")
    if isinstance(value, int | Decimal):
        return (0, Decimal(value), "")
    return (0, Decimal(0), value.isoformat() if isinstance(value, date) else str(value).casefold())
