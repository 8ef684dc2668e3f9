"""Signing in, locking and taking over in the window, as people do it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.app import Program
from desktop.services.access.idling import set_idle_minutes
from desktop.services.access.passphrases import set_passphrase, with_passphrase
from desktop.services.access.second_pair import SecondNeeded, set_seconds_above
from desktop.services.access.signing_in import sign_out
from desktop.services.problems import ValidationError
from desktop.ui.access.sign_in import SignInPage
from desktop.ui.actions import ActionButton
from desktop.ui.dialog import FormDialog
from desktop.ui.invoices.losses import write_off
from desktop.ui.page import Page
from desktop.ui.settings.page import SettingsPage
from desktop.ui.settings.people import PeopleSection
from desktop.ui.settings.people_access import give_passphrase
from tests.access import WORDS, guard, person
from tests.books import new_book
from tests.contracts import value
from tests.issued import add_client, add_invoice
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
        rail_before = program.window.rail
        assert rail_before is None
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


def test_what_a_role_may_not_is_greyed_and_says_why(driver: Driver) -> None:
    page = driver.window.go("payments")
    assert isinstance(page, Page)
    assert page.acts["payments.new"].isEnabled()
    driver.program.lock()
    come(driver, "Carla", OTHER)
    page = driver.window.go("payments")
    assert isinstance(page, Page)
    assert not page.acts["payments.new"].isEnabled()
    button = next(one for one in page.findChildren(ActionButton) if one.text() == page.acts["payments.new"].text())
    assert "money" in button.toolTip()
    page = driver.window.go("clients")
    assert isinstance(page, Page)
    assert page.acts["clients.new"].isEnabled()
    assert not driver.window.acts["book.statements"].isEnabled()


def test_a_second_person_agrees_in_the_form_itself(driver: Driver) -> None:
    book = driver.desk.book
    set_passphrase(book, person(book, "Ben", "bookkeeper"), OTHER, actor="Olga")
    set_seconds_above(book, {"write_off": 1}, actor="Olga")
    number = add_invoice(book, add_client(book, "ACME"), date(2026, 5, 1), (100_000, 19))
    write_off(driver.desk, driver.window, number, 119_000, "EUR")
    (form,) = [one for one in driver.window.findChildren(FormDialog) if one.isVisible()]
    form.form.put({"reason": "Gone"})
    form.accept()
    driver.settle()
    assert "second person agrees" in form.said
    form._ask_second(SecondNeeded("write_off", 119_000, "0.01"))
    asked = form.findChildren(FormDialog)[0]
    asked.form.put({"name": "Ben", "words": OTHER})
    asked.accept()
    driver.settle()
    driver.until(lambda: value(book, "SELECT count(*) FROM write_off") == 1)
    assert value(book, "SELECT actor FROM write_off") == "Olga"
    assert book.vouched is None


def test_an_owner_gives_a_person_a_passphrase(driver: Driver) -> None:
    settings = driver.window.go("settings")
    assert isinstance(settings, SettingsPage)
    settings.show_section("people")
    (section,) = driver.window.findChildren(PeopleSection)
    driver.settle()
    book = driver.desk.book
    number = person(book, "Ben", "bookkeeper")
    give_passphrase(driver.desk, section, number, "Ben")
    (form,) = [one for one in driver.window.findChildren(FormDialog) if one.isVisible()]
    form.form.put({"new": "three cold mornings", "again": "three cold evenings"})
    form.accept()
    driver.settle()
    assert number not in with_passphrase(book)
    form.form.put({"new": "three cold mornings", "again": "three cold mornings"})
    form.accept()
    driver.settle()
    assert number in with_passphrase(book)
    assert "Ben" in [section.model.text_at(row, 0) for row in range(section.model.rowCount())]


def test_a_first_passphrase_given_beside_the_window_locks_it(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    with new_book(tmp_path, file="Open.sheaf") as book:
        driver = Driver(qtbot, qapp, book, tmp_path)
        driver.settle()
        guard(book.acting(None))
        assert book.signed_in is None
        driver.program._announce()
        assert locked(driver)
        come(driver, "Olga", WORDS)
        assert not locked(driver)
        assert driver.desk.actor == "Olga"
        driver.end()
