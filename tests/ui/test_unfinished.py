"""Typing that was not saved is offered again, also after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from desktop.services.books import open_
from desktop.services.unfinished import kept
from desktop.ui.agreements.form import edit_agreement
from desktop.ui.clients.form import edit_client
from desktop.ui.dialog import FormDialog
from desktop.ui.lines_form import LinesForm
from desktop.ui.unfinished import Unfinished
from tests.books import new_book
from tests.ui.program import Driver, add_retainers

# What a kill may lose at most.
SECONDS_LOST = 3


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Driver]:
    book = new_book(tmp_path)
    add_retainers(book, 2)
    made = Driver(qtbot, qapp, book, tmp_path)
    made.settle()
    yield made
    made.end()


def opened(driver: Driver) -> FormDialog:
    driver.settle()
    found = driver.window.findChildren(FormDialog)[-1]
    assert isinstance(found, FormDialog)
    return found


def new_client(driver: Driver) -> FormDialog:
    edit_client(driver.desk, driver.window, None, lambda _one: None)
    return opened(driver)


def closed(driver: Driver, dialog: FormDialog) -> None:
    """Goes away without a word, as in a crash."""
    looked = dialog.findChild(Unfinished)
    assert looked is not None
    looked.look()
    driver.settle()
    looked.end(forgotten=False)
    dialog.done(0)
    driver.settle()


def press(driver: Driver, dialog: FormDialog, text: str) -> None:
    button = next(one for one in dialog.findChildren(QPushButton) if one.text() == text and one.isVisible())
    button.click()
    driver.settle()


def test_one_goes_on_with_what_was_typed(driver: Driver) -> None:
    first = new_client(driver)
    assert first.said == ""
    driver.qtbot.keyClicks(first.form.editor("name"), "Kai GmbH")
    first.form.editor("country").put("FR")
    closed(driver, first)
    again = new_client(driver)
    assert "You typed here on" in again.said
    press(driver, again, "Go on with it")
    assert again.form.values()["name"] == "Kai GmbH"
    assert again.form.values()["country"] == "FR"
    assert again.form.dirty
    again.form.editor("city").put("Paris")
    again.accept()
    driver.settle()
    assert new_client(driver).said == ""


def test_what_is_discarded_is_not_offered_again(driver: Driver) -> None:
    first = new_client(driver)
    driver.qtbot.keyClicks(first.form.editor("name"), "Kai GmbH")
    closed(driver, first)
    again = new_client(driver)
    press(driver, again, "Discard")
    again.reject()
    driver.settle()
    third = new_client(driver)
    assert third.said == ""
    assert not third.form.dirty
    third.reject()


def test_what_is_dropped_on_purpose_is_not_offered(driver: Driver) -> None:
    first = new_client(driver)
    driver.qtbot.keyClicks(first.form.editor("name"), "Kai GmbH")
    looked = first.findChild(Unfinished)
    assert looked is not None
    looked.look()
    first.reject()
    press(driver, first, "Drop the changes")
    assert kept(driver.desk.book, "client", 0, actor="test") is None


def test_lines_come_back_with_what_could_not_be_read(driver: Driver) -> None:
    with driver.desk.book.reading() as session:
        key = session.connection().exec_driver_sql("SELECT id FROM agreement WHERE code = 'A1'").scalar_one()
    edit_agreement(driver.desk, driver.window, key, lambda _one: None)
    first = opened(driver)
    form = first.form
    assert isinstance(form, LinesForm)
    table = form.table("lines")
    before = table.model.all_lines()
    table.model.paste(0, [one.key for one in table.model.columns].index("quantity"), "2,5x")
    entries = form.entries()
    closed(driver, first)
    edit_agreement(driver.desk, driver.window, key, lambda _one: None)
    again = opened(driver)
    press(driver, again, "Go on with it")
    assert isinstance(again.form, LinesForm)
    assert again.form.entries() == entries
    now = again.form.table("lines").model.all_lines()
    assert now[0]["id"] == before[0]["id"]
    assert again.form.table("lines").model.unread()
    again.form.restore({})
    again.reject()
    press(driver, again, "Drop the changes")


def test_a_kill_loses_only_the_last_seconds(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    path = book.path
    book.close()
    with subprocess.Popen(
        [sys.executable, "-m", "tests.ui.typing_process", str(path), str(tmp_path)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "typed"
            time.sleep(SECONDS_LOST)
        finally:
            process.kill()
    with open_(path) as again:
        found = kept(again, "client", 0, actor="test")
    assert found is not None
    assert found.entries["name"] == "Kai & Sons"
