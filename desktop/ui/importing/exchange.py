"""What every list can do with tables: take pasted rows in, and write its own into a file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.exports import ExportResult, export_file
from desktop.services.imports.pasting import fitting_kind, pasted_table
from desktop.ui.actions import Action
from desktop.ui.desk import Desk
from desktop.ui.exporting import FOLDER
from desktop.ui.importing.dialog import ask_import
from desktop.ui.importing.source import Source
from desktop.ui.importing.words import kind_word
from desktop.ui.opening import offer_folder
from desktop.ui.page import Page

# The records of a kind that rows of a page stand for.
IdsOf = Callable[[str, Sequence[int]], frozenset[int]]


def exchange(
    desk: Desk,
    page: Page,
    kinds: Sequence[str],
    *,
    ids_of: IdsOf | None = None,
    fixed: Callable[[], Mapping[str, str]] = dict,
    only: Callable[[], Collection[int]] | None = None,
) -> list[Action]:
    """Pasting and exporting as a page's actions; the first kind is what pasted rows are unless they say otherwise.

    `ids_of` gives the records of a kind for ids of the page, so that what is filtered is written alone.
    `fixed` are fields that the page knows of every pasted row; `only` the ids to which it is about.
    """
    name = kinds[0]
    pasting = partial(paste, desk, page, kinds, fixed)
    actions = [Action(f"{name}.paste", _("Paste rows from a spreadsheet…"), pasting, "", "Ctrl+V")]
    for kind in kinds:
        text: Callable[[], str] = partial(_export_text, page, kind, ids_of is not None, len(kinds) > 1)
        actions.append(Action(f"{kind}.export", text, partial(ask_export, desk, page, kind, ids_of, only)))
    return actions


def same_ids(_kind: str, ids: Sequence[int]) -> frozenset[int]:
    """Of a page whose rows are the records, or what each row of the kind belongs to."""
    return frozenset(ids)


def paste(desk: Desk, page: Page, kinds: Sequence[str], fixed: Callable[[], Mapping[str, str]]) -> None:
    """Open the import with the clipboard's rows. UserError where there are none."""
    titles = [column.title for column in page.table.shown_columns() if column.title]
    text = QGuiApplication.clipboard().text()
    kind = fitting_kind(text, kinds)
    content, options = pasted_table(text, kind, titles, fixed())
    ask_import(desk, page, kind, Source(_("the clipboard"), content, options))


def _export_text(page: Page, kind: str, follows: bool, named: bool) -> str:
    if follows and _is_narrowed(page):
        named_text = _("Export {kind} as shown, every field…")
        return named_text.format(kind=kind_word(kind)) if named else _("Export what is shown, every field…")
    return _("Export {kind}, every field…").format(kind=kind_word(kind)) if named else _("Export every field…")


def _is_narrowed(page: Page) -> bool:
    return page.model.query is not None and page.model.query.narrowed


def ask_export(
    desk: Desk, page: Page, kind: str, ids_of: IdsOf | None, only: Callable[[], Collection[int]] | None = None
) -> None:
    """Ask where to, and write in a worker."""
    ids = frozenset(only()) if only else None
    if ids_of is not None and _is_narrowed(page):
        ids = ids_of(kind, page.model.ids)
    dialog = QFileDialog(page, _("Export"), str(desk.shell.memory.folder(FOLDER)), "CSV (*.csv);;Excel (*.xlsx)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("csv")
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("xlsx" if "xlsx" in chosen else "csv"))
    dialog.selectFile(f"{kind}.csv")
    dialog.fileSelected.connect(lambda name: export(desk, kind, Path(name), ids))
    dialog.open()


def export(desk: Desk, kind: str, path: Path, ids: Collection[int] | None = None) -> None:
    """Write a kind to a file as a job, and say so."""
    desk.shell.memory.put_folder(FOLDER, path.parent)
    book = desk.book
    job = Job(
        _("Exporting {kind}").format(kind=kind_word(kind)),
        lambda report: export_file(book, kind, path, ids=ids, report=report),
        lane=Lane.SIDE,
    )
    desk.shell.jobs.start(job, lambda made: _tell(desk, made))


def _tell(desk: Desk, made: object) -> None:
    assert isinstance(made, ExportResult)
    said = ngettext("{count} row is written to {file}.", "{count} rows are written to {file}.", made.rows)
    desk.shell.notices.say(
        said.format(count=number_text(made.rows), file=made.path.name),
        _("Imported again, it changes nothing."),
        [offer_folder(made.path.parent)],
    )
