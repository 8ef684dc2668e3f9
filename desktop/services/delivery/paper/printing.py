"""Prints documents without a dialog: each once, on a chosen queue, and follows what the queue makes of them.

A job is taken in one transaction, given to the queue, and its number written in the next. Its title carries a mark of
the program's own, by which a job whose number was lost is found again instead of being printed once more.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from db.engine import Book
from db.schema import Delivery, DeliveryEvent
from desktop.delivery import printer
from desktop.delivery.printer import Unclear
from desktop.documents.batch import RenderPool
from desktop.domain.delivery import FAILED, SENT, UNCERTAIN, WAITING
from desktop.domain.wording import as_typed, phrase
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.changes import change
from desktop.services.delivery.kept import keep_sealed
from desktop.services.delivery.paper.following import follow, lost, marked, number_of, printing_turn
from desktop.services.delivery.paper.papers import Choice, Paper, papers
from desktop.services.delivery.paper.print_jobs import PRINTED, accepted, claim, settle
from desktop.services.delivery.paper.print_settings import PrintSettings
from desktop.services.delivery.paper.stacking import Sheets, batches, sheets, write_stack
from desktop.services.sandbox.refusing import refuse_in_sandbox

Report = Callable[[int, int, str], None]

# A queue forgets jobs that are over once there are some hundred of them.
_FOLLOWED_EVERY: Final = 50


@dataclass(slots=True)
class Printed:
    """What printing came to: the jobs that a queue has by now, and the problem that ended it early, if one did.

    `left` counts documents that were not given to the queue.
    """

    jobs: list[int] = field(default_factory=list)
    documents: int = 0
    pages: int = 0
    left: int = 0
    problem: UserError | None = None


def print_papers(
    book: Book,
    chosen: Sequence[Paper],
    settings: PrintSettings,
    *,
    actor: str,
    on: date,
    report: Report,
    what: str = "",
    run: str = "",
    pool: RenderPool | None = None,
) -> Printed:
    """Give documents to the queue of the settings, in one job or one for each client.

    `what` is what the jobs are called in the queue, `run` the run that the cover sheet names. `report` may raise
    between jobs: those that were given stay in the queue. UserError where the queue cannot be used at all; what goes
    wrong later is in the answer, with what is in the queue by then.
    """
    refuse_in_sandbox(book)
    if not chosen:
        raise UserError(_("Nothing waits for the printer."), _("Choose documents to print, or the whole of a run."))
    if not settings.queue:
        raise UserError(_("No printer is chosen."), _("Choose one of those that this computer has."))
    printer.queue(settings.queue)
    made = Printed(left=len(chosen))
    found = batches(chosen, per_client=settings.per_client)
    in_order = [paper for batch in found for paper in batch.papers]
    with (
        printing_turn(book),
        tempfile.TemporaryDirectory(prefix="sheaf") as folder,
        closing(sheets(book, in_order, pool=pool)) as stack,
    ):
        for batch in found:
            some = []
            name = f"{what} {batch.papers[0].client}".strip() if settings.per_client else what
            file = Path(folder) / "job.pdf"
            job = (batch.number, batch.all)
            try:
                for place in range(len(batch.papers)):
                    report(made.documents + place, len(chosen), what)
                    some.append(next(stack))
                stacked = write_stack(book, file, some, settings, title=name, on=on, run=run, job=job)
            except UserError as problem:
                made.problem = problem
                return made
            made.problem = _give(book, file, some, settings, name, stacked.pages, actor, made)
            if made.problem is not None:
                return made
            made.documents += len(some)
            made.pages += stacked.pages
            made.left -= len(some)
            if batch.number % _FOLLOWED_EVERY == 0:
                follow(book)
    report(len(chosen), len(chosen), what)
    return made


def _give(
    book: Book,
    file: Path,
    stack: Sequence[Sheets],
    settings: PrintSettings,
    name: str,
    pages: int,
    actor: str,
    made: Printed,
) -> UserError | None:
    """Take the documents, then give their file to the queue; the problem that ends printing, if there is one."""
    title = marked(name)
    with book.writing() as session:
        connection = session.connection()
        job = claim(
            connection, [one.paper for one in stack], settings, title=title, pages=pages, actor=actor, now=book.now
        )
        if job is not None:
            files = (one.file for one in stack if one.file is not None)
            keep_sealed(connection, files, actor=actor, now=book.now)
    if job is None:
        return UserError(
            _("Some of these documents are printed or taken back by now."), _("Look at the list, then print the rest.")
        )
    made.jobs.append(job)
    try:
        number = printer.submit(settings.queue, file, title, settings.options)
    except UserError as problem:
        # The queue certainly has nothing of it.
        with book.writing() as session:
            settle(
                session.connection(),
                job,
                FAILED,
                as_typed(problem.message),
                now=book.now,
                actor=actor,
                documents=WAITING,
            )
        made.jobs.remove(job)
        return problem
    except Unclear:
        found = number_of(settings.queue, title)
        if found is None:
            with book.writing() as session:
                settle(session.connection(), job, UNCERTAIN, lost(settings.queue), now=book.now, actor=actor)
            return UserError(
                _("The printer {queue} did not answer: the job may be in its queue or not.").format(
                    queue=settings.queue
                ),
                _("Look at the printer, then say in the outbox whether the documents came out."),
            )
        number = found
    with book.writing() as session:
        accepted(session.connection(), job, number)
    return None


def note_printed(book: Book, invoice_ids: Collection[int], where: str, *, actor: str) -> int:
    """Write down that a person printed documents by the system's own dialog; how many reached their clients by that.

    One that waited to be printed is printed now; one that goes another way still does, and has a copy on paper.
    `where` is the printer's name.
    """
    refuse_in_sandbox(book)
    chosen = papers(book, Choice(invoice_ids=tuple(invoice_ids))).found
    told = phrase("Printed on {queue}.", queue=where).stored() if where else ""
    own = [one for one in chosen if one.goes_by_print]
    words = ngettext("Print {count} document", "Print {count} documents", len(chosen))
    with change(book, actor, words.format(count=number_text(len(chosen)))) as made:
        for one in chosen:
            if one.delivery_id is None:
                continue
            if one.goes_by_print:
                made.update(Delivery, one.delivery_id, state=SENT, answer="", code=None, done_at=made.at)
            made.insert(DeliveryEvent, delivery_id=one.delivery_id, at=made.at, kind=PRINTED, detail=told, actor=actor)
    return len(own)
