"""Archives for the accountant: asks which days and which file, writes them, and verifies one that was written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane, Report
from desktop.services.archive.making import Archived, documents_between, write_archive
from desktop.services.archive.verifying import Verified, verify_archive
from desktop.ui.desk import Desk
from desktop.ui.dialog import FormDialog
from desktop.ui.form import Field, Form, Section
from desktop.ui.opening import offer_folder

_FOLDER = "archive_folder"
_ZIP = "ZIP (*.zip)"


def archive_run(desk: Desk, parent: QWidget, number: str) -> None:
    """Ask for the file, then write the run's documents into it as a job that can be stopped."""

    def work(path: Path, report: Report) -> Archived:
        return write_archive(desk.book, path, run=number, report=report)

    _ask_file(desk, parent, number, work)


def archive_days(desk: Desk, parent: QWidget) -> None:
    """Ask for the days, by default the month that is over, then for the file."""
    form = Form(
        [
            Section(
                "",
                [
                    Field("first", _("From"), "date", required=True, span=3),
                    Field("last", _("Until"), "date", required=True, span=3),
                ],
            )
        ],
        desk.shell.theme,
    )
    over = desk.today().replace(day=1) - timedelta(days=1)
    form.put({"first": over.replace(day=1), "last": over})

    def look(typed: dict[str, object]) -> Job:
        first, last = typed["first"], typed["last"]
        assert isinstance(first, date)
        assert isinstance(last, date)

        def work(_report: Report) -> tuple[date, date]:
            documents_between(desk.book, first, last)
            return first, last

        return Job(_("Looking for documents"), work, lane=Lane.SIDE)

    def asked(days: object) -> None:
        assert isinstance(days, tuple)
        first, last = days

        def work(path: Path, report: Report) -> Archived:
            return write_archive(desk.book, path, first=first, last=last, report=report)

        _ask_file(desk, parent, f"{first.isoformat()} {last.isoformat()}", work)

    dialog = FormDialog(desk.shell, _("Archive for the accountant"), form, _("Choose the file…"), look, parent)
    dialog.saved.connect(asked)
    dialog.open()


def verify(desk: Desk, parent: QWidget) -> None:
    """Ask for an archive and say whether every byte of it is as it was written, and its documents those of the book."""
    dialog = QFileDialog(parent, _("Verify an archive"), _start(desk), _ZIP)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)

    def chosen(name: str) -> None:
        path = Path(name)

        def work(report: Report) -> Verified:
            return verify_archive(path, desk.book, report)

        job = Job(_("Verifying {file}").format(file=path.name), work, lane=Lane.SIDE)
        desk.shell.jobs.start(job, lambda found: _say_verified(desk, path, found))

    dialog.fileSelected.connect(chosen)
    dialog.open()


def _start(desk: Desk) -> str:
    return str(desk.shell.memory.folder(_FOLDER))


def _ask_file(desk: Desk, parent: QWidget, name: str, write: Callable[[Path, Report], Archived]) -> None:
    dialog = QFileDialog(parent, _("Archive for the accountant"), _start(desk), _ZIP)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("zip")
    dialog.selectFile(f"{name}.zip")

    def chosen(named: str) -> None:
        path = Path(named)
        desk.shell.memory.put_folder(_FOLDER, path.parent)
        job = Job(_("Writing {file}").format(file=path.name), lambda report: write(path, report), lane=Lane.SIDE)
        desk.shell.jobs.start(job, lambda made: _say_written(desk, made))

    dialog.fileSelected.connect(chosen)
    dialog.open()


def _say_written(desk: Desk, made: object) -> None:
    assert isinstance(made, Archived)
    said = ngettext(
        "{count} document is in {file}, with tables and what proves them.",
        "{count} documents are in {file}, with tables and what proves them.",
        made.documents,
    )
    desk.shell.notices.say(
        said.format(count=number_text(made.documents), file=made.path.name),
        " ".join(made.left_out),
        [offer_folder(made.path.parent)],
        tone="held" if made.left_out else "good",
    )


def _say_verified(desk: Desk, path: Path, found: object) -> None:
    assert isinstance(found, Verified)
    if not found.problems:
        said = ngettext(
            "{file} is as it was written: its {count} document is in the book, sealed alike.",
            "{file} is as it was written: its {count} documents are in the book, sealed alike.",
            found.documents,
        )
        desk.shell.notices.say(said.format(file=path.name, count=number_text(found.documents)))
        return
    said = ngettext(
        "{file} is not as it was written: {count} thing is wrong.",
        "{file} is not as it was written: {count} things are wrong.",
        len(found.problems),
    )
    desk.shell.notices.say(
        said.format(file=path.name, count=number_text(len(found.problems))), found.problems[0], tone="blocked"
    )
