"""Cover letters: the documents that go to a client together, and what the firm says to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from db.engine import Book
from db.queries import letters as queries
from desktop.domain.letter import LetterColumn, LetterRow, LetterTable, Money, term
from desktop.domain.template import FIELDS, fields_of, half_fields_of
from desktop.errors import UserError
from desktop.i18n import _, ngettext
from desktop.services.letters.correspondence import Made, correspondence
from desktop.services.runs.scope import run_facts

LONGEST_TEXT = 4_000


def cover_letter(
    book: Book,
    client_id: int,
    *,
    on: date,
    numbers: Sequence[str] = (),
    run: str = "",
    text: str = "",
) -> Made:
    """The letter around a client's documents: those named, or all of it in a run.

    `text` stands in place of the usual sentence; it may name fields such as {client.name}. UserError where a number
    is not one of the client's, where the run has nothing of it, and for a text too long or with an unknown field.
    """
    _check_text(text)
    with book.reading() as session:
        connection = session.connection()
        run_id = run_facts(connection, run).id if run else None
        rows = queries.documents(connection, client_id, numbers, run_id)
        own = connection.exec_driver_sql("SELECT currency FROM client WHERE id = ?", (client_id,)).scalar()
        to = correspondence(connection, client_id, "cover_letter", rows[0][5] if rows else own or "EUR")
    missing = [number for number in numbers if number not in {row[0] for row in rows}]
    if missing:
        raise UserError(
            ngettext(
                "{numbers} is no document of {client}.", "{numbers} are no documents of {client}.", len(missing)
            ).format(numbers=", ".join(missing), client=to.code),
            _("See the list of invoices for the numbers there are."),
        )
    if not rows:
        raise UserError(
            _("There are no documents of {client} to enclose.").format(client=to.code),
            _("Name documents of this client, or a run that issued some."),
        )
    mixed = len({row[5] for row in rows}) > 1
    table = LetterTable(
        (
            LetterColumn("document"),
            LetterColumn("issued", "day"),
            LetterColumn("due", "day"),
            LetterColumn("amount", "money", mixed=mixed),
            *([LetterColumn("currency")] if mixed else []),
        ),
        tuple(
            LetterRow(
                (
                    term("named", kind=term(f"kind_{kind}"), number=number),
                    date.fromisoformat(issued),
                    None if kind == "credit_note" else date.fromisoformat(due),
                    Money(-payable if kind == "credit_note" else payable, currency),
                    *([currency] if mixed else []),
                )
            )
            for number, kind, issued, due, payable, currency in rows
        ),
    )
    letter = to.letter(
        "cover_letter",
        on,
        facts=((term("date"), on), (term("client_code"), to.code)),
        opening=(term("cover_opening", len(rows), count=len(rows)),),
        intro=text,
        tables=(table,),
        **to.signed,
    )
    return letter, to.template


def _check_text(text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise UserError(
            _("The text is {length} characters long; {most} are the most.").format(length=len(text), most=LONGEST_TEXT),
            _("Shorten it."),
        )
    fields = _("The fields are: {fields}.").format(fields=", ".join("{" + one + "}" for one in FIELDS))
    for name in fields_of(text):
        if name not in FIELDS:
            raise UserError(_("There is no field “{field}”.").format(field="{" + name + "}"), fields)
    for half in half_fields_of(text):
        raise UserError(_("“{text}” lacks one of its two braces.").format(text=half), fields)
