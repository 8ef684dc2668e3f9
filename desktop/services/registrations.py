"""Registering documents with India's invoice portal: the file that goes up, the answer that comes back, cancellation.

A book keeps the day from which its firm registers; before that, and where the day is not set, nothing waits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries.registering import SINCE, UNREGISTERED
from db.queries.rows import ids_text
from db.schema import Registration
from desktop.documents.einvoice.inv01 import inv01_file
from desktop.domain.document import Document
from desktop.domain.indian_einvoice import document_type, gstin_of, irn_of, needs_registration, problems_of_registration
from desktop.domain.indian_figures import RUPEE, Booked
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.importing.portal_answers import PortalAnswer, portal_answers
from desktop.saying import put
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change
from desktop.services.documents import documents
from desktop.services.rules import set_rule
from desktop.services.sandbox.refusing import refuse_in_sandbox
from desktop.services.table_files import replaced

_LARGEST: Final = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Unready:
    """A document that the portal would refuse, and why, in sentences."""

    number: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """The numbers in the file, and what was left out of it."""

    path: Path
    numbers: tuple[str, ...]
    unready: tuple[Unready, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """One answer that was not taken in: the document's number as the file has it, and why."""

    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What an answer file brought: documents that are registered now, others that were before, what was refused."""

    registered: tuple[str, ...]
    known: tuple[str, ...]
    refused: tuple[Refused, ...]


def export_registrations(book: Book, path: Path, *, actor: str, numbers: Sequence[str] = (), run: str = "") -> Exported:
    """Write INV-01 of the documents that need a registration and have none: those named, of a run, or all that wait.

    Those that the portal would refuse are left out and named. The first file also notes since when the firm registers.
    UserError where none is left to write, for numbers and runs that do not exist, and where the file is refused.
    """
    refuse_in_sandbox(book)
    with book.reading() as session:
        connection = session.connection()
        since = registers_since(connection)
        ids = _candidates(connection, numbers, run, since)
    wanted = [paper for paper, _template in documents(book, ids) if needs_registration(paper)]
    with book.reading() as session:
        rupees = _booked(session.connection(), [paper.number for paper in wanted if paper.currency != RUPEE])
    unready, ready = [], []
    for paper in wanted:
        problems = tuple(put(said) for said in problems_of_registration(paper, rupees.get(paper.number)))
        if problems:
            unready.append(Unready(paper.number, problems))
        else:
            ready.append(paper)
    if not ready:
        raise _nothing_to_write(unready)
    with replaced(path) as unfinished:
        unfinished.write_bytes(inv01_file([(paper, rupees.get(paper.number)) for paper in ready]))
    if since is None:
        first = min(paper.issue_date for paper in ready)
        with change(book, actor, _("Register invoices with the portal from now on")) as made:
            keep_setting(made, SINCE, first.isoformat())
        # From now on the gate says before a number is taken what the portal would refuse.
        set_rule(book, "portal_refuses", enabled=True, actor=actor)
    return Exported(path, tuple(paper.number for paper in ready), tuple(unready))


def _booked(connection: Connection, numbers: Sequence[str]) -> dict[str, Booked]:
    """The rupees of foreign documents at the rate that was frozen with them; none of a book in another currency."""
    rows = connection.exec_driver_sql(
        "SELECT i.number, i.firm_rate, i.firm_net, i.firm_tax, i.firm_gross FROM invoice i, firm f"
        " WHERE f.currency = ? AND i.firm_gross IS NOT NULL AND i.firm_rate IS NOT NULL"
        " AND i.number IN (SELECT value FROM json_each(?))",
        (RUPEE, json.dumps(list(numbers))),
    )
    return {number: Booked(*figures) for number, *figures in rows}


def _nothing_to_write(unready: Sequence[Unready]) -> UserError:
    if unready:
        return UserError(
            _("{number} cannot be registered: {problems}").format(
                number=unready[0].number, problems=" ".join(unready[0].problems)
            ),
            _("An issued document stays as it is: correct the data, credit it and issue it again."),
        )
    return UserError(
        _("No document waits to be registered."),
        _("Invoices to registered buyers in India and exports are registered once, after they are issued."),
    )


def _candidates(connection: Connection, numbers: Sequence[str], run: str, since: date | None) -> list[int]:
    if numbers:
        found = connection.exec_driver_sql(
            "SELECT number, id FROM invoice WHERE number IN (SELECT value FROM json_each(?)) AND kind <> 'opening'",
            (json.dumps(list(numbers)),),
        ).fetchall()
        known = {str(number): int(key) for number, key in found}
        for number in numbers:
            if number not in known:
                raise UserError(
                    _("There is no document {numbers}.").format(numbers=number),
                    _("See the list of invoices for the numbers there are."),
                )
        registered = _registered(connection, known.values())
        for number in numbers:
            if known[number] in registered:
                raise UserError(
                    _("{number} is registered already.").format(number=number),
                    _("A document is registered once; its IRN stands on it."),
                )
        return list(dict.fromkeys(known[number] for number in numbers))
    if run:
        row = connection.exec_driver_sql("SELECT id FROM run WHERE number = ?", (run,)).fetchone()
        if row is None:
            raise UserError(_("There is no run {run} in this book.").format(run=run), _("See the list of runs."))
        where, parameters = "i.run_id = ?", (row[0],)
    else:
        where, parameters = "i.issue_date >= ?", ((since or date.min).isoformat(),)
    rows = connection.exec_driver_sql(
        "SELECT i.id FROM invoice i LEFT JOIN registration r ON r.invoice_id = i.id"
        f" WHERE {where} AND r.id IS NULL AND i.kind <> 'opening' ORDER BY i.id",
        parameters,
    )
    return [int(key) for (key,) in rows]


def _registered(connection: Connection, ids: Iterable[int]) -> set[int]:
    rows = connection.exec_driver_sql(
        "SELECT invoice_id FROM registration WHERE invoice_id IN (SELECT value FROM json_each(?))", (ids_text(ids),)
    )
    return {int(key) for (key,) in rows}


def take_answers(book: Book, file: Path, *, actor: str) -> Taken:
    """Take in the portal's answer: match by number, check each IRN against its document, and keep IRN and signed code.

    A double of what is known changes nothing; one that differs from it is refused, as is a wrong IRN. UserError where
    the file cannot be read or is no answer.
    """
    try:
        if file.stat().st_size > _LARGEST:
            raise UserError(_("{file} is too large for an answer.").format(file=file.name), _("Choose another file."))
        content = file.read_bytes()
    except OSError as error:
        raise UserError(
            _("{path} cannot be read: {reason}.").format(path=file, reason=error.strerror or error),
            _("Choose the file that the portal gave."),
        ) from error
    answers = portal_answers(content)
    with book.reading() as session:
        found = session.connection().exec_driver_sql(
            "SELECT id, number FROM invoice WHERE number IN (SELECT value FROM json_each(?)) AND kind <> 'opening'",
            (json.dumps([answer.number for answer in answers]),),
        )
        ids = {str(number): int(key) for key, number in found}
    papers = {paper.number: paper for paper, _template in documents(book, ids.values())}
    registered: list[str] = []
    known: list[str] = []
    refused: list[Refused] = []
    with change(book, actor, "") as made:
        standing = {
            int(key): str(irn)
            for key, irn in made.connection.exec_driver_sql("SELECT invoice_id, irn FROM registration").fetchall()
        }
        for answer in answers:
            reason = _refusal(answer, papers.get(answer.number))
            key = ids.get(answer.number, 0)
            if not reason and standing.get(key, answer.irn) != answer.irn:
                reason = _("It is registered under another IRN already.")
            if reason:
                refused.append(Refused(answer.number, reason))
            elif key in standing:
                known.append(answer.number)
            else:
                made.insert(
                    Registration,
                    invoice_id=key,
                    irn=answer.irn,
                    ack_number=answer.ack_number,
                    ack_at=answer.ack_at,
                    signed_qr=answer.signed_qr,
                    cancelled_at=None,
                    made_at=made.at,
                    actor=actor,
                )
                standing[key] = answer.irn
                registered.append(answer.number)
        count = len(registered)
        made.summary = ngettext(
            "Register {count} document with the portal", "Register {count} documents with the portal", count
        ).format(count=number_text(count))
    return Taken(tuple(registered), tuple(known), tuple(refused))


def _refusal(answer: PortalAnswer, paper: Document | None) -> str:
    """Why an answer is not taken in; empty where it is right."""
    if paper is None:
        return _("There is no document of this number in the book.")
    if answer.refusal:
        return _("The portal refused it: {words}").format(words=answer.refusal)
    if answer.cancelled:
        return _("The portal says that it was cancelled.")
    if answer.gstin and answer.gstin != gstin_of(paper.seller):
        return _("It is the answer for another seller, {gstin}.").format(gstin=answer.gstin)
    if answer.kind and answer.kind != document_type(paper.kind):
        return _("It is the answer for another type of document.")
    if answer.irn != irn_of(gstin_of(paper.seller), paper.issue_date, paper.kind, paper.number):
        return _("Its IRN does not belong to this document.")
    if not answer.signed_qr:
        return _("It has no signed QR code.")
    return ""


def cancel_registration(book: Book, number: str, *, actor: str) -> None:
    """Note that a registration was cancelled on the portal: the document prints without it and is to be credited.

    The portal takes a cancellation within 24 hours, and never the same number again. UserError where there is none.
    """
    with change(book, actor, _("Note that the registration of {number} was cancelled").format(number=number)) as made:
        row = made.connection.exec_driver_sql(
            "SELECT r.id FROM registration r JOIN invoice i ON i.id = r.invoice_id"
            " WHERE i.number = ? AND r.cancelled_at IS NULL",
            (number,),
        ).fetchone()
        if row is None:
            raise UserError(
                _("{number} has no registration that stands.").format(number=number),
                _("Only a registered document can be cancelled."),
            )
        made.update(Registration, int(row[0]), cancelled_at=made.at)


def registers_since(connection: Connection) -> date | None:
    """The day of issue from which the firm registers; None where it does not."""
    row = connection.exec_driver_sql("SELECT value FROM setting WHERE key = ?", (SINCE,)).fetchone()
    try:
        return date.fromisoformat(json.loads(row[0])) if row else None
    except (TypeError, ValueError):
        return None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits to be registered; gross in minor units."""

    id: int
    number: str
    issue_date: date
    gross: int
    currency: str


def waiting(connection: Connection) -> list[Waiting]:
    """Documents since the firm's first day of registering that the portal does not know, the oldest first."""
    if registers_since(connection) is None:
        return []
    rows = connection.exec_driver_sql(
        "SELECT i.id, i.number, i.issue_date, i.gross, i.currency FROM invoice i"
        f" WHERE {UNREGISTERED} ORDER BY i.issue_date, i.id"
    )
    return [
        Waiting(int(key), number, date.fromisoformat(day), gross, currency)
        for key, number, day, gross, currency in rows
    ]


def deliverable(connection: Connection, ids: Iterable[int]) -> set[int]:
    """Those of the documents that may leave the house: all but the ones that wait for their registration."""
    wanted = set(ids)
    if registers_since(connection) is None:
        return wanted
    rows = connection.exec_driver_sql(
        f"SELECT i.id FROM invoice i WHERE i.id IN (SELECT value FROM json_each(?)) AND {UNREGISTERED}",
        (ids_text(wanted),),
    )
    return wanted - {int(key) for (key,) in rows}
