"""Where the columns of a letter's table stand: figures get what they need, texts share what is left."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.documents.columns import Placed
from desktop.documents.flow import Flow
from desktop.documents.glyphs import Glyphs
from desktop.documents.letters.cells import figure, said
from desktop.documents.letters.words import word
from desktop.documents.sheet import Style
from desktop.domain.letter import Cell, LetterColumn, LetterRow, LetterTable

_GAP = 13.0
_LEAST_GAP = 5.0
# Heads are cut into lines down to this width, and a text keeps at least the other, at the usual size.
_HEAD_LEAST = 52.0
_TEXT_LEAST = 64.0
_WIDE_LEAST = 150.0
_WIDEST_TEXT = 120.0
# What type shrinks to, in steps, where figures of many digits want more than the page has.
_SCALES = (1.0, 0.92, 0.84, 0.76, 0.68, 0.6, 0.52, 0.44)

Line = tuple[Style, Glyphs]


class TableColumns:
    """The columns of one table, and the styles that it is set in: smaller ones where it would not fit otherwise."""

    def __init__(self, flow: Flow, table: LetterTable) -> None:
        self._flow = flow
        self._table = table
        self._rows: list[list[str]] = [[figure(flow, cell) for cell in row.cells] for row in (*table.rows, *table.sums)]
        self._strong = [row.strong for row in (*table.rows, *table.sums)]
        self._titles = [self._title(column) for column in table.columns]
        self.measure = flow.place.measure - 2 * flow.inset
        for scale in _SCALES:
            self._take(scale)
            self.widths = self._fitted()
            if self.widths is not None:
                break
        else:
            self.widths = self._squeezed()
        self.placed = self._place(self.widths)
        self.heads = [
            self.small.wrap(title, column.right - column.left + 0.01) if title else []
            for title, column in zip(self._titles, self.placed, strict=True)
        ]
        self.head_rows = max([1, *[len(lines) for lines in self.heads]])

    def lines_of(self, number: int, row: LetterRow) -> list[list[Line]]:
        """The lines of each cell of the row of that number; sums count on after the rows."""
        whole = self.strong if row.strong else self.quiet if row.quiet else self.text
        found: list[list[Line]] = []
        for place, column in enumerate(self.placed):
            text = self._rows[number][place]
            plain = self.small if self._is_code(place) else whole
            lines = plain.wrap(text, column.right - column.left + 0.01) if text else []
            found.append([(plain, line) for line in lines])
        if row.note is not None:
            wide = self._table.wide if self._table.wide >= 0 else 0
            column = self.placed[wide]
            note = self.small.wrap(said(self._flow, row.note), column.right - column.left + 0.01)
            found[wide] += [(self.small, line) for line in note]
        return found

    def is_figure(self, place: int) -> bool:
        return self._table.columns[place].kind in ("money", "number", "percent")

    def _title(self, column: LetterColumn) -> str:
        title = word(self._flow.writer.locale, column.title)
        if column.kind == "money" and not column.mixed:
            return f"{title} {self._flow.document.currency}"
        return title

    def _take(self, scale: float) -> None:
        """The styles at a scale of the usual size."""
        styles = self._flow.styles

        def scaled(style: Style, code: str = "") -> Style:
            if scale == 1.0 and not code:
                return style
            return Style(style.face, round(style.size * scale, 2), code or style.code, round(style.leading * scale, 2))

        self.text, self.strong, self.small = scaled(styles.text), scaled(styles.strong), scaled(styles.small)
        self.quiet = scaled(styles.text, styles.small.code)
        self._scale = scale * styles.text.size / 8.75

    def _needs(self) -> tuple[list[float], list[float]]:
        """The least and the natural width of each column."""
        least, natural = [], []
        for place in range(len(self._titles)):
            code = self._is_code(place)
            content = max(
                [
                    (self.small if code else self.strong if strong else self.text).width(row[place])
                    for row, strong in zip(self._rows, self._strong, strict=True)
                    if row[place]
                ],
                default=0.0,
            )
            title = self._titles[place]
            longest = max([self.small.width(part) for part in title.split()], default=0.0)
            head = min(self.small.width(title), max(longest, _HEAD_LEAST * self._scale))
            natural.append(max(content, head))
            if self._is_text(place):
                room = _WIDE_LEAST if place == self._table.wide else _TEXT_LEAST
                least.append(max(min(content, room * self._scale), head))
            else:
                least.append(max(content, head))
        return least, natural

    def _is_code(self, place: int) -> bool:
        return self._table.columns[place].kind == "code"

    def _is_text(self, place: int) -> bool:
        return self._table.columns[place].kind == "text"

    def _fitted(self) -> list[float] | None:
        """The widths, or none where even the least ones do not fit."""
        least, natural = self._needs()
        gaps = (len(least) - 1) * self._gap(least)
        room = self.measure - gaps - sum(least)
        if room < 0:
            return None
        widths = list(least)
        # Short texts first get what they need, the widest then what is left.
        for place in sorted(range(len(least)), key=lambda at: (at == self._table.wide, natural[at])):
            most = natural[place] if place == self._table.wide else min(natural[place], _WIDEST_TEXT * self._scale)
            more = min(max(0.0, most - widths[place]), room)
            widths[place] += more
            room -= more
        if self._table.wide >= 0:
            widths[self._table.wide] += room
        else:
            widths = [width + room / len(widths) for width in widths]
        return widths

    def _gap(self, widths: Sequence[float]) -> float:
        spare = (self.measure - sum(widths)) / max(1, len(widths) - 1)
        return max(_LEAST_GAP, min(_GAP, spare))

    def _squeezed(self) -> list[float]:
        """Shares of the page by need: cells that do not fit into theirs are cut into lines."""
        least, _natural = self._needs()
        room = self.measure - (len(least) - 1) * _LEAST_GAP
        return [width * room / sum(least) for width in least]

    def _place(self, widths: Sequence[float]) -> list[Placed]:
        gap = (self.measure - sum(widths)) / max(1, len(widths) - 1)
        x = self._flow.place.left + self._flow.inset
        found = []
        for place, width in enumerate(widths):
            column = Placed(self._table.columns[place].title, [], [], width)
            column.left, column.right = x, x + width
            column.from_left = not self.is_figure(place)
            found.append(column)
            x += width + gap
        return found


def carried_figure(table: LetterTable) -> int | None:
    """The column whose sum or last value goes over a page: the last of amounts, where the table carries any."""
    if not table.carried:
        return None
    places = [place for place, column in enumerate(table.columns) if column.kind == "money"]
    return places[-1] if places else None


def minor_of(cell: Cell) -> int:
    """The minor units of an amount, 0 of anything else."""
    return int(getattr(cell, "minor", 0))
