"""`report`: aging, a client's statement, the journal, what is unbilled; on the screen or as a file."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, number_text

if TYPE_CHECKING:
    from desktop.services.reports import Column, Report

_NAMES = ("aging", "statement", "journal", "unbilled")


def add(commands: Commands) -> None:
    parser = commands.add("report", _report, _("aging, statement of a client, journal, what is unbilled"))
    parser.add_argument("name", choices=_NAMES, metavar="REPORT", help=", ".join(_NAMES))
    parser.add_argument(
        "--as-of", type=day, metavar="DATE", help=_("as it was at the end of that day; by default today")
    )
    parser.add_argument("--since", type=day, metavar="DATE", help=_("the first day of a statement or journal"))
    parser.add_argument("--client", metavar="CODE", help=_("only of this client"))
    parser.add_argument("--to", metavar="FILE", help=_("write a .csv file"))


def _report(call: Call) -> None:
    from desktop.services.reports import plain_rows, report

    arguments = call.arguments
    target = call.path(arguments.to) if arguments.to else None
    if target is not None and target.suffix.lower() != ".csv":
        raise UserError(
            _("A report cannot be written as {suffix} yet.").format(suffix=target.suffix or _("a file without ending")),
            _("Give the file a name that ends with .csv."),
        )
    with call.book() as book:
        made = report(
            book,
            arguments.name,
            as_of=arguments.as_of or call.today,
            client_code=arguments.client,
            since=arguments.since,
        )
    rows = plain_rows(made)
    if target is not None:
        _write(target, [column.key for column in made.columns], rows)
    data: dict[str, Any] = {"as_of": made.as_of, "rows": rows}
    if target is not None:
        data["file"] = str(target)
    call.answer(data, lambda: _("{path} is written.").format(path=target) if target is not None else _text(made))


def _write(target: Path, columns: list[str], rows: list[dict[str, str | None]]) -> None:
    """Machine figures, so that any program reads the file alike; the mark lets spreadsheets see that it is UTF-8."""
    content = io.StringIO()
    writer = csv.writer(content)
    writer.writerow(columns)
    writer.writerows([[_cell(row[column]) for column in columns] for row in rows])
    try:
        target.write_text(content.getvalue(), encoding="utf-8-sig", newline="")
    except OSError as error:
        raise UserError(
            _("{path} cannot be written: {reason}.").format(path=target, reason=error.strerror or error),
            _("Choose another folder, or make room on the disk."),
        ) from error


def _cell(value: str | None) -> str:
    """A text that a spreadsheet would run as a formula is kept from it; figures may be negative."""
    text = value or ""
    if text[:1] in "=+-@\t\r" and not text[1:].replace(".", "").isdigit():
        return "'" + text
    return text


def _text(made: Report) -> str:
    titles = [(">" if column.kind in ("amount", "number") else "") + column.title for column in made.columns]
    rows = [[_shown(made, column, row) for column in made.columns] for row in (*made.rows, *made.sums)]
    head = f"{made.title}, {date_text(made.as_of)}"
    return head + "\n\n" + table(titles, rows, empty=_("Nothing to report."))


def _shown(made: Report, column: Column, row: Any) -> str:
    value = row[column.key]
    if value is None:
        return ""
    if column.kind == "amount":
        currency = made.firm_currency if column.key.startswith("firm_") else row["currency"]
        return amount_text(value, currency)
    if isinstance(value, date):
        return date_text(value)
    return number_text(value) if isinstance(value, int | Decimal) else str(value)
