"""Views of a list as a person keeps them: saved, changed back to, renamed, deleted, there again after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.views import View, save_view, saved_views
from desktop.ui.columns_dialog import ColumnsDialog
from desktop.ui.dialog import FormDialog
from desktop.ui.page import Page
from desktop.ui.views import ViewsButton
from tests.books import new_book
from tests.ui.program import Driver, add_retainers


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = new_book(tmp_path)
    add_retainers(made, 4)
    return made


@pytest.fixture
def page(driver: Driver) -> Page:
    shown = driver.window.go("clients")
    driver.settle()
    assert isinstance(shown, Page)
    return shown


def views(page: Page) -> ViewsButton:
    return page.findChildren(ViewsButton)[0]


def menu(page: Page) -> dict[str, QAction]:
    views(page).menu().aboutToShow.emit()
    return {action.text(): action for action in views(page).menu().actions() if action.text()}


def name_it(driver: Driver, name: str) -> FormDialog:
    dialog = next(one for one in driver.window.findChildren(FormDialog) if one.isVisible())
    field = dialog.form.editor("name")
    assert isinstance(field, QLineEdit)
    field.setText(name)
    dialog.accept()
    driver.settle()
    return dialog


def narrow(driver: Driver, page: Page) -> None:
    page.search.setText("Client 2")
    driver.settle()
    section = next(place for place, one in enumerate(page.model.columns) if one.sort_key == "code")
    page.table._sort_by(section)
    hidden = next(one for one in page.table.shown_columns() if one.key == "place")
    page.table.arrangement.show(hidden, False)
    driver.settle()


def test_a_view_is_saved_left_and_taken_up_again(driver: Driver, page: Page, book: Book, qtbot: QtBot) -> None:
    narrow(driver, page)
    assert (views(page).text(), views(page).isChecked()) == ("Views", False)
    kept = page.view
    qtbot.keyClick(page.table, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    name_it(driver, "Second & last")
    assert (views(page).text(), views(page).isChecked()) == ("Second && last", True)
    assert [(one.name, one.view) for one in saved_views(book, "clients")] == [("Second & last", kept)]
    menu(page)["As it came"].trigger()
    driver.settle()
    assert page.model.rowCount() == 4
    assert not page.search.text()
    assert "place" in [one.key for one in page.table.shown_columns()]
    assert (views(page).text(), views(page).isChecked()) == ("Views", False)
    asked = menu(page)
    assert asked["As it came"].isChecked()
    asked["Second && last"].trigger()
    driver.settle()
    assert page.model.rowCount() == 1
    assert page.search.text() == "Client 2"
    assert page.view == kept
    assert menu(page)["Second && last"].isChecked()


def test_a_view_that_was_changed_says_so_and_is_saved_again(driver: Driver, page: Page, book: Book) -> None:
    save_view(book, "clients", "Overdue", View(filters=frozenset({"overdue"})), actor="test")
    driver.program.jobs.announce({"views"})
    driver.settle()
    menu(page)["Overdue"].trigger()
    driver.settle()
    assert views(page).text() == "Overdue"
    page.search.setText("x")
    driver.settle()
    assert (views(page).text(), views(page).isChecked()) == ("Overdue, changed", False)
    page.acts["clients.view_save"].trigger()
    name_it(driver, "Overdue")
    assert views(page).text() == "Overdue"
    assert [one.view.search for one in saved_views(book, "clients")] == ["x"]


def test_a_view_is_renamed_deleted_and_brought_back(driver: Driver, page: Page, book: Book) -> None:
    for name in ("Overdue", "Held"):
        save_view(book, "clients", name, View(filters=frozenset({name.lower()})), actor="test")
    driver.program.jobs.announce({"views"})
    driver.settle()
    assert not menu(page)["Delete the view"].isEnabled()
    menu(page)["Overdue"].trigger()
    driver.settle()
    menu(page)["Rename the view…"].trigger()
    refused = name_it(driver, "Held")
    assert refused.isVisible()
    name_it(driver, "Late")
    assert [one.name for one in saved_views(book, "clients")] == ["Late", "Held"]
    assert views(page).text() == "Late"
    menu(page)["Delete the view"].trigger()
    driver.settle()
    assert [one.name for one in saved_views(book, "clients")] == ["Held"]
    assert views(page).text() == "Views"
    driver.window.acts["edit.undo"].trigger()
    driver.settle()
    assert [one.name for one in views(page).known] == ["Late", "Held"]
    assert views(page).text() == "Late"


def test_views_and_columns_are_there_after_a_restart(
    driver: Driver, page: Page, qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path
) -> None:
    narrow(driver, page)
    page.acts["clients.view_save"].trigger()
    name_it(driver, "Second")
    qtbot.wait(500)
    again = Driver(qtbot, qapp, book, tmp_path)
    shown = again.window.go("clients")
    again.settle()
    assert isinstance(shown, Page)
    assert "place" not in [one.key for one in shown.table.shown_columns()]
    assert shown.model.rowCount() == 4
    menu(shown)["Second"].trigger()
    again.settle()
    assert shown.model.rowCount() == 1
    again.end()


def test_the_menu_of_views_opens_by_keys(driver: Driver, page: Page, qtbot: QtBot) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    driver.until(lambda: views(page).menu().isVisible())
    views(page).menu().close()


def test_columns_are_chosen_and_moved_by_keys(driver: Driver, page: Page, qtbot: QtBot) -> None:
    before = [one.key for one in page.table.shown_columns()]
    qtbot.keyClick(page.table, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    dialog = next(one for one in driver.window.findChildren(ColumnsDialog) if one.isVisible())
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Space)
    dialog.accept()
    assert [one.key for one in page.table.shown_columns()] == [before[1], *before[2:]]
    page.acts["clients.columns"].trigger()
    dialog = next(one for one in driver.window.findChildren(ColumnsDialog) if one.isVisible())
    dialog.first.click()
    dialog.accept()
    assert [one.key for one in page.table.shown_columns()] == before


def test_a_table_without_columns_is_not_had(driver: Driver, page: Page) -> None:
    before = page.table.shown_columns()
    page.acts["clients.columns"].trigger()
    dialog = next(one for one in driver.window.findChildren(ColumnsDialog) if one.isVisible())
    for place in range(dialog.list.count()):
        dialog.list.item(place).setCheckState(Qt.CheckState.Unchecked)
    dialog.accept()
    assert page.table.shown_columns() == before
