"""F1 wherever one is, and looking for words in the help."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.services.runs import plan
from desktop.ui.clients.form import edit_client
from desktop.ui.dialog import FormDialog
from desktop.ui.guide.page import show_guide
from desktop.ui.help import HelpWindow, topic_text, topics
from desktop.ui.importing.dialog import ImportDialog
from desktop.ui.rail import PlaceButton
from desktop.ui.runs.review import ReviewPage
from desktop.ui.settings.page import SettingsPage, sections
from tests.books import new_book
from tests.ui.program import Driver, add_retainers


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    book = new_book(tmp_path)
    add_retainers(book, 1)
    made = Driver(qtbot, qapp, book, tmp_path)
    made.settle()
    yield made
    made.end()


def helped(driver: Driver, window: QWidget) -> HelpWindow:
    driver.qtbot.keyClick(window, Qt.Key.Key_F1)
    driver.settle()
    found = window.findChild(HelpWindow, "help")
    assert isinstance(found, HelpWindow)
    return found


@pytest.mark.parametrize("place", ["today", "collections", "reports", "clients"])
def test_each_place_has_its_own_page(driver: Driver, place: str) -> None:
    driver.window.go(place)
    assert helped(driver, driver.window).topic == place


def test_a_page_above_a_place_has_its_own_page(driver: Driver) -> None:
    desk = driver.desk
    day = date(2026, 5, 31)
    run = plan(desk.book, through=day, issue_date=day, actor="test", now=desk.now)
    driver.window.go("clients")
    driver.window.push(ReviewPage(desk, run.id))
    driver.settle()
    shown = helped(driver, driver.window)
    assert shown.topic == "runs"
    driver.window.back()
    show_guide(desk, print)
    driver.window.acts["help.page"].trigger()
    assert shown.topic == "start"


def test_each_section_of_the_settings_is_found_in_its_page(driver: Driver) -> None:
    page = driver.window.go("settings")
    assert isinstance(page, SettingsPage)
    page.show_section("series")
    shown = helped(driver, driver.window)
    assert shown.topic == "settings"
    assert shown.page.textCursor().selectedText() == "Number series"
    text = topic_text("settings").casefold()
    assert [place.title for place in sections(driver.desk) if place.title.casefold() not in text] == []


def test_a_form_and_the_import_open_the_help_too(driver: Driver) -> None:
    driver.window.go("clients")
    edit_client(driver.desk, driver.window, None, lambda _one: None)
    driver.settle()
    form = driver.window.findChild(FormDialog)
    assert form is not None
    assert helped(driver, form).topic == "clients"
    form.reject()
    driver.settle()
    driver.window.acts["book.import"].trigger()
    driver.settle()
    dialog = driver.window.findChild(ImportDialog)
    assert dialog is not None
    assert helped(driver, dialog).topic == "import"
    dialog.reject()


def test_words_are_looked_for_in_all_pages(driver: Driver) -> None:
    shown = helped(driver, driver.window)

    def offered() -> list[str]:
        return [one.accessibleName() for one in shown.findChildren(PlaceButton) if one.isVisibleTo(shown)]

    everything = offered()
    assert len(everything) == len(topics())
    driver.qtbot.keyClicks(shown.search, "windowed")
    driver.qtbot.wait(10)
    assert offered() == []
    shown.search.setText("back up")
    assert "Books and backups" in offered()
    assert len(offered()) < len(everything)
    assert shown.page.textCursor().selectedText().casefold() == "back"
    before = shown.page.textCursor().position()
    driver.qtbot.keyClick(shown.search, Qt.Key.Key_Return)
    assert shown.page.textCursor().position() != before
    shown.search.clear()
    assert offered() == everything
