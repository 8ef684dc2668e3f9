"""What a person hands over: clients' pages, a run's ZIP, and saved PDFs; and the word that they were handed over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane, Report
from desktop.services.archive.making import Archived, write_archive
from desktop.services.delivery.handover.handing import hand_over, waiting_in_run
from desktop.services.delivery.handover.portal import HandedPage, hand_over_pages
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.notice import Offer
from desktop.ui.opening import offer_file, offer_folder
from desktop.ui.outbox.deciding import OUTBOX
from desktop.ui.saving import Written, undo_offers, write, writing

_FOLDER = "handover_folder"


class _Zip(NamedTuple):
    archive: Archived
    waiting: tuple[int, ...]


def ask_pages(desk: Desk, parent: QWidget, client_ids: Sequence[int]) -> None:
    """Ask how and where to, then write the pages of these clients as of today."""
    field = Field(
        "embed",
        _("Everything in one file"),
        "check",
        note=_("The page holds its documents itself. Otherwise they lie in a folder beside it."),
    )
    form = Form([Section("", [field])], desk.shell.theme)
    form.put({"embed": len(client_ids) == 1})
    words = ngettext("Account as a page, for {count} client", "Account as a page, for {count} clients", len(client_ids))
    dialog = FormDialog(
        desk.shell,
        words.format(count=number_text(len(client_ids))),
        form,
        _("Choose the folder…"),
        lambda values: Job("", lambda _report: bool(values["embed"]), lane=Lane.SIDE, quiet=True),
        parent,
    )
    ids = list(client_ids)
    dialog.saved.connect(lambda embed: _ask_folder(desk, parent, ids, embed=bool(embed)))
    dialog.open()


def _ask_folder(desk: Desk, parent: QWidget, client_ids: list[int], *, embed: bool) -> None:
    dialog = QFileDialog(parent, _("Folder for the pages"), str(desk.shell.memory.folder(_FOLDER)))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)

    def chosen(name: str) -> None:
        folder = Path(name)
        desk.shell.memory.put_folder(_FOLDER, folder)
        book, today = desk.book, desk.today()

        def work(report: Report) -> list[HandedPage]:
            return hand_over_pages(book, folder, as_of=today, client_ids=client_ids, embed=embed, report=report)

        job = Job(_("Writing pages"), work, lane=Lane.SIDE)
        desk.shell.jobs.start(job, lambda made: _say_pages(desk, folder, made))

    dialog.fileSelected.connect(chosen)
    dialog.open()


def _say_pages(desk: Desk, folder: Path, made: object) -> None:
    assert isinstance(made, list)
    words = ngettext("{count} page is in {folder}.", "{count} pages are in {folder}.", len(made))
    offers = [offer_file(made[0].path)] if len(made) == 1 else []
    said = words.format(count=number_text(len(made)), folder=folder.name)
    desk.shell.notices.say(said, offers=[*offers, offer_folder(folder)])


def ask_run_zip(desk: Desk, parent: QWidget, number: str) -> None:
    """Ask for the file, write the run's documents into it, and mark those as handed over that waited for a hand."""
    dialog = QFileDialog(parent, _("Documents of a run"), str(desk.shell.memory.folder(_FOLDER)), "ZIP (*.zip)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("zip")
    dialog.selectFile(f"{number}.zip")

    def chosen(name: str) -> None:
        path = Path(name)
        desk.shell.memory.put_folder(_FOLDER, path.parent)
        book = desk.book

        def work(report: Report) -> _Zip:
            return _Zip(write_archive(book, path, run=number, report=report), waiting_in_run(book, number))

        job = Job(_("Writing {file}").format(file=path.name), work, lane=Lane.SIDE)
        desk.shell.jobs.start(job, lambda made: _mark_zip(desk, made))

    dialog.fileSelected.connect(chosen)
    dialog.open()


def _mark_zip(desk: Desk, made: object) -> None:
    assert isinstance(made, _Zip)
    if not made.waiting:
        _say_zip(desk, made.archive, "", [])
        return
    words = ngettext(
        "{count} of them waited for you and is marked as handed over.",
        "{count} of them waited for you and are marked as handed over.",
        len(made.waiting),
    )
    marked = words.format(count=number_text(len(made.waiting)))

    def said(written: object) -> None:
        assert isinstance(written, Written)
        _say_zip(desk, made.archive, marked, undo_offers(desk, written, OUTBOX))

    job = writing(
        desk,
        _("Marking as handed over"),
        lambda: hand_over(desk.book, made.waiting, actor=desk.actor),
        OUTBOX,
    )
    desk.shell.jobs.start(job, said)


def _say_zip(desk: Desk, archive: Archived, marked: str, offers: list[Offer]) -> None:
    words = ngettext("{count} document is in {file}.", "{count} documents are in {file}.", archive.documents)
    said = words.format(count=number_text(archive.documents), file=archive.path.name)
    more = " ".join(filter(None, (marked, *archive.left_out)))
    offers = [offer_folder(archive.path.parent), *offers]
    desk.shell.notices.say(said, more, offers, tone="held" if archive.left_out else "good")


def offer_marking(desk: Desk, waiting: Sequence[int]) -> list[Offer]:
    """Beside the notice that files are saved: the word that these documents, which waited for a hand, were handed
    over. Saving alone is not that."""
    if not waiting:
        return []
    words = ngettext("Mark {count} as handed over", "Mark {count} as handed over", len(waiting))
    return [(words.format(count=number_text(len(waiting))), partial(_mark, desk, waiting))]


def _mark(desk: Desk, invoice_ids: Sequence[int]) -> None:
    words = ngettext(
        "{count} document is marked as handed over.", "{count} documents are marked as handed over.", len(invoice_ids)
    )
    write(
        desk,
        _("Marking as handed over"),
        lambda: hand_over(desk.book, invoice_ids, actor=desk.actor),
        words.format(count=number_text(len(invoice_ids))),
        changed=OUTBOX,
    )
