"""Which painter draws which part of the body, for documents and for letters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from desktop.documents.deposits import paint_deposits
from desktop.documents.facts import Fact, document_facts
from desktop.documents.flow import Flow, Paper
from desktop.documents.instalments import paint_instalments
from desktop.documents.letters.parts import LETTER_PAINTERS, letter_facts, letter_title, letter_totals_height
from desktop.documents.notes import paint_notes
from desktop.documents.paycodes.block import paint_pay_codes, paint_registration
from desktop.documents.payment import paint_payment, paint_terms
from desktop.documents.table import paint_table
from desktop.documents.totals import paint_tax_summary, paint_totals, totals_of
from desktop.documents.wording import (
    paint_amount_in_words,
    paint_closing,
    paint_introduction,
    paint_signature,
    paint_subject,
)
from desktop.domain.document import Document
from desktop.domain.letter import Letter

Painter = Callable[[Flow], None]
"""Draws one part of the body where the flow stands, and leaves it below; it draws nothing where there is nothing."""


class Parts(NamedTuple):
    """What differs between kinds of papers: the painter of each part of the body, the title, the facts beside the
    address, and how high the totals are, which the end of the table keeps room for."""

    painters: Mapping[str, Painter]
    title: Callable[[Flow], str]
    facts: Callable[[Flow], list[Fact]]
    totals_height: Callable[[Flow], float]


def _document_title(flow: Flow) -> str:
    """In India an invoice that charges tax is called a tax invoice (CGST Act, section 31)."""
    document = flow.document
    indian = document.seller.country == "IN" and bool(document.seller.tax_id)
    if indian and document.kind == "invoice" and isinstance(document, Document) and document.tax:
        return flow.words.tax_invoice
    return flow.words.title(document.kind)


DOCUMENT_PARTS = Parts(
    painters={
        "subject": paint_subject,
        "introduction": paint_introduction,
        "table": paint_table,
        "totals": paint_totals,
        "tax_summary": paint_tax_summary,
        "amount_in_words": paint_amount_in_words,
        "deposits": paint_deposits,
        "notes": paint_notes,
        "terms": paint_terms,
        "instalments": paint_instalments,
        "registration": paint_registration,
        "payment": paint_payment,
        "pay_codes": paint_pay_codes,
        "closing": paint_closing,
        "signature": paint_signature,
    },
    title=_document_title,
    facts=document_facts,
    totals_height=lambda flow: totals_of(flow).height,
)


LETTER_PARTS = Parts(LETTER_PAINTERS, letter_title, letter_facts, letter_totals_height)


def parts_of(paper: Paper) -> Parts:
    return LETTER_PARTS if isinstance(paper, Letter) else DOCUMENT_PARTS
