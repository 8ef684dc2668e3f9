"""Reports as files: CSV that spreadsheets and other programs read the same everywhere."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.reports import Report, plain_rows

# A spreadsheet takes a text that begins so for a formula and runs it; a client's name must not do that.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def report_csv(made: Report) -> str:
    """Comma-separated rows under the columns' keys, amounts in major units, dates ISO, lines ended by CR LF."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.key for column in made.columns)
    for row in plain_rows(made):
        writer.writerow(
            _harmless(row[column.key] or "") if column.kind == "text" else row[column.key] or ""
            for column in made.columns
        )
    return out.getvalue()


def check_ending(path: Path) -> None:
    """UserError where the file's ending names no form that a report can have."""
    if path.suffix.lower() != ".csv":
        raise UserError(
            _("A report cannot be written as “{ending}”.").format(ending=path.suffix or path.name),
            _("Give the file the ending .csv."),
        )


def write_report(made: Report, path: Path) -> None:
    """Write the report in the form that the file's ending names; a file that stood there is replaced whole or stays.

    UserError for another ending, or a refused write.
    """
    check_ending(path)
    unfinished = path.with_name(path.name + ".part")
    try:
        try:
            # The mark tells spreadsheets that the text is UTF-8.
            unfinished.write_text(report_csv(made), encoding="utf-8-sig", newline="")
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise UserError(
            _("{file} cannot be written: {reason}.").format(file=path, reason=error.strerror or error),
            _("Choose another folder, make room on the disk, or close the file where it is open."),
        ) from error


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
