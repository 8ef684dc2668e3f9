"""Files of issued documents in a folder: those of a run, or single ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection

from db.engine import Book
from desktop.documents.batch import FileNames, RenderPool, Written, put_file, render_batch, tell
from desktop.documents.forms import form_named
from desktop.errors import UserError
from desktop.i18n import _, ngettext
from desktop.services.delivery.kept import files_of
from desktop.services.delivery.renderings import Key, kept_keys
from desktop.services.documents import Job, documents
from desktop.services.einvoice_fit import unfit

Report = Callable[[int, int, str], None]
Refused = Callable[[str, UserError], None]

_TOLD_EACH = 50


def render(
    book: Book,
    folder: Path,
    *,
    numbers: Sequence[str] = (),
    run: str = "",
    report: Report | None = None,
    pool: RenderPool | None = None,
    form: str = "pdf",
    refused: Refused | None = None,
) -> list[Written]:
    """Write documents in a form (a name of `form_named`) into the folder: those of a run, or those with these numbers.

    A document that went out is given as it went. Where a file of that name stands already it is replaced by the same
    bytes. `report` may raise between documents.
    A document that cannot take the form is told to `refused` by its number, and the others are written; without it the
    first one ends the batch. UserError for a number or run that does not exist, and where the folder cannot be written.
    """
    form = form_named(form)
    with book.reading() as session:
        connection = session.connection()
        wanted = _of_run(connection, run) if run else _of_numbers(connection, numbers)
        kept = kept_keys(connection, wanted)
    if any(key in kept for key in ((invoice, form) for invoice in wanted)):
        return list(_as_they_went(book, folder, wanted, form, report, pool, refused))
    # The processes that render write the files too, which is faster where all of them are new.
    jobs = documents(book, wanted)
    if form != "pdf":
        jobs = _fitting(jobs, form, refused)
    return list(render_batch(jobs, folder, report=report, pool=pool, total=len(wanted), form=form))


def _as_they_went(
    book: Book,
    folder: Path,
    wanted: dict[int, str],
    form: str,
    report: Report | None,
    pool: RenderPool | None,
    refused: Refused | None,
) -> Iterator[Written]:
    def tell_refused(key: Key, why: UserError) -> None:
        if refused is None:
            raise why
        refused(wanted[key[0]], why)

    names = FileNames()
    files = files_of(book, [(invoice, form) for invoice in wanted], pool=pool, refused=tell_refused)
    for done, file in enumerate(files, 1):
        number = wanted[file.invoice_id]
        path = folder / names.of(number, form)
        put_file(path, file.content)
        yield Written(number, path, file.sha256, file.size)
        if report and (done % _TOLD_EACH == 0 or done == len(wanted)):
            tell(report, done, len(wanted))


def _fitting(jobs: Iterator[Job], form: str, refused: Refused | None) -> Iterator[Job]:
    for job in jobs:
        why = unfit(job[0], form)
        if why is None:
            yield job
        elif refused is None:
            raise why
        else:
            refused(job[0].number, why)


def _of_run(connection: Connection, run: str) -> dict[int, str]:
    row = connection.exec_driver_sql("SELECT id FROM run WHERE number = ?", (run,)).fetchone()
    if row is None:
        raise UserError(_("There is no run {run} in this book.").format(run=run), _("See the list of runs."))
    found = connection.exec_driver_sql("SELECT id, number FROM invoice WHERE run_id = ? ORDER BY id", (row[0],))
    return {row[0]: row[1] for row in found}


def _of_numbers(connection: Connection, numbers: Sequence[str]) -> dict[int, str]:
    rows = connection.exec_driver_sql(
        "SELECT number, id, kind FROM invoice WHERE number IN (SELECT value FROM json_each(?))",
        (json.dumps(list(numbers)),),
    ).fetchall()
    known = {number: (key, kind) for number, key, kind in rows}
    missing = [number for number in numbers if number not in known]
    if missing:
        raise UserError(
            ngettext("There is no document {numbers}.", "There are no documents {numbers}.", len(missing)).format(
                numbers=", ".join(missing)
            ),
            _("See the list of invoices for the numbers there are."),
        )
    opening = [number for number in numbers if known[number][1] == "opening"]
    if opening:
        raise UserError(
            _("{number} was issued before this book began: the book has its balance, not the document.").format(
                number=opening[0]
            ),
            _("Look for it where it was issued."),
        )
    return {known[number][0]: number for number in dict.fromkeys(numbers)}
