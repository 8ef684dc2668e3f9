"""The first quarter of an hour: steps, each with its one button, and the way to put them away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop.ui.dialog import FormDialog
from desktop.ui.guide.page import GuidePage, guide_if_new
from desktop.ui.importing.dialog import ImportDialog
from desktop.ui.settings.firm import FirmSection
from desktop.ui.settings.items import ItemsSection
from tests.books import new_book
from tests.ui.program import Driver, add_retainers


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, new_book(tmp_path), tmp_path)
    made.settle()
    yield made
    made.end()


def guide(driver: Driver) -> GuidePage:
    page = driver.window.page
    assert isinstance(page, GuidePage)
    return page


def opened(driver: Driver) -> GuidePage:
    driver.window.acts["help.steps"].trigger()
    driver.settle()
    return guide(driver)


def press(driver: Driver, text: str) -> None:
    next(one for one in guide(driver).findChildren(QPushButton) if one.text() == text).click()
    driver.settle()


def test_a_new_book_shows_them_until_they_are_put_away(driver: Driver) -> None:
    asked: list[int] = []
    guide_if_new(driver.desk, lambda: asked.append(1))
    driver.settle()
    press(driver, "Look at the sample firm")
    assert asked == [1]
    press(driver, "Do not show this again")
    assert not isinstance(driver.window.page, GuidePage)
    guide_if_new(driver.desk, print)
    driver.settle()
    assert not isinstance(driver.window.page, GuidePage)
    assert not opened(driver).rows["clients"].done


def test_steps_are_done_as_the_book_says_and_the_next_one_is_the_main_one(driver: Driver) -> None:
    page = opened(driver)
    first = next(step for step, row in page.rows.items() if not row.done)
    assert page.rows[first].button.property("role") == "main"
    add_retainers(driver.desk.book, 1)
    driver.program.jobs.announce({"clients"})
    driver.settle()
    assert [step for step in ("clients", "item", "agreement") if page.rows[step].done] == [
        "clients",
        "item",
        "agreement",
    ]
    assert not page.rows["run"].done
    assert page.rows["clients"].accessibleName() == "Your first clients, done"


def test_each_button_opens_its_form_and_comes_back(driver: Driver) -> None:
    page = opened(driver)
    page.rows["firm"].button.click()
    assert isinstance(driver.window.page, FirmSection)
    driver.window.back()
    assert guide(driver) is page
    page.rows["clients"].button.click()
    driver.settle()
    found = driver.window.findChild(ImportDialog)
    assert found is not None
    found.reject()
    page.rows["item"].button.click()
    driver.settle()
    assert isinstance(driver.window.page, ItemsSection)
    for dialog in driver.window.findChildren(FormDialog):
        dialog.reject()
    driver.window.back()
    assert guide(driver) is page


def test_the_first_run_is_planned_from_here(driver: Driver) -> None:
    add_retainers(driver.desk.book, 1)
    page = opened(driver)
    page.rows["run"].button.click()
    driver.settle()
    (dialog,) = driver.window.findChildren(FormDialog)
    dialog.accept()
    driver.settle()
    assert driver.window.page is not page


def test_an_example_is_saved_and_told(driver: Driver, tmp_path: Path) -> None:
    page = opened(driver)
    page.save_example(str(tmp_path / "clients.csv"))
    driver.settle()
    assert (tmp_path / "clients.csv").read_bytes().startswith(b"\xef\xbb\xbfcode,name")
    assert "The example is saved." in driver.window.notices.sentence
