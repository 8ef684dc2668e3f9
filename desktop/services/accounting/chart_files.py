"""Charts of accounts as files: those that come with the program, and those that an accountant gives."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from db.engine import Book
from desktop.domain.accounts.chart import COLUMNS, KINDS, ChartAccount, Fault, chart_of
from desktop.errors import UserError
from desktop.i18n import N_, _, number_text
from desktop.importing.mapping import heading_key
from desktop.importing.tables import open_table
from desktop.paths import resource

_TITLES: Final = {
    "skr03": N_("Germany, SKR03 (in the order of the work)"),
    "skr04": N_("Germany, SKR04 (in the order of the balance sheet)"),
    "pcg": N_("France, plan comptable général"),
    "pgc": N_("Spain, Plan General de Contabilidad"),
    "gb": N_("United Kingdom, small business"),
    "us": N_("United States, small business"),
    "in": N_("India, small business"),
}
_USUAL: Final = {"DE": "skr03", "AT": "skr03", "FR": "pcg", "ES": "pgc", "GB": "gb", "US": "us", "IN": "in"}
# What accountants head these columns with, folded as `heading_key` folds.
_HEADINGS: Final = {
    "number": ("number", "no", "account", "accountnumber", "code", "konto", "kontonummer", "nummer", "compte", "numero",
               "cuenta", "codigo"),
    "name": ("name", "accountname", "title", "description", "bezeichnung", "kontobezeichnung", "beschriftung",
             "libelle", "intitule", "nom", "nombre", "descripcion"),
    "kind": ("kind", "type", "accounttype", "class", "art", "kontenart", "typ", "nature", "tipo", "clase"),
    "takes": ("takes", "rules", "postings", "nimmt", "regeln", "prend", "recibe"),
}  # fmt: skip
_KINDS: Final = {
    "asset": ("asset", "assets", "aktiva", "aktiv", "actif", "activo"),
    "liability": ("liability", "liabilities", "passiva", "passiv", "fremdkapital", "passif", "pasivo"),
    "equity": ("equity", "eigenkapital", "capitauxpropres", "patrimonio", "patrimonioneto", "capital"),
    "income": ("income", "revenue", "revenues", "ertrag", "ertrage", "erlos", "erlose", "produit", "produits",
               "ingreso", "ingresos"),
    "expense": ("expense", "expenses", "cost", "costs", "aufwand", "aufwendungen", "kosten", "charge", "charges",
                "gasto", "gastos"),
}  # fmt: skip
_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Offered:
    """A chart that comes with the program."""

    name: str
    title: str
    accounts: int


def offered_charts() -> tuple[Offered, ...]:
    return tuple(Offered(name, _(title), len(chart(name))) for name, title in _TITLES.items())


def usual_chart(country: str) -> str:
    """The chart that firms of a country keep; empty where none comes with the program."""
    return _USUAL.get(country, "")


@lru_cache(maxsize=len(_TITLES))
def chart(name: str) -> tuple[ChartAccount, ...]:
    """The accounts of a chart that comes with the program. UserError for another name."""
    if name not in _TITLES:
        raise UserError(
            _("There is no chart “{name}”.").format(name=name),
            _("Take one of {names}, or import a file.").format(names=", ".join(_TITLES)),
        )
    with resource(f"charts/{name}.csv").open(encoding="utf-8", newline="") as stream:
        accounts, faults = chart_of(enumerate(csv.DictReader(stream), 2))
    assert not faults, faults
    return tuple(accounts)


def read_chart(path: Path) -> list[ChartAccount]:
    """The accounts of a table with the columns number, name, kind and, if wanted, takes: CSV or a workbook.

    UserError for a file that is no such table, and for rows that cannot be, with the first of them.
    """
    table = open_table(path, score=lambda cells: len(_columns(cells)))
    columns = _columns(table.header)
    missing = [name for name in ("number", "name", "kind") if name not in columns]
    if missing:
        raise UserError(
            _("{file} has no column {names}.").format(file=path.name, names=", ".join(missing)),
            _("A chart has the columns {names}; kinds are {kinds}.").format(
                names=", ".join(COLUMNS), kinds=", ".join(KINDS)
            ),
        )
    rows = []
    for record in table.records():
        row = {name: record.cells[place] if place < len(record.cells) else "" for name, place in columns.items()}
        row["kind"] = _kind(row["kind"])
        rows.append((record.row, row))
    accounts, faults = chart_of(rows)
    if faults:
        more = len(faults) - _TOLD
        told = [fault_told(one) for one in faults[:_TOLD]]
        if more > 0:
            told.append(_("and {count} more").format(count=number_text(more)))
        raise UserError(" ".join(told), _("Nothing was taken over. Mend the file and import it again."))
    if not accounts:
        raise UserError(_("{file} holds no accounts.").format(file=path.name), _("Choose another file."))
    return accounts


def fault_told(fault: Fault) -> str:
    """A sentence about a row of a chart that cannot be."""
    said = {
        "missing": _("Row {row}: {column} is missing."),
        "kind": _("Row {row}: “{value}” is no kind of account."),
        "name": _("Row {row}: nothing that is booked goes by the name “{value}”."),
        "twice": _("Row {row}: account {value} is there twice."),
        "taken": _("Row {row}: account {other} takes {value} already."),
        "long": _("Row {row}: the number “{value}” is longer than 20 signs or has spaces in it."),
    }[fault.problem]
    return said.format(row=fault.row, column=fault.column, value=fault.value, other=fault.other)


def country_of(book: Book) -> str:
    """The country whose chart suits the firm."""
    with book.reading() as session:
        return str(session.connection().exec_driver_sql("SELECT country FROM firm").scalar_one())


def _columns(cells: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    keys = [heading_key(cell) for cell in cells]
    for name, known in _HEADINGS.items():
        place = next((place for wanted in known for place, key in enumerate(keys) if key == heading_key(wanted)), None)
        if place is not None and place not in found.values():
            found[name] = place
    return found


def _kind(text: str) -> str:
    key = heading_key(text)
    return next((kind for kind, known in _KINDS.items() if key in map(heading_key, known)), text)
