"""The deposits that a final invoice deducts, with the net and the tax of each (UStG section 14(5))."""

from __future__ import annotations

from desktop.documents.flow import Flow
from desktop.documents.totals import draw_small_table
from desktop.domain.document import Document


def paint_deposits(flow: Flow) -> None:
    document, words, writer, styles = flow.document, flow.words, flow.writer, flow.styles
    assert isinstance(document, Document)
    if not document.deposits:
        return
    flow.gap(8)
    flow.need(3 * styles.text.leading + 10)
    flow.tags.begin("H2")
    flow.lines(styles.strong, [styles.strong.face[words.deposits]])
    flow.tags.end()
    flow.y -= 3
    columns = [
        (words.deposit_number, [number for number, *_ in document.deposits]),
        (words.date, [writer.day(day) for _, day, *_ in document.deposits]),
        (words.net, [writer.amount(net) for _, _, net, _, _ in document.deposits]),
        (flow.tax, [writer.amount(tax) for _, _, _, tax, _ in document.deposits]),
        (words.total, [writer.amount(gross) for *_, gross in document.deposits]),
    ]
    draw_small_table(flow, columns, 2)
