"""A report as a file or on paper: a workbook, a CSV or JSON file, pages."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.jobs import Report as Progress
from desktop.services.report_files import report_pdf, write_report
from desktop.services.reports import Report
from desktop.ui.exporting import FOLDER
from desktop.ui.opening import offer_file
from desktop.ui.printing import print_documents
from desktop.ui.shell import Shell

_NOT_IN_NAMES = str.maketrans(dict.fromkeys('\\/:*?"<>|', " "))


def ask_file(shell: Shell, parent: QWidget, made: Report) -> None:
    """Ask where to and in which form, and write in a worker."""
    folder = shell.memory.folder(FOLDER)
    forms = {"Excel (*.xlsx)": "xlsx", "PDF (*.pdf)": "pdf", "CSV (*.csv)": "csv", "JSON (*.json)": "json"}
    dialog = QFileDialog(parent, _("Export"), str(folder), ";;".join(forms))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("xlsx")
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(forms[chosen]))
    name = f"{made.title.translate(_NOT_IN_NAMES).strip()} {made.as_of.isoformat()}"
    dialog.selectFile(f"{name}.xlsx")
    dialog.fileSelected.connect(lambda chosen: write_file(shell, made, Path(chosen)))
    dialog.open()


def write_file(shell: Shell, made: Report, path: Path) -> None:
    """Write the report in the form of the file's ending, as a job that can be stopped, and say so."""
    shell.memory.put_folder(FOLDER, path.parent)

    def work(progress: Progress) -> None:
        write_report(made, path, progress)

    def done(_nothing: object) -> None:
        shell.notices.say(
            _("The report is written to {file}.").format(file=path.name),
            offers=[offer_file(path)],
        )

    shell.jobs.start(Job(_("Writing {file}").format(file=path.name), work, lane=Lane.SIDE), done)


def print_report(shell: Shell, parent: QWidget, made: Report) -> None:
    """Print the pages of the report."""
    print_documents(shell, parent, made.title, [lambda: report_pdf(made)])
