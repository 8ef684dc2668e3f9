"""The table of lines: its columns fit the figures, its head and running sum follow it over the pages."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from desktop.documents.flow import Flow
from desktop.documents.glyphs import Glyphs
from desktop.documents.sheet import Style
from desktop.domain.document import (
    CAP_WORDS,
    EARLIER_WORDS,
    INCLUDED_WORDS,
    PREPAID_WORDS,
    RESIDUE_WORDS,
    RETURNED_WORDS,
    DocumentLine,
    commitment_amounts,
    minimum_of,
    unused_days,
)

_GAP = 13.0
_UNIT_GAP = 3.0
_PAD = 4.5
_BELOW = 4.0
_LEAST_TEXT = 150.0
_HEAD = 17.0
_CARRY = 19.0
# A row of more lines may be continued on the next page; a shorter one moves there whole.
_WHOLE = 12
_LEAST_LINES = 3
_ZERO = Decimal(0)
_ONE = Decimal(1)
_UNTAXED = "O"
_CAP = re.compile(CAP_WORDS + r" (\d+(?:\.\d+)?) [A-Z]{3}")
_SHARE, _PER = 2, 4
# Days of a full week, month, quarter and so on: what a base quantity must be to mean the days of a period.
_FULL_PERIODS = frozenset(
    days
    for shortest, longest in ((28, 31), (59, 62), (89, 92), (120, 123), (180, 184), (242, 245), (270, 276), (360, 366))
    for days in (7, 14, *range(shortest, longest + 1), 730, 731)
)
_ZERO_RATED = ("AE", "K", "G", "E", "Z")


# The cells of a line, coded and measured, in the order of `_Cells`.
_Figures = list[Glyphs]


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


def draw_table(flow: Flow, keep: float) -> None:
    """Draw the lines; the last one stays on a page with the `keep` points that follow the table."""
    if flow.document.lines:
        _Table(flow).draw(keep)


class _Cells(NamedTuple):
    """What the cells of a line say; `share` and `per` stand small beneath quantity and price."""

    quantity: str
    unit: str
    share: str
    price: str
    per: str
    rate: str
    net: str


def _cells(flow: Flow, line: DocumentLine) -> _Cells:
    writer, words = flow.writer, flow.words
    quantity, share, per = line.quantity, "", ""
    if line.base_quantity != _ONE:
        base = writer.number(line.base_quantity)
        part = _part_of_period(line)
        if part:
            quantity = part[0]
            share = words.of_days.format(days=part[1], base=base)
        else:
            per = words.per.format(quantity=base)
    if line.category == _UNTAXED:
        rate = "–"
    else:
        rate = writer.percent(_ZERO if line.category in _ZERO_RATED else line.rate)
    unit = words.unit(line.unit, quantity)
    price = writer.price(line.unit_price)
    return _Cells(writer.number(quantity), unit, share, price, per, rate, writer.amount(line.net))


def _part_of_period(line: DocumentLine) -> tuple[Decimal, int] | None:
    """Units and days of a line that bills part of a period: its quantity is units x days, its base the full days."""
    if not (line.period_start and line.period_end) or line.base_quantity not in _FULL_PERIODS:
        return None
    days = (line.period_end - line.period_start).days
    if not 0 < days < line.base_quantity or line.quantity % days:
        return None
    return line.quantity / days, days


class _Table:
    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        face = flow.styles.text.face
        self.figures = [[face[cell] for cell in _cells(flow, line)] for line in flow.document.lines]
        self.head = _head_of(flow)
        self.columns = self._fit()
        self.sum = 0
        self.in_group = 0
        self.begun = False

    def _fit(self) -> _Columns:
        flow, styles = self.flow, self.flow.styles
        place, text, small = flow.place, styles.text, styles.small
        rated = any(line.category != _UNTAXED for line in flow.document.lines)
        last = flow.document.lines[-1].position
        start = place.left + max(text.width(str(last)), small.width(self.head["position"])) + 9

        def column(head: str, cells: list[Glyphs]) -> float:
            return max(max([width for _, width, _ in cells]) * text.per, small.width(self.head[head]))

        quantities, units, shares, prices, pers, rates, nets = map(list, zip(*self.figures, strict=True))
        units_wide = max([width for _, width, _ in units]) * small.per
        pers_wide = max([width for _, width, _ in pers]) * small.per
        shares_wide = max([width for _, width, _ in shares]) * small.per
        net = place.right
        rate = net - column("net", nets) - _GAP
        price = rate - column("rate", rates) - _GAP if rated else rate
        unit = price - max(column("price", prices), pers_wide) - _GAP
        quantity = unit - (units_wide + _UNIT_GAP if units_wide else 0)
        measure = min(quantity - column("quantity", quantities), unit - shares_wide) - _GAP - start
        if measure < _LEAST_TEXT:
            return _Columns(start, price - start, None, price, None, rate if rated else None, net)
        return _Columns(start, measure, quantity, unit, price, rate if rated else None, net)

    def draw(self, keep: float) -> None:
        flow, lines = self.flow, self.flow.document.lines
        group = ""
        for number, line in enumerate(lines):
            figures, text = self.figures[number], self._text_of(line)
            least = self._height(text if len(text) <= _WHOLE else text[:_LEAST_LINES], figures)
            heading = self._heading(line.group) if line.group != group else []
            if not number:
                self._draw_head(least + self._tall(heading))
            elif line.group != group:
                self._close(group)
            if line.group != group:
                group, self.in_group = line.group, 0
                self._open(heading, least)
            reserve = _CARRY
            if number == len(lines) - 1:
                # Totals alone on a page do not say what they are the totals of.
                closing = self._tall(self._subtotal(group, self.in_group + line.net)) if group else 0.0
                reserve = closing + (keep + _BELOW if number else 0.0)
            if not flow.fits(least + reserve):
                self._turn()
            self._draw_row(line, figures, text, reserve)
        self._close(group)
        flow.y -= _BELOW

    def _text_of(self, line: DocumentLine) -> list[tuple[Style, Glyphs]]:
        flow, styles, words = self.flow, self.flow.styles, self.flow.words
        measure = self.columns.measure
        text, small = styles.text, styles.small
        found = [(text, glyphs) for glyphs in text.wrap(line.description, measure)]
        notes = []
        if self.columns.quantity is None:
            notes.append(self._calculation(line))
        if line.period_start and line.period_end:
            notes.append(flow.writer.span(line.period_start, line.period_end))
        if line.detail:
            notes.append(self._detail(line.detail))
        if line.classification:
            notes.append(f"HSN/SAC {line.classification}")
        if line.allowance:
            notes.append(self._change(words.discount, -line.allowance, line.allowance_reason))
        if line.charge:
            notes.append(self._change(words.surcharge, line.charge, "" if line.allowance else line.allowance_reason))
        for note in notes:
            found += [(small, glyphs) for glyphs in small.wrap(note, measure)]
        return found

    def _calculation(self, line: DocumentLine) -> str:
        """Quantity and price in words, where the figures are too wide for columns of their own."""
        cells = _cells(self.flow, line)
        parts = (cells.quantity, cells.unit, cells.share, "×", cells.price, cells.per)
        return " ".join(filter(None, parts))

    def _detail(self, detail: str) -> str:
        """What billing says on its own, in the document's language; anything else as it is written."""
        words, writer = self.flow.words, self.flow.writer
        if unused := unused_days(detail):
            return words.unused.format(*unused)
        if amounts := commitment_amounts(detail):
            committed, spent = (writer.money(int(text.replace(".", ""))) for text in amounts)
            return words.committed.format(committed=committed, spent=spent)
        if least := minimum_of(detail):
            return words.minimum.format(amount=writer.money(int(least[0].replace(".", ""))))
        if detail.startswith(EARLIER_WORDS + " "):
            return words.earlier + detail.removeprefix(EARLIER_WORDS)
        return {INCLUDED_WORDS: words.included, RETURNED_WORDS: words.by_period}.get(detail, detail)

    def _change(self, word: str, minor: int, reason: str) -> str:
        amount = self.flow.writer.amount(minor)
        return f"{word} {amount} · {self._said(reason)}" if reason else f"{word} {amount}"

    def _said(self, reason: str) -> str:
        """What billing gave as a reason on its own, in the document's language; anything else as it is written."""
        flow, parts = self.flow, []
        for part in reason.split(", "):
            if cap := _CAP.fullmatch(part):
                parts.append(flow.words.cap.format(amount=flow.writer.money(int(cap[1].replace(".", "")))))
            elif part.startswith(PREPAID_WORDS + " "):
                parts.append(flow.words.prepaid_discount + part.removeprefix(PREPAID_WORDS))
            else:
                parts.append(flow.words.residue if part == RESIDUE_WORDS else part)
        return ", ".join(parts)

    def _height(self, text: list[tuple[Style, Glyphs]], figures: _Figures) -> float:
        styles = self.flow.styles
        beside = styles.text.leading
        if self.columns.quantity is not None and (figures[_SHARE][1] or figures[_PER][1]):
            beside += styles.small.leading
        return 2 * _PAD + max(sum([style.leading for style, _ in text]), beside)

    def _draw_row(
        self, line: DocumentLine, figures: _Figures, text: list[tuple[Style, Glyphs]], reserve: float
    ) -> None:
        flow, columns = self.flow, self.columns
        height = self._height(text, figures)
        top = flow.y - _PAD
        self._draw_figures(line, figures, text[0][1], top)
        whole = flow.fits(height + reserve)
        self.sum += line.net
        self.in_group += line.net
        self.begun = True
        y = top - text[0][0].leading
        for style, glyphs in text[1:]:
            if not whole and y - style.leading - _PAD - _CARRY < flow.bottom:
                flow.y = y - _PAD
                self._turn()
                y = flow.y - _PAD
            flow.sheet.place(style, columns.text, y - style.size, glyphs)
            y -= style.leading
        flow.y = flow.y - height if whole else y - _PAD
        self._rule()

    def _draw_figures(self, line: DocumentLine, figures: _Figures, first: Glyphs, top: float) -> None:
        flow, columns = self.flow, self.columns
        sheet, text, small = flow.sheet, flow.styles.text, flow.styles.small
        quantity, unit, share, price, per, rate, net = figures
        y = top - text.size
        sheet.left(small, flow.place.left, y, str(line.position))
        # Before the figures, because a line is copied and read aloud in the order in which it is drawn.
        sheet.place(text, columns.text, y, first)
        cells = [] if columns.rate is None else [(columns.rate, rate)]
        cells.append((columns.net, net))
        if columns.quantity is None or columns.price is None:
            sheet.row(text, y, cells)
            return
        sheet.end(text, columns.quantity, y, quantity)
        if unit[1]:
            sheet.place(small, columns.quantity + _UNIT_GAP, y, unit)
        sheet.row(text, y, [(columns.price, price), *cells])
        if share[1]:
            sheet.end(small, columns.unit, y - small.leading, share)
        if per[1]:
            sheet.end(small, columns.price, y - small.leading, per)

    def _draw_head(self, row: float) -> None:
        """The head, on a new page unless a row of that height fits below it."""
        flow, columns, head = self.flow, self.columns, self.head
        if not flow.fits(_HEAD + row):
            flow.turn()
        sheet, style, place = flow.sheet, flow.styles.small, flow.place
        y = flow.y - style.size
        sheet.left(style, place.left, y, head["position"])
        sheet.left(style, columns.text, y, head["description"])
        for name in ("quantity", "price", "rate", "net"):
            right = getattr(columns, name)
            if right is not None:
                sheet.right(style, right, y, head[name])
        flow.y -= _HEAD
        sheet.rule(place.left, flow.y + 3, place.measure, 0.9, flow.accent)

    def _turn(self) -> None:
        """Go to the next page with the sum so far at the foot of this one and below the head of that."""
        if not self.begun:
            # The head was drawn where a row fits, so this page cannot take it either.
            return
        self._carry()
        self.flow.turn()
        self._draw_head(0.0)
        self._carry()
        self._rule()

    def _carry(self) -> None:
        flow, columns = self.flow, self.columns
        y = flow.y - _PAD - flow.styles.text.size
        flow.sheet.left(flow.styles.small, columns.text, y, flow.words.carried)
        flow.sheet.right(flow.styles.text, columns.net, y, flow.writer.amount(self.sum))
        flow.y -= _CARRY

    def _rule(self) -> None:
        self.flow.sheet.rule(self.flow.place.left, self.flow.y, self.flow.place.measure, 0.4)

    def _heading(self, group: str) -> list[Glyphs]:
        return self.flow.styles.strong.wrap(group, self.columns.net - self.columns.text) if group else []

    def _subtotal(self, group: str, amount: int) -> list[Glyphs]:
        style = self.flow.styles.strong
        room = self.columns.net - self.columns.text - _GAP - style.width(self.flow.writer.amount(amount))
        return style.wrap(self.flow.words.subtotal.format(group=group), room)

    def _tall(self, lines: list[Glyphs]) -> float:
        return 2 * _PAD + len(lines) * self.flow.styles.strong.leading if lines else 0.0

    def _open(self, heading: list[Glyphs], row: float) -> None:
        if not heading:
            return
        flow, style = self.flow, self.flow.styles.strong
        if not flow.fits(self._tall(heading) + row + _CARRY):
            self._turn()
        y = flow.y - _PAD - 2 - style.size
        for glyphs in heading:
            flow.sheet.place(style, self.columns.text, y, glyphs)
            y -= style.leading
        flow.y -= self._tall(heading) - _PAD

    def _close(self, group: str) -> None:
        if not group:
            return
        flow, style = self.flow, self.flow.styles.strong
        lines = self._subtotal(group, self.in_group)
        if not flow.fits(self._tall(lines)):
            self._turn()
        y = flow.y - _PAD - style.size
        for glyphs in lines:
            flow.sheet.place(style, self.columns.text, y, glyphs)
            if glyphs is lines[0]:
                flow.sheet.right(style, self.columns.net, y, flow.writer.amount(self.in_group))
            y -= style.leading
        flow.y -= self._tall(lines)
        self._rule()


def _head_of(flow: Flow) -> dict[str, str]:
    words, document = flow.words, flow.document
    return {
        "position": words.position,
        "description": words.description,
        "quantity": words.quantity,
        "price": words.unit_price,
        "rate": flow.tax,
        "net": f"{words.amount} {document.currency}",
    }
