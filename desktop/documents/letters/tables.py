"""The tables of letters: heads and running figures follow them over the pages, sums stay with the last row."""

from __future__ import annotations

from desktop.documents.flow import Flow
from desktop.documents.letters.cells import said
from desktop.documents.letters.columns import Line, TableColumns, carried_figure, minor_of
from desktop.documents.letters.words import word
from desktop.documents.ruling import ruling_of
from desktop.documents.sheet import Sheet
from desktop.domain.letter import Letter, LetterRow, LetterTable

_PAD = 3.2
_BELOW = 4.0
_BETWEEN = 14.0
_UNDER_TITLE = 4.0
_HEAD_PAD = 6.5
# Of the height of a page: a row that wants more is continued on the next one, a lower one moves there whole.
_WHOLE_SHARE = 0.4


def paint_letter_tables(flow: Flow) -> None:
    letter = flow.document
    assert isinstance(letter, Letter)
    flow.gap(0)
    for number, table in enumerate(letter.tables):
        last = number == len(letter.tables) - 1
        _Table(flow, table).draw(_BETWEEN if number else 0.0, flow.keep() if last else 0.0)


class _Table:
    def __init__(self, flow: Flow, table: LetterTable) -> None:
        self.flow = flow
        self.table = table
        self.columns = TableColumns(flow, table)
        self.ruling = ruling_of(flow, self.columns.placed)
        self.head_height = self.ruling.above_head + self.columns.head_rows * self.columns.small.leading + _HEAD_PAD
        self.carried = carried_figure(table)
        self.carry = 2 * _PAD + self.columns.text.leading if self.carried is not None else 0.0
        self.sum = 0
        self.begun = False

    def draw(self, above: float, keep: float) -> None:
        flow, table, tags = self.flow, self.table, self.flow.tags
        flow.y -= above
        if not table.rows:
            self._title(flow.styles.text.leading)
            flow.paragraph(flow.styles.text, word(flow.writer.locale, table.empty) if table.empty else "")
            flow.y -= _BELOW
            return
        rows = [self.columns.lines_of(number, row) for number, row in enumerate((*table.rows, *table.sums))]
        count = len(table.rows)
        closing = sum([self._height(lines) for lines in rows[count:]])
        page = flow.place.page_body - flow.bottom
        keep = min(keep, page / 2)
        first = self._height(rows[0])
        self._title(self.head_height + (first if first <= _WHOLE_SHARE * page else 2 * flow.styles.text.leading))
        tags.begin("Table")
        self._head("TH")
        for number, row in enumerate((*table.rows, *table.sums)):
            lines, after = rows[number], self.carry
            if number == count - 1:
                # Sums alone on a page do not say what they are the sums of.
                after = closing + (keep if count > 1 else 0.0)
            elif number >= count:
                after = 0.0
            self._row(row, lines, min(after, page / 2), summed=number >= count)
        self.ruling.end()
        tags.end()
        flow.y -= _BELOW

    def _title(self, below: float) -> None:
        """The table's own title, with so much of it on the same page."""
        flow, table = self.flow, self.table
        if table.title is None:
            flow.need(below)
            return
        strong = flow.styles.strong
        title = strong.wrap(said(flow, table.title), flow.place.measure)
        flow.need(len(title) * strong.leading + _UNDER_TITLE + below)
        flow.tags.begin("H2")
        flow.lines(strong, title)
        flow.tags.end()
        flow.y -= _UNDER_TITLE

    def _height(self, lines: list[list[Line]]) -> float:
        return 2 * _PAD + max([sum([style.leading for style, _ in cell]) for cell in lines])

    def _row(self, row: LetterRow, lines: list[list[Line]], after: float, *, summed: bool) -> None:
        flow, tags = self.flow, self.flow.tags
        height = self._height(lines)
        broken = height > _WHOLE_SHARE * (flow.place.page_body - flow.bottom)
        least = min(height, 2 * _PAD + 3 * self.columns.text.leading) if broken else height
        if flow.y - least - after < flow.bottom:
            self._turn()
        if not summed and self.carried is not None:
            minor = minor_of(row.cells[self.carried])
            self.sum = minor if self.table.carried == "last" else self.sum + minor
        self.begun = True
        # Where the row goes on: the page, and the upper edge of its text there.
        places: list[tuple[Sheet, float]] = [(flow.sheet, flow.y - _PAD)]
        low = (0, flow.y - _PAD)
        tags.begin("TR")
        for place, cell in enumerate(lines):
            tags.begin("TD")
            low = max(low, self._cell(place, cell, places), key=lambda end: (end[0], -end[1]))
            tags.end()
        tags.end()
        flow.y = low[1] - _PAD
        if summed:
            self.ruling.skip(flow.y)
        else:
            self.ruling.row(flow.y)

    def _cell(self, place: int, lines: list[Line], places: list[tuple[Sheet, float]]) -> tuple[int, float]:
        """Draw a cell, over further pages where it must be; gives the page of the row that it ends on, and where."""
        flow, column = self.flow, self.columns.placed[place]
        page, (sheet, y) = 0, places[0]
        for style, glyphs in lines:
            if y - style.leading - _PAD - self.carry < flow.bottom and y < places[page][1]:
                page += 1
                if page == len(places):
                    flow.y = y - _PAD
                    self._turn()
                    places.append((flow.sheet, flow.y - _PAD))
                sheet, y = places[page]
            x = column.left if column.from_left else column.right - glyphs[1] * style.per
            sheet.place(style, x, y - style.size, glyphs)
            y -= style.leading
        return page, y

    def _head(self, role: str) -> None:
        """The heads of the columns; said again on a later page they belong to no element."""
        flow, columns, tags = self.flow, self.columns, self.flow.tags
        top = flow.y
        base = top - self.ruling.above_head - columns.small.size
        if role:
            tags.begin("TR")
        for place, (column, lines) in enumerate(zip(columns.placed, columns.heads, strict=True)):
            if role:
                tags.begin(role)
            y = base - (columns.head_rows - len(lines)) * columns.small.leading
            for line in lines:
                x = column.right - line[1] * columns.small.per if columns.is_figure(place) else column.left
                flow.sheet.place(columns.small, x, y, line)
                y -= columns.small.leading
            if role:
                tags.end()
        if role:
            tags.end()
        flow.y -= self.head_height
        self.ruling.head(top, flow.y)

    def _turn(self) -> None:
        """Go to the next page, with the figure so far at the foot of this one and below the head of that."""
        if not self.begun:
            return
        with self.flow.tags.aside():
            self._carry()
            self.ruling.end()
            self.flow.turn()
            self._head("")
            self._carry()

    def _carry(self) -> None:
        if self.carried is None:
            return
        flow, columns = self.flow, self.columns
        y = flow.y - _PAD - columns.text.size
        flow.sheet.left(columns.small, columns.placed[max(0, self.table.wide)].left, y, flow.words.carried)
        flow.sheet.right(columns.text, columns.placed[self.carried].right, y, flow.writer.amount(self.sum))
        flow.y -= self.carry
        self.ruling.skip(flow.y)
