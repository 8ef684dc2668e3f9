"""What a template would print: the firm's own documents, a short and a long one, or a sample while there are none."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.document import Document, TemplateVersion
from desktop.domain.letter import LETTER_KINDS, Letter
from desktop.domain.template import FIELDS, Layout
from desktop.errors import UserError
from desktop.i18n import N_, _
from desktop.services.templates.sample_document import sample_document
from desktop.services.templates.words import KIND_WORDS, word

_LATEST: Final = 400
_BRACES: Final = re.compile(r"\{([^{}]*)\}|[{}]")
SUBJECT_WORDS: Final = {
    "short": N_("A short invoice"),
    "long": N_("A long invoice"),
    "credit_note": N_("A credit note"),
    "draft": N_("A draft"),
    "sample": N_("A sample invoice"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A document to look at: `what` is of SUBJECT_WORDS, `id` that of an invoice or draft, `name` its number."""

    what: str
    id: int = 0
    name: str = ""


def subjects(book: Book) -> list[Subject]:
    """The firm's own documents that show most of a template; the sample is always there, as the last."""
    with book.reading() as session:
        connection = session.connection()
        rows = connection.exec_driver_sql(
            """SELECT i.id, i.number, count(*) FROM (
                SELECT id, number FROM invoice WHERE kind = 'invoice' ORDER BY id DESC LIMIT ?) i
            JOIN invoice_line l ON l.invoice_id = i.id GROUP BY i.id ORDER BY 3, 1 DESC""",
            (_LATEST,),
        ).fetchall()
        note = connection.exec_driver_sql(
            "SELECT id, number FROM invoice WHERE kind = 'credit_note' ORDER BY id DESC LIMIT 1"
        ).fetchone()
        draft = connection.exec_driver_sql(
            """SELECT d.id, c.name FROM draft d JOIN client c ON c.id = d.client_id
            WHERE d.state NOT IN ('issued', 'discarded') ORDER BY d.id DESC LIMIT 1"""
        ).fetchone()
    found = []
    if rows:
        found.append(Subject("short", rows[0][0], rows[0][1]))
    if rows and rows[-1][2] > rows[0][2]:
        found.append(Subject("long", rows[-1][0], rows[-1][1]))
    if note is not None:
        found.append(Subject("credit_note", *note))
    if draft is not None:
        found.append(Subject("draft", *draft))
    return [*found, Subject("sample")]


def preview(
    book: Book, subject: Subject, layout: Layout, logo: bytes, *, today: date, kind: str = "", language: str = ""
) -> bytes:
    """The PDF of a subject by a layout that nobody need have saved.

    `kind` and `language` show it as another kind or in another language; for a kind of letter, the latest one that
    the book can tell. UserError where there is none, or where the layout does not print.
    """
    # The window shows its page first; the engine comes with the first picture.
    from desktop.documents.render import render_pdf

    template = TemplateVersion(0, "", 0, _showing(layout), logo)
    if kind in LETTER_KINDS:
        letter = _letter(book, kind, today)
        return render_pdf(replace(letter, language=language) if language else letter, template)
    shown = _document(book, subject, today)
    if kind and kind != shown.kind:
        shown = replace(shown, kind=kind)
    if language:
        shown = replace(shown, language=language)
    return render_pdf(shown, template)


def _showing(layout: Layout) -> Layout:
    """The layout while a text is typed: a field that there is not yet, or half of one, stands there as it is."""
    shown = tuple(replace(text, text=_BRACES.sub(_as_typed, text.text)) for text in layout.texts)
    return layout if shown == layout.texts else replace(layout, texts=shown)


def _as_typed(found: re.Match[str]) -> str:
    return found[0] if found[1] in FIELDS else found[0].replace("{", "‹").replace("}", "›")


def _document(book: Book, subject: Subject, today: date) -> Document:
    from desktop.services.documents import document, draft_document

    if subject.what == "sample":
        return sample_document(book, today)
    if subject.what == "draft":
        return draft_document(book, subject.id)[0]
    return document(book, subject.id)[0]


def _letter(book: Book, kind: str, today: date) -> Letter:
    """The first letter of the kind that the book can tell of its latest clients, payments and runs."""
    from desktop.services.letters.cover import cover_letter
    from desktop.services.letters.payment_plan import payment_plan
    from desktop.services.letters.receipt import receipt
    from desktop.services.letters.reminder import reminder
    from desktop.services.letters.run_report import run_report
    from desktop.services.letters.statement import statement

    with book.reading() as session:
        connection = session.connection()
        if kind in ("statement", "reminder"):
            keys = _column(
                connection,
                """SELECT DISTINCT i.client_id FROM open_item o JOIN invoice i ON i.id = o.invoice_id
                WHERE o.open > 0 ORDER BY o.due_date LIMIT 8""",
            )
        elif kind == "receipt":
            keys = _column(connection, "SELECT number FROM payment WHERE reverses_id IS NULL ORDER BY id DESC LIMIT 8")
        elif kind == "payment_plan":
            keys = _column(
                connection,
                """SELECT i.number FROM open_item o JOIN invoice i ON i.id = o.invoice_id
                WHERE o.plan_id IS NOT NULL ORDER BY o.plan_id DESC LIMIT 8""",
            )
        elif kind == "run_report":
            keys = _column(connection, "SELECT id FROM run ORDER BY id DESC LIMIT 8")
        else:
            keys = _column(connection, "SELECT number FROM invoice WHERE kind = 'invoice' ORDER BY id DESC LIMIT 8")
        clients: dict[str, int] = dict(
            connection.exec_driver_sql("SELECT number, client_id FROM invoice ORDER BY id DESC LIMIT 8").all()
        )
    make: dict[str, Callable[..., tuple[Letter, TemplateVersion]]] = {
        "statement": lambda key: statement(book, key, as_of=today),
        "reminder": lambda key: reminder(book, key, as_of=today),
        "receipt": lambda key: receipt(book, key, as_of=today),
        "payment_plan": lambda key: payment_plan(book, [key], as_of=today),
        "run_report": lambda key: run_report(book, key, on=today),
        "cover_letter": lambda key: cover_letter(book, clients[key], on=today, numbers=[key]),
    }
    for key in keys:
        try:
            return make[kind](key)[0]
        except UserError:
            continue
    raise UserError(
        _("The book has nothing yet that a letter of this kind would tell: {kind}.").format(
            kind=word(KIND_WORDS, kind)
        ),
        _("Look at another kind; this one looks alike."),
    )


def _column(connection: Connection, sql: str) -> list[object]:
    return [row[0] for row in connection.exec_driver_sql(sql)]
