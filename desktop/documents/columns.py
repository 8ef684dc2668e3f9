"""Where the columns of the table stand: they fit their figures, and give way to the description where they must."""

from __future__ import annotations

from dataclasses import replace

from desktop.documents.figures import figures_of
from desktop.documents.flow import Flow
from desktop.documents.glyphs import Glyphs
from desktop.documents.lines import CELLS, ONE, UNTAXED, Measure, measure_of, titles_of
from desktop.documents.sheet import MM, Style
from desktop.domain.document import DocumentLine
from desktop.domain.template import Column

GAP = 13.0
_AFTER_POSITION = 9.0
UNIT_GAP = 3.0
_LEAST_TEXT = 150.0
_LEAST_SHARE = 0.36
_HEAD_LEAST = 52.0
_WIDEST_TEXT = 92.0
_MOST_LINES = 6
_LEFT = frozenset({"position", "description", "classification", "period", "unit"})
_MAY_BE_EMPTY = frozenset({"classification", "period", "unit", "discount"})
# Who gives way first where the page is too narrow; those of one step go together, because they say one thing.
_GIVE_WAY = (
    ("gross",),
    ("discount",),
    ("period",),
    ("classification",),
    ("unit",),
    ("quantity", "unit_price", "unit"),
    ("tax",),
    ("position",),
)


class Placed:
    """One column: its left and right edge, whether it is set from the left, its head, and for each line its cell.

    `beneath` stand small below the cells, `beside` small after them; `edge` is where figures end that have such.
    """

    __slots__ = ("beneath", "beside", "cells", "edge", "from_left", "head", "left", "name", "right", "width", "wrapped")

    def __init__(self, name: str, head: list[Glyphs], cells: list[Glyphs], width: float) -> None:
        self.name = name
        self.head = head
        self.cells = cells
        self.width = width
        self.from_left = name in _LEFT
        self.beneath: list[Glyphs] | None = None
        self.beside: list[Glyphs] | None = None
        self.wrapped: list[list[Glyphs]] | None = None
        self.left = self.right = self.edge = 0.0


class Columns:
    """The columns of one document. `shown` and `gone` are those that stand and those that gave way."""

    def __init__(self, flow: Flow, lines: tuple[DocumentLine, ...]) -> None:
        self._flow = flow
        self._lines = lines
        self._titles = titles_of(flow)
        self._measures: list[Measure] | None = None
        # A price for one of what the quantity counts, as nearly always.
        self._simple = all(line.base_quantity == ONE for line in lines)
        chosen = list(flow.layout.columns)
        if "tax" in [column.column for column in chosen] and all(line.category == UNTAXED for line in lines):
            chosen = [column for column in chosen if column.column != "tax"]
        # A column that has nothing to say in any line is not drawn.
        chosen = [column for column in chosen if column.column not in _MAY_BE_EMPTY or self._says(column.column)]
        self.gone: frozenset[str] = frozenset()
        self.placed = self._fitted(chosen)
        self.shown = frozenset(column.name for column in self.placed)
        by_name = {column.name: column for column in self.placed}
        self.text = by_name["description"]
        self.net = by_name["net"]
        self.head_rows = max([len(column.head) for column in self.placed])
        self.second = any(column.beneath for column in self.placed)
        self.wrapping = [column for column in self.placed if column.wrapped]

    def _says(self, name: str) -> bool:
        return any(CELLS[name](self._flow, line) for line in self._lines)

    def _fitted(self, chosen: list[Column]) -> list[Placed]:
        """The columns with their places; what leaves no room to the description is dropped, step by step."""
        flow = self._flow
        own = next(column.width for column in chosen if column.column == "description") * MM
        measure = flow.place.measure - 2 * flow.inset
        scale = flow.styles.text.size / 8.75
        least = min(max(own, _LEAST_TEXT * scale), measure * (0.8 if own else _LEAST_SHARE))
        made = {column.column: self._made(column, scale) for column in chosen}
        steps = iter(_GIVE_WAY)
        while True:
            placed = [one for one in (made[column.column] for column in chosen) if one]
            room = measure - sum([column.width + _after(column) for column in placed]) + _after(placed[-1])
            if room >= least:
                break
            if any(column.width for column in chosen):
                # Widths that were wished for go before anything that is said.
                chosen = [replace(column, width=0) for column in chosen]
                made = {column.column: self._made(column, scale) for column in chosen}
                least = min(_LEAST_TEXT * scale, measure * _LEAST_SHARE)
                continue
            step = next(steps, None)
            if step is None:
                break
            names = [column.column for column in chosen]
            going = [name for name in step if name in names]
            if not going or ("unit" in going and len(step) == 1 and "quantity" not in names):
                continue
            self.gone |= frozenset(going)
            chosen = [column for column in chosen if column.column not in going]
            if going == ["unit"] and "quantity" in names:
                # It stands beside the quantity then.
                made["quantity"] = self._made(next(c for c in chosen if c.column == "quantity"), scale)
        x = flow.place.left + flow.inset
        for column in placed:
            if column.name == "description":
                column.width = max(room, 40.0)
            column.left, column.right = x, x + column.width
            column.edge += column.right
            x = column.right + _after(column)
        return placed

    def _made(self, column: Column, scale: float) -> Placed:
        """The column with its cells and the least width that it needs; the description takes what is left."""
        name, flow = column.column, self._flow
        text, small = flow.styles.text, flow.styles.small
        title = column.title or self._titles[name]
        if name == "description":
            return Placed(name, [small.face[title]], [], 0.0)
        if name in ("quantity", "unit_price"):
            return self._measured(column, title, scale)
        style = small if name == "position" else text
        cells = self._cells(name, style)
        # Positions are digits of one width, and count up.
        widest = cells[-1][1] if name == "position" else max([width for _, width, _ in cells])
        content = max(widest * style.per, column.width * MM)
        if name in _LEFT and name != "position":
            return self._texts(column, title, style, content, scale)
        head, width = _head(small, title, content, scale)
        return Placed(name, head, cells, width)

    def _cells(self, name: str, style: Style) -> list[Glyphs]:
        flow, lines = self._flow, self._lines
        if name == "net":
            amounts = figures_of(flow, style.face).amounts
            return [amounts[line.net] for line in lines]
        if name == "position":
            positions = figures_of(flow, style.face).positions
            return [positions[line.position] for line in lines]
        face, said = style.face, CELLS[name]
        return [face[said(flow, line)] for line in lines]

    def _texts(self, column: Column, title: str, style: Style, content: float, scale: float) -> Placed:
        """A column of words, cut into lines beyond its width."""
        flow, said = self._flow, CELLS[column.column]
        limit = column.width * MM or min(content, _WIDEST_TEXT * scale)
        head, width = _head(flow.styles.small, title, limit, scale)
        found = [style.wrap(said(flow, line), width + 0.01) for line in self._lines]
        # What is far too long for a column says the rest in none.
        found = [lines[:_MOST_LINES] for lines in found]
        made = Placed(column.column, head, [lines[0] for lines in found], width)
        if any(len(lines) > 1 for lines in found):
            made.wrapped = found
        return made

    def _measured(self, column: Column, title: str, scale: float) -> Placed:
        """Quantity with its unit beside and its share of the period beneath, or price with what it is for."""
        flow = self._flow
        text, small = flow.styles.text, flow.styles.small
        of_price = column.column == "unit_price"
        cells, under = self._measured_cells(of_price)
        beside: list[Glyphs] | None = None
        aside = 0.0
        names = [one.column for one in flow.layout.columns]
        if not of_price and ("unit" not in names or "unit" in self.gone):
            beside = self._units()
            widest = max([width for _, width, _ in beside]) * small.per
            aside = widest + UNIT_GAP if widest else 0.0
        content = max(max([width for _, width, _ in cells]) * text.per, column.width * MM - aside)
        head, width = _head(small, title, content, scale)
        width += aside
        made = Placed(column.column, head, cells, width)
        made.edge = -aside
        made.beside = beside if aside else None
        if any(under):
            made.beneath = [small.face[one] for one in under]
            made.width = max(width, max([glyphs[1] for glyphs in made.beneath]) * small.per)
        return made

    def _measured_cells(self, of_price: bool) -> tuple[list[Glyphs], list[str]]:
        """Prices or quantities, and what stands beneath them."""
        flow, lines = self._flow, self._lines
        face = flow.styles.text.face
        if self._simple:
            figures = figures_of(flow, face)
            if of_price:
                prices = figures.prices
                return [prices[line.unit_price] for line in lines], []
            numbers = figures.numbers
            return [numbers[line.quantity] for line in lines], []
        if self._measures is None:
            self._measures = [measure_of(flow, line) for line in lines]
        cells = [face[one.price if of_price else one.quantity] for one in self._measures]
        return cells, [one.per if of_price else one.share for one in self._measures]

    def _units(self) -> list[Glyphs]:
        face = self._flow.styles.small.face
        if self._simple or self._measures is None:
            units = figures_of(self._flow, face).units
            return [units[line.unit, line.quantity] for line in self._lines]
        return [face[one.unit] for one in self._measures]


def _head(small: Style, title: str, content: float, scale: float) -> tuple[list[Glyphs], float]:
    """The head in lines, and how wide the column is with it."""
    glyphs = small.face[title]
    wide = glyphs[1] * small.per
    if wide <= max(content, _HEAD_LEAST * scale):
        return [glyphs], max(content, wide)
    longest = max([small.width(word) for word in title.split()])
    lines = small.wrap(title, max(content, longest, _HEAD_LEAST * scale) + 0.01)
    return lines, max(content, *[line[1] * small.per for line in lines])


def _after(column: Placed) -> float:
    return _AFTER_POSITION if column.name == "position" else GAP
