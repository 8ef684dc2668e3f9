"""The sums: net, tax by group, what was paid before and what is to be paid; and taxes as a table of their own."""

from __future__ import annotations

from typing import NamedTuple, cast

from desktop.documents.flow import Flow
from desktop.documents.sheet import Piece, Style
from desktop.domain.document import Document, DocumentTax

_GAP = 13.0
_ROW_GAP = 2.5
_ABOVE_EMPHASIS = 10.0
_ABOVE_TOTAL = 3.0
_COLUMN_GAP = 22.0
_LEAST_GAP = 8.0
_LEAST_FIRST = 60.0
_PARTS = (1.0, 0.85, 0.7, 0.55, 0.4)
_UNTAXED = ("AE", "K", "G", "E", "O")


class Total(NamedTuple):
    """A row of the totals: label, what it is reckoned on, amount, and whether it is the one that matters."""

    label: str
    basis: str
    amount: str
    emphasis: bool = False
    above: bool = False


class Totals(NamedTuple):
    """The block of totals, measured before the table is drawn, so that its last line can stay with it."""

    rows: list[Total]
    left: float
    right: float
    beneath: bool
    amounts: float
    height: float


def measure_totals(flow: Flow, rows: list[Total]) -> Totals:
    styles, place = flow.styles, flow.place
    plain = styles.text
    amounts = bases = labels = alone = 0.0
    height = 8.0
    for row in rows:
        style = styles.payable if row.emphasis else plain
        face, per = style.face, style.per
        label, amount = face[row.label][1] * per, face[row.amount][1] * per
        alone = max(alone, label + _GAP + amount)
        height += style.leading + _ROW_GAP
        if row.emphasis:
            height += _ABOVE_EMPHASIS
        else:
            amounts, labels = max(amounts, amount), max(labels, label)
            if row.basis:
                bases = max(bases, plain.width(row.basis))
            height += _ABOVE_TOTAL if row.above else 0
    needed = max(alone, labels + bases + amounts + 2 * _GAP) if bases else alone
    right = place.right - flow.inset
    # Amounts of many digits may want more than a line has: then the basis moves under its label.
    beneath = right - needed < place.left
    if beneath:
        needed = min(alone, right - place.left)
        height += (plain.leading + _ROW_GAP) * len(rows)
    usual = max(needed, right - place.axis)
    side = flow.block.side
    if side == "left":
        left = place.left + flow.inset
    elif side == "centre":
        left = max(place.left, (place.left + place.right - usual) / 2)
    else:
        left = right - usual
    left = max(place.left, left)
    return Totals(rows, left, min(left + usual, right), beneath, amounts, height)


def totals_of(flow: Flow) -> Totals:
    """The totals in the styles of the part that is being drawn, measured once: the table asks before they are drawn."""
    known = flow.measured
    if known and known[0] is flow.styles and known[1] is flow.block:
        return cast(Totals, known[2])
    found = measure_totals(flow, total_rows(flow))
    flow.measured = flow.styles, flow.block, found
    return found


def paint_totals(flow: Flow) -> None:
    draw_totals(flow, totals_of(flow))


def draw_totals(flow: Flow, totals: Totals) -> None:
    styles, tags = flow.styles, flow.tags
    plain, left, right = styles.text, totals.left, totals.right
    flow.gap(0)
    flow.need(min(totals.height, flow.place.page_body - flow.bottom))
    flow.y -= 4
    tags.begin("Table")
    for row in totals.rows:
        style = styles.payable if row.emphasis else plain
        flow.need(style.leading + _ABOVE_EMPHASIS)
        if row.emphasis:
            flow.sheet.rule(left, flow.y - _ABOVE_EMPHASIS + 4, right - left, 1.2, flow.accent)
            flow.y -= _ABOVE_EMPHASIS
        elif row.above:
            flow.sheet.rule(left, flow.y - 1, right - left, 0.5)
            flow.y -= _ABOVE_TOTAL
        base = f"{flow.y - style.size - 1:.2f}"
        face = style.face
        amount = face[row.amount]
        cells: list[Piece] = [(True, style, left, base, face[row.label])]
        if row.basis and not totals.beneath:
            basis = plain.face[row.basis]
            cells.append((True, plain, right - totals.amounts - _GAP - basis[1] * plain.per, base, basis))
        cells.append((True, style, right - amount[1] * style.per, base, amount))
        if row.basis and totals.beneath:
            flow.y -= plain.leading + _ROW_GAP
            cells.append((True, plain, left, f"{flow.y - plain.size - 1:.2f}", plain.face[row.basis]))
        tags.begin("TR")
        flow.sheet.cells("TD", cells)
        tags.end()
        flow.y -= style.leading + _ROW_GAP
    tags.end()
    flow.y -= 4


def total_rows(flow: Flow) -> list[Total]:
    document, words, writer = flow.document, flow.words, flow.writer
    assert isinstance(document, Document)
    rows = [Total(words.net, "", writer.amount(document.net))]
    for group in document.taxes:
        # What lies on the whole net would say the same figure twice.
        known = group.basis == document.net and (len(document.taxes) == 1 or bool(group.name))
        basis = "" if known else f"{words.tax_on} {writer.amount(group.basis)}"
        rows.append(Total(_group_name(flow, group), basis, writer.amount(group.tax)))
    payable = words.credited if document.kind == "credit_note" else words.payable
    if document.payable != document.gross or document.prepaid or document.rounding:
        rows.append(Total(f"{words.total} {document.currency}", "", writer.amount(document.gross), above=True))
    if document.prepaid:
        rows.append(Total(words.prepaid, "", writer.amount(-document.prepaid)))
    if document.rounding:
        rows.append(Total(words.rounding, "", writer.amount(document.rounding)))
    rows.append(Total(payable, "", f"{document.currency} {writer.amount(document.payable)}", emphasis=True))
    if document.tax_currency and document.tax_in_tax_currency is not None:
        label = words.tax_in.format(tax=flow.tax, currency=document.tax_currency)
        amount = flow.look.writers[document.tax_currency].amount(document.tax_in_tax_currency)
        rows.append(Total(label, "", amount))
    return rows


def _group_name(flow: Flow, group: DocumentTax) -> str:
    if group.category in _UNTAXED:
        return flow.words.untaxed[group.category].format(tax=flow.tax)
    return f"{group.name or flow.tax} {flow.writer.percent(group.rate)}"


def paint_tax_summary(flow: Flow) -> None:
    """Each tax with its rate, what it lies on, and its amount."""
    document, words, writer = flow.document, flow.words, flow.writer
    assert isinstance(document, Document)
    if not document.taxes:
        return
    columns = [
        (flow.tax, [_group_name(flow, group) for group in document.taxes]),
        (words.basis, [writer.amount(group.basis) for group in document.taxes]),
        (flow.tax, [writer.amount(group.tax) for group in document.taxes]),
        (words.total, [writer.amount(group.basis + group.tax) for group in document.taxes]),
    ]
    if len({group.basis for group in document.taxes}) < len(document.taxes) and any(g.name for g in document.taxes):
        # Taxes that share a basis have no total of their own.
        columns.pop()
    flow.gap(8)
    draw_small_table(flow, columns, 1)


def draw_small_table(flow: Flow, columns: list[tuple[str, list[str]]], texts: int) -> None:
    """A table below the main one, as wide as it must be; the first so many columns are texts, the others figures."""
    style, small, place, tags = flow.styles.text, flow.styles.small, flow.place, flow.tags
    gaps = _LEAST_GAP * (len(columns) - 1)
    # Figures are never cut: type becomes smaller where they want more than the page has.
    for part in _PARTS:
        if part != 1:
            style, small = flow.styles.text.smaller(part), flow.styles.small.smaller(part)
        widths = [max(small.width(head), *[style.width(cell) for cell in cells]) for head, cells in columns]
        over = sum(widths) + gaps - place.measure
        if over <= 0 or widths[0] - over >= _LEAST_FIRST:
            break
    # A text too wide for the page is cut into lines.
    if over > 0:
        widths[0] = max(_LEAST_FIRST, widths[0] - over)
    gap = min(_COLUMN_GAP, (place.measure - sum(widths)) / max(len(columns) - 1, 1))
    left = flow.begin(sum(widths) + gap * (len(columns) - 1))
    starts = [left + sum(widths[:number]) + gap * number for number in range(len(columns))]
    flow.need(2 * (small.leading + style.leading) + 3)
    tags.begin("Table")
    _small_row(flow, small, [head for head, _ in columns], starts, widths, texts, "TH")
    flow.y -= 1
    flow.sheet.rule(left, flow.y, starts[-1] + widths[-1] - left, 0.5)
    flow.y -= 2
    for number in range(len(columns[0][1])):
        flow.need(style.leading + 2)
        _small_row(flow, style, [cells[number] for _, cells in columns], starts, widths, texts, "TD")
        flow.y -= 2
    tags.end()
    flow.y -= 4


def _small_row(
    flow: Flow, style: Style, cells: list[str], starts: list[float], widths: list[float], texts: int, role: str
) -> None:
    flow.tags.begin("TR")
    rows = 1
    for number, (cell, x, width) in enumerate(zip(cells, starts, widths, strict=True)):
        flow.tags.begin(role)
        lines = style.wrap(cell, width + 0.01) if number < texts else [style.face[cell]]
        rows = max(rows, len(lines))
        y = flow.y - style.size
        for line in lines:
            flow.sheet.place(style, x if number < texts else x + width - line[1] * style.per, y, line)
            y -= style.leading
        flow.tags.end()
    flow.tags.end()
    flow.y -= rows * style.leading
