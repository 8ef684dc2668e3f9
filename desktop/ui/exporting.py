"""What a page shows as a file: its rows, their order and its columns, as the person has them before them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.table_files import MONEY, Value, write_table
from desktop.ui.columns import Column, exported
from desktop.ui.listing import Listing
from desktop.ui.opening import offer_file, offer_folder
from desktop.ui.shell import Shell

FOLDER = "export_folder"
_CHUNK = 500
# Pixels of the design that a character takes in a workbook's column.
_PIXELS_A_CHARACTER = 7
_PERCENT = '0.##" %"'
# What no file of a common system has in its name.
_NO_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')

Report = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Sheet:
    """What is written: a listing's rows by id, under these columns."""

    title: str
    listing: Listing
    ids: Sequence[int]
    columns: Sequence[Column]

    def write(self, path: Path, report: Report) -> int:
        """Write the rows in the form of the file's ending; gives how many there were."""
        columns = _with_currencies(self.columns)
        return write_table(
            path,
            self.title,
            [column.title or _("State") for column in columns],
            self._rows(columns, report),
            widths=[column.width // _PIXELS_A_CHARACTER for column in columns],
            formats=[{"money": MONEY, "percent": _PERCENT}.get(column.kind, "") for column in columns],
        )

    def _rows(self, columns: Sequence[Column], report: Report) -> Iterator[Sequence[Value]]:
        for start in range(0, len(self.ids), _CHUNK):
            report(start, len(self.ids), _("Writing rows"))
            some = self.ids[start : start + _CHUNK]
            rows = self.listing.rows(some)
            for one in some:
                # What was deleted since it was listed is not there to be written.
                if one in rows:
                    yield [exported(column, rows[one]) for column in columns]


def _with_currencies(columns: Sequence[Column]) -> list[Column]:
    """An amount in a file stands without its currency, so that it can be added up: the currency gets its own column."""
    known, made = {column.key for column in columns}, list[Column]()
    for column in columns:
        made.append(column)
        if column.kind == "money" and column.currency_key not in known:
            known.add(column.currency_key)
            made.append(Column(column.currency_key, _("Currency"), 70))
    return made


def ask_export(shell: Shell, parent: QWidget, sheet: Sheet) -> None:
    """Ask where to, and write in a worker."""
    folder = shell.memory.folder(FOLDER)
    dialog = QFileDialog(parent, _("Export"), str(folder), "Excel (*.xlsx);;CSV (*.csv)")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("xlsx")
    dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix("csv" if "csv" in chosen else "xlsx"))
    dialog.selectFile(f"{_NO_NAME.sub(' ', sheet.title).strip()}.xlsx")
    dialog.fileSelected.connect(lambda name: export(shell, sheet, Path(name)))
    dialog.open()


def export(shell: Shell, sheet: Sheet, path: Path) -> None:
    """Write the rows as a job that can be stopped, and say so."""
    shell.memory.put_folder(FOLDER, path.parent)

    def done(rows: object) -> None:
        assert isinstance(rows, int)
        said = ngettext("{count} row is written to {file}.", "{count} rows are written to {file}.", rows)
        shell.notices.say(
            said.format(count=number_text(rows), file=path.name),
            offers=[offer_file(path), offer_folder(path.parent)],
        )

    title = _("Exporting {list}").format(list=sheet.title)
    shell.jobs.start(Job(title, lambda report: sheet.write(path, report), lane=Lane.SIDE), done)
