"""The signed contract of an agreement: attached with the day of its signature, and given out again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.paths import documents_dir
from desktop.services.agreements import attach_contract
from desktop.services.files import stored_file
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.saving import tell, writing


def ask_contract(desk: Desk, parent: QWidget, agreement_id: int) -> None:
    """Choose the file, then say when it was signed."""
    kinds = _("Documents and scans (*.pdf *.png *.jpg *.jpeg *.docx *.odt);;All files (*)")
    dialog = QFileDialog(parent.window(), _("The signed contract"), str(documents_dir()), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: ask_signature(desk, parent, agreement_id, Path(name)))
    dialog.open()


def ask_signature(desk: Desk, parent: QWidget, agreement_id: int, path: Path) -> None:
    """Say when the contract in this file was signed, and keep both."""
    note = _("{file} is kept in the book.").format(file=path.name)
    fields = [Field("signed_on", _("Signed on"), "date", span=3, hint=_("No date"), note=note)]
    form = Form([Section("", fields)], desk.shell.theme)
    form.put({"signed_on": desk.today()})
    book, actor, today = desk.book, desk.actor, desk.today()

    def save(values: dict[str, object]) -> Job:
        signed = values["signed_on"]
        assert signed is None or isinstance(signed, date)

        def work() -> None:
            attach_contract(book, agreement_id, path.name, _read(path), signed, actor=actor, today=today)

        return writing(desk, _("Keeping the contract"), work)

    dialog = FormDialog(desk.shell, _("Attach the contract"), form, _("Attach"), save, parent)
    dialog.saved.connect(lambda written: tell(desk, _("{file} is attached.").format(file=path.name), written))
    dialog.open()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            _("{file} cannot be read: {reason}.").format(file=path.name, reason=reason), _("Choose another file.")
        ) from error


def save_contract(desk: Desk, parent: QWidget, file_id: int, name: str) -> None:
    """Put a copy of the contract where the person says."""
    dialog = QFileDialog(parent.window(), _("Save the contract"), str(documents_dir()))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    book = desk.book

    def chosen(target: str) -> None:
        job = Job(
            _("Saving the contract"), lambda _report: _write(book, file_id, Path(target)), lane=Lane.SIDE, quiet=True
        )
        desk.shell.jobs.start(job, lambda _done: desk.shell.notices.say(_("The contract is saved."), target))

    dialog.fileSelected.connect(chosen)
    dialog.open()


def _write(book: Book, file_id: int, target: Path) -> None:
    try:
        target.write_bytes(stored_file(book, file_id).content)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UserError(
            _("{file} cannot be written: {reason}.").format(file=target.name, reason=reason),
            _("Choose another folder."),
        ) from error
