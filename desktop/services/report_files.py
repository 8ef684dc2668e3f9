"""Reports as files: CSV and JSON that other programs read the same everywhere, workbooks, and pages to print."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from desktop.domain.money import to_major
from desktop.domain.spreadsheet_text import harmless
from desktop.errors import UserError
from desktop.i18n import _, amount_text, current_language, date_text, number_text
from desktop.services.reports import Chart, Column, Progress, Report, currency_of, plain_rows, unheard
from desktop.services.reports.words import CODED, code_words
from desktop.services.table_files import MONEY, Value, replaced, write_table

if TYPE_CHECKING:
    from desktop.documents.report_chart import Plot

ENDINGS: Final = (".csv", ".xlsx", ".json", ".pdf")


def report_csv(made: Report) -> str:
    """Comma-separated rows under the columns' keys, amounts in major units, dates ISO, lines ended by CR LF."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.key for column in made.columns)
    for row in plain_rows(made):
        writer.writerow(
            harmless(row[column.key] or "") if column.kind == "text" else row[column.key] or ""
            for column in made.columns
        )
    return out.getvalue()


def report_json(made: Report) -> str:
    """Rows and sums under the columns' keys, amounts in major units as text, days ISO; and what is said of them."""
    told = {
        "report": made.name,
        "title": made.title,
        "as_of": made.as_of.isoformat(),
        "since": made.since.isoformat() if made.since else None,
        "rows": plain_rows(made),
        "sums": plain_rows(replace(made, rows=made.sums)),
        "notes": list(made.notes),
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def report_pdf(made: Report, progress: Progress = unheard) -> bytes:
    """The report as pages, in the user's language and number formats."""
    from desktop.documents.report_pdf import Head, Table
    from desktop.documents.report_pdf import report_pdf as pages

    columns = [column for column in made.columns if not column.more]
    table = Table(
        made.title,
        _days(made),
        made.firm,
        [Head(column.title, column.kind in ("amount", "number")) for column in columns],
        [[shown(made, column, row) for column in columns] for row in made.rows],
        [[shown(made, column, row) for column in columns] for row in made.sums],
        _("Page {page} of {pages}"),
        made.as_of,
        current_language(),
        made.notes,
        _plot(made.chart),
    )
    return pages(table, lambda done, total: progress(done, total, _("Writing pages")))


def _plot(told: Chart | None) -> Plot | None:
    """The picture for paper; none of nothing."""
    from desktop.documents.report_chart import Plot, PlotMark

    if told is None or not told.says_anything:
        return None
    marks = [PlotMark(one.label, one.size, one.low, one.centre, one.high, one.signal) for one in told.marks]
    ticks = [(size, told.text(size)) for size in told.ticks]
    words = "; ".join([told.title, *(one.words for one in told.marks)])
    return Plot(told.title, words, told.shape == "bars", ticks, marks)


def _days(made: Report) -> str:
    last = date_text(made.as_of)
    if made.since is None:
        return _("As of {day}").format(day=last)
    return _("{first} to {last}").format(first=date_text(made.since), last=last)


def shown(made: Report, column: Column, row: Mapping[str, Any]) -> str:
    """A cell as a person reads it: amounts without their currency, which has a column of its own; codes in words."""
    value = row[column.key]
    if value is None:
        return ""
    if column.kind == "amount":
        return amount_text(value, currency_of(made, column, row))
    if isinstance(value, date):
        return date_text(value)
    if isinstance(value, int | Decimal):
        return number_text(value)
    return code_words().get(str(value), str(value)) if column.key in CODED else str(value)


def check_ending(path: Path) -> None:
    """UserError where the file's ending names no form that a report can have."""
    if path.suffix.lower() not in ENDINGS:
        raise UserError(
            _("A report cannot be written as “{ending}”.").format(ending=path.suffix or path.name),
            _("Give the file the ending .csv, .xlsx, .json or .pdf."),
        )


def write_report(made: Report, path: Path, progress: Progress = unheard) -> None:
    """Write the report in the form that the file's ending names; a file that stood there is replaced whole or stays.

    A workbook and pages end with the sums, JSON has them apart, a CSV file has the rows alone. UserError for another
    ending, or a refused write.
    """
    check_ending(path)
    if path.suffix.lower() == ".xlsx":
        _write_workbook(made, path, progress)
        return
    if path.suffix.lower() == ".csv":
        # The mark tells spreadsheets that the text is UTF-8.
        content = report_csv(made).encode("utf-8-sig")
    elif path.suffix.lower() == ".json":
        content = report_json(made).encode("utf-8")
    else:
        content = report_pdf(made, progress)
    with replaced(path) as unfinished:
        unfinished.write_bytes(content)


def _write_workbook(made: Report, path: Path, progress: Progress) -> None:
    def rows() -> Iterator[Sequence[Value]]:
        for place, row in enumerate((*made.rows, *made.sums)):
            if place % 500 == 0:
                progress(place, len(made.rows), _("Writing rows"))
            yield [_value(made, column, row) for column in made.columns]

    formats = [MONEY if column.kind == "amount" else "" for column in made.columns]
    write_table(path, made.title, [column.title for column in made.columns], rows(), formats=formats)


def _value(made: Report, column: Column, row: Mapping[str, Any]) -> Value:
    value = row[column.key]
    if value is None or isinstance(value, date):
        return value
    if column.kind == "amount":
        return to_major(value, currency_of(made, column, row))
    if column.kind == "number":
        return Decimal(value)
    return code_words().get(str(value), str(value)) if column.key in CODED else str(value)
