"""Saves issued documents as e-invoices in a form that they can take: one under a name, several into a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.delivery.handover.handing import waiting_by_hand
from desktop.services.document_files import render
from desktop.services.einvoice_files import Offer, einvoice_offers, save_einvoice
from desktop.ui.choices import einvoice_forms
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import Choice
from desktop.ui.form import Field, Form, Section
from desktop.ui.invoices.files import ask_file, keep_folder, say_saved, start_folder
from desktop.ui.listing import Listing

# More reasons would not be read where they stand.
_SHOWN = 3
_Refused = list[tuple[str, UserError]]


def save_chosen(desk: Desk, parent: QWidget, listing: Listing, ids: Sequence[int]) -> None:
    """`save_einvoices` for rows of a list; what was issued before the book began cannot be one."""
    rows = listing.rows(ids)
    documents = {one: str(rows[one]["number"]) for one in ids if one in rows and rows[one]["kind"] != "opening"}
    if not documents:
        raise UserError(
            _("What was issued before the book began has no page here."), _("Look for it where it was issued.")
        )
    save_einvoices(desk, parent, documents)


def save_einvoices(desk: Desk, parent: QWidget, documents: Mapping[int, str]) -> None:
    """Ask for the form and where to, then write. `documents` are issued ones: ids with numbers, one at least."""
    book = desk.book
    title = ngettext("Looking at {count} document", "Looking at {count} documents", len(documents))

    def work(report: Callable[[int, int, str], None]) -> list[Offer]:
        report(0, len(documents), "")
        return einvoice_offers(book, documents)

    job = Job(title.format(count=number_text(len(documents))), work, lane=Lane.SIDE)
    desk.shell.jobs.start(job, partial(_ask_form, desk, parent, dict(documents)))


def _ask_form(desk: Desk, parent: QWidget, documents: dict[int, str], offers: object) -> None:
    assert isinstance(offers, list)
    choices = _choices(offers, len(documents))
    if not choices:
        # The form that was meant stands first.
        desk.shell.notices.show_error(offers[0].problem)
        return
    form = Form([Section("", [Field("form", _("Form"), "choice", required=True, choices=choices)])], desk.shell.theme)
    form.put({"form": choices[0][0]})
    dialog = FormDialog(
        desk.shell,
        _("Save as e-invoice"),
        form,
        _("Save…"),
        lambda values: Job(_("Save as e-invoice"), lambda _report: str(values["form"]), lane=Lane.SIDE),
        parent,
    )
    dialog.saved.connect(
        lambda chosen: _ask_where(desk, parent, documents, next(one for one in offers if one.form == chosen))
    )
    dialog.open()


def _choices(offers: list[Offer], count: int) -> list[Choice]:
    """The forms that one of the documents can take at least, with how many where it is not all."""
    words = dict(einvoice_forms())
    choices: list[Choice] = []
    for offer in offers:
        text = words[offer.form]
        if 0 < offer.fit < count:
            some = _("{form} ({fit} of {count})")
            text = some.format(form=text, fit=number_text(offer.fit), count=number_text(count))
        if offer.fit:
            choices.append((offer.form, text))
    return choices


def _ask_where(desk: Desk, parent: QWidget, documents: dict[int, str], offer: Offer) -> None:
    if len(documents) == 1:
        ((one, number),) = documents.items()
        save = partial(save_einvoice, desk.book, one, offer.form)
        ask_file(desk, parent, number, offer.ending, save, [one])
        return
    dialog = QFileDialog(parent, _("Folder for the e-invoices"), start_folder(desk))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda name: _write(desk, documents, offer.form, Path(name)))
    dialog.open()


def _write(desk: Desk, documents: Mapping[int, str], form: str, folder: Path) -> None:
    keep_folder(desk, folder)
    numbers = list(documents.values())

    def work(report: Callable[[int, int, str], None]) -> tuple[int, _Refused, tuple[int, ...]]:
        refused: _Refused = []
        written = render(
            desk.book,
            folder,
            numbers=numbers,
            report=report,
            form=form,
            refused=lambda number, why: refused.append((number, why)),
        )
        lacking = {number for number, _why in refused}
        saved = [one for one, number in documents.items() if number not in lacking]
        return len(written), refused, waiting_by_hand(desk.book, saved)

    title = ngettext("Saving {count} e-invoice", "Saving {count} e-invoices", len(numbers))
    desk.shell.jobs.start(
        Job(title.format(count=number_text(len(numbers))), work, lane=Lane.SIDE),
        lambda answer: _say(desk, folder, answer),
    )


def _say(desk: Desk, folder: Path, answer: object) -> None:
    assert isinstance(answer, tuple)
    count, refused, waiting = answer
    said = ngettext("{count} e-invoice is saved in {folder}.", "{count} e-invoices are saved in {folder}.", count)
    reasons = [why.message for _number, why in refused[:_SHOWN]]
    if more := len(refused) - len(reasons):
        words = ngettext("{count} more could not be written.", "{count} more could not be written.", more)
        reasons.append(words.format(count=number_text(more)))
    say_saved(desk, said.format(count=number_text(count), folder=folder.name), folder, "\n".join(reasons), waiting)
