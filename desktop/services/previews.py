"""A document's PDF as bytes, for the eye: a draft as it would be issued, an issued one as it went out."""

from __future__ import annotations

from db.engine import Book
from desktop.documents.render import render_pdf
from desktop.services.documents import document, draft_document


def draft_pdf(book: Book, draft_id: int) -> bytes:
    """Marked as a draft, without a number. UserError where the draft is gone."""
    return render_pdf(*draft_document(book, draft_id))


def invoice_pdf(book: Book, invoice_id: int) -> bytes:
    """The same bytes as `documents.render` writes."""
    return render_pdf(*document(book, invoice_id))
