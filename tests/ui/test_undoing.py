"""Undo and Redo in the menu, and the list of changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop.services.clients import update_client
from desktop.services.runs import plan
from desktop.ui.runs.review import ReviewPage
from desktop.ui.saving import write
from desktop.ui.undoing.changes_list import ChangesPage
from tests.books import new_book
from tests.ui.program import Driver, add_retainers

DAY = date(2026, 5, 31)


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    book = new_book(tmp_path)
    add_retainers(book, 2)
    made = Driver(qtbot, qapp, book, tmp_path)
    made.settle()
    yield made
    made.end()


def rename(driver: Driver, name: str) -> None:
    book = driver.desk.book
    with book.reading() as session:
        key = session.connection().exec_driver_sql("SELECT id FROM client WHERE code = 'C1'").scalar_one()
    write(driver.desk, "Saving", lambda: update_client(book, key, {"name": name}, actor="test"), "Saved.")
    driver.settle()


def name(driver: Driver) -> object:
    with driver.desk.book.reading() as session:
        return session.connection().exec_driver_sql("SELECT name FROM client WHERE code = 'C1'").scalar_one()


def text(driver: Driver, action: str) -> str:
    return driver.window.acts[action].text()


def press(driver: Driver, key: Qt.Key, shift: bool = False) -> None:
    held = Qt.KeyboardModifier.ControlModifier
    if shift:
        held |= Qt.KeyboardModifier.ShiftModifier
    driver.qtbot.keyClick(driver.window, key, held)
    driver.settle()


def test_the_menu_names_what_it_takes_back_and_does_again(driver: Driver) -> None:
    assert not driver.window.acts["edit.redo"].isEnabled()
    rename(driver, "Kai GmbH")
    said = text(driver, "edit.undo")
    assert said.startswith("Undo “")
    assert "C1" in said or "Kai" in said
    press(driver, Qt.Key.Key_Z)
    assert name(driver) == "Client 1 GmbH"
    assert text(driver, "edit.redo").removeprefix("Redo") == said.removeprefix("Undo")
    press(driver, Qt.Key.Key_Z, shift=True)
    assert name(driver) == "Kai GmbH"
    assert text(driver, "edit.undo") == said
    assert not driver.window.acts["edit.redo"].isEnabled()


def test_the_notice_after_undo_offers_the_way_forth(driver: Driver) -> None:
    rename(driver, "Kai GmbH")
    press(driver, Qt.Key.Key_Z)
    buttons = {one.text(): one for one in driver.window.notices.findChildren(QPushButton) if one.isVisible()}
    driver.qtbot.mouseClick(buttons["Redo"], Qt.MouseButton.LeftButton)
    driver.settle()
    assert name(driver) == "Kai GmbH"


def test_a_change_is_chosen_from_the_list_and_undone(driver: Driver) -> None:
    rename(driver, "Kai GmbH")
    rename(driver, "Pier GmbH")
    driver.window.acts["edit.changes"].trigger()
    driver.settle()
    dialog = driver.window.findChild(QDialog, "changes")
    assert isinstance(dialog, QDialog)
    page = dialog.findChild(ChangesPage)
    assert isinstance(page, ChangesPage)
    older = page.model.ids[1]
    page.table.select([older])
    driver.settle()
    page.acts["changes.undo"].trigger()
    driver.settle()
    assert name(driver) == "Pier GmbH"
    assert "was changed since" in page.pane.reason
    page.table.select([page.model.ids[0]])
    driver.settle()
    page.acts["changes.undo"].trigger()
    driver.settle()
    assert name(driver) == "Kai GmbH"
    assert page.model.rowCount() >= 3
    dialog.reject()


def test_what_was_undone_says_why_it_cannot_be_undone_again(driver: Driver) -> None:
    rename(driver, "Kai GmbH")
    press(driver, Qt.Key.Key_Z)
    driver.window.acts["edit.changes"].trigger()
    driver.settle()
    dialog = driver.window.findChild(QDialog, "changes")
    assert isinstance(dialog, QDialog)
    page = dialog.findChild(ChangesPage)
    assert isinstance(page, ChangesPage)
    page.table.select([page.model.ids[1]])
    driver.settle()
    assert not page.acts["changes.undo"].isEnabled()
    assert "was undone already" in page.pane.reason
    dialog.reject()


def test_an_approval_in_the_review_offers_its_undo(driver: Driver) -> None:
    book = driver.desk.book
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE client SET on_hold = 1")
    run = plan(book, through=DAY, issue_date=DAY, actor="test", now=book.now)
    page = ReviewPage(driver.desk, run.id)
    driver.window.push(page)
    driver.settle()

    def states() -> list[object]:
        with book.reading() as session:
            return [row[0] for row in session.connection().exec_driver_sql("SELECT state FROM draft ORDER BY id")]

    assert states() == ["held", "held"]
    page.table.select(list(page.model.ids))
    driver.settle()
    page.acts["review.approve"].trigger()
    driver.settle()
    assert states() == ["approved", "approved"]
    buttons = {one.text(): one for one in driver.window.notices.findChildren(QPushButton) if one.isVisible()}
    buttons["Undo"].click()
    driver.settle()
    assert states() == ["held", "held"]
