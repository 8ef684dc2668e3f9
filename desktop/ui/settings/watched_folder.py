"""The form of the folder whose files come in by themselves."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.paths import documents_dir
from desktop.services.watching import WatchedFolder, set_watched_folder, watched_folder
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.importing.words import date_orders


def ask_watched_folder(desk: Desk, parent: QWidget) -> None:
    """Open the form with what is set now."""
    desk.shell.jobs.ask(lambda: watched_folder(desk.book), lambda found: _open(desk, parent, found))


def _open(desk: Desk, parent: QWidget, found: object) -> None:
    assert isinstance(found, WatchedFolder)
    form = Form(
        [
            Section(
                "",
                [
                    Field("on", _("Import what appears in a folder by itself"), "check"),
                    Field(
                        "path",
                        _("Folder"),
                        note=_(
                            "Exports of time trackers, meters and charges. A file that is whole comes in once and "
                            "moves to “done”, or to “refused” with the reason beside it."
                        ),
                    ),
                    Field(
                        "date_order",
                        _("A date like 3/4/2026 there has"),
                        "choice",
                        choices=[(None, _("what each file tells; one in doubt is refused")), *date_orders()],
                    ),
                ],
            )
        ],
        desk.shell.theme,
    )
    form.put({"on": found.on, "path": str(found.path or ""), "date_order": found.date_order})
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        typed = str(values["path"] or "").strip()
        order = values["date_order"]
        folder = WatchedFolder(
            Path(typed).expanduser() if typed else None,
            bool(values["on"]),
            order if order in ("dmy", "mdy", "ymd") else None,
        )
        return Job(
            _("Keeping the watched folder"),
            lambda _report: set_watched_folder(book, folder, actor=actor),
            {"firm"},
            lane=Lane.HAND,
            quiet=True,
        )

    dialog = FormDialog(desk.shell, _("Watched folder"), form, _("Save"), save, parent)
    choose = QPushButton(_("Choose the folder…"))
    choose.setAutoDefault(False)
    choose.clicked.connect(lambda: _choose(dialog, form))
    layout = dialog.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.insertWidget(1, choose, 0, Qt.AlignmentFlag.AlignLeft)
    dialog.open()


def _choose(dialog: QWidget, form: Form) -> None:
    chosen = QFileDialog(dialog, _("Choose the folder"), str(form.editor("path").value() or documents_dir()))
    chosen.setFileMode(QFileDialog.FileMode.Directory)
    chosen.setOption(QFileDialog.Option.ShowDirsOnly)

    def take(name: str) -> None:
        form.editor("path").put(name)
        form.editor("on").put(True)

    chosen.fileSelected.connect(take)
    chosen.open()
