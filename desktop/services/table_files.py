"""Tables as files: CSV that reads the same everywhere, and workbooks with real numbers and dates."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

from desktop.domain.spreadsheet_text import harmless
from desktop.errors import UserError
from desktop.i18n import _

Value = str | Decimal | date | bool | None

ENDINGS: Final = (".csv", ".xlsx")

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
# A spreadsheet keeps so many digits of a number; more than that stays a text.
_DIGITS = 15
# Characters that are forbidden in the name of a sheet, which has at most 31.
_NO_SHEET = re.compile(r"[\[\]:*?/\\]")
_SHEET_NAME = 31
_LEAST_WIDTH, _MOST_WIDTH = 12, 60
# The rows that a column's width is measured on.
_MEASURED = 200
_MARGIN = 2


def check_ending(path: Path) -> None:
    """UserError where the file's ending names no form that a table can have."""
    if path.suffix.lower() not in ENDINGS:
        raise UserError(
            _("A table cannot be written as “{ending}”.").format(ending=path.suffix or path.name),
            _("Give the file the ending .csv or .xlsx; both open in LibreOffice, too."),
        )


def write_table(
    path: Path,
    title: str,
    names: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    widths: Sequence[int] = (),
    formats: Sequence[str] = (),
) -> int:
    """Write headings and rows in the form of the file's ending; gives the number of rows.

    `widths` are the least, in characters; what the first rows hold makes a column wider, up to a bound. `formats` are a
    spreadsheet's own, by column, where a workbook is written; an empty one shows a number with as many decimals as it
    has. A file that stood there is replaced whole, or stays where the rows cannot be had to their end. UserError for
    another ending, or a refused write.
    """
    check_ending(path)
    with replaced(path) as unfinished:
        if path.suffix.lower() == ".csv":
            return _write_csv(unfinished, names, rows)
        return _write_xlsx(unfinished, title, names, rows, widths, formats)


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Where to write what takes the file's place once it is whole; an error leaves the file as it was.

    UserError where the disk refuses.
    """
    unfinished = path.with_name(path.name + ".part")
    try:
        try:
            yield unfinished
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            _("{file} cannot be written: {reason}.").format(file=path, reason=error.strerror or error),
            _("Choose another folder, make room on the disk, or close the file where it is open."),
        ) from error


def _write_csv(path: Path, names: Sequence[str], rows: Iterable[Sequence[Value]]) -> int:
    # The mark tells spreadsheets that the text is UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([harmless(name) for name in names])
        count = 0
        for row in rows:
            writer.writerow([_plain(value) for value in row])
            count += 1
    return count


def _plain(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, date):
        return value.isoformat()
    return harmless(value)


def plain_number(value: Decimal) -> str:
    """Digits with a point and no zeros behind the last one that counts."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _write_xlsx(
    path: Path,
    title: str,
    names: Sequence[str],
    rows: Iterable[Sequence[Value]],
    widths: Sequence[int],
    formats: Sequence[str],
) -> int:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(_NO_SHEET.sub(" ", title)[:_SHEET_NAME].strip())
    sheet.freeze_panes = "A2"
    source = iter(rows)
    first = list(islice(source, _MEASURED))
    for place, name in enumerate(names):
        held = max((_length(row[place]) for row in first), default=0)
        wanted = max(_LEAST_WIDTH, len(name) + 2 * _MARGIN, widths[place] if widths else 0)
        sheet.column_dimensions[get_column_letter(place + 1)].width = max(wanted, min(held + _MARGIN, _MOST_WIDTH))
    heads = []
    for name in names:
        head = WriteOnlyCell(sheet, name)
        head.font = Font(bold=True)
        head.data_type = "s"
        heads.append(head)
    sheet.append(heads)
    cell = _cells(sheet)
    shown = formats or [""] * len(names)
    count = 0
    try:
        for row in chain(first, source):
            sheet.append([cell(value, form) for value, form in zip(row, shown, strict=True)])
            count += 1
    except BaseException:
        # The sheet's own file would otherwise be closed by chance, with a warning.
        sheet.close()
        raise
    book.save(path)
    return count


def _length(value: Value) -> int:
    """The characters that a spreadsheet shows of a value, the longest line of a text."""
    if isinstance(value, Decimal):
        return len(f"{value:,f}")
    return max(map(len, str(value).splitlines()), default=0) if isinstance(value, str) else 10


def _cells(sheet: Any) -> Callable[[Value, str], Any]:
    from openpyxl.cell import WriteOnlyCell

    def cell(value: Value, form: str) -> Any:
        if value is None or isinstance(value, bool):
            return {None: None, True: "yes", False: "no"}[value]
        if isinstance(value, Decimal):
            digits = len(value.normalize().as_tuple().digits)
            if digits > _DIGITS:
                return plain_number(value)
            if not form:
                return float(value)
            made = WriteOnlyCell(sheet, float(value))
            made.number_format = money_format(value) if form == MONEY else form
            return made
        if isinstance(value, date):
            made = WriteOnlyCell(sheet, value)
            made.number_format = "yyyy-mm-dd"
            return made
        text = _CONTROLS.sub("", value)
        made = WriteOnlyCell(sheet, harmless(text) if text.startswith("'") else text)
        # A text that looks like a formula or a number stays the text that it is.
        made.data_type = "s"
        return made

    return cell


# The format of a column of amounts: its cells have the decimals of their own currencies.
MONEY: Final = "money"


def money_format(amount: Decimal) -> str:
    """A spreadsheet's format with as many decimals as the amount was given."""
    exponent = amount.as_tuple().exponent
    decimals = -exponent if isinstance(exponent, int) else 0
    return "#,##0" + ("." + "0" * decimals if decimals > 0 else "")
