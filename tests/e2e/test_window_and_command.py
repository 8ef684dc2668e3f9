"""A command on a book that the window holds, while a person is in the middle of an edit."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from db.engine import Book
from db.schema import Agreement, AgreementLine, Client
from desktop.services.changes import change
from desktop.services.runs import exceptions, plan
from desktop.ui.dialog import FormDialog
from desktop.ui.runs.page import RunsPage
from desktop.ui.runs.review import ReviewPage
from tests.books import new_book
from tests.ui.program import TODAY, Driver, add_retainers


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    made.end()


def test_billing_from_the_command_line_in_mid_edit(driver: Driver, book: Book, qtbot: QtBot) -> None:
    add_retainers(book, 1)
    run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    driver.window.push(ReviewPage(driver.desk, run.id))
    driver.settle()
    review = driver.window.page
    assert isinstance(review, ReviewPage)
    review.table.select(list(review.model.ids))
    review.acts["review.edit"].trigger()
    driver.until(lambda: any(isinstance(w, FormDialog) and w.isVisible() for w in QApplication.topLevelWidgets()))
    dialog = next(w for w in QApplication.topLevelWidgets() if isinstance(w, FormDialog) and w.isVisible())
    dialog.form.editor("price1").put(900)
    assert dialog.form.dirty

    _second_client(book)
    command = QProcess()
    arguments = ["-m", "desktop", "bill", str(book.path), "--through", "2026-05-31", "--issue-date", "2026-05-31"]
    command.start(sys.executable, [*arguments, "--json"])
    qtbot.waitUntil(lambda: command.state() == QProcess.ProcessState.NotRunning, timeout=30_000)
    said = bytes(command.readAllStandardError().data()).decode()
    assert command.exitCode() == 0, said
    answer = json.loads(bytes(command.readAllStandardOutput().data()))
    assert answer["outcomes"] == {"issued": 1, "held": 0, "skipped": 1, "failed": 0}

    # The edit is still there, and saving it works on the draft that it began with.
    assert dialog.isVisible()
    assert dialog.form.dirty
    dialog.accept()
    driver.settle()
    (found,) = exceptions(book)
    assert (found.code, found.amount) == ("off_rate_card", 90_000)
    page = driver.window.go("runs")
    driver.settle()
    assert isinstance(page, RunsPage)
    assert page.model.rowCount() == 2


def _second_client(book: Book) -> None:
    with change(book, "test", "One more client") as made:
        client = made.insert(
            Client, code="X1", name="Extra Ltd", street="Kai 2", city="Bremen", country="DE", currency="EUR"
        )
        agreement = made.insert(
            Agreement,
            code="X-1",
            title="Care",
            client_id=client,
            billing="recurring",
            currency="EUR",
            anchor=date(2026, 5, 1),
            start_date=date(2026, 5, 1),
        )
        item = made.connection.exec_driver_sql("SELECT id FROM item").scalar_one()
        made.insert(
            AgreementLine,
            agreement_id=agreement,
            position=1,
            kind="recurring",
            item_id=item,
            quantity=1_000_000,
            unit_price=70_000_000,
        )
