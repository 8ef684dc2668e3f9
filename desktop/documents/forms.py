"""The forms that a document leaves the house in: paper as a PDF, the same with its e-invoice inside, and e-invoices."""

from __future__ import annotations

from typing import Final

from desktop.domain.document import Document
from desktop.domain.letter import Letter

FORMS: Final = ("pdf", "facturx", "xrechnung", "xrechnung_ubl", "ubl")
_ALIASES: Final = {"peppol": "ubl", "xrechnung-ubl": "xrechnung_ubl", "zugferd": "facturx"}
_ON_PAPER: Final = ("pdf", "facturx")


def form_named(name: str) -> str:
    """The form that people call so. KeyError where nobody does."""
    form = _ALIASES.get(name, name)
    if form not in FORMS:
        raise KeyError(name)
    return form


def on_paper(form: str) -> bool:
    """Whether the form has pages, so that it is set with fonts and a template."""
    return form in _ON_PAPER


def ending(form: str) -> str:
    return ".pdf" if on_paper(form) else ".xml"


def enclosed(document: Document | Letter, form: str) -> bytes:
    """The e-invoice inside the PDF, empty for plain paper and for letters."""
    if form != "facturx" or isinstance(document, Letter):
        return b""
    from desktop.documents.einvoice.cii import cii_xml

    return cii_xml(document, "facturx")


def einvoice_as(document: Document, form: str) -> bytes:
    """The e-invoice in a form of EINVOICES, whether it goes inside a PDF or alone."""
    return enclosed(document, form) or einvoice(document, form_named(form))


def einvoice(document: Document, form: str) -> bytes:
    """The e-invoice that is a file of its own."""
    if form == "xrechnung":
        from desktop.documents.einvoice.cii import cii_xml

        return cii_xml(document, "xrechnung")
    from desktop.documents.einvoice.ubl import ubl_xml

    return ubl_xml(document, "peppol" if form == "ubl" else "xrechnung")
