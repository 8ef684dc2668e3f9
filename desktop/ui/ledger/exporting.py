"""The journal as a file for the accountant: where to, in which form, of which days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from db.engine import Book
from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.accounting.exports.journal_files import (
    Exported,
    write_beancount,
    write_journal_table,
    write_ledger,
)
from desktop.services.archive.datev_export import write_datev
from desktop.ui.desk import Desk
from desktop.ui.exporting import FOLDER
from desktop.ui.ledger.periods import FIRST, Span
from desktop.ui.opening import offer_file


def _datev(book: Book, path: Path, first: date, last: date) -> Exported:
    made = write_datev(book, path, first=first, last=last)
    return Exported(made.path, made.bookings, made.first, made.last)


def export_journal(desk: Desk, parent: QWidget, span: Span) -> None:
    """Ask where to, then write in a worker."""
    writers: dict[str, tuple[str, Callable[[Book, Path, date, date], Exported]]] = {
        _("Excel (*.xlsx)"): ("xlsx", write_journal_table),
        _("CSV (*.csv)"): ("csv", write_journal_table),
        _("DATEV bookings (*.csv)"): ("csv", _datev),
        _("Beancount (*.beancount)"): ("beancount", write_beancount),
        _("Ledger and hledger (*.ledger)"): ("ledger", write_ledger),
    }
    shell = desk.shell
    dialog = QFileDialog(parent, _("Export the journal"), str(shell.memory.folder(FOLDER)), ";;".join(writers))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("xlsx")
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(writers[chosen][0]))
    first, last = span
    name = _("Journal") if first == FIRST else f"{_('Journal')} {first.isoformat()}"
    dialog.selectFile(f"{name} {last.isoformat()}.xlsx")
    dialog.fileSelected.connect(
        lambda name: write_file(desk, Path(name), span, writers[dialog.selectedNameFilter()][1])
    )
    dialog.open()


def write_file(desk: Desk, path: Path, span: Span, writer: Callable[[Book, Path, date, date], Exported]) -> None:
    """Write the journal of these days as a job, and say so."""
    desk.shell.memory.put_folder(FOLDER, path.parent)
    book = desk.book

    def done(made: object) -> None:
        assert isinstance(made, Exported)
        said = ngettext("{count} entry is written to {file}.", "{count} entries are written to {file}.", made.entries)
        desk.shell.notices.say(said.format(count=number_text(made.entries), file=path.name), offers=[offer_file(path)])

    job = Job(_("Writing {file}").format(file=path.name), lambda _report: writer(book, path, *span), lane=Lane.SIDE)
    desk.shell.jobs.start(job, done)
