"""Prints from the window: asks in the dialog, gives documents to the queue, and says in words what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.delivery.paper.following import cancel_jobs
from desktop.services.delivery.paper.papers import Choice, Paper, papers
from desktop.services.delivery.paper.print_jobs import jobs_of
from desktop.services.delivery.paper.print_outlook import chosen_count
from desktop.services.delivery.paper.print_settings import PrintSettings, keep_print_settings, print_settings
from desktop.services.delivery.paper.printers import queues
from desktop.services.delivery.paper.printing import Printed, note_printed, print_papers
from desktop.services.delivery.paper.stacking import Merged, merge_to, sheets
from desktop.ui.desk import Desk
from desktop.ui.notice import Offer as Way
from desktop.ui.opening import offer_folder
from desktop.ui.outbox.print_dialog import Offer, Order, PrintDialog, Printers
from desktop.ui.printing import Make, print_documents

CHANGED = frozenset({"outbox", "invoices"})
_FOLDER = "pdf_folder"


@dataclass(frozen=True)
class _Ready:
    """What the dialog begins with."""

    counts: Sequence[int]
    printers: Printers
    settings: PrintSettings


@dataclass(frozen=True)
class _Offered:
    """Documents to choose from; `words` says them with their count."""

    words: Callable[[int], str]
    choice: Choice
    bounded: bool = True


def print_run(desk: Desk, parent: QWidget, run: str) -> None:
    """Ask how the documents of a run are printed: those that wait for it, or all."""
    _ask(
        desk,
        parent,
        _("Print the documents of {run}").format(run=run),
        run,
        [_Offered(_that_wait, Choice(run=run)), _Offered(_of_the_run, Choice(run=run, everything=True))],
    )


def print_invoices(desk: Desk, parent: QWidget, ids: Sequence[int]) -> None:
    """Ask how these documents are printed."""
    _ask(
        desk,
        parent,
        _("Print documents"),
        "",
        [_Offered(_selected, Choice(invoice_ids=tuple(ids))), _Offered(_that_wait, Choice())],
    )


def print_outbox(desk: Desk, parent: QWidget, ids: Sequence[int]) -> None:
    """Ask how what waits for the printer is printed, or what is selected of the outbox."""
    chosen = [_Offered(_selected, Choice(delivery_ids=tuple(ids)))] if ids else []
    _ask(desk, parent, _("Print documents"), "", [*chosen, _Offered(_that_wait, Choice())])


def _that_wait(count: int) -> str:
    words = ngettext("{count} that waits for the printer", "{count} that wait for the printer", count)
    return words.format(count=number_text(count))


def _of_the_run(count: int) -> str:
    words = ngettext("{count} of the run, whatever way it goes", "All {count} of the run, whatever way they go", count)
    return words.format(count=number_text(count))


def _selected(count: int) -> str:
    return ngettext("{count} selected", "{count} selected", count).format(count=number_text(count))


def _ask(desk: Desk, parent: QWidget, title: str, run: str, offered: Sequence[_Offered]) -> None:
    """Look up printers and counts in a worker, then ask."""
    book = desk.book

    def work() -> _Ready:
        counts = [chosen_count(book, one.choice) for one in offered]
        try:
            printers = Printers(queues())
        except UserError as problem:
            printers = Printers((), problem)
        return _Ready(counts, printers, print_settings(book))

    def show(found: object) -> None:
        assert isinstance(found, _Ready)
        pairs = [(one, count) for one, count in zip(offered, found.counts, strict=True) if count]
        # With nothing at all the first one says so.
        pairs = pairs or [(offered[0], 0)]
        offers = [Offer(one.words(count), one.choice, one.bounded and count > 1) for one, count in pairs]
        dialog = PrintDialog(
            desk, title, offers, found.printers, found.settings, lambda order: _job(desk, title, run, order), parent
        )
        dialog.saved.connect(lambda made: _told(desk, made))
        dialog.merge_wanted.connect(lambda order: _ask_file(desk, parent, run, order))
        dialog.native_wanted.connect(lambda order: _native(desk, parent, title, order))
        dialog.open()

    desk.shell.jobs.ask(work, show, lane=Lane.SIDE)


# To a queue

Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class _Given:
    """What printing came to, and on which printer."""

    queue: str
    made: Printed


def _job(desk: Desk, title: str, run: str, order: Order) -> Job:
    book, actor, today = desk.book, desk.actor, desk.today()

    def work(report: Report) -> _Given:
        settings = order.settings
        chosen = papers(book, order.choice, order=settings.order)
        what = run or _("Documents")
        made = print_papers(book, chosen.found, settings, actor=actor, on=today, report=report, what=what, run=run)
        keep_print_settings(book, settings, actor=actor)
        if made.problem is not None and not made.jobs:
            raise made.problem
        return _Given(settings.queue, made)

    return Job(title, work, CHANGED, lane=Lane.SIDE)


def _told(desk: Desk, given: object) -> None:
    assert isinstance(given, _Given)
    made = given.made
    words = ngettext(
        "{count} document is in the queue of {queue}.", "{count} documents are in the queue of {queue}.", made.documents
    )
    said = words.format(count=number_text(made.documents), queue=given.queue)
    offers: list[Way] = [(_("Cancel printing"), lambda: cancel_printing(desk, made.jobs))]
    if made.problem is None:
        desk.shell.notices.say(said, offers=offers)
        return
    left = ngettext("{count} is not printed: {reason}", "{count} are not printed: {reason}", made.left)
    more = left.format(count=number_text(made.left), reason=str(made.problem))
    desk.shell.notices.say(said, more, offers, tone="held")


def cancel_printing_of(desk: Desk, ids: Sequence[int]) -> None:
    """As `cancel_printing`, of the jobs that these rows of the outbox are in."""
    book, chosen = desk.book, list(ids)

    def cancel(jobs: object) -> None:
        assert isinstance(jobs, list)
        cancel_printing(desk, jobs)

    desk.shell.jobs.ask(lambda: jobs_of(book, chosen), cancel)


def cancel_printing(desk: Desk, jobs: Iterable[int]) -> None:
    """Take jobs out of their queues, and say what that means for their documents."""
    book, actor, chosen = desk.book, desk.actor, list(jobs)

    def said(count: object) -> None:
        assert isinstance(count, int)
        words = ngettext("{count} print job is cancelled.", "{count} print jobs are cancelled.", count)
        desk.shell.notices.say(
            words.format(count=number_text(count)),
            _("What was not begun waits for the printer again; what was begun stands under “Failed”."),
        )

    job = Job(_("Cancelling"), lambda _report: cancel_jobs(book, chosen, actor=actor), CHANGED, lane=Lane.SIDE)
    desk.shell.jobs.start(job, said)


# By the system's own dialog


def _native(desk: Desk, parent: QWidget, title: str, order: object) -> None:
    assert isinstance(order, Order)
    book = desk.book

    def show(found: object) -> None:
        assert isinstance(found, tuple)
        if found:
            ids = [one.invoice_id for one in found if one.invoice_id is not None]
            print_documents(
                desk.shell,
                parent,
                title,
                [_maker(book, one) for one in found],
                lambda name: note_by_dialog(desk, ids, name),
            )

    desk.shell.jobs.ask(lambda: papers(book, order.choice, order=order.settings.order).found, show)


def _maker(book: Book, paper: Paper) -> Make:
    return lambda: next(sheets(book, [paper])).pdf


def note_by_dialog(desk: Desk, invoice_ids: Sequence[int], name: str) -> None:
    """Write down that documents were printed by the system's dialog, on the printer of that name."""
    book, actor = desk.book, desk.actor
    ids = list(invoice_ids)
    desk.shell.jobs.start(
        Job("", lambda _report: note_printed(book, ids, name, actor=actor), CHANGED, lane=Lane.HAND, quiet=True)
    )


# One file for a shop


def _ask_file(desk: Desk, parent: QWidget, run: str, order: object) -> None:
    assert isinstance(order, Order)
    memory = desk.shell.memory
    name = run or _("Documents")
    dialog = QFileDialog(parent, _("One PDF of all documents"), str(memory.folder(_FOLDER)), "PDF (*.pdf)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("pdf")
    dialog.selectFile(f"{name}.pdf")
    dialog.fileSelected.connect(lambda chosen: _merge(desk, run, order, Path(chosen)))
    dialog.open()


def _merge(desk: Desk, run: str, order: Order, path: Path) -> None:
    desk.shell.memory.put_folder(_FOLDER, path.parent)
    book, today = desk.book, desk.today()

    def work(report: Report) -> list[Merged]:
        found = papers(book, order.choice, order=order.settings.order).found
        if not found:
            raise UserError(_("There is nothing to print."), _("Choose other documents."))
        return merge_to(book, path, found, order.settings, on=today, report=report, title=run or path.stem, run=run)

    def said(made: object) -> None:
        assert isinstance(made, list)
        (one,) = made
        words = ngettext(
            "{file} holds {count} document, pages in all: {pages}.",
            "{file} holds {count} documents, pages in all: {pages}.",
            one.documents,
        )
        desk.shell.notices.say(
            words.format(file=path.name, count=number_text(one.documents), pages=number_text(one.pages)),
            _("The documents wait until you say that they are printed."),
            [offer_folder(path.parent)],
        )

    desk.shell.jobs.start(Job(_("Writing one PDF"), work, lane=Lane.SIDE), said)
