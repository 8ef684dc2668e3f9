"""Settings, Currencies: the ECB's file is seen before it is taken in, and undone as one; an item's own way to earn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.currencies import exchange_rates
from desktop.ui.dialog import FormDialog, Question
from desktop.ui.settings.currencies import CurrenciesSection
from desktop.ui.settings.items import ItemsSection
from desktop.ui.settings.page import SettingsPage
from tests.books import new_book
from tests.contracts import Contracts, value
from tests.issued import add_client
from tests.ui.program import Driver

CSV = "Date,USD,JPY,\n2026-05-29,1.25,160,\n2026-05-28,1.28,161.5,\n"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path, file="window.sheaf") as book:
        yield book


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    driver = Driver(qtbot, qapp, book, tmp_path)
    yield driver
    driver.end()


def section(driver: Driver, name: str) -> object:
    page = driver.desk.shell.go("settings")
    assert isinstance(page, SettingsPage)
    shown = page.show_section(name)
    driver.settle()
    return shown


def test_the_file_is_seen_first(driver: Driver, book: Book, tmp_path: Path) -> None:
    add_client(book, "US", currency="USD")
    file = tmp_path / "eurofxref-hist.csv"
    file.write_text(CSV, encoding="utf-8")
    page = section(driver, "currencies")
    assert isinstance(page, CurrenciesSection)
    page.take_in(file)
    driver.settle()
    (asked,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, Question) and one.isVisible()]
    assert exchange_rates(book) == []
    asked.accept()
    driver.settle()
    assert [(row["currency"], row["source"]) for row in exchange_rates(book)] == [("USD", "ECB"), ("USD", "ECB")]
    assert driver.desk.shell.notices.sentence == "2 rates taken in."
    page.take_in(file)
    driver.settle()
    assert driver.desk.shell.notices.sentence == "The book has the rates of this file already."


def test_a_wrong_file_is_told(driver: Driver, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("Name,Amount\n", encoding="utf-8")
    page = section(driver, "currencies")
    assert isinstance(page, CurrenciesSection)
    page.take_in(file)
    driver.settle()
    assert "rates.csv holds no reference rates" in driver.desk.shell.notices.sentence


def test_an_item_earns_in_its_own_way(driver: Driver, book: Book) -> None:
    item = Contracts(book).item()
    page = section(driver, "items")
    assert isinstance(page, ItemsSection)
    page._open_form(item)
    driver.settle()
    (shown,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, FormDialog) and one.isVisible()]
    assert shown.form.values()["recognition"] in ("", None)
    shown.form.put({**shown.form.values(), "recognition": "completion"})
    shown.accept()
    driver.settle()
    assert value(book, "SELECT recognition FROM item") == "completion"
