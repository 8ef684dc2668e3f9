"""Issued documents are saved as e-invoices from the window: one under a name, several into a folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services import runs
from desktop.services.opening import OpeningItem, add_opening_item
from desktop.ui.document_page import DocumentPage
from desktop.ui.editors import ChoiceEditor
from desktop.ui.invoices.page import InvoicesPage
from tests.documents.einvoice.proof import breaches
from tests.services.test_einvoice_documents import DAY, NOW, book
from tests.ui.forms import dialog
from tests.ui.program import Driver

__all__ = ["book"]


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, book: Book, tmp_path: Path) -> Iterator[Driver]:
    run = runs.plan(book, through=DAY, issue_date=DAY, actor="Ann", now=NOW).number
    if held := [one.id for one in runs.exceptions(book, run)]:
        runs.approve(book, held, "tested", actor="Ann", now=NOW)
    runs.resume(book, run, actor="Ann", now=NOW)
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    made.end()


def page_of(driver: Driver, *ids: int) -> InvoicesPage:
    page = driver.window.go("invoices")
    driver.settle()
    assert isinstance(page, InvoicesPage)
    page.table.select(ids or page.model.ids)
    driver.settle()
    return page


def forms_of(driver: Driver) -> list[str]:
    shown = dialog(driver)
    box = shown.form.editor("form")
    assert isinstance(box, ChoiceEditor)
    return [box.itemText(place) for place in range(box.count())]


def save_as(driver: Driver, form: str, path: Path) -> QFileDialog:
    shown = dialog(driver)
    shown.form.editor("form").put(form)
    shown.accept()
    driver.settle()
    (asked,) = [one for one in driver.window.findChildren(QFileDialog) if one.isVisible()]
    asked.fileSelected.emit(str(path))
    asked.close()
    driver.settle()
    return asked


def test_one_is_saved_in_the_form_that_it_was_issued_for(driver: Driver, tmp_path: Path) -> None:
    page_of(driver, 1).acts["invoices.einvoice"].trigger()
    driver.settle()
    assert forms_of(driver)[0] == "XRechnung, as CII"
    assert dialog(driver).form.values()["form"] == "xrechnung"
    path = tmp_path / "one.xml"
    save_as(driver, "xrechnung", path)
    assert breaches(path.read_bytes()) == []
    assert "one.xml is saved." in driver.window.notices.sentence


def test_a_pdf_carries_its_einvoice(driver: Driver, tmp_path: Path) -> None:
    page_of(driver, 1).acts["invoices.document"].trigger()
    driver.settle()
    page = driver.window.page
    assert isinstance(page, DocumentPage)
    page.acts["document.einvoice"].trigger()
    driver.settle()
    path = tmp_path / "one.pdf"
    save_as(driver, "facturx", path)
    assert b"factur-x.xml" in path.read_bytes()


def test_several_go_into_a_folder_and_refusals_are_told(driver: Driver, tmp_path: Path) -> None:
    page_of(driver).acts["invoices.einvoice"].trigger()
    driver.settle()
    forms = forms_of(driver)
    assert "Factur-X (ZUGFeRD)" in forms
    assert "XRechnung, as CII (1 of 2)" in forms
    folder = tmp_path / "out"
    folder.mkdir()
    save_as(driver, "xrechnung", folder)
    assert len(list(folder.glob("*.xml"))) == 1
    said = driver.window.notices.sentence
    assert "1 e-invoice is saved in out." in said
    assert "cannot be written as XRechnung; it was issued without: the client's reference" in said


def test_what_was_issued_before_the_book_began_is_told(driver: Driver, book: Book) -> None:
    item = OpeningItem("OLD-1", 1, date(2025, 12, 1), date(2025, 12, 15), "EUR", 10_000, 10_000)
    one = add_opening_item(book, item, actor="Ann", today=DAY)
    page_of(driver, one).acts["invoices.einvoice"].trigger()
    driver.settle()
    assert "before the book began" in driver.window.notices.sentence
