"""Saves the PDFs of issued documents, one under a name of one's own, several into a folder; and prints them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.delivery.handover.handing import waiting_by_hand
from desktop.services.delivery.paper.printers import available
from desktop.services.document_files import render
from desktop.services.previews import invoice_pdf, save_pdf
from desktop.ui.desk import Desk
from desktop.ui.handing_over import offer_marking
from desktop.ui.listing import Listing
from desktop.ui.opening import offer_folder
from desktop.ui.outbox.print_ways import note_by_dialog, print_invoices
from desktop.ui.printing import Make, print_documents

_FOLDER = "pdf_folder"


def save_pdfs(desk: Desk, parent: QWidget, listing: Listing, ids: Sequence[int]) -> None:
    """Ask where to, then write; several documents are a job with progress that can be stopped."""
    if len(ids) == 1:
        one = ids[0]
        number = str(listing.rows(ids)[one]["number"])
        ask_file(desk, parent, number, ".pdf", lambda path: save_pdf(desk.book, one, path), [one])
    elif ids:
        _ask_folder(desk, parent, listing, list(ids))


def print_pdfs(desk: Desk, parent: QWidget, listing: Listing, ids: Sequence[int]) -> None:
    """Ask how, then print; what was issued before the book began has no page here.

    One document goes by the system's own dialog, several go to a queue where the system has such.
    """
    rows = listing.rows(ids)
    printed = [one for one in ids if one in rows and rows[one]["kind"] != "opening"]
    if not printed:
        raise UserError(
            _("What was issued before the book began has no page here."), _("Print it where it was issued.")
        )
    if len(printed) > 1 and available():
        print_invoices(desk, parent, printed)
        return
    book = desk.book

    def maker(one: int) -> Make:
        return lambda: invoice_pdf(book, one)

    many = ngettext("{count} document", "{count} documents", len(printed)).format(count=number_text(len(printed)))
    title = str(rows[printed[0]]["number"]) if len(printed) == 1 else many
    makers = [maker(one) for one in printed]
    print_documents(desk.shell, parent, title, makers, lambda name: note_by_dialog(desk, printed, name))


def start_folder(desk: Desk) -> str:
    return str(desk.shell.memory.folder(_FOLDER))


def keep_folder(desk: Desk, folder: Path) -> None:
    """The next files are offered the same place."""
    desk.shell.memory.put_folder(_FOLDER, folder)


def ask_file(
    desk: Desk,
    parent: QWidget,
    number: str,
    ending: str,
    save: Callable[[Path], object],
    invoice_ids: Sequence[int] = (),
) -> None:
    """Ask where the file of a document goes, with an ending such as ".pdf", and save it there; with the document's id,
    one that waits for a hand may then be marked as handed over."""
    kind = f"{ending[1:].upper()} (*{ending})"
    dialog = QFileDialog(parent, _("Save {number}").format(number=number), start_folder(desk), kind)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(ending[1:])
    dialog.selectFile(f"{number.replace('/', '-')}{ending}")

    def chosen(name: str) -> None:
        path = Path(name)
        keep_folder(desk, path.parent)

        def work(_report: object) -> tuple[int, ...]:
            save(path)
            return waiting_by_hand(desk.book, invoice_ids)

        said = _("{file} is saved.").format(file=path.name)
        desk.shell.jobs.start(
            Job(_("Saving {number}").format(number=number), work, lane=Lane.SIDE),
            lambda waiting: say_saved(desk, said, path.parent, waiting=waiting),
        )

    dialog.fileSelected.connect(chosen)
    dialog.open()


def _ask_folder(desk: Desk, parent: QWidget, listing: Listing, ids: list[int]) -> None:
    dialog = QFileDialog(parent, _("Folder for the PDFs"), start_folder(desk))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)

    def chosen(name: str) -> None:
        folder = Path(name)
        keep_folder(desk, folder)

        def work(report: Callable[[int, int, str], None]) -> tuple[int, tuple[int, ...]]:
            rows = listing.rows(ids)
            # What was issued before the book began has no page here.
            numbers = [str(rows[one]["number"]) for one in ids if one in rows and rows[one]["kind"] != "opening"]
            count = len(render(desk.book, folder, numbers=numbers, report=report))
            return count, waiting_by_hand(desk.book, ids)

        title = ngettext("Saving {count} PDF", "Saving {count} PDFs", len(ids)).format(count=number_text(len(ids)))
        desk.shell.jobs.start(Job(title, work, lane=Lane.SIDE), lambda done: _say_count(desk, done, folder))

    dialog.fileSelected.connect(chosen)
    dialog.open()


def _say_count(desk: Desk, done: object, folder: Path) -> None:
    assert isinstance(done, tuple)
    count, waiting = done
    said = ngettext("{count} PDF is saved in {folder}.", "{count} PDFs are saved in {folder}.", count)
    say_saved(desk, said.format(count=number_text(count), folder=folder.name), folder, waiting=waiting)


def say_saved(desk: Desk, sentence: str, folder: Path, missed: str = "", waiting: object = ()) -> None:
    """Tell what is saved where, and what of it could not be; `waiting` are the documents that wait for a hand."""
    assert isinstance(waiting, tuple)
    offers = [offer_folder(folder), *offer_marking(desk, waiting)]
    desk.shell.notices.say(sentence, missed, offers, tone="held" if missed else "good")
