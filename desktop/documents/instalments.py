"""The table of a document that is due in parts: each instalment with its share, its day and its amount."""

from __future__ import annotations

from decimal import Decimal

from desktop.documents.flow import Flow

_Column = tuple[str, list[str]]

_GAP = 22.0
_LEAST_GAP = 8.0
_ROW_GAP = 2.0


def keep_with(flow: Flow) -> None:
    """Turn the page where the sentence above the table would stand alone at its foot."""
    if not flow.fits(3 * flow.styles.text.leading + 2 * (flow.styles.small.leading + _ROW_GAP)):
        flow.turn()


def draw_instalments(flow: Flow) -> None:
    document, words, writer = flow.document, flow.words, flow.writer
    count = len(document.instalments)
    places = range(1, count + 1)
    columns: list[_Column] = [
        (words.instalment, [words.of_instalments.format(number=place, count=count) for place in places])
    ]
    shares = _shares(document.payable, [amount for _day, amount in document.instalments])
    if shares:
        columns.append((words.share, [writer.percent(share) for share in shares]))
    columns.append((words.due, [writer.day(day) for day, _amount in document.instalments]))
    if document.number:
        columns.append((words.payment_reference, [f"{document.number}/{place}" for place in places]))
    columns.append((words.amount, [writer.amount(amount) for _day, amount in document.instalments]))
    if _gap(flow, columns) < _LEAST_GAP:
        # Very long numbers: the reference below the table is that of the whole document.
        columns = [column for column in columns if column[0] != words.payment_reference]
    _draw(flow, columns, {words.share, words.amount})


def _widths(flow: Flow, columns: list[_Column]) -> list[float]:
    style, small = flow.styles.text, flow.styles.small
    return [max(small.width(head), *(style.width(cell) for cell in cells)) for head, cells in columns]


def _gap(flow: Flow, columns: list[_Column]) -> float:
    """Between two columns; they move together where the page is narrow."""
    return min(_GAP, (flow.place.measure - sum(_widths(flow, columns))) / (len(columns) - 1))


def _draw(flow: Flow, columns: list[_Column], right: set[str]) -> None:
    style, small, place = flow.styles.text, flow.styles.small, flow.place
    widths, gap = _widths(flow, columns), _gap(flow, columns)
    flow.y -= 2
    y, x = flow.y - small.size, place.left
    for (head, _cells), width in zip(columns, widths, strict=True):
        if head in right:
            flow.sheet.right(small, x + width, y, head)
        else:
            flow.sheet.left(small, x, y, head)
        x += width + gap
    flow.y -= small.leading + 1
    flow.sheet.rule(place.left, flow.y, x - gap - place.left, 0.5)
    flow.y -= 2
    for row in range(len(columns[0][1])):
        if not flow.fits(style.leading + _ROW_GAP):
            flow.turn()
        y, x = flow.y - style.size, place.left
        for (head, cells), width in zip(columns, widths, strict=True):
            if head in right:
                flow.sheet.right(style, x + width, y, cells[row])
            else:
                flow.sheet.left(style, x, y, cells[row])
            x += width + gap
        flow.y -= style.leading + _ROW_GAP
    flow.y -= 4


def _shares(payable: int, amounts: list[int]) -> list[Decimal]:
    """Each amount in percent; none at all where one does not come out within a decimal, but for its own rounding."""
    found = [Decimal((amount * 2000 + payable) // (2 * payable)) / 10 for amount in amounts]
    exact = all(abs(share * payable / 100 - amount) < 1 for share, amount in zip(found, amounts, strict=True))
    return found if exact and sum(found) == 100 else []
