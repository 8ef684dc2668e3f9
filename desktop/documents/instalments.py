"""The table of a document that is due in parts: each instalment with its share, its day and its amount."""

from __future__ import annotations

from decimal import Decimal

from desktop.documents.flow import Flow

_GAP = 22.0
_ROW_GAP = 2.0


def keep_with(flow: Flow) -> None:
    """Turn the page where the sentence above the table would stand alone at its foot."""
    if not flow.fits(3 * flow.styles.text.leading + 2 * (flow.styles.small.leading + _ROW_GAP)):
        flow.turn()


def draw_instalments(flow: Flow) -> None:
    document, words, writer = flow.document, flow.words, flow.writer
    count = len(document.instalments)
    places = range(1, count + 1)
    columns = [(words.instalment, [words.of_instalments.format(number=place, count=count) for place in places])]
    shares = _shares(document.payable, [amount for _day, amount in document.instalments])
    if shares:
        columns.append((words.share, [writer.percent(share) for share in shares]))
    columns.append((words.due, [writer.day(day) for day, _amount in document.instalments]))
    if document.number:
        columns.append((words.payment_reference, [f"{document.number}/{place}" for place in places]))
    columns.append((words.amount, [writer.amount(amount) for _day, amount in document.instalments]))
    _draw(flow, columns, {words.share, words.amount})


def _draw(flow: Flow, columns: list[tuple[str, list[str]]], right: set[str]) -> None:
    style, small, place = flow.styles.text, flow.styles.small, flow.place
    widths = [max(small.width(head), *(style.width(cell) for cell in cells)) for head, cells in columns]
    # Where the page is narrow the columns move together before anything is cut.
    gap = min(_GAP, (place.measure - sum(widths)) / max(1, len(columns) - 1))
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
