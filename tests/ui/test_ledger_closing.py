"""The ledger's tabs Recognition and Closing, used as a person uses them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.accounting.month_end import closings
from desktop.services.accounting.schedules import recognition_policy, set_recognition_policy
from desktop.ui.dialog import FormDialog
from desktop.ui.ledger.closing import ClosedPage, ClosingTab
from desktop.ui.ledger.page import LedgerPage
from desktop.ui.ledger.recognition import EarnedPage, RecognitionTab
from desktop.ui.reports.page import ReportsPage
from desktop.ui.runs.page import RunsPage
from tests.books import new_book
from tests.contracts import Contracts, value
from tests.ui.program import Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path, file="window.sheaf") as book:
        yield book


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    driver = Driver(qtbot, qapp, book, tmp_path)
    yield driver
    driver.end()


def tab(driver: Driver, name: str) -> object:
    page = driver.desk.shell.go("ledger")
    assert isinstance(page, LedgerPage)
    shown = page.show_tab(name)
    driver.settle()
    return shown


def dialog() -> FormDialog:
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, FormDialog) and one.isVisible()]
    assert len(found) == 1
    return found[0]


def bill_a_year(book: Book) -> None:
    contracts = Contracts(book)
    contracts.agreement(contracts.client(), "A1", {"unit_price": "1200"}, every_unit="year", timing="advance")
    contracts.bill("2026-01-01")


def test_a_month_is_shown_then_recognised(driver: Driver, book: Book) -> None:
    set_recognition_policy(book, "monthly", actor="test")
    bill_a_year(book)
    page = tab(driver, "recognition")
    assert isinstance(page, RecognitionTab)
    assert page.model.rowCount() == 1
    page.table.selectRow(0)
    driver.settle()
    assert page.pane.heading == "INV-2026-0001"
    assert "is not booked" in page.pane.reason
    page.acts["recognition.recognise"].trigger()
    asked = dialog()
    assert asked.form.values()["through"] == date(2026, 4, 30)
    asked.accept()
    driver.settle()
    shown = driver.window.page
    assert isinstance(shown, EarnedPage)
    assert shown.model.rowCount() == 4
    assert value(book, "SELECT count(*) FROM journal_entry WHERE kind = 'recognition'") == 0
    shown.acts["earned.book"].trigger()
    driver.settle()
    assert value(book, "SELECT count(*) FROM journal_entry WHERE kind = 'recognition'") == 4
    assert "4 entries booked: €400.00" in driver.desk.shell.notices.sentence
    page.acts["recognition.recognise"].trigger()
    dialog().accept()
    driver.settle()
    assert driver.desk.shell.notices.sentence == "All that was earned is booked."


def test_the_policy_is_chosen_where_it_counts(driver: Driver, book: Book) -> None:
    page = tab(driver, "recognition")
    assert isinstance(page, RecognitionTab)
    page.acts["recognition.policy"].trigger()
    asked = dialog()
    asked.form.put({"method": "daily"})
    asked.accept()
    driver.settle()
    assert recognition_policy(book) == "daily"
    page.acts["recognition.months"].trigger()
    driver.settle()
    shown = driver.window.page
    assert isinstance(shown, ReportsPage)


def test_the_books_are_closed_and_reopened(driver: Driver, book: Book) -> None:
    contracts = Contracts(book)
    contracts.agreement(contracts.client(), "A1", {"unit_price": "20000"})
    contracts.bill("2026-02-05")
    page = tab(driver, "closing")
    assert isinstance(page, ClosingTab)
    assert page.model.rowCount() == 10
    page.acts["closing.close"].trigger()
    asked = dialog()
    asked.accept()
    driver.settle()
    assert "Exceptions cleared: 1 draft is held or failed." in asked.said
    assert closings(book) == []
    asked.form.put({"exceptions": True, "note": "the client decides next week"})
    asked.accept()
    driver.settle()
    (made,) = closings(book)
    assert (made.through, made.passed_over) == (date(2026, 4, 30), ("exceptions",))
    page.acts["closing.history"].trigger()
    driver.settle()
    history = driver.window.page
    assert isinstance(history, ClosedPage)
    history.table.selectRow(0)
    driver.settle()
    assert history.pane.heading == "Through Apr 30, 2026" or "30 Apr 2026" in history.pane.heading
    history.acts["closed.back"].trigger()
    driver.settle()
    page.acts["closing.reopen"].trigger()
    again = dialog()
    again.form.put({"reason": "a late bill"})
    again.accept()
    driver.settle()
    assert closings(book)[0].reason == "a late bill"
    assert not page.acts["closing.reopen"].isEnabled()


def test_a_step_leads_to_where_it_is_done(driver: Driver, book: Book) -> None:
    page = tab(driver, "closing")
    assert isinstance(page, ClosingTab)
    places = [step.place for step in page._steps]
    assert places.count("bank") == 2
    page.open_row(places.index("runs") + 1)
    driver.settle()
    assert isinstance(driver.window.page, RunsPage)
