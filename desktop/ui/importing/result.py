"""What an import rejected, row by row, and the word that it is done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job
from desktop.services.imports import ImportResult, summary
from desktop.services.imports.history import undo_import
from desktop.ui.desk import Desk
from desktop.ui.few_rows import FewRows
from desktop.ui.importing.preview import rejection_columns, rejection_rows
from desktop.ui.importing.words import kind_word
from desktop.ui.page import Design, Page

# What an import, or its undo, may write.
IMPORTED = frozenset({"clients", "agreements", "billables", "invoices", "firm", "runs", "bank"})
_SIZE = (1000, 560)


def tell_import(desk: Desk, parent: QWidget, result: ImportResult) -> None:
    """Say what was imported, with the way back and the rows that were not."""
    shell = desk.shell
    offers = []
    batch = result.batch
    if batch is not None:
        offers.append((_("Undo"), lambda: take_back_import(desk, batch)))
    if result.rejected:
        offers.append((_("Show what was rejected"), lambda: show_rejected(desk, parent, result)))
    if batch is None and not result.rejected:
        known = ngettext(
            "The one row of {file} is in the book already.", "All {count} rows of {file} are in the book already.",
            result.rows,
        )  # fmt: skip
        shell.notices.say(known.format(count=number_text(result.rows), file=result.name), tone="note")
        return
    shell.notices.say(
        f"{kind_word(result.kind)}: {summary(result)}", offers=offers, tone="held" if result.rejected else "good"
    )


def take_back_import(desk: Desk, batch: int) -> None:
    """Undo an import as a whole, and say so."""
    book, actor = desk.book, desk.actor
    desk.shell.jobs.start(
        Job(_("Undoing the import"), lambda _report: undo_import(book, batch, actor=actor), IMPORTED),
        lambda said: desk.shell.notices.say(_("Undone: {what}").format(what=said)),
    )


def show_rejected(desk: Desk, parent: QWidget, result: ImportResult) -> None:
    """The rows that were not taken, to search, sort and copy."""
    page = Page(
        desk.shell,
        Design(
            name="rejected",
            title=_("Rejected rows of {file}").format(file=result.name),
            columns=rejection_columns(),
            listing=FewRows(lambda: rejection_rows(result)),
            search_hint=_("Search column, value, problem"),
            nothing_yet=_("No row was rejected."),
            depends=frozenset(),
        ),
    )
    dialog = QDialog(parent.window())
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(page.design.title)
    dialog.resize(desk.shell.theme.px(_SIZE[0]), desk.shell.theme.px(_SIZE[1]))
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(0, 0, 0, 16)
    layout.addWidget(page)
    dialog.open()
