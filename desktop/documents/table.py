"""The table of lines: its columns fit the figures, its head and running sum follow it over the pages."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from desktop.documents.flow import Flow
from desktop.documents.glyphs import Glyphs
from desktop.documents.sheet import Style
from desktop.documents.words import tax_name
from desktop.domain.document import DocumentLine

_GAP = 13.0
_UNIT_GAP = 3.0
_PAD = 4.5
_LEAST_TEXT = 150.0
_HEAD = 17.0
_CARRY = 19.0
# A row of more lines may be continued on the next page; a shorter one moves there whole.
_WHOLE = 12
_LEAST_LINES = 3
_ONE = Decimal(1)
_UNTAXED = "O"
# Days of a full week, month, quarter and so on: what a base quantity must be to mean the days of a period.
_FULL_PERIODS = frozenset(
    (7, 14, *range(28, 32), *range(59, 63), *range(89, 93), *range(120, 124), *range(180, 185))
    + (*range(242, 246), *range(270, 277), 360, 365, 366, 730, 731)
)
_ZERO_RATED = ("AE", "K", "G", "E", "Z")


class _Figures(NamedTuple):
    """The cells of a line; `share` and `per` stand small beneath quantity and price."""

    quantity: str
    unit: str
    share: str
    price: str
    per: str
    rate: str
    net: str


class _Columns(NamedTuple):
    """Right edges of the figures; none for quantity and price where they stand under the description instead.

    `quantity` is where numbers end and `unit` where the words after them do.
    """

    text: float
    measure: float
    quantity: float | None
    unit: float
    price: float | None
    rate: float | None
    net: float


def draw_table(flow: Flow) -> None:
    lines = flow.document.lines
    if lines:
        _Table(flow, [_figures(flow, line) for line in lines]).draw()


def _figures(flow: Flow, line: DocumentLine) -> _Figures:
    writer, words = flow.writer, flow.words
    quantity, share, per = line.quantity, "", ""
    if line.base_quantity != _ONE:
        part = _part_of_period(line)
        if part:
            quantity, days = part
            share = words.of_days.format(days=days, base=writer.number(line.base_quantity))
        else:
            per = words.per.format(quantity=writer.number(line.base_quantity))
    unit = words.unit(line.unit, quantity) if line.unit else ""
    if line.category == _UNTAXED:
        rate = "–"
    else:
        rate = writer.percent(Decimal(0) if line.category in _ZERO_RATED else line.rate)
    price = writer.price(line.unit_price)
    return _Figures(writer.number(quantity), unit, share, price, per, rate, writer.amount(line.net))


def _part_of_period(line: DocumentLine) -> tuple[Decimal, int] | None:
    """Units and days of a line that bills part of a period: its quantity is units x days, its base the full days."""
    if not (line.period_start and line.period_end) or line.base_quantity not in _FULL_PERIODS:
        return None
    days = (line.period_end - line.period_start).days
    if not 0 < days < line.base_quantity or line.quantity % days:
        return None
    return line.quantity / days, days


class _Table:
    def __init__(self, flow: Flow, figures: list[_Figures]) -> None:
        self.flow = flow
        self.figures = figures
        self.head = _head_of(flow)
        self.columns = self._fit()
        self.sum = 0

    def _fit(self) -> _Columns:
        flow, styles = self.flow, self.flow.styles
        place, text, small = flow.place, styles.text, styles.small
        rated = any(line.category != _UNTAXED for line in flow.document.lines)
        last = flow.document.lines[-1].position
        start = place.left + max(text.width(str(last)), small.width(self.head["position"])) + 9

        def widest(style: Style, name: str) -> float:
            return max([style.width(getattr(figures, name)) for figures in self.figures])

        def column(name: str, beneath: str = "") -> float:
            wide = max(widest(text, name), small.width(self.head[name]))
            return (max(wide, widest(small, beneath)) if beneath else wide) + _GAP

        net = place.right
        rate = net - column("net")
        price = rate - column("rate") if rated else rate
        unit = price - column("price", "per")
        units = widest(small, "unit")
        quantity = unit - (units + _UNIT_GAP if units else 0)
        share = widest(small, "share") - (unit - quantity)
        start_of_quantity = quantity - max(widest(text, "quantity"), small.width(self.head["quantity"]), share)
        measure = start_of_quantity - _GAP - start
        if measure < _LEAST_TEXT:
            return _Columns(start, price - start, None, price, None, rate if rated else None, net)
        return _Columns(start, measure, quantity, unit, price, rate if rated else None, net)

    def draw(self) -> None:
        flow, document = self.flow, self.flow.document
        self._draw_head()
        group, in_group = "", 0
        last = len(document.lines) - 1
        for number, line in enumerate(document.lines):
            text = self._text_of(line, self.figures[number])
            if line.group != group:
                self._close(group, in_group)
                group, in_group = line.group, 0
                if group:
                    self._open(group, self._height(text[:_WHOLE], self.figures[number]))
            closes = bool(group) and (number == last or document.lines[number + 1].group != group)
            self._draw_row(line, self.figures[number], text, 0.0 if number == last and not closes else _CARRY)
            self.sum += line.net
            in_group += line.net
        self._close(group, in_group)
        flow.y -= 4

    def _text_of(self, line: DocumentLine, figures: _Figures) -> list[tuple[Style, Glyphs]]:
        flow, styles, words = self.flow, self.flow.styles, self.flow.words
        measure = self.columns.measure
        text, small = styles.text, styles.small
        found = [(text, glyphs) for glyphs in text.wrap(line.description, measure)]
        notes = []
        if self.columns.quantity is None:
            parts = (figures.quantity, figures.unit, figures.share, "×", figures.price, figures.per)
            notes.append(" ".join(filter(None, parts)))
        if line.period_start and line.period_end:
            notes.append(flow.writer.span(line.period_start, line.period_end))
        if line.detail:
            notes.append(line.detail)
        if line.allowance:
            notes.append(self._change(words.discount, -line.allowance, line.allowance_reason))
        if line.charge:
            notes.append(self._change(words.surcharge, line.charge, "" if line.allowance else line.allowance_reason))
        for note in notes:
            found += [(small, glyphs) for glyphs in small.wrap(note, measure)]
        return found

    def _change(self, word: str, minor: int, reason: str) -> str:
        amount = self.flow.writer.amount(minor)
        return f"{word} {amount} · {reason}" if reason else f"{word} {amount}"

    def _height(self, text: list[tuple[Style, Glyphs]], figures: _Figures) -> float:
        styles = self.flow.styles
        beside = styles.text.leading
        if self.columns.quantity is not None and (figures.share or figures.per):
            beside += styles.small.leading
        return 2 * _PAD + max(sum([style.leading for style, _ in text]), beside)

    def _draw_row(
        self, line: DocumentLine, figures: _Figures, text: list[tuple[Style, Glyphs]], reserve: float
    ) -> None:
        flow, columns = self.flow, self.columns
        height = self._height(text, figures)
        least = height if len(text) <= _WHOLE else self._height(text[:_LEAST_LINES], figures)
        if not flow.fits(least + reserve):
            self._turn()
        top = flow.y - _PAD
        self._draw_figures(line, figures, top)
        whole = flow.fits(height + reserve)
        net = line.net
        y = top
        for style, glyphs in text:
            if not whole and y - style.leading - _PAD - _CARRY < flow.bottom:
                flow.y = y - _PAD
                self._turn(net)
                y = flow.y - _PAD
            flow.sheet.place(style, columns.text, y - style.size, glyphs)
            y -= style.leading
        flow.y = y - _PAD if not whole else flow.y - height
        flow.sheet.rule(flow.place.left, flow.y, flow.place.measure, 0.4)

    def _draw_figures(self, line: DocumentLine, figures: _Figures, top: float) -> None:
        flow, columns, styles = self.flow, self.columns, self.flow.styles
        sheet, text, small = flow.sheet, styles.text, styles.small
        y = top - text.size
        sheet.left(small, flow.place.left, y, str(line.position))
        if columns.quantity is not None and columns.price is not None:
            sheet.right(text, columns.quantity, y, figures.quantity)
            sheet.left(small, columns.quantity + _UNIT_GAP, y, figures.unit)
            sheet.right(text, columns.price, y, figures.price)
            below = y - small.leading
            if figures.share:
                sheet.right(small, columns.unit, below, figures.share)
            if figures.per:
                sheet.right(small, columns.price, below, figures.per)
        if columns.rate is not None:
            sheet.right(text, columns.rate, y, figures.rate)
        sheet.right(text, columns.net, y, figures.net)

    def _draw_head(self) -> None:
        flow, columns, head = self.flow, self.columns, self.head
        sheet, style, place = flow.sheet, flow.styles.small, flow.place
        if not flow.fits(_HEAD + 40):
            flow.turn()
            sheet = flow.sheet
        y = flow.y - style.size
        sheet.left(style, place.left, y, head["position"])
        sheet.left(style, columns.text, y, head["description"])
        for name in ("quantity", "price", "rate", "net"):
            right = getattr(columns, name)
            if right is not None:
                sheet.right(style, right, y, head[name])
        flow.y -= _HEAD
        sheet.rule(place.left, flow.y + 3, place.measure, 0.9, flow.accent)

    def _turn(self, more: int = 0) -> None:
        """Go to the next page with the sum so far at the foot of this one and the head of that."""
        first = not self.sum and not more
        if not first:
            self._carry(self.sum + more)
        self.flow.turn()
        self._draw_head()
        if not first:
            self._carry(self.sum + more)
            self.flow.sheet.rule(self.flow.place.left, self.flow.y, self.flow.place.measure, 0.4)

    def _carry(self, amount: int) -> None:
        flow, columns = self.flow, self.columns
        y = flow.y - _PAD - flow.styles.text.size
        flow.sheet.left(flow.styles.small, columns.text, y, flow.words.carried)
        flow.sheet.right(flow.styles.text, columns.net, y, flow.writer.amount(amount))
        flow.y -= _CARRY

    def _open(self, group: str, row: float) -> None:
        flow, style = self.flow, self.flow.styles.strong
        lines = style.wrap(group, self.columns.net - self.columns.text)
        height = len(lines) * style.leading + _PAD
        if not flow.fits(height + row + _CARRY):
            self._turn()
        y = flow.y - _PAD - 2
        for glyphs in lines:
            flow.sheet.place(style, self.columns.text, y - style.size, glyphs)
            y -= style.leading
        flow.y -= height

    def _close(self, group: str, amount: int) -> None:
        if not group:
            return
        flow, style = self.flow, self.flow.styles.strong
        figure = flow.writer.amount(amount)
        room = self.columns.net - style.width(figure) - _GAP - self.columns.text
        lines = style.wrap(flow.words.subtotal.format(group=group), room)
        height = 2 * _PAD + len(lines) * style.leading
        if not flow.fits(height):
            self._turn()
        y = flow.y - _PAD - style.size
        flow.sheet.right(style, self.columns.net, y, figure)
        for glyphs in lines:
            flow.sheet.place(style, self.columns.text, y, glyphs)
            y -= style.leading
        flow.y -= height
        flow.sheet.rule(flow.place.left, flow.y, flow.place.measure, 0.4)


def _head_of(flow: Flow) -> dict[str, str]:
    words, document = flow.words, flow.document
    return {
        "position": words.position,
        "description": words.description,
        "quantity": words.quantity,
        "price": words.unit_price,
        "rate": tax_name(words, flow.writer.locale, document.seller.country),
        "net": f"{words.amount} {document.currency}",
    }
