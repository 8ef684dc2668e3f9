"""India's portal from the list of invoices: the file that goes up, the answer, the cancellation; nothing elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.changes import undo
from desktop.services.lists.invoices import InvoiceList
from desktop.ui.invoices.page import InvoicesPage
from tests.books import new_book
from tests.contracts import ANNE, rows
from tests.services.test_registrations import answer, indian_book, number_of
from tests.ui.program import TODAY, Driver


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return indian_book(tmp_path)


def page_of(driver: Driver) -> InvoicesPage:
    page = driver.window.go("invoices")
    driver.settle()
    assert isinstance(page, InvoicesPage)
    return page


def choose_file(driver: Driver, page: InvoicesPage, action: str, path: Path) -> None:
    page.acts[action].trigger()
    driver.settle()
    dialog = next(one for one in page.findChildren(QFileDialog) if one.isVisible())
    dialog.fileSelected.emit(str(path))
    dialog.close()
    dialog.deleteLater()
    driver.settle()


def test_the_file_goes_up_and_the_answer_comes_back(driver: Driver, book: Book, tmp_path: Path) -> None:
    page, file = page_of(driver), tmp_path / "up.json"
    choose_file(driver, page, "invoices.portal_file", file)
    assert len(json.loads(file.read_text())) == 2
    number = number_of(book, "B2B")
    listed = InvoiceList(book, TODAY)
    assert len(listed.ids("", frozenset({"unregistered"}), "", False)) == 2
    back = tmp_path / "back.json"
    back.write_text(json.dumps([answer(book, number), {"Irn": "x", "DocNo": "NO-1"}]))
    choose_file(driver, page, "invoices.portal_answer", back)
    assert rows(book, "SELECT count(*) FROM registration") == [(1,)]
    assert len(listed.ids("", frozenset({"unregistered"}), "", False)) == 1
    assert "NO-1" in driver.window.notices.sentence


def test_a_cancellation_is_noted_and_can_be_undone(driver: Driver, book: Book, tmp_path: Path) -> None:
    page, number = page_of(driver), number_of(book, "B2B")
    back = tmp_path / "back.json"
    back.write_text(json.dumps(answer(book, number)))
    choose_file(driver, page, "invoices.portal_answer", back)
    (key,) = rows(book, "SELECT id FROM invoice WHERE number = ?", number)[0]
    driver.window.go("invoices", key)
    driver.settle()
    page.acts["invoices.portal_cancelled"].trigger()
    driver.settle()
    assert rows(book, "SELECT cancelled_at IS NULL FROM registration") == [(0,)]
    undo(book, ANNE)
    assert rows(book, "SELECT cancelled_at IS NULL FROM registration") == [(1,)]


def test_firms_elsewhere_do_not_see_it(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> None:
    other = Driver(qtbot, qapp, new_book(tmp_path), tmp_path)
    assert "invoices.portal_file" not in page_of(other).acts
    other.end()
