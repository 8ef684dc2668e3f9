"""The table of lines: its head and running sum follow it over the pages."""

from __future__ import annotations

from desktop.documents.columns import GAP, UNIT_GAP, Columns, Placed
from desktop.documents.flow import Flow
from desktop.documents.glyphs import Glyphs
from desktop.documents.lines import noted, notes_of
from desktop.documents.rows import Row, draw_rows
from desktop.documents.ruling import Ruling, ruling_of
from desktop.documents.sheet import Piece, Style
from desktop.domain.document import Document, DocumentLine

_PAD = 4.5
_USUAL_SIZE = 8.75
_BELOW = 4.0
# Sums of heights differ in the last binary digits by the way they are added up.
_SPARE = 0.01
# A row of more lines may be continued on the next page; a shorter one moves there whole.
_WHOLE = 12
_LEAST_LINES = 3
# Of the height of a page: what a row may want before it is continued rather than moved.
_WHOLE_SHARE = 0.4


def paint_table(flow: Flow) -> None:
    """Draw the lines; the last one stays on a page with what the flow keeps room for after the table."""
    document = flow.document
    assert isinstance(document, Document)
    flow.gap(0)
    if document.lines:
        _Table(flow, document).draw(flow.keep())


class _Table:
    def __init__(self, flow: Flow, document: Document) -> None:
        self.flow = flow
        self.lines = document.lines
        self.columns = Columns(flow, document.lines)
        self.ruling: Ruling = ruling_of(flow, self.columns.placed)
        small = flow.styles.small
        # Small type asks for less room around it, large type for no more.
        self.pad = _PAD * min(1.0, flow.styles.text.size / _USUAL_SIZE) ** 2
        self.head_height = self.ruling.above_head + self.columns.head_rows * small.leading + 6.5
        self.carry = 2 * self.pad + flow.styles.text.leading
        self.sum = 0
        self.in_group = 0
        self.begun = False
        self.waiting: list[Row] = []

    def draw(self, keep: float) -> None:
        tags = self.flow.tags
        tags.begin("Table")
        if not self._draw_on_one_page(keep):
            self._draw_by_rows(keep)
        self._draw_waiting()
        self.ruling.end()
        tags.end()
        self.flow.y -= _BELOW

    def _draw_on_one_page(self, keep: float) -> bool:
        """Draw lines without groups that all stand on this page; False, and nothing is drawn, where they do not."""
        lines, flow, pad = self.lines, self.flow, self.pad
        if [1 for line in lines if line.group]:
            return False
        texts = [self._text_of(line) for line in lines]
        if not self.columns.second and not self.columns.wrapping:
            single = 2 * pad + flow.styles.text.leading
            heights = [
                single if len(text) == 1 else 2 * pad + sum([style.leading for style, _ in text]) for text in texts
            ]
        else:
            heights = [self._height(text, number) for number, text in enumerate(texts)]
        reserve = keep + _BELOW if len(lines) > 1 else 0.0
        if not flow.fits(self.head_height + sum(heights) + reserve + _SPARE):
            return False
        self._draw_head(heights[0])
        y, ends = flow.y, []
        for number, (text, height) in enumerate(zip(texts, heights, strict=True)):
            self.waiting.append(Row(number, text, y - pad))
            y -= height
            ends.append(y)
        self.ruling.rows(ends)
        flow.y = y
        return True

    def _draw_by_rows(self, keep: float) -> None:
        flow, lines = self.flow, self.lines
        group = ""
        for number, line in enumerate(lines):
            text = self._text_of(line)
            whole = self._height(text, number)
            broken = len(text) > _WHOLE or whole > _WHOLE_SHARE * (flow.place.page_body - flow.bottom)
            least = self._height(text[:_LEAST_LINES], number) if broken else whole
            heading = self._heading(line.group) if line.group != group else []
            if not number:
                self._draw_head(least + self._tall(heading))
            elif line.group != group:
                self._close(group)
            if line.group != group:
                group, self.in_group = line.group, 0
                self._open(heading, least)
            reserve = self.carry
            if number == len(lines) - 1:
                # Totals alone on a page do not say what they are the totals of.
                closing = self._tall(self._subtotal(group, self.in_group + line.net)) if group else 0.0
                reserve = closing + (keep + _BELOW if number else 0.0)
            if flow.y - least - reserve < flow.bottom:
                self._turn()
            self._draw_row(number, line, text, whole, reserve)
        self._close(group)

    def _text_of(self, line: DocumentLine) -> list[tuple[Style, Glyphs]]:
        styles, columns = self.flow.styles, self.columns
        text, small, measure = styles.text, styles.small, columns.text.width
        found = [(text, glyphs) for glyphs in text.wrap(line.description, measure)]
        if columns.gone or noted(line):
            for note in notes_of(self.flow, line, columns.shown, columns.gone):
                found += [(small, glyphs) for glyphs in small.wrap(note, measure)]
        return found

    def _height(self, text: list[tuple[Style, Glyphs]], number: int) -> float:
        styles, columns = self.flow.styles, self.columns
        beside = styles.text.leading
        if columns.second and any(
            column.beneath is not None and column.beneath[number][1] for column in columns.placed
        ):
            beside += styles.small.leading
        for column in columns.wrapping:
            if column.wrapped:
                beside = max(beside, len(column.wrapped[number]) * styles.text.leading)
        return 2 * self.pad + max(sum([style.leading for style, _ in text]), beside)

    def _draw_row(
        self, number: int, line: DocumentLine, text: list[tuple[Style, Glyphs]], height: float, reserve: float
    ) -> None:
        flow = self.flow
        top = flow.y - self.pad
        end = flow.y - height
        whole = end - reserve >= flow.bottom
        self.sum += line.net
        self.in_group += line.net
        self.begun = True
        if whole:
            self.waiting.append(Row(number, text, top))
        else:
            end = self._draw_broken(number, text, top)
        flow.y = end
        self.ruling.row(end)

    def _draw_waiting(self) -> None:
        """Draw the rows that stand on this page and are not drawn yet."""
        rows, flow = self.waiting, self.flow
        if rows and not draw_rows(flow.sheet, flow.styles, self.columns, rows):
            for number, text, top in rows:
                flow.tags.begin("TR")
                flow.sheet.cells("TD", self._pieces(number, text, top))
                flow.tags.end()
        self.waiting = []

    def _draw_broken(self, number: int, text: list[tuple[Style, Glyphs]], top: float) -> float:
        """A row that is continued on the next page; gives the place below it."""
        self._draw_waiting()
        tags, sheet, end = self.flow.tags, self.flow.sheet, top
        tags.begin("TR")
        for column in self.columns.placed:
            if column is self.columns.text:
                tags.begin("TD")
                end = self._draw_over(text, top)
                tags.end()
            else:
                pieces: list[Piece] = []
                self._add_cell(pieces, column, number, top)
                sheet.cells("TD", pieces)
        tags.end()
        return end

    def _pieces(self, number: int, text: list[tuple[Style, Glyphs]], top: float) -> list[Piece]:
        found: list[Piece] = []
        for column in self.columns.placed:
            if column is not self.columns.text:
                self._add_cell(found, column, number, top)
                continue
            x, y, begins = column.left, top, True
            for style, glyphs in text:
                found.append((begins, style, x, f"{y - style.size:.2f}", glyphs))
                y -= style.leading
                begins = False
        return found

    def _draw_over(self, text: list[tuple[Style, Glyphs]], y: float) -> float:
        """A text that is continued on further pages; gives the place below it."""
        flow, x = self.flow, self.columns.text.left
        for place, (style, glyphs) in enumerate(text):
            if place and y - style.leading - self.pad - self.carry < flow.bottom:
                flow.y = y - self.pad
                self._turn()
                y = flow.y - self.pad
            flow.sheet.place(style, x, y - style.size, glyphs)
            y -= style.leading
        return y - self.pad

    def _add_cell(self, pieces: list[Piece], column: Placed, number: int, top: float) -> None:
        text, small = self.flow.styles.text, self.flow.styles.small
        style = small if column.name == "position" else text
        y = top - text.size
        base = f"{y:.2f}"
        glyphs = column.cells[number]
        if not column.from_left:
            pieces.append((True, style, column.edge - glyphs[1] * style.per, base, glyphs))
            if column.beside and column.beside[number][1]:
                pieces.append((False, small, column.edge + UNIT_GAP, base, column.beside[number]))
            if column.beneath and column.beneath[number][1]:
                beneath = column.beneath[number]
                x = column.right - beneath[1] * small.per
                pieces.append((False, small, x, f"{y - small.leading:.2f}", beneath))
            return
        pieces.append((True, style, column.left, base, glyphs))
        if column.wrapped:
            for line in column.wrapped[number][1:]:
                y -= style.leading
                pieces.append((False, style, column.left, f"{y:.2f}", line))

    def _draw_head(self, row: float) -> None:
        """The head, on a new page unless a row of that height fits below it."""
        flow = self.flow
        if not flow.fits(self.head_height + row):
            flow.turn()
        tags, top = flow.tags, flow.y
        tags.begin("TR")
        flow.sheet.cells("TH", self._titles(top))
        tags.end()
        flow.y -= self.head_height
        self.ruling.head(top, flow.y)

    def _turn(self) -> None:
        """Go to the next page with the sum so far at the foot of this one and below the head of that."""
        if not self.begun:
            # The head was drawn where a row fits, so this page cannot take it either.
            return
        flow = self.flow
        self._draw_waiting()
        with flow.tags.aside():
            self._carry()
            self.ruling.end()
            flow.turn()
            self._repeat_head()
            self._carry()

    def _repeat_head(self) -> None:
        flow = self.flow
        top = flow.y
        for _begins, style, x, base, title in self._titles(top):
            flow.sheet.place(style, x, float(base), title)
        flow.y -= self.head_height
        self.ruling.head(top, flow.y)

    def _titles(self, top: float) -> list[Piece]:
        """The titles of the columns, which end on one line."""
        style, columns = self.flow.styles.small, self.columns
        base = top - self.ruling.above_head - style.size
        found: list[Piece] = []
        for column in columns.placed:
            y = base - (columns.head_rows - len(column.head)) * style.leading
            begins = True
            for line in column.head:
                x = column.left if column.from_left else column.edge - line[1] * style.per
                found.append((begins, style, x, f"{y:.2f}", line))
                y -= style.leading
                begins = False
        return found

    def _carry(self) -> None:
        flow, columns, styles = self.flow, self.columns, self.flow.styles
        y = flow.y - self.pad - styles.text.size
        amount = styles.text.face[flow.writer.amount(self.sum)]
        x = columns.net.right - amount[1] * styles.text.per
        label = styles.small.face[flow.words.carried]
        # Beside the description, or left of the amount where that stands further to the left.
        start = columns.text.left
        if start + label[1] * styles.small.per + GAP > x and start < columns.net.right:
            start = x - GAP - label[1] * styles.small.per
        flow.sheet.place(styles.small, start, y, label)
        flow.sheet.place(styles.text, x, y, amount)
        flow.y -= self.carry
        self.ruling.row(flow.y)

    def _room(self) -> float:
        """From the description's left edge to the amounts, where these stand at its right."""
        columns = self.columns
        return max(columns.net.left - GAP, columns.text.right) - columns.text.left

    def _heading(self, group: str) -> list[Glyphs]:
        return self.flow.styles.strong.wrap(group, self._room()) if group else []

    def _subtotal(self, group: str, amount: int) -> list[Glyphs]:
        style, columns = self.flow.styles.strong, self.columns
        room = columns.net.right - style.width(self.flow.writer.amount(amount)) - GAP - columns.text.left
        if columns.net.left < columns.text.left:
            room = columns.text.width
        return style.wrap(self.flow.words.subtotal.format(group=group), room)

    def _tall(self, lines: list[Glyphs]) -> float:
        return 2 * self.pad + len(lines) * self.flow.styles.strong.leading if lines else 0.0

    def _open(self, heading: list[Glyphs], row: float) -> None:
        if not heading:
            return
        self._draw_waiting()
        flow, style, tags = self.flow, self.flow.styles.strong, self.flow.tags
        if not flow.fits(self._tall(heading) + row + self.carry):
            self._turn()
        y = flow.y - self.pad - 2 - style.size
        tags.begin("TR")
        tags.begin("TD")
        for glyphs in heading:
            flow.sheet.place(style, self.columns.text.left, y, glyphs)
            y -= style.leading
        tags.end()
        tags.end()
        flow.y -= self._tall(heading) - self.pad
        self.ruling.skip(flow.y)

    def _close(self, group: str) -> None:
        if not group:
            return
        self._draw_waiting()
        flow, style, tags, columns = self.flow, self.flow.styles.strong, self.flow.tags, self.columns
        lines = self._subtotal(group, self.in_group)
        if not flow.fits(self._tall(lines)):
            self._turn()
        y = flow.y - self.pad - style.size
        tags.begin("TR")
        tags.begin("TD")
        for place, glyphs in enumerate(lines):
            flow.sheet.place(style, columns.text.left, y - place * style.leading, glyphs)
        tags.end()
        tags.begin("TD")
        flow.sheet.right(style, columns.net.right, y, flow.writer.amount(self.in_group))
        tags.end()
        tags.end()
        flow.y -= self._tall(lines)
        self.ruling.skip(flow.y)
