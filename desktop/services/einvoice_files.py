"""Issued documents as e-invoices that a person asks for: which forms each can take, and one of them as a file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from db.engine import Book
from db.files import in_words
from desktop.documents.forms import ending, form_named
from desktop.domain.document import EINVOICES, Document
from desktop.domain.einvoice_form import NONE
from desktop.errors import UserError
from desktop.services.delivery.kept import file_of
from desktop.services.documents import documents
from desktop.services.einvoice_fit import unfit


@dataclass(frozen=True, slots=True)
class Offer:
    """A form of EINVOICES with its file's ending, how many of the documents can take it, and why the first that cannot
    does not."""

    form: str
    ending: str
    fit: int
    problem: UserError | None


def einvoice_offers(book: Book, invoice_ids: Iterable[int]) -> list[Offer]:
    """Every form of e-invoice, the one that most of the documents were issued for before the others."""
    read = [found for found, _template in documents(book, invoice_ids)]
    meant = [found.einvoice for found in read]
    forms = [form for form in EINVOICES if form != NONE]
    return [_offer(form, read) for form in sorted(forms, key=lambda form: -meant.count(form))]


def _offer(form: str, read: list[Document]) -> Offer:
    problems = [problem for found in read if (problem := unfit(found, form_named(form)))]
    return Offer(form, ending(form_named(form)), len(read) - len(problems), problems[0] if problems else None)


def save_einvoice(book: Book, invoice_id: int, form: str, path: Path) -> None:
    """Write an issued document in a form of EINVOICES to a file, as it went out, in place of one of that name.

    UserError where the document cannot take the form, and where the file cannot be written.
    """
    content = file_of(book, invoice_id, form_named(form)).content
    try:
        path.write_bytes(content)
    except OSError as error:
        raise in_words(path, error) from error
