"""One document's PDF: a draft as it would be issued, an issued one as it went out, for the eye or as a file."""

from __future__ import annotations

from pathlib import Path

from db.engine import Book
from db.files import in_words
from desktop.documents.render import render_pdf
from desktop.services.delivery.kept import file_of
from desktop.services.documents import draft_document


def draft_pdf(book: Book, draft_id: int) -> bytes:
    """Marked as a draft, without a number. UserError where the draft is gone."""
    return render_pdf(*draft_document(book, draft_id))


def invoice_pdf(book: Book, invoice_id: int) -> bytes:
    """As it went out, else the same bytes as `document_files.render` writes."""
    return file_of(book, invoice_id).content


def save_pdf(book: Book, invoice_id: int, path: Path) -> None:
    """Write those bytes to a file, in place of one of that name. UserError where it cannot be written."""
    _write(path, invoice_pdf(book, invoice_id))


def save_draft_pdf(book: Book, draft_id: int, path: Path) -> None:
    """As `save_pdf`, of a draft and marked as one."""
    _write(path, draft_pdf(book, draft_id))


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise in_words(path, error) from error
