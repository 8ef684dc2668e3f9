"""The files of a mail: what each row of the outbox takes along, under which names, and about how large."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from db.queries import mails as queries
from desktop.documents.forms import ending, on_paper
from desktop.domain.file_names import safe_name

WITH_PDF: Final = "delivery.with_pdf"
"""Whether an e-invoice that is a file of its own takes the PDF along, for people to read."""
_PDF: Final = "pdf"
_XRECHNUNG: Final = ("xrechnung", "xrechnung_ubl")
# What a file of one page comes to without the logo, and an e-invoice of some lines, in bytes.
_PAGE: Final = 120_000
_XML: Final = 40_000


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file of a mail: an issued document in a form of FORMS, or a letter's file."""

    delivery_id: int
    name: str
    form: str
    invoice_id: int | None = None
    file_id: int | None = None

    def named(self, name: str) -> Enclosure:
        return replace(self, name=name)


def enclosures(
    delivery_id: int, title: str, form: str, invoice_id: int | None, file_id: int | None, *, with_pdf: bool
) -> tuple[Enclosure, ...]:
    """What one row of the outbox takes along."""
    own = Enclosure(delivery_id, file_name(title, form), form, invoice_id, file_id)
    if invoice_id is None or on_paper(form) or not with_pdf:
        return (own,)
    return own, Enclosure(delivery_id, file_name(title, _PDF), _PDF, invoice_id)


def beside_letter(delivery_id: int, facts: str | None) -> tuple[Enclosure, ...]:
    """What a letter takes along beside its own file, by what was noted of it."""
    told = json.loads(facts).get("enclose", ()) if facts else ()
    return tuple(
        Enclosure(delivery_id, file_name(one["title"], _PDF), _PDF, one["invoice_id"], one["file_id"]) for one in told
    )


def file_name(title: str, form: str) -> str:
    """A file's name on any system, which says what is in it: readers of e-invoices look for these words."""
    base = safe_name(title) or "document"
    if form == "facturx":
        base += "_factur-x"
    elif form in _XRECHNUNG:
        base = f"xrechnung-{base}"
    elif form != _PDF:
        base = f"{form}-{base}"
    return base + ending(form)


class Sizes:
    """About how many bytes a document has before it is rendered; more rather than less."""

    def __init__(self, connection: Connection) -> None:
        self._page = _PAGE + int(queries.largest_logo(connection)[0][0])

    def of(self, form: str) -> int:
        return self._page if on_paper(form) else _XML
