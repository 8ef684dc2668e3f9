"""Sets of whole numbers kept as spans: the ids of a table are few spans, however many rows it has."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator


class Spans:
    """Numbers from first to last, inclusive, in order and never touching."""

    def __init__(self) -> None:
        self._firsts: list[int] = []
        self._lasts: list[int] = []

    def __contains__(self, number: int) -> bool:
        at = bisect_right(self._firsts, number) - 1
        return at >= 0 and number <= self._lasts[at]

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self._firsts, self._lasts, strict=True))

    def meets(self, first: int, last: int) -> bool:
        """Whether any number of the span is in."""
        at = bisect_left(self._lasts, first)
        return at < len(self._firsts) and self._firsts[at] <= last

    def add(self, first: int, last: int) -> None:
        # Neighbours that touch become one.
        low = bisect_left(self._lasts, first - 1)
        high = bisect_right(self._firsts, last + 1)
        if low < high:
            first = min(first, self._firsts[low])
            last = max(last, self._lasts[high - 1])
        self._firsts[low:high] = [first]
        self._lasts[low:high] = [last]

    def remove(self, first: int, last: int) -> None:
        low = bisect_left(self._lasts, first)
        high = bisect_right(self._firsts, last)
        kept = [
            (start, end)
            for old_first, old_last in zip(self._firsts[low:high], self._lasts[low:high], strict=True)
            for start, end in ((old_first, first - 1), (last + 1, old_last))
            if max(start, old_first) <= min(end, old_last)
        ]
        self._firsts[low:high] = [start for start, _end in kept]
        self._lasts[low:high] = [end for _start, end in kept]
