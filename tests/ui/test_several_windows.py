"""Several windows of one book, sizes, and word of long work that has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from desktop.errors import UserError
from desktop.jobs import Job
from desktop.services.clients import update_client
from desktop.ui.attention import Attention
from desktop.ui.clients.page import ClientsPage
from desktop.ui.main_window import MainWindow
from desktop.ui.memory import Memory
from desktop.ui.recent_books import recent_books, remember_book
from desktop.ui.recent_menu import RecentMenu
from desktop.ui.saving import write
from desktop.ui.theme import next_zoom
from desktop.ui.welcome import Welcome
from tests.books import new_book
from tests.ui.program import Driver, add_retainers

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    book = new_book(tmp_path)
    add_retainers(book, 2)
    made = Driver(qtbot, qapp, book, tmp_path)
    made.window.go("clients")
    made.settle()
    yield made
    made.program.theme.set_zoom(100)
    made.end()


def second(driver: Driver) -> MainWindow:
    driver.window.acts["view.window"].trigger()
    driver.settle()
    return driver.program.windows[-1]


def names(window: MainWindow) -> list[str]:
    page = window.page
    assert isinstance(page, ClientsPage)
    return [page.model.text_at(row, 1) for row in range(page.model.rowCount())]


def test_a_second_window_begins_where_the_first_is_and_hears_of_each_change(driver: Driver) -> None:
    other = second(driver)
    assert other is not driver.window
    assert other.here == "clients"
    assert other.isVisible()
    book = driver.desk.book
    with book.reading() as session:
        key = session.connection().exec_driver_sql("SELECT id FROM client WHERE code = 'C1'").scalar_one()
    write(driver.desk, "Saving", lambda: update_client(book, key, {"name": "Kai GmbH"}, actor="test"), "Saved.")
    driver.settle()
    for window in driver.program.windows:
        page = window.page
        assert isinstance(page, ClientsPage)
        row = page.model.row_at(page.model.position_of(key))
        assert row is not None
        assert row["name"] == "Kai GmbH"
        assert window.acts["edit.undo"].text().startswith("Undo “")
    assert driver.window.notices.sentence == "Saved."
    assert other.notices.isHidden()
    other.close()


def test_what_goes_wrong_in_one_window_is_told_there(driver: Driver) -> None:
    other = second(driver)

    def refuse(_report: object) -> None:
        raise UserError("The disk is full.", "Make room.")

    other.shell.jobs.start(Job("Writing", refuse))
    driver.settle()
    assert "The disk is full." in other.notices.sentence
    assert driver.window.notices.isHidden()
    other.close()


def test_closing_one_leaves_the_others_and_the_book(driver: Driver) -> None:
    other = second(driver)
    answers: list[object] = []
    other.shell.jobs.ask(lambda: 1, answers.append)
    other.close()
    driver.until(lambda: not isValid(other))
    driver.settle()
    assert answers == []
    assert driver.program.windows == [driver.window]
    driver.program.jobs.announce({"clients"})
    driver.program.theme.set_mode("dark")
    driver.settle()
    assert driver.desk.book.path.is_file()
    page = driver.window.page
    assert isinstance(page, ClientsPage)
    page.reload()
    driver.settle()
    assert page.model.rowCount() == 2


def test_each_window_remembers_its_own_size(driver: Driver) -> None:
    other = second(driver)
    other.resize(970, 610)
    kept = other.saveGeometry()
    other.close()
    driver.settle()
    again = second(driver)
    assert driver.program.memory.bytes("window2") == kept
    assert again.height() == 610
    again.close()


def test_zoom_makes_everything_larger_and_is_remembered(driver: Driver) -> None:
    page = driver.window.page
    assert isinstance(page, ClientsPage)
    chosen = page.model.ids[1]
    page.table.select([chosen])
    page.search.setText("client")
    driver.settle()
    before, rail = page.table.verticalHeader().defaultSectionSize(), driver.window.rail
    assert rail is not None
    width = rail.width()
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Plus, CTRL)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Plus, CTRL)
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Equal, CTRL)
    driver.settle()
    assert driver.program.theme.zoom == 150
    now = driver.window.page
    assert isinstance(now, ClientsPage)
    assert now.table.verticalHeader().defaultSectionSize() == round(before * 1.5)
    assert driver.window.rail is not None
    assert driver.window.rail.width() > width
    assert now.table.current_id() == chosen
    assert now.search.text() == "client"
    assert driver.program.memory.get("zoom") == 150
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Minus, CTRL)
    assert driver.program.theme.zoom == 125
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_0, CTRL)
    driver.settle()
    assert driver.program.theme.zoom == 100


def test_zoom_ends_at_both_ends() -> None:
    assert next_zoom(200, 1) == 200
    assert next_zoom(80, -1) == 80
    assert next_zoom(140, 1) == 150
    assert next_zoom(140, 0) == 100


def test_long_work_that_ends_behind_ones_back_is_told(driver: Driver) -> None:
    told = Attention(driver.window.shell.jobs, driver.window, long_seconds=0)
    title = driver.window.windowTitle()
    driver.window.shell.jobs.start(Job("Quick look", lambda _report: None))
    driver.settle()
    assert told.said == ""
    driver.window.hide()
    driver.until(lambda: QApplication.activeWindow() is None)
    driver.window.shell.jobs.start(Job("Billing June", lambda _report: None))
    driver.settle()
    assert told.said == "Done: Billing June"
    assert driver.window.windowTitle().startswith("Done: Billing June")
    driver.window.show()
    QApplication.sendEvent(driver.window, QEvent(QEvent.Type.WindowActivate))
    assert driver.window.windowTitle() == title


def test_short_work_and_quiet_work_call_nobody(driver: Driver) -> None:
    told = driver.window.findChild(Attention)
    assert told is not None
    driver.window.hide()
    driver.until(lambda: QApplication.activeWindow() is None)
    driver.window.shell.jobs.start(Job("Billing June", lambda _report: None))
    driver.settle()
    assert told.said == ""
    driver.window.show()


# Books opened lately


def test_recent_books_stand_once_the_newest_first_while_they_are_there(tmp_path: Path, qapp: QApplication) -> None:
    memory = Memory(tmp_path / "window.ini")
    first, second_, gone = (tmp_path / f"{name}.sheaf" for name in ("first", "second", "gone"))
    for hour, path in enumerate((first, gone, second_, first)):
        path.touch()
        remember_book(memory, path, datetime(2026, 5, 1, hour))
    gone.unlink()
    assert [(book.path, book.at) for book in recent_books(memory)] == [
        (first, datetime(2026, 5, 1, 3)),
        (second_, datetime(2026, 5, 1, 2)),
    ]


def test_the_welcome_and_the_menu_open_a_recent_book(tmp_path: Path, qtbot: QtBot, driver: Driver) -> None:
    path = tmp_path / "Kai GmbH.sheaf"
    path.touch()
    remember_book(driver.program.memory, path, datetime(2026, 5, 1))
    asked: list[Path] = []
    page = Welcome(driver.program.theme, print, print, print, driver.program.recent(), asked.append)
    qtbot.addWidget(page)
    button = next(one for one in page.findChildren(QPushButton) if one.accessibleName().startswith("Kai GmbH, "))
    assert str(tmp_path) in button.accessibleName()
    assert "1 May 2026" in button.accessibleName()
    button.click()
    menu = RecentMenu(driver.program.recent, asked.append, driver.window)
    menu.fill()
    menu.actions()[0].trigger()
    assert asked == [path, path]
    assert driver.window.acts["book.recent"].menu() is not None
