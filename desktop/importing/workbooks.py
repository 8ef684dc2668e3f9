"""A spreadsheet as a table: .xlsx, .ods, and the older .xls and .xlsb, with the sheet that the import is about."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from io import BytesIO
from itertools import islice
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from desktop.errors import UserError
from desktop.i18n import _, ngettext
from desktop.importing.options import TableOptions
from desktop.importing.records import Record
from desktop.importing.results import Note
from desktop.importing.typed import cell_text, percent_text
from desktop.importing.workbook_marks import Marks, document_marks, excel_marks

HEAD = 4096
_SAMPLE = 400
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARY = b"xl/workbook.bin"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# A sheet of a million rows unpacks to less; what unpacks to more was made to fill the memory.
_LARGEST = 4 << 30

# What the archive module says of archives that are damaged, locked or of a kind that it cannot unpack.
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


class SheetQuestionError(UserError):
    """Which of several sheets is meant; `sheets` are their names."""

    def __init__(self, message: str, remedy: str, sheets: tuple[str, ...]) -> None:
        super().__init__(message, remedy)
        self.sheets = sheets


def is_workbook(head: bytes) -> bool:
    """Whether a file that begins so is a spreadsheet; other archives and documents are left to be refused."""
    if head.startswith(_OLE):
        return True
    if not head.startswith(_ZIP):
        return False
    return (
        b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet" in head
        or b"xl/" in head
        or b"[Content_Types].xml" in head
    )


class Workbook:
    """An open workbook. UserError where it cannot be read."""

    def __init__(self, content: bytes, head: bytes, name: str) -> None:
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

        self.name = name
        self.digest = hashlib.sha256(content).hexdigest()
        # Of these forms nothing but the values is read.
        self.is_binary = head.startswith(_OLE) or _BINARY in content
        self._content = content
        if head.startswith(_OLE) and _ENCRYPTED in content:
            raise _locked(name)
        try:
            if not head.startswith(_OLE):
                _refuse_too_large(content, name)
            self._book = CalamineWorkbook.from_filelike(BytesIO(content))
            found = self._book.sheets_metadata
        except PasswordError:
            raise _locked(name) from None
        except (CalamineError, *_BROKEN):
            raise _broken(name) from None
        usual = [one for one in found if one.typ == SheetTypeEnum.WorkSheet]
        visible = [one for one in usual if one.visible == SheetVisibleEnum.Visible]
        self.sheets = tuple(one.name for one in visible or usual)
        # A hidden sheet is read only by its name.
        self._all = {one.name.casefold(): one.name for one in usual}
        if not self.sheets:
            raise UserError(
                _("“{name}” has no sheet with cells.").format(name=name), _("Save the table as a sheet of its own.")
            )

    def choose(self, options: TableOptions, score: Callable[[Sequence[str]], int]) -> Sheet:
        """The sheet that was asked for, else the one whose headings fit the kind best.

        SheetQuestionError where several fit alike or none does; UserError for one that is not there, or all empty.
        """
        if options.sheet is not None:
            name = self._all.get(options.sheet.strip().casefold())
            if name is None:
                raise UserError(
                    _("“{name}” has no sheet “{sheet}”.").format(name=self.name, sheet=options.sheet),
                    _("Its sheets are: {sheets}.").format(sheets=", ".join(self.sheets)),
                )
            return self._filled(self._sheet(name))
        filled = [sheet for sheet in map(self._sheet, self.sheets) if sheet.sample()]
        if not filled:
            raise _empty(self.name)
        if len(filled) == 1:
            return filled[0]
        fit = {sheet.name: max(score(record.cells) for record in sheet.sample()[:30]) for sheet in filled}
        best = max(fit.values())
        fitting = [sheet for sheet in filled if fit[sheet.name] == best]
        if len(fitting) > 1 or best < 2:
            names = ", ".join(f"“{sheet.name}”" for sheet in fitting)
            raise SheetQuestionError(
                _("“{name}” has several sheets that it may be: {sheets}.").format(name=self.name, sheets=names),
                _("Choose the sheet to read."),
                self.sheets,
            )
        (sheet,) = fitting
        text = _("The file has {count} sheets; “{sheet}” is read, whose column names fit.")
        sheet.notes.append(Note(0, "", text.format(count=len(self.sheets), sheet=sheet.name)))
        return sheet

    def _sheet(self, name: str) -> Sheet:
        from python_calamine import CalamineError

        try:
            # Only now is the sheet unpacked: the list of sheets may be whole where one of them is not.
            cells = self._book.get_sheet_by_name(name)
        except CalamineError:
            raise _broken(self.name) from None
        return Sheet(cells, self._marks(name), self.is_binary)

    def _filled(self, sheet: Sheet) -> Sheet:
        if not sheet.sample():
            raise _empty(f"{self.name}: {sheet.name}")
        return sheet

    def _marks(self, name: str) -> Callable[[], Marks]:
        content = self._content

        def marks() -> Marks:
            try:
                if content.startswith(_OLE):
                    return Marks()
                # An OpenDocument file states its kind uncompressed at its beginning.
                if b"mimetypeapplication/vnd.oasis" in content[:HEAD]:
                    return document_marks(content, name)
                return excel_marks(content, name)
            except (*_BROKEN, ParseError, KeyError):
                raise _broken(self.name) from None

        return marks


class Sheet:
    """One sheet; its rows count from 1 as the spreadsheet numbers them."""

    def __init__(self, cells: Any, marks: Callable[[], Marks], is_binary: bool) -> None:
        self.name = str(cells.name)
        self.height = int(cells.end[0]) + 1 if cells.end else 0
        self._cells = cells
        self._marks = marks
        self._left = int(cells.start[1]) if cells.start else 0
        self._is_binary = is_binary
        self._sample: list[Record] | None = None

    @cached_property
    def marks(self) -> Marks:
        return self._marks()

    @cached_property
    def notes(self) -> list[Note]:
        notes = []
        if self._is_binary:
            notes.append(
                Note(
                    0,
                    "",
                    _("A workbook of this form does not tell errors of its formulas: such cells are read as empty."),
                )
            )
        if self.marks.hidden:
            text = ngettext(
                "{count} hidden row is read like the others.",
                "{count} hidden rows are read like the others.",
                self.marks.hidden,
            )
            notes.append(Note(0, "", text.format(count=self.marks.hidden)))
        return notes

    def sample(self) -> list[Record]:
        """The first rows that are not empty, without the values that the format of a cell changes."""
        if self._sample is None:
            self._sample = list(islice(self._plain(), _SAMPLE))
        return self._sample

    def records(self, header_row: int, width: int) -> Iterator[Record]:
        """The rows below the header. Empty cells beyond the header are cut off: the widest row made them."""
        marked: dict[int, list[int]] = {}
        for row, column in (*self.marks.errors, *self.marks.percents):
            marked.setdefault(row + 1, []).append(column)
        for record in self._rows(marked):
            if record.row > header_row:
                while len(record.cells) > width and not record.cells[-1]:
                    record.cells.pop()
                yield record

    def _plain(self) -> Iterator[Record]:
        for record in self._rows({}):
            cells = record.cells
            while cells and not cells[-1].strip():
                cells.pop()
            yield record

    def _rows(self, marked: dict[int, list[int]]) -> Iterator[Record]:
        blank = [""] * self._left
        # The reader gives the empty rows above the first cell, but not the empty columns before it.
        for row, values in enumerate(self._cells.iter_rows(), 1):
            cells = blank + [value if type(value) is str else cell_text(value) for value in values]
            for column in marked.get(row, ()):
                self._mark(cells, values, row - 1, column)
            if any(cells):
                yield Record(row, cells)

    def _mark(self, cells: list[str], values: list[Any], row: int, column: int) -> None:
        if column >= len(cells):
            return
        error = self.marks.errors.get((row, column))
        if error is not None:
            cells[column] = error
            return
        value = values[column - self._left] if column >= self._left else ""
        if isinstance(value, float | int) and not isinstance(value, bool):
            cells[column] = percent_text(value)


def _refuse_too_large(content: bytes, name: str) -> None:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if sum(one.file_size for one in archive.infolist()) > _LARGEST:
            raise UserError(
                _("“{name}” unpacks to more than {size} GB.").format(name=name, size=_LARGEST >> 30),
                _("Save the sheet as CSV and import that file."),
            )


def _locked(name: str) -> UserError:
    return UserError(
        _("“{name}” is protected by a password.").format(name=name),
        _("Open it in the spreadsheet program, save it without the password and import that file."),
    )


def _broken(name: str) -> UserError:
    return UserError(
        _("“{name}” is no workbook that can be read: it is incomplete or damaged.").format(name=name),
        _("Open it in the spreadsheet program and save it again, or export the sheet as CSV."),
    )


def _empty(name: str) -> UserError:
    return UserError(
        _("“{name}” holds no filled cells.").format(name=name),
        _("Export it again, with the column names in the first line."),
    )
