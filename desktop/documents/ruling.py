"""How a table is ruled: lines between its rows, bands, a grid, or next to nothing."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from desktop.documents.columns import Placed
from desktop.documents.flow import Flow
from desktop.documents.sheet import HAIRLINE

_THIN = 0.4
_HEAD_PAD = 4.0


@lru_cache(maxsize=64)
def tint(code: str, part: float) -> str:
    """A colour so thinned with white that the part is left of it."""
    levels = [round(255 - (255 - int(code[at : at + 2], 16)) * part) for at in (1, 3, 5)]
    return "#" + "".join([f"{level:02X}" for level in levels])


class Ruling:
    """A line in the accent colour below the head, and hairlines between the rows. Places are in points."""

    above_head = 0.0

    def __init__(self, flow: Flow, placed: list[Placed]) -> None:
        self.flow = flow
        self.placed = placed
        self.left, self.width = flow.place.left, flow.place.measure

    def head(self, top: float, bottom: float) -> None:
        """The head has been drawn between these heights; the rows begin at the lower one."""
        self.flow.sheet.rule(self.left, bottom + 3, self.width, 0.9, self.flow.accent)

    def row(self, bottom: float) -> None:
        """A row has been drawn and ends there."""
        self.flow.sheet.rule(self.left, bottom, self.width, _THIN)

    def rows(self, bottoms: list[float]) -> None:
        """Rows that end there have been drawn, one below the other."""
        for bottom in bottoms:
            self.row(bottom)

    def skip(self, bottom: float) -> None:
        """A heading or sum within the table has been drawn and ends there."""
        self.row(bottom)

    def end(self) -> None:
        """The table ends on this page, for now or for good."""


class _Rules(Ruling):
    def rows(self, bottoms: list[float]) -> None:
        self.flow.sheet.rules(self.left, bottoms, self.width, _THIN)


class _Plain(Ruling):
    """A line below the head, and one below the last row."""

    def head(self, top: float, bottom: float) -> None:
        self.flow.sheet.rule(self.left, bottom + 3, self.width, 0.6, self.flow.layout.ink)

    def row(self, bottom: float) -> None:
        pass

    def end(self) -> None:
        self.flow.sheet.rule(self.left, self.flow.y - 1, self.width, 0.6, self.flow.layout.ink)


class _Zebra(Ruling):
    """The head on a band of the accent colour, every other row on a grey one."""

    above_head = _HEAD_PAD

    def __init__(self, flow: Flow, placed: list[Placed]) -> None:
        super().__init__(flow, placed)
        self._top = 0.0
        self._odd = False
        self._band = tint(flow.layout.quiet, 0.075)

    def head(self, top: float, bottom: float) -> None:
        accent = self.flow.accent
        self.flow.sheet.rule(self.left, top, self.width, top - bottom, tint(accent, 0.12))
        self.flow.sheet.rule(self.left, bottom, self.width, 0.9, accent)
        self._top = bottom - 0.9

    def row(self, bottom: float) -> None:
        if self._odd:
            self.flow.sheet.rule(self.left, self._top, self.width, self._top - bottom, self._band)
        self._odd = not self._odd
        self._top = bottom

    def skip(self, bottom: float) -> None:
        self._top = bottom
        self._odd = False

    def end(self) -> None:
        self.flow.sheet.rule(self.left, self.flow.y, self.width, 0.6, HAIRLINE)


class _Grid(Ruling):
    """Lines around every cell."""

    above_head = _HEAD_PAD

    def __init__(self, flow: Flow, placed: list[Placed]) -> None:
        super().__init__(flow, placed)
        self._top = self._columns_from = 0.0
        self._line = tint(flow.layout.quiet, 0.4)
        self._edges = [(one.right + other.left) / 2 for one, other in pairwise(placed)]

    def head(self, top: float, bottom: float) -> None:
        sheet = self.flow.sheet
        sheet.rule(self.left, top, self.width, top - bottom, tint(self.flow.accent, 0.1))
        sheet.rule(self.left, top, self.width, 0.5, self._line)
        sheet.rule(self.left, bottom, self.width, 0.5, self._line)
        self._top = top
        self._verticals(self._edges, top, bottom)
        self._columns_from = bottom

    def row(self, bottom: float) -> None:
        self._verticals(self._edges, self._columns_from, bottom)
        self._columns_from = bottom
        self.flow.sheet.rule(self.left, bottom, self.width, 0.5, self._line)

    def skip(self, bottom: float) -> None:
        # A heading runs over the columns.
        self._columns_from = bottom
        self.flow.sheet.rule(self.left, bottom, self.width, 0.5, self._line)

    def end(self) -> None:
        self._verticals([self.left, self.left + self.width - 0.5], self._top, self.flow.y)

    def _verticals(self, places: list[float], top: float, bottom: float) -> None:
        for x in places:
            self.flow.sheet.rule(x, top, 0.5, top - bottom, self._line)


_RULINGS = {"rules": _Rules, "plain": _Plain, "zebra": _Zebra, "grid": _Grid}


def ruling_of(flow: Flow, placed: list[Placed]) -> Ruling:
    return _RULINGS[flow.layout.table](flow, placed)
