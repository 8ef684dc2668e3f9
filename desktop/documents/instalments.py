"""The table of a document that is due in parts: each instalment with its share, its day and its amount."""

from __future__ import annotations

from decimal import Decimal

from desktop.documents.flow import Flow
from desktop.documents.payment import paint_conditions
from desktop.documents.totals import draw_small_table
from desktop.domain.document import Document

_LEAST_GAP = 8.0


def paint_instalments(flow: Flow) -> None:
    document, words, writer = flow.document, flow.words, flow.writer
    assert isinstance(document, Document)
    if not document.instalments:
        return
    count = len(document.instalments)
    places = range(1, count + 1)
    # Texts before figures: what is read first is which part falls due when.
    columns = [(words.instalment, [words.of_instalments.format(number=place, count=count) for place in places])]
    columns.append((words.due, [writer.day(day) for day, _amount in document.instalments]))
    if document.number:
        columns.append((words.payment_reference, [f"{document.number}/{place}" for place in places]))
        if not _fits(flow, columns):
            # Very long numbers: the reference below the table is that of the whole document.
            columns.pop()
    texts = len(columns)
    shares = _shares(document.payable, [amount for _day, amount in document.instalments])
    if shares:
        columns.append((words.share, [writer.percent(share) for share in shares]))
    columns.append((words.amount, [writer.amount(amount) for _day, amount in document.instalments]))
    flow.gap(2)
    draw_small_table(flow, columns, texts)
    if flow.layout.block("terms").shown:
        paint_conditions(flow, document)


def _fits(flow: Flow, columns: list[tuple[str, list[str]]]) -> bool:
    """Whether the texts leave half of the page to the figures."""
    style = flow.styles.text
    wide = sum([max([style.width(cell) for cell in [head, *cells]]) + _LEAST_GAP for head, cells in columns])
    return wide <= flow.place.measure * 0.65


def _shares(payable: int, amounts: list[int]) -> list[Decimal]:
    """Each amount in percent; none at all where one does not come out within a decimal, but for its own rounding."""
    found = [Decimal((amount * 2000 + payable) // (2 * payable)) / 10 for amount in amounts]
    exact = all(abs(share * payable / 100 - amount) < 1 for share, amount in zip(found, amounts, strict=True))
    return found if exact and sum(found) == 100 else []
