"""What the pages of a document say to those who hear them: elements in reading order, recorded while text is placed.

Painters begin and end elements; a sheet marks the text that is placed in the innermost open one. Text outside of all
elements is decoration, which screen readers pass over.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

MARK_ARTIFACT = "/Artifact BMC"
END_MARK = "EMC"
_KNOWN_MARKS = 512
_MARKS = [f"/P<</MCID {number}>>BDC" for number in range(_KNOWN_MARKS)]


def mark(number: int) -> str:
    """The operator that begins the piece of a page that has this number."""
    return _MARKS[number] if number < _KNOWN_MARKS else f"/P<</MCID {number}>>BDC"


class Tags:
    """Elements of one document. `now` is the serial number of the innermost open one, 0 outside of all.

    `log` tells all there is to tell: a role begins an element, (role, alternative text) one with a description, an
    empty text ends one, and the index of a page says that the open element has the next marked piece of that page.
    Two documents of equal logs have equal structures.
    """

    __slots__ = ("_begun", "_outer", "log", "now")

    def __init__(self) -> None:
        self.log: list[str | int | tuple[str, str]] = []
        self.now = 0
        self._begun = 0
        self._outer: list[int] = []

    def begin(self, role: str, alt: str = "") -> None:
        """Open an element: H1, H2, P, Table, TR, TH, TD, L, LI, Lbl, LBody, or Figure with its text in `alt`."""
        self.log.append((role, alt) if alt else role)
        self._outer.append(self.now)
        self._begun += 1
        self.now = self._begun

    def end(self) -> None:
        """Close the innermost open element."""
        self.log.append("")
        self.now = self._outer.pop()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Text that stands within open elements and belongs to none: page headings, table heads said again."""
        now, self.now = self.now, 0
        try:
            yield
        finally:
            self.now = now
