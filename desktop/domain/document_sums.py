"""Whether the figures on a document are those that its own lines give."""

from __future__ import annotations

from desktop.domain.document import Document, DocumentLine
from desktop.domain.invoice import LineFigures, line_net, totals


def adds_up(document: Document) -> bool:
    """Lines (Peppol R120), tax groups (BR-CO-17) and sums (BR-CO-10 to 16) to the minor unit."""
    sums = totals(
        [(line.category, line.rate, line.net, ()) for line in document.lines],
        prepaid=document.prepaid,
        rounding=document.rounding,
    )
    return (
        (sums.net, sums.tax, sums.gross, sums.payable) == (document.net, document.tax, document.gross, document.payable)
        and sorted((group.category, group.rate, group.basis, group.tax) for group in sums.taxes)
        == sorted((tax.category, tax.rate, tax.basis, tax.tax) for tax in document.taxes)
        and all(_line_adds_up(line, document.currency) for line in document.lines)
    )


def _line_adds_up(line: DocumentLine, currency: str) -> bool:
    figures = LineFigures(
        line.quantity, line.unit_price, line.category, line.rate, line.base_quantity, line.allowance, line.charge
    )
    return line_net(figures, currency) == line.net
