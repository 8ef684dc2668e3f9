"""Archives from the window: of a run from its result, of days from the invoices, and verifying one."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from db.engine import Book
from desktop.services.archive.datev_settings import datev_settings, datev_values
from desktop.services.archive.verifying import verify_archive
from desktop.services.runs import Scope, bill
from desktop.ui.dialog import FormDialog
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.runs.page import RunsPage
from desktop.ui.runs.result import ResultPage
from desktop.ui.settings.firm import FirmSection
from tests.books import new_book
from tests.ui.program import TODAY, Driver, add_retainers


@pytest.fixture
def book(tmp_path: Path) -> Book:
    book = new_book(tmp_path)
    add_retainers(book, 2)
    bill(book, through=TODAY, issue_date=TODAY, scope=Scope(), actor="test", now=book.now)
    return book


def choose_file(driver: Driver, parent: QWidget, path: Path) -> None:
    driver.settle()
    dialog = next(one for one in parent.findChildren(QFileDialog) if one.isVisible())
    dialog.fileSelected.emit(str(path))
    dialog.close()
    dialog.deleteLater()
    driver.settle()


def said(driver: Driver) -> str:
    return driver.desk.shell.notices.sentence


def test_a_run_goes_into_an_archive_from_its_result(driver: Driver, book: Book, tmp_path: Path) -> None:
    page = ResultPage(driver.desk, 1)
    driver.desk.shell.push(page)
    driver.settle()
    page.acts["result.archive"].trigger()
    path = tmp_path / "run.zip"
    choose_file(driver, page, path)
    assert verify_archive(path, book).problems == ()
    # The tax consultant's number is not known yet: that is said beside it.
    assert "2 documents are in run.zip" in said(driver)


def test_a_run_goes_into_an_archive_from_the_list(driver: Driver, tmp_path: Path) -> None:
    page = driver.window.go("runs")
    driver.settle()
    assert isinstance(page, RunsPage)
    page.table.select([1])
    driver.settle()
    assert page.acts["runs.archive"].isEnabled()
    page.acts["runs.archive"].trigger()
    choose_file(driver, page, tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as found:
        assert "run-report.pdf" in found.namelist()


def test_days_go_into_an_archive_from_the_invoices(driver: Driver, book: Book, tmp_path: Path) -> None:
    page = driver.window.go("invoices")
    driver.settle()
    assert isinstance(page, InvoicesPage)
    page.acts["invoices.archive"].trigger()
    dialog = driver.window.findChild(FormDialog)
    assert dialog is not None
    # By default the month that is over, in which nothing was issued.
    assert dialog.form.values() == {"first": date(2026, 4, 1), "last": date(2026, 4, 30)}
    dialog.accept()
    driver.settle()
    assert "nothing was issued or booked" in dialog.said
    dialog.form.put({"first": date(2026, 5, 1), "last": TODAY})
    dialog.accept()
    choose_file(driver, page, tmp_path / "may.zip")
    assert verify_archive(tmp_path / "may.zip", book).documents == 2


def test_an_archive_is_verified_and_a_changed_one_is_found(driver: Driver, tmp_path: Path) -> None:
    page = ResultPage(driver.desk, 1)
    driver.desk.shell.push(page)
    driver.settle()
    page.acts["result.archive"].trigger()
    path = tmp_path / "run.zip"
    choose_file(driver, page, path)
    driver.window.acts["book.verify"].trigger()
    choose_file(driver, driver.window, path)
    assert "run.zip is as it was written: its 2 documents are in the book" in said(driver)
    whole = bytearray(path.read_bytes())
    whole[1000] ^= 1
    path.write_bytes(whole)
    driver.window.acts["book.verify"].trigger()
    choose_file(driver, driver.window, path)
    assert "run.zip is not as it was written" in said(driver)


def test_what_datev_wants_is_kept_with_the_firm(driver: Driver, book: Book) -> None:
    section = FirmSection(driver.desk)
    driver.qtbot.addWidget(section)
    section.show()
    driver.settle()
    values = section.form.values()
    assert (values["datev.chart"], values["datev.first_debtor"]) == ("03", "10000")
    section.form.put(values | {"datev.consultant": "77"})
    section.form.editor("datev.chart").put("04")
    section.save()
    driver.settle()
    assert datev_values(book)["datev.chart"] == "03"
    section.form.editor("datev.consultant").put("1001")
    section.form.editor("datev.client").put("7")
    section.save()
    driver.settle()
    found = datev_settings(book)
    assert (found.consultant, found.client, found.chart) == (1001, 7, "04")
