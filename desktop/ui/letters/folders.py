"""Statements for many clients into a folder, as a job with progress that can be stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.letters.files import write_statements
from desktop.ui.desk import Desk
from desktop.ui.opening import offer_folder

_FOLDER = "pdf_folder"


def save_statements(desk: Desk, parent: QWidget, client_ids: Sequence[int]) -> None:
    """Ask where to, then write a statement as of today for each client and currency with something to tell of."""
    start = desk.shell.memory.folder(_FOLDER)
    dialog = QFileDialog(parent, _("Folder for the statements"), str(start))
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    chosen = list(client_ids)
    dialog.fileSelected.connect(lambda name: _write(desk, chosen, Path(name)))
    dialog.open()


def _write(desk: Desk, client_ids: list[int], folder: Path) -> None:
    desk.shell.memory.put_folder(_FOLDER, folder)
    book, today = desk.book, desk.today()

    def work(report: Callable[[int, int, str], None]) -> int:
        return len(write_statements(book, folder, client_ids, as_of=today, report=report))

    def done(count: object) -> None:
        assert isinstance(count, int)
        if not count:
            desk.shell.notices.say(_("There is nothing to tell these clients of: nothing is open."))
            return
        said = ngettext("{count} statement is saved in {folder}.", "{count} statements are saved in {folder}.", count)
        desk.shell.notices.say(said.format(count=number_text(count), folder=folder.name), offers=[offer_folder(folder)])

    many = ngettext("Statements for {count} client", "Statements for {count} clients", len(client_ids))
    desk.shell.jobs.start(Job(many.format(count=number_text(len(client_ids))), work, lane=Lane.SIDE), done)
