"""The form of where backups go, how many stay, and whether they make themselves."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QPushButton, QVBoxLayout, QWidget

from desktop.domain.rotation import Rotation
from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.paths import documents_dir
from desktop.services.backups.choices import (
    Choices,
    choices_of,
    has_own,
    keep_machine_choices,
    keep_own_choices,
    own_folder,
)
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.wrapping import WrappingRow


def ask_choices(desk: Desk, parent: QWidget) -> None:
    """Open the form with what holds now."""
    book = desk.book
    desk.shell.jobs.ask(lambda: (choices_of(book), has_own(book)), lambda found: _open(desk, parent, found))


def _open(desk: Desk, parent: QWidget, found: object) -> None:
    assert isinstance(found, tuple)
    choices, own = found
    assert isinstance(choices, Choices)
    form = Form(
        [
            Section(
                "",
                [
                    Field(
                        "automatic",
                        _("Make backups by themselves"),
                        "check",
                        note=_("When a book that was changed is closed, and once a day while it is open."),
                    ),
                    Field(
                        "folder",
                        _("Folder"),
                        hint=str(own_folder()),
                        note=_("Left empty, they go into the program's own folder on this computer."),
                    ),
                    Field(
                        "second",
                        _("Second place"),
                        note=_("A copy of each goes there as well: another disk, or a folder that is synchronised."),
                    ),
                ],
            ),
            Section(
                _("How long they stay"),
                [
                    Field("daily", _("Days"), "whole", span=2, required=True),
                    Field("weekly", _("Weeks"), "whole", span=2, required=True),
                    Field(
                        "monthly",
                        _("Months"),
                        "whole",
                        span=2,
                        required=True,
                        note=_("Of each the last backup stays."),
                    ),
                    Field("own", _("For this book alone, not for every book on this computer"), "check"),
                ],
            ),
        ],
        desk.shell.theme,
    )
    form.put(
        {
            "automatic": choices.automatic,
            "folder": str(choices.folder or ""),
            "second": str(choices.second or ""),
            "daily": choices.rotation.daily,
            "weekly": choices.rotation.weekly,
            "monthly": choices.rotation.monthly,
            "own": own,
        }
    )
    book, actor = desk.book, desk.actor

    def save(values: dict[str, object]) -> Job:
        chosen = _chosen(values)

        def work(_report: object) -> None:
            if values["own"]:
                keep_own_choices(book, chosen, actor=actor)
                return
            keep_machine_choices(chosen, who=book.signed_in)
            if own:
                keep_own_choices(book, None, actor=actor)

        return Job(_("Keeping where backups go"), work, {"backups"}, lane=Lane.HAND, quiet=True)

    dialog = FormDialog(desk.shell, _("Where backups go and how long they stay"), form, _("Save"), save, parent)
    row = WrappingRow()
    for key, text in (("folder", _("Choose the folder…")), ("second", _("Choose the second place…"))):
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _on=False, key=key, text=text: _choose(dialog, form, key, text))
        row.addWidget(button)
    holder = QWidget()
    holder.setLayout(row)
    layout = dialog.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.insertWidget(1, holder, 0, Qt.AlignmentFlag.AlignLeading)
    dialog.open()


def _chosen(values: dict[str, object]) -> Choices:
    def folder(key: str) -> Path | None:
        typed = str(values[key] or "").strip()
        return Path(typed).expanduser() if typed else None

    def number(key: str) -> int:
        value = values[key]
        return value if isinstance(value, int) else 0

    return Choices(
        bool(values["automatic"]),
        folder("folder"),
        folder("second"),
        Rotation(number("daily"), number("weekly"), number("monthly")),
    )


def _choose(dialog: QWidget, form: Form, key: str, text: str) -> None:
    chosen = QFileDialog(dialog, text, str(form.editor(key).value() or documents_dir()))
    chosen.setFileMode(QFileDialog.FileMode.Directory)
    chosen.setOption(QFileDialog.Option.ShowDirsOnly)
    chosen.fileSelected.connect(form.editor(key).put)
    chosen.open()
