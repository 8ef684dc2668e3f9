"""Signing in, locking and taking over in the window, as people do it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.app import Program
from desktop.services.access.idling import set_idle_minutes
from desktop.services.access.passphrases import set_passphrase
from desktop.services.access.signing_in import sign_out
from desktop.services.problems import ValidationError
from desktop.ui.access.sign_in import SignInPage
from tests.access import WORDS, guard, person
from tests.books import new_book
from tests.ui.program import Driver

OTHER = "nine quiet lanterns"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        guard(made)
        set_passphrase(made, person(made, "Carla", "clerk"), OTHER, actor="Olga")
        yield made


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    made.settle()
    yield made
    made.end()


def door(driver: Driver) -> SignInPage:
    return driver.window.findChildren(SignInPage)[-1]


def come(driver: Driver, name: str, words: str) -> None:
    page = door(driver)
    page.form.put({"name": name})
    field = page.form.editor("words")
    assert isinstance(field, QLineEdit)
    field.setText(words)
    driver.qtbot.keyClick(field, Qt.Key.Key_Return)
    driver.settle()


def locked(driver: Driver) -> bool:
    return driver.program._lock is not None and driver.program._lock.locked


def test_nothing_of_a_book_is_shown_before_somebody_signs_in(
    qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path
) -> None:
    sign_out(book)
    program = Program(qapp, tmp_path / "window.ini")
    program.window.show()
    try:
        program._opened(book)
        (page,) = program.window.findChildren(SignInPage)
        assert program.window.rail is None
        assert program.window.page is page
        page.form.put({"name": "Carla"})
        field = page.form.editor("words")
        assert isinstance(field, QLineEdit)
        field.setText("not this one")
        page.button.click()
        qtbot.waitUntil(lambda: page.problem.isVisible(), timeout=10_000)
        assert "do not belong together" in page.problem.text()
        field.setText(OTHER)
        page.button.click()
        qtbot.waitUntil(lambda: program.desk is not None, timeout=10_000)
        assert program.desk is not None
        assert program.desk.actor == "Carla"
        qtbot.waitUntil(lambda: not program.jobs.busy, timeout=10_000)
        assert program.window.rail is not None
        assert program.window.rail.person == "Carla, Clerk"
    finally:
        qtbot.waitUntil(lambda: not program.jobs.busy, timeout=10_000)
        program.end()


def test_a_locked_window_shows_and_does_nothing(driver: Driver) -> None:
    driver.window.go("clients")
    driver.qtbot.keyClick(driver.window, "O", Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert locked(driver)
    page = door(driver)
    assert page.isVisible()
    assert driver.window.rail is not None
    assert not driver.window.rail.isVisible()
    assert driver.window.page is not None
    assert not driver.window.page.isVisible()
    assert not any(one.isEnabled() for one in driver.window.actions())
    driver.program._announce()
    driver.settle()
    assert not any(one.isEnabled() for one in driver.window.actions())
    driver.qtbot.keyClick(driver.window, Qt.Key.Key_Escape)
    assert locked(driver)
    come(driver, "Olga", OTHER)
    assert locked(driver)
    come(driver, "Olga", WORDS)
    assert not locked(driver)
    assert driver.window.here == "clients"
    assert driver.window.rail.isVisible()


def test_who_signs_in_next_takes_over(driver: Driver) -> None:
    driver.window.go("clients")
    driver.program.lock()
    come(driver, "Carla", OTHER)
    assert not locked(driver)
    assert driver.desk.actor == "Carla"
    assert driver.window.here == "today"
    assert driver.window.rail is not None
    assert driver.window.rail.person == "Carla, Clerk"
    assert driver.desk.may("change")
    assert not driver.desk.may("money")


def test_what_was_open_is_there_again_for_the_same_person(driver: Driver) -> None:
    driver.window.go("clients")
    page = driver.window.page
    assert page is not None
    driver.window.acts["book.passphrase"].trigger()
    (dialog,) = [one for one in driver.window.findChildren(QDialog) if one.isVisible()]
    driver.program.lock()
    assert not dialog.isVisible()
    come(driver, "Olga", WORDS)
    assert dialog.isVisible()
    dialog.close()


def test_idle_minutes_lock_the_window_and_keys_put_it_off(driver: Driver) -> None:
    lock = driver.program._lock
    assert lock is not None
    set_idle_minutes(driver.desk.book, 1, actor="Olga")
    driver.program._announce()
    assert lock._idle.interval() == 60_000
    lock._idle.setInterval(300)
    lock._idle.start()
    driver.qtbot.wait(150)
    left = lock._idle.remainingTime()
    key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(driver.window, key)
    assert lock._idle.remainingTime() > left
    driver.until(lambda: lock.locked)
    come(driver, "Olga", WORDS)
    set_idle_minutes(driver.desk.book, 0, actor="Olga")
    driver.program._announce()
    assert not lock._idle.isActive()
    with pytest.raises(ValidationError):
        set_idle_minutes(driver.desk.book, -1, actor="Olga")


def test_a_book_without_passphrases_has_no_lock(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with new_book(tmp_path, file="Open.sheaf") as book:
        driver = Driver(qtbot, qapp, book, tmp_path)
        driver.settle()
        assert not driver.window.acts["book.lock"].isEnabled()
        driver.program.lock()
        assert not locked(driver)
        assert driver.window.rail is not None
        assert driver.window.rail.person == ""
        driver.end()
