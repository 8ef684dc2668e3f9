"""The codes of a document's body: each beside what it is for, and India's registration with its signed code."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final, NamedTuple

from desktop.documents.flow import Flow
from desktop.documents.glyphs import Glyphs
from desktop.documents.paycodes.drawing import QUIET, frame_operators, symbol_operators
from desktop.documents.paycodes.payloads import Code, codes_for, codes_of
from desktop.documents.paycodes.qr import LARGEST, Symbol, qr_symbol
from desktop.documents.paycodes.slip import draw_slip
from desktop.documents.sheet import MM, Style
from desktop.domain.document import Document
from desktop.domain.pay_codes import LINK, SWISS_BILL, first_part, pay_codes

_SIDE: Final = 27 * MM
_LEAST_MODULE: Final = 0.4 * MM
# The signed code of a thousand characters has 113 modules a side, which phones still read at this width.
_SMALLEST_MODULE: Final = 0.36 * MM
_DRAFT_MODULES: Final = 41
_GAP: Final = 8.0
_ABOVE: Final = 12.0
_ASIDE_ABOVE: Final = 4.0
_BELOW: Final = 6.0
_LEAST_BESIDE: Final = 230.0


class _Cell(NamedTuple):
    """A code as it is set: its side with the quiet zone, and the lines beside it."""

    symbol: Symbol | None
    alt: str
    side: float
    lines: list[tuple[Style, Glyphs]]


def paint_pay_codes(flow: Flow) -> None:
    """The block `pay_codes`: what a phone reads, side by side; the Swiss slip comes at the foot of the page."""
    if flow.end_aside():
        return
    codes = codes_for(flow.document)
    for code in codes:
        if code.pay.kind == SWISS_BILL:
            flow.at_end = partial(draw_slip, flow, code)
    cells = [code for code in codes if code.pay.kind != SWISS_BILL]
    if not cells:
        return
    width = (flow.place.measure - _GAP * (len(cells) - 1)) / max(len(cells), 2)
    _paint(flow, [_pay_cell(flow, code, width) for code in cells], width)


def paint_code_aside(flow: Flow) -> None:
    """A single code at the right of the words on how to pay, which are set narrower; `paint_pay_codes` then ends it.

    Draws nothing where there is another number of codes, or no room beside or below: then they come after the words.
    """
    document = flow.document
    ways = pay_codes(document)
    if len(ways) != 1 or ways[0].kind in (SWISS_BILL, LINK) or first_part(document)[1]:
        return
    (code,) = codes_of(document, ways)
    # What it is for, and how much, the words beside it say.
    cell = _Cell(code.symbol, flow.words.scan_to_pay, _side_of(code), [])
    styles = flow.styles
    said = styles.small.wrap(flow.words.scan_to_pay, cell.side)
    height = cell.side + styles.small.leading * len(said)
    room = flow.place.measure - cell.side - 2 * _GAP
    if room < _LEAST_BESIDE or not flow.fits(_ASIDE_ABOVE + height):
        return
    x, top = flow.place.right - cell.side, flow.y - _ASIDE_ABOVE
    _paint_cell(flow, cell, x, top)
    flow.tags.begin("P")
    y = top - cell.side
    for line in said:
        flow.sheet.place(
            styles.small, x + (cell.side - line[1] * styles.small.per) / 2, y - styles.small.size + 4, line
        )
        y -= styles.small.leading
    flow.tags.end()
    flow.set_aside(cell.side + 2 * _GAP, top - height)


def paint_registration(flow: Flow) -> None:
    """The block `registration`: IRN, acknowledgement and the signed code (CGST Rules, rule 46(r))."""
    document = flow.document
    registration = document.registration if isinstance(document, Document) else None
    if registration is None:
        return
    symbol = qr_symbol(registration.signed_qr.encode(), "L", LARGEST)
    side = max(_SIDE, (symbol.size + 2 * QUIET) * _SMALLEST_MODULE)
    room = flow.place.measure - side - _GAP
    words, styles = flow.words, flow.styles
    lines = [(styles.strong, line) for line in styles.strong.wrap(words.registered, room)]
    for label, value in (
        ("IRN", registration.irn),
        (words.ack_number, registration.ack_number),
        (words.ack_date, _moment(flow, registration.ack_at)),
    ):
        if value:
            lines.append((styles.small, styles.small.face[label]))
            lines += [(styles.text, line) for line in styles.text.wrap(value, room)]
    _paint(flow, [_Cell(symbol, words.signed_code, side, lines)], flow.place.measure)
    flow.y -= _BELOW


def _moment(flow: Flow, text: str) -> str:
    """Day and minute as the document writes them, from the portal's “2026-05-31 10:11:00”; as told where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{flow.writer.day(moment.date())} {moment:%H:%M}"


def _pay_cell(flow: Flow, code: Code, width: float) -> _Cell:
    side = _side_of(code)
    room = width - side - _GAP
    styles, words, writer = flow.styles, flow.words, flow.writer
    amount = writer.money(code.pay.amount or 0)
    lines = [
        (styles.strong, line)
        for line in styles.strong.wrap(words.pay_online if code.pay.kind == LINK else words.scan_to_pay, room)
    ]
    lines += [(styles.text, line) for line in styles.text.wrap(amount, room)]
    parts = first_part(flow.document)[1]
    if parts:
        said = f"{words.instalment} {words.of_instalments.format(number=1, count=parts)}"
        lines += [(styles.small, line) for line in styles.small.wrap(said, room)]
    if code.text:
        lines += [(styles.small, line) for line in styles.small.wrap(code.text, room)]
    # The amount stands beside it: a description of its own would give each document a structure of its own.
    return _Cell(code.symbol, words.scan_to_pay, side, lines)


def _side_of(code: Code) -> float:
    """As large as its modules must be, the quiet zone included."""
    modules = (code.symbol.size if code.symbol else _DRAFT_MODULES) + 2 * QUIET
    return max(_SIDE, modules * _LEAST_MODULE)


def _paint(flow: Flow, cells: list[_Cell], width: float) -> None:
    height = max(max(cell.side, sum(style.leading for style, _line in cell.lines)) for cell in cells)
    flow.gap(_ABOVE)
    flow.need(height)
    top, x = flow.y, flow.place.left
    for cell in cells:
        _paint_cell(flow, cell, x, top)
        x += width + _GAP
    flow.y = top - height


def _paint_cell(flow: Flow, cell: _Cell, x: float, top: float) -> None:
    tags, sheet = flow.tags, flow.sheet
    tags.begin("Figure", cell.alt)
    if cell.symbol:
        # The quiet zone begins at the margin's edge, so that the code itself keeps its distance from everything.
        module = cell.side / (cell.symbol.size + 2 * QUIET)
        inner = cell.symbol.size * module
        sheet.picture(symbol_operators(cell.symbol, x + QUIET * module, top - cell.side + QUIET * module, inner))
    else:
        sheet.picture(frame_operators(x, top - cell.side, cell.side))
    tags.end()
    if not cell.lines:
        return
    y = top - (cell.side * QUIET / (cell.symbol.size + 2 * QUIET) if cell.symbol else 0)
    tags.begin("P")
    for style, line in cell.lines:
        sheet.place(style, x + cell.side + _GAP, y - style.size, line)
        y -= style.leading
    tags.end()
