"""Ctrl+K: finding things and commands by the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui.clients.page import ClientsPage
from desktop.ui.dialog import FormDialog
from desktop.ui.help import HelpWindow
from desktop.ui.palette.palette import Palette
from desktop.ui.settings.page import SettingsPage
from tests.books import new_book
from tests.ui.program import Driver, add_retainers

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    book = new_book(tmp_path)
    add_retainers(book, 3)
    made = Driver(qtbot, qapp, book, tmp_path)
    made.window.go("clients")
    made.settle()
    yield made
    made.end()


def shown(driver: Driver) -> Palette | None:
    return driver.window.findChild(Palette, "palette")


def opened(driver: Driver, text: str = "") -> Palette:
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_K, CTRL)
    palette = shown(driver)
    assert palette is not None
    driver.qtbot.keyClicks(palette.field, text)
    driver.settle()
    return palette


def _id_of(driver: Driver, code: str) -> int:
    with driver.desk.book.reading() as session:
        found = session.connection().exec_driver_sql("SELECT id FROM client WHERE code = ?", (code,)).scalar_one()
        return int(found)


def test_a_client_is_found_and_gone_to(driver: Driver) -> None:
    driver.window.go("runs")
    palette = opened(driver, "client 2")
    assert palette.titles[0] == "Client 2 GmbH"
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    driver.settle()
    page = driver.window.page
    assert isinstance(page, ClientsPage)
    assert page.selected_ids() == [_id_of(driver, "C2")]
    assert shown(driver) is None


def test_it_begins_with_the_pages_and_then_with_what_was_chosen_lately(driver: Driver) -> None:
    palette = opened(driver)
    assert "Invoices" in palette.titles
    driver.qtbot.keyClicks(palette.field, "client 3")
    driver.settle()
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    driver.settle()
    palette = opened(driver)
    assert palette.titles[0] == "Client 3 GmbH"
    assert palette.titles.count("Client 3 GmbH") == 1


def test_a_command_of_the_window_and_one_of_the_page_are_done(driver: Driver) -> None:
    palette = opened(driver, "dark")
    assert palette.titles[0] == "Dark"
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    driver.until(lambda: driver.program.theme.dark)
    palette = opened(driver, "new client")
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    driver.until(lambda: bool(driver.window.findChildren(FormDialog)))
    driver.window.findChildren(FormDialog)[0].reject()


def test_what_cannot_be_done_now_is_not_offered(driver: Driver) -> None:
    page = driver.window.page
    assert isinstance(page, ClientsPage)
    page.table.clearSelection()
    driver.settle()
    offered = {entry.key for entry in opened(driver).rows.entries} | set()
    palette = shown(driver)
    assert palette is not None
    disabled = [one for one in page.acts.ids if not page.acts[one].isEnabled()]
    assert disabled
    driver.qtbot.keyClicks(palette.field, page.acts[disabled[0]].text().strip("…"))
    driver.settle()
    offered |= {entry.key for entry in palette.rows.entries}
    assert f"command:{disabled[0]}" not in offered


def test_a_section_of_the_settings_and_a_page_of_help_are_opened(driver: Driver) -> None:
    palette = opened(driver, "number series")
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    driver.settle()
    page = driver.window.page
    assert isinstance(page, SettingsPage)
    assert page.section == "series"
    palette = opened(driver, "books and backups")
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    driver.until(lambda: driver.window.findChild(HelpWindow, "help") is not None)
    found = driver.window.findChild(HelpWindow, "help")
    assert found is not None
    assert found.topic == "books"
    found.close()


def test_the_arrows_go_round_and_esc_gives_the_focus_back(driver: Driver) -> None:
    before = driver.window.focusWidget()
    palette = opened(driver)
    last = len(palette.titles) - 1
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_Up)
    assert palette.list.currentIndex().row() == last
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    assert palette.list.currentIndex().row() == 0
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_PageDown)
    assert palette.list.currentIndex().row() == min(9, last)
    driver.qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert shown(driver) is None
    assert driver.window.focusWidget() is before


def test_its_own_key_and_a_click_beside_it_close_it(driver: Driver) -> None:
    opened(driver)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_K, CTRL)
    assert shown(driver) is None
    palette = opened(driver)
    driver.qtbot.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(3, palette.height() - 3))
    assert shown(driver) is None


def test_nothing_found_says_so(driver: Driver) -> None:
    palette = opened(driver, "qqqqqq")
    assert palette.titles == []
    assert palette.nothing_said


def test_a_screen_reader_hears_what_is_chosen(driver: Driver) -> None:
    palette = opened(driver, "client 2")
    assert "Client 2 GmbH" in palette.field.accessibleDescription()
    interface = QAccessible.queryAccessibleInterface(palette.list)
    assert interface.child(0).text(QAccessible.Text.Name).startswith("Client 2 GmbH, C2")
