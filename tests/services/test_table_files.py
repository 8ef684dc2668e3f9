"""Tables as files: what a spreadsheet makes of each value, and that no half-written file is left."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from desktop.errors import UserError
from desktop.services.table_files import MONEY, Value, write_table

NAMES = ["Client", "Issued", "Amount", "Share"]
ROWS: list[list[Value]] = [
    ["=cmd|'/c calc'!A1", date(2026, 5, 31), Decimal("-1234.50"), Decimal("12.5")],
    ["+49 40 1234", None, Decimal("1200"), None],
    ["Plain\nName", date(2026, 6, 1), Decimal("3.125"), Decimal("-7")],
]


def written(path: Path, rows: list[list[Value]] = ROWS) -> int:
    return write_table(path, "A/B: lists", NAMES, rows, widths=[30, 0, 0, 0], formats=["", "", MONEY, '0.##" %"'])


def test_csv_keeps_figures_plain_and_formulas_harmless(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    assert written(path) == 3
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            NAMES,
            ["'=cmd|'/c calc'!A1", "2026-05-31", "-1234.5", "12.5"],
            ["'+49 40 1234", "", "1200", ""],
            ["Plain\nName", "2026-06-01", "3.125", "-7"],
        ]


def test_a_workbook_has_real_figures_and_days_and_texts_that_stay_texts(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    assert written(path) == 3
    sheet = load_workbook(path).active
    assert sheet is not None
    assert sheet.title == "A B  lists"
    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["A"].width == 30
    assert [cell.value for cell in sheet[1]] == NAMES
    assert all(cell.font.bold for cell in sheet[1])
    formula, day, amount, share = sheet[2]
    assert (formula.value, formula.data_type) == ("=cmd|'/c calc'!A1", "s")
    assert (day.value.date(), day.number_format) == (date(2026, 5, 31), "yyyy-mm-dd")
    assert (amount.value, amount.number_format) == (-1234.5, "#,##0.00")
    assert (share.value, share.number_format) == (12.5, '0.##" %"')
    assert [sheet["C3"].number_format, sheet["C4"].number_format] == ["#,##0", "#,##0.000"]
    assert sheet["B3"].value is None
    with ZipFile(path) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")


def test_a_figure_too_long_for_a_spreadsheet_stays_exact(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    write_table(path, "Long", ["Amount"], [[Decimal("12345678901234567.89")]], formats=[MONEY])
    sheet = load_workbook(path).active
    assert sheet is not None
    assert sheet["A2"].value == "12345678901234567.89"


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_list_that_is_stopped_leaves_what_stood_there(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"list{ending}"
    path.write_text("before")

    def rows() -> Iterator[list[Value]]:
        yield ROWS[0]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_table(path, "List", NAMES, rows())
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_another_ending_and_a_folder_that_refuses_are_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"“\.doc”"):
        written(tmp_path / "list.doc")
    with pytest.raises(UserError, match="cannot be written"):
        written(tmp_path / "none" / "list.csv")


def test_columns_are_as_wide_as_what_they_hold_within_bounds(tmp_path: Path) -> None:
    rows: list[list[Value]] = [["Fees", "x" * 31, "y" * 400, Decimal("1234567890.12")], ["Fees", "a\nb", "", None]]
    write_table(tmp_path / "w.xlsx", "Widths", ["A", "Text", "Long", "Sum"], rows)
    sheet = load_workbook(tmp_path / "w.xlsx").active
    assert sheet is not None
    assert [sheet.column_dimensions[letter].width for letter in "ABCD"] == [12, 33, 60, 18]
    assert sheet.freeze_panes == "A2"


def test_each_amount_has_the_decimals_of_its_currency(tmp_path: Path) -> None:
    rows = [[Decimal("1234.50")], [Decimal("1234")], [Decimal("1.250")]]
    write_table(tmp_path / "m.xlsx", "Money", ["Sum"], rows, formats=[MONEY])
    sheet = load_workbook(tmp_path / "m.xlsx").active
    assert sheet is not None
    assert [sheet.cell(row, 1).number_format for row in (2, 3, 4)] == ["#,##0.00", "#,##0", "#,##0.000"]
