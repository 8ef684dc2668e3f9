"""Asks where documents are filed and how their files are named, with the name that the last one would get."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QVBoxLayout, QWidget

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.paths import documents_dir
from desktop.services.delivery.handover.folder_settings import (
    PATTERN_FIELDS,
    FolderSettings,
    example,
    folder_settings_of,
    set_folder,
)
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.latest import Latest

_WIDTH = 640
_BESIDE_FORM = 200


def ask_folder(desk: Desk, parent: QWidget, then: Callable[[], object] | None = None) -> None:
    """Open the form with what is set now; `then` follows once it is kept."""
    book = desk.book

    def work() -> tuple[FolderSettings, str]:
        found = folder_settings_of(book)
        return found, _example(book, found.pattern)

    desk.shell.jobs.ask(work, lambda found: _open(desk, parent, found, then))


def _example(book: Book, pattern: str) -> str:
    """Where the last document would lie, or what is wrong with the pattern."""
    try:
        return _("Your last document would be {path}").format(path=example(book, pattern))
    except UserError as problem:
        return str(problem)


def _open(desk: Desk, parent: QWidget, answer: object, then: Callable[[], object] | None) -> None:
    assert isinstance(answer, tuple)
    found, first = answer
    form = Form(
        [
            Section(
                "",
                [
                    Field(
                        "folder",
                        _("Folder"),
                        note=_("Documents of clients who get theirs as files are put here, each client's in its own."),
                    ),
                    Field(
                        "pattern",
                        _("Name of each file"),
                        note=_("/ begins a folder. Fields: {fields}").format(
                            fields=" ".join(f"{{{name}}}" for name in PATTERN_FIELDS)
                        ),
                    ),
                ],
            )
        ],
        desk.shell.theme,
    )
    form.put({"folder": found.folder, "pattern": found.pattern})
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        folder, pattern = str(values["folder"] or ""), str(values["pattern"] or "")
        return Job(
            _("Keeping the folder"),
            lambda _report: set_folder(book, actor=actor, folder=folder, pattern=pattern),
            {"firm"},
            lane=Lane.HAND,
            quiet=True,
        )

    dialog = FormDialog(desk.shell, _("Documents in folders"), form, _("Save"), save, parent)
    choose = QPushButton(_("Choose the folder…"))
    choose.setAutoDefault(False)
    choose.clicked.connect(lambda: _choose(dialog, form))
    shown = QLabel(first, textFormat=Qt.TextFormat.PlainText)
    shown.setWordWrap(True)
    shown.setProperty("role", "secondary")
    shown.setAccessibleName(_("Example"))
    layout = dialog.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.insertWidget(1, choose, 0, Qt.AlignmentFlag.AlignLeft)
    layout.insertWidget(2, shown)
    # All of it is seen at once.
    dialog.resize(_WIDTH, form.sizeHint().height() + _BESIDE_FORM)
    latest = Latest(desk.shell.jobs, dialog)

    def show() -> None:
        pattern = str(form.editor("pattern").value() or "") or found.pattern
        latest.ask(lambda: _example(book, pattern), lambda text: shown.setText(str(text)))

    form.editor("pattern").changed.connect(show)
    if then is not None:
        dialog.saved.connect(lambda _kept: then())
    dialog.open()


def _choose(dialog: QWidget, form: Form) -> None:
    chosen = QFileDialog(dialog, _("Choose the folder"), str(form.editor("folder").value() or documents_dir()))
    chosen.setFileMode(QFileDialog.FileMode.Directory)
    chosen.setOption(QFileDialog.Option.ShowDirsOnly)
    chosen.fileSelected.connect(lambda name: form.editor("folder").put(str(Path(name))))
    chosen.open()
