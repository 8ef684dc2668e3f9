"""The tables of an archive: its documents as CSV and as a workbook, and the journal behind them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from db.engine import Book
from desktop.i18n import _
from desktop.services.report_files import write_report
from desktop.services.reports import Column, Report, report

_SIGNED: Final = ("net", "tax", "gross", "rounding", "payable", "firm_net", "firm_tax", "firm_gross")
_DAYS: Final = ("issue_date", "due_date", "tax_date", "period_start", "period_end")
_DAY = timedelta(days=1)
# When a workbook says that it was made, it says the archive's day.
_MOMENTS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def documents_report(firm: str, currency: str, title: str, day: date, documents: Sequence[Mapping[str, Any]]) -> Report:
    """The documents as a table; what credit notes came to is below zero, so that columns add up."""
    columns = (
        Column("number", _("Number")),
        Column("kind", _("Kind")),
        Column("client", _("Client")),
        Column("client_name", _("Client's name")),
        Column("country", _("Country")),
        Column("tax_id", _("Tax ID")),
        Column("issue_date", _("Date"), "date"),
        Column("due_date", _("Due"), "date"),
        Column("tax_date", _("Tax date"), "date"),
        Column("period_start", _("Service from"), "date"),
        Column("period_end", _("Service until"), "date"),
        Column("po_number", _("PO number")),
        Column("corrects", _("Credits")),
        Column("currency", _("Currency")),
        Column("net", _("Net"), "amount"),
        Column("tax", _("Tax"), "amount"),
        Column("gross", _("Gross"), "amount"),
        Column("rounding", _("Rounding"), "amount"),
        Column("payable", _("Payable"), "amount"),
        Column("firm_net", _("Net in the firm's currency"), "amount"),
        Column("firm_tax", _("Tax in the firm's currency"), "amount"),
        Column("firm_gross", _("Gross in the firm's currency"), "amount"),
        Column("run", _("Run")),
        Column("einvoice", _("E-invoice")),
        Column("seal", _("Seal")),
    )
    rows = tuple(_row(row) for row in documents)
    return Report("documents", title, day, firm, currency, columns, rows)


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    sign = -1 if row["kind"] == "credit_note" else 1
    amounts = {name: None if row[name] is None else sign * row[name] for name in _SIGNED}
    days = {name: date.fromisoformat(row[name]) if row[name] else None for name in _DAYS}
    if days["period_end"]:
        days["period_end"] -= _DAY
    return {**row, **amounts, **days}


def journal_report(book: Book, first: date, last: date, until: int, numbers: Collection[str] | None) -> Report:
    """The journal of these days, entries up to `until`; with `numbers` only what issuing those documents booked."""
    made = report(book, "journal", as_of=last, since=first)
    issued = frozenset(numbers or ())
    rows = tuple(
        row
        for row in made.rows
        if row["entry"] <= until
        and (numbers is None or (row["kind"] in ("invoice", "credit_note") and row["document"] in issued))
    )
    return replace(made, rows=rows)


def write_table(made: Report, path: Path) -> None:
    """Write the report to a file; a workbook has the same bytes for the same rows."""
    write_report(made, path)
    if path.suffix == ".xlsx":
        _still(path, made.as_of)


def _still(path: Path, day: date) -> None:
    """Take out of a workbook when it was written."""
    still = path.with_suffix(".still")
    moment = f"{day.isoformat()}T00:00:00Z".encode()
    with ZipFile(path) as source, ZipFile(still, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = ZipInfo(name)
            info.compress_type = ZIP_DEFLATED
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MOMENTS.sub(rb"\g<1>" + moment, content)
            target.writestr(info, content)
    still.replace(path)
