"""A list as a file: what is shown and only that, what is selected, stopped half-way, and what is said of it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop.jobs import Cancelled
from desktop.ui.columns import Column
from desktop.ui.exporting import Sheet
from desktop.ui.page import Page
from tests.books import new_book
from tests.ui.parcels import Parcels
from tests.ui.program import Driver, add_retainers

COLUMNS = (
    Column("state", "", 80, "tag"),
    Column("number", "Number", 130),
    Column("issued", "Issued", 100, "date"),
    Column("gross", "Amount", 110, "money"),
)


def report(_done: int, _total: int, _text: str) -> None:
    return None


def test_a_sheet_has_its_rows_in_order_with_the_currency_beside_the_amount(
    parcels: Callable[[int], Parcels], tmp_path: Path
) -> None:
    path = tmp_path / "parcels.xlsx"
    assert Sheet("Parcels", parcels(5), [3, 1, 99], COLUMNS).write(path, report) == 2
    sheet = load_workbook(path).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["State", "Number", "Issued", "Amount", "Currency"]
    assert [row[1] for row in rows[1:]] == ["INV-2026-000003", "INV-2026-000001"]
    assert rows[1][2].date() == date(2026, 1, 4)
    assert isinstance(rows[1][3], float)
    assert rows[1][4] != rows[2][4]


def test_a_large_sheet_reports_and_can_be_stopped(parcels: Callable[[int], Parcels], tmp_path: Path) -> None:
    path, seen = tmp_path / "parcels.csv", list[tuple[int, int]]()

    def stop(done: int, total: int, _text: str) -> None:
        seen.append((done, total))
        if done:
            raise Cancelled

    listing = parcels(1_200)
    with pytest.raises(Cancelled):
        Sheet("Parcels", listing, listing.ids("", frozenset(), "", False), COLUMNS).write(path, stop)
    assert seen == [(0, 1_200), (500, 1_200)]
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    book = new_book(tmp_path)
    add_retainers(book, 12)
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    made.end()


@pytest.fixture
def page(driver: Driver) -> Page:
    shown = driver.window.go("clients")
    driver.settle()
    assert isinstance(shown, Page)
    return shown


def choose(page: Page, action: str, path: Path) -> None:
    page.acts[action].trigger()
    dialog = next(one for one in page.findChildren(QFileDialog) if one.isVisible())
    dialog.fileSelected.emit(str(path))
    dialog.reject()


def test_what_is_shown_is_written_and_opened(driver: Driver, page: Page, tmp_path: Path) -> None:
    page.search.setText("Client 1")
    driver.settle()
    page.table._sort_by(next(place for place, one in enumerate(page.model.columns) if one.sort_key == "code"))
    page.table._sort_by(next(place for place, one in enumerate(page.model.columns) if one.sort_key == "code"))
    driver.settle()
    shown = [column.title for column in page.table.shown_columns()]
    path = tmp_path / "clients.csv"
    choose(page, "clients.export_list", path)
    driver.settle()
    with path.open(encoding="utf-8-sig", newline="") as file:
        head, *rows = list(csv.reader(file))
    assert [one for one in head if one not in ("Currency", "State")] == [one for one in shown if one]
    place = head.index("Code")
    assert [row[place] for row in rows] == ["C12", "C11", "C10", "C1"]
    notice = driver.window.notices
    assert notice.sentence == "4 rows are written to clients.csv."
    assert {"Open", "Open the folder"} <= {one.text() for one in notice.findChildren(QPushButton)}


def test_what_is_selected_is_written_alone(driver: Driver, page: Page, tmp_path: Path) -> None:
    page.table.select(list(page.model.ids)[2:5])
    driver.settle()
    path = tmp_path / "clients.xlsx"
    choose(page, "clients.export_selected", path)
    driver.settle()
    sheet = load_workbook(path).active
    assert sheet is not None
    assert sheet.max_row == 4


def test_nothing_is_said_to_be_nothing(driver: Driver, page: Page) -> None:
    page.search.setText("nobody")
    driver.settle()
    page.acts["clients.export_list"].trigger()
    assert driver.window.notices.sentence.startswith("There is no row to export.")
