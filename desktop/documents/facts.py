"""The facts that stand beside the address or in a row above the table: which there are, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from desktop.documents.address import postal_lines
from desktop.documents.flow import Flow
from desktop.domain.document import Document, Party

Fact = tuple[str, str]
"""A label and its value; without a value it is not shown."""


def document_facts(flow: Flow) -> list[Fact]:
    """What the template chose, in its order."""
    return [FACT_TEXTS[name](flow, flow.document) for name in flow.layout.facts]  # type: ignore[arg-type]


def _due(flow: Flow, document: Document) -> Fact:
    words = flow.words
    if document.instalments:
        return words.payment, words.in_parts.format(count=len(document.instalments))
    return words.due, "" if document.kind == "credit_note" else flow.writer.day(document.due_date)


def _period(flow: Flow, document: Document) -> Fact:
    start, end = document.period_start, document.period_end
    return flow.words.period, flow.writer.span(start, end) if start and end else ""


def _supply_date(flow: Flow, document: Document) -> Fact:
    # The end of the period is the day of supply, unless it is another.
    told = (document.issue_date, document.period_end and document.period_end - timedelta(days=1))
    supplied = document.tax_date if document.tax_date not in told else None
    return flow.words.supply_date, flow.writer.day(supplied) if supplied else ""


def _certificate(flow: Flow, document: Document) -> Fact:
    exempt = any(group.category == "E" for group in document.taxes)
    return flow.words.certificate, document.buyer.certificate if exempt else ""


def _delivery(flow: Flow, document: Document) -> Fact:
    to = document.delivery
    if to is None:
        return flow.words.delivery, ""
    country = flow.writer.country(to.country) if to.country and to.country != document.seller.country else ""
    return flow.words.delivery, ", ".join(filter(None, (to.name, *postal_lines(to), country)))


def _tax_id(flow: Flow, party: Party, indian: str, usual: str) -> Fact:
    """India knows the number by its name alone (CGST Rules, rule 46)."""
    return indian if party.country == "IN" else usual.format(tax=flow.tax), party.tax_id


FACT_TEXTS: Mapping[str, Callable[[Flow, Document], Fact]] = {
    "number": lambda flow, document: (flow.words.number, document.number or flow.words.draft),
    "date": lambda flow, document: (flow.words.date, flow.writer.day(document.issue_date)),
    "due": _due,
    "period": _period,
    "supply_date": _supply_date,
    "client_code": lambda flow, document: (flow.words.client_code, document.buyer.code),
    "po_number": lambda flow, document: (flow.words.po_number, document.po_number),
    "reference": lambda flow, document: (flow.words.reference, document.buyer_reference),
    "agreement": lambda flow, document: (flow.words.agreement, document.agreement),
    "project": lambda flow, document: (flow.words.project, document.project),
    "our_tax_id": lambda flow, document: _tax_id(flow, document.seller, flow.words.our_gstin, flow.words.our_tax_id),
    "your_tax_id": lambda flow, document: _tax_id(flow, document.buyer, flow.words.your_gstin, flow.words.your_tax_id),
    "place": lambda flow, document: (flow.words.place, document.buyer.place),
    "certificate": _certificate,
    "delivery": _delivery,
}
