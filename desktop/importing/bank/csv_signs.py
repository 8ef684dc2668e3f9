"""How a bank's table writes its days and its figures: as its profile says, else as its own cells tell."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.bank.csv_columns import Columns
from desktop.importing.bank.csv_profiles import CsvProfile
from desktop.importing.tables import Table
from desktop.importing.values import UnreadableError
from desktop.importing.values.dates import date_evidence, is_dotted, parse_date
from desktop.importing.values.numbers import decimal_evidence


@dataclass(frozen=True, slots=True)
class Signs:
    """`order` is that of days, None where every day tells itself; `decimal` is a comma or a point."""

    order: str | None
    decimal: str


def find_signs(table: Table, columns: Columns, profile: CsvProfile, name: str) -> Signs:
    """UserError where the days may be read in two ways and the file does not tell which."""
    if profile.date_order and profile.decimal:
        return Signs(profile.date_order, profile.decimal)
    figures: Counter[str] = Counter()
    orders: Counter[str] = Counter()
    told = 0
    days: list[str] = []
    for record in table.records():
        row = columns.row(record)
        for field in ("amount", "debit", "credit", "balance"):
            if row.first(field):
                figures[decimal_evidence(row.first(field))] += 1
        text = row.first("booked_on")
        if text:
            days.append(text)
            found = date_evidence(text)
            if found:
                told += 1
                orders.update(["dmy"] if is_dotted(text) else found)
    return Signs(profile.date_order or _order(orders, told, days, name), profile.decimal or _decimal(figures, table))


def _decimal(figures: Counter[str], table: Table) -> str:
    if figures["."] or figures[","]:
        return "." if figures["."] >= figures[","] else ","
    # Only groups of three, or no sign at all: banks write a comma where commas cannot part the cells.
    return "." if table.dialect.delimiter == "," else ","


def _order(orders: Counter[str], told: int, days: list[str], name: str) -> str | None:
    if not told:
        return None
    fitting = [order for order in ("dmy", "mdy", "ymd") if orders[order] * 20 >= told * 19]
    if len(fitting) == 1:
        return fitting[0]
    running = [order for order in fitting if _runs(days, order)]
    if len(running) == 1:
        return running[0]
    if not fitting:
        return orders.most_common(1)[0][0]
    raise UserError(
        _("“{name}” writes days like {day}, which may begin with the day or the month.").format(name=name, day=days[0]),
        _("Choose the profile of your bank, or say in a profile how the days are written."),
    )


def _runs(days: list[str], order: str) -> bool:
    """Whether the days go one way through the file, as those of a statement do."""
    read: list[date] = []
    for text in days:
        try:
            read.append(parse_date(text, order))
        except UnreadableError:
            return False
    return read == sorted(read) or read == sorted(read, reverse=True)
