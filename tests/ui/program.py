"""The whole program over a real book, for tests that go through the window as a person does."""

from __future__ import annotations

import gc
from collections.abc import Callable
from datetime import date
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from db.engine import Book
from db.schema import Agreement, AgreementLine, Client, Item
from desktop.app import Program
from desktop.services.changes import change
from desktop.ui.desk import Desk

TODAY = date(2026, 5, 31)
E6 = 1_000_000


def add_retainers(book: Book, count: int, *, faulty: int = 0) -> None:
    """Clients C1… with a monthly retainer each from 1 May; the first `faulty` ones lack their city."""
    with change(book, "test", "Set up") as made:
        standard = made.connection.exec_driver_sql("SELECT id FROM tax_code WHERE code = 'standard'").scalar_one()
        item = made.insert(Item, code="RET", name="Monthly retainer", unit="month", tax_code_id=standard)
        for k in range(1, count + 1):
            client = made.insert(
                Client,
                code=f"C{k}",
                name=f"Client {k} GmbH",
                street="Kai 1",
                city="" if k <= faulty else "Hamburg",
                country="DE",
                currency="EUR",
            )
            agreement = made.insert(
                Agreement,
                code=f"A{k}",
                title="Retainer",
                client_id=client,
                billing="recurring",
                currency="EUR",
                anchor=date(2026, 5, 1),
                start_date=date(2026, 5, 1),
            )
            made.insert(
                AgreementLine,
                agreement_id=agreement,
                position=1,
                kind="recurring",
                item_id=item,
                quantity=E6,
                unit_price=1000 * k * E6,
            )


class Driver:
    """The program with its window shown; `settle` waits until nothing runs any more."""

    def __init__(self, qtbot: QtBot, qapp: QApplication, book: Book, folder: Path) -> None:
        self.qtbot = qtbot
        self.program = Program(qapp, folder / "window.ini")
        self.window = self.program.window
        self.window.show()
        self.program.furnish(book)
        desk = self.program.desk
        assert isinstance(desk, Desk)
        desk.today = lambda: TODAY
        desk.actor = "test"
        self.desk = desk

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.program.jobs.busy, timeout=20_000)
        # A page asks again shortly after what it heard.
        self.qtbot.wait(120)
        self.qtbot.waitUntil(lambda: not self.program.jobs.busy, timeout=20_000)

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=20_000)

    def end(self) -> None:
        self.settle()
        # One that asks before it drops what was typed stays, and the next test would take it for its own.
        for left in QApplication.topLevelWidgets():
            if isinstance(left, QDialog):
                left.hide()
                left.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        self.program.end()
        # Ours to take away: pytest-qt would close a window that a test itself has ended.
        for window in self.program.windows:
            if isValid(window):
                window.hide()
                window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        # A window of the test before must not be destroyed by a worker of the next one.
        gc.collect()
