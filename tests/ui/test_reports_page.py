"""The page of reports as a person reads it: choose, ask, sort, open what is behind, go back, export."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QDialog, QFileDialog
from pytestqt.modeltest import ModelTester

from db.engine import Book
from desktop.jobs import Lane
from desktop.services.clients import archive_client
from desktop.services.disputes import open_dispute
from desktop.services.payments import record_payment
from desktop.services.reports import NAMES
from desktop.ui.collections.page import CollectionsPage
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.reports.kinds import kinds
from desktop.ui.reports.page import ReportsPage
from desktop.ui.reports.questions import offered
from tests.books import new_book
from tests.contracts import value
from tests.issued import ANNE, add_client, add_invoice
from tests.ui.program import TODAY, Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        acme, zen = add_client(book, "ACME"), add_client(book, "ZEN", name="Zen & Söhne")
        add_invoice(book, zen, date(2026, 1, 10), (50_000, 0))
        paid = add_invoice(book, acme, date(2026, 3, 10), (20_000, 0))
        add_invoice(book, acme, date(2026, 4, 20), (10_000, 0))
        add_invoice(book, zen, date(2026, 5, 20), (7_000, 0), currency="USD")
        record_payment(
            book, amount=20_000, paid_on=date(2026, 5, 4), actor=ANNE, today=TODAY, numbers=[paid], only_named=True
        )
        open_dispute(book, "INV-2026-0001", reason="hours", on=date(2026, 5, 1), actor=ANNE, today=TODAY)
        yield book


@pytest.fixture
def page(driver: Driver) -> ReportsPage:
    page = driver.window.go("reports")
    assert isinstance(page, ReportsPage)
    driver.settle()
    return page


def cells(page: ReportsPage, *keys: str) -> list[tuple[str, ...]]:
    """The texts of these columns, row by row, as they stand in the table."""
    assert page.table is not None
    model = page.table.rows
    places = [[column.key for column in model.columns].index(key) for key in keys]
    return [tuple(model.text_at(row, place) for place in places) for row in range(model.rowCount())]


def choose(driver: Driver, page: ReportsPage, name: str) -> None:
    page.choose(name)
    driver.settle()


def open_row(driver: Driver, page: ReportsPage, row: int, key: str) -> None:
    """Enter on a cell."""
    assert page.table is not None
    model = page.table.rows
    place = [column.key for column in model.columns].index(key)
    page.table.setCurrentIndex(model.index(row, place))
    driver.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    driver.settle()


def test_aging_stands_first_with_its_sums(page: ReportsPage) -> None:
    assert page.asked is not None
    assert page.asked.name == "aging"
    assert cells(page, "client", "d1_30", "over_90", "disputed", "total") == [
        ("ACME", "100.00", "–", "–", "100.00"),
        ("ZEN", "–", "500.00", "500.00", "500.00"),
        ("ZEN", "–", "–", "–", "USD 70.00"),
    ]
    assert page.sums is not None
    assert [words.rpartition(", ")[2] for words in page.sums.words] == ["Total 600.00", "Total USD 70.00"]
    assert page.facts == "3 rows · as of 31 May 2026"


def test_a_past_day_gives_the_figures_of_that_evening(driver: Driver, page: ReportsPage) -> None:
    page.questions.as_of.put(date(2026, 5, 3))
    page.questions.as_of.returnPressed.emit()
    driver.settle()
    assert cells(page, "client", "total") == [("ACME", "300.00"), ("ZEN", "500.00")]
    assert page.facts == "2 rows · as of 3 May 2026"


def test_a_figure_opens_what_is_behind_it_and_esc_goes_back(driver: Driver, page: ReportsPage) -> None:
    open_row(driver, page, 1, "over_90")
    assert page.asked is not None
    assert (page.asked.name, page.asked.client_code, page.asked.age) == ("open", "ZEN", 4)
    assert cells(page, "name", "open") == [("INV-2026-0001", "500.00")]
    driver.qtbot.keyClick(page, Qt.Key.Key_Escape)
    driver.settle()
    assert page.asked.name == "aging"
    assert len(cells(page, "client")) == 3
    open_row(driver, page, 1, "total")
    open_row(driver, page, 0, "open")
    assert isinstance(driver.window.page, InvoicesPage)
    assert driver.window.page.selected_ids() == [1]


def test_revenue_is_grouped_and_opened_down_to_the_lines(driver: Driver, page: ReportsPage) -> None:
    choose(driver, page, "revenue")
    assert cells(page, "group", "net")[0] == ("2026-01", "500.00")
    page.questions.by.put("client")
    page.questions.by.changed.emit()
    driver.settle()
    assert cells(page, "group", "documents", "net") == [
        ("ACME", "2", "300.00"),
        ("ZEN", "1", "500.00"),
        ("ZEN", "1", "USD 70.00"),
    ]
    open_row(driver, page, 0, "net")
    assert cells(page, "number", "net") == [("INV-2026-0002", "200.00"), ("INV-2026-0003", "100.00")]
    assert page.facts == "2 rows · 1 Jan 2026 to 31 May 2026"


def test_all_currencies_can_be_had_in_the_firms(driver: Driver, page: ReportsPage) -> None:
    page.questions.currency.put("=")
    page.questions.currency.changed.emit()
    driver.settle()
    assert page.asked is not None
    assert (page.asked.in_firm, page.asked.currency) == (True, "")
    assert cells(page, "client", "currency") == [("ACME", "EUR"), ("ZEN", "EUR")]
    open_row(driver, page, 1, "total")
    assert page.asked.name == "open"
    assert {currency for (currency,) in cells(page, "currency")} == {"EUR"}
    assert page.questions.currency.value() == "="
    # What has no such answer is asked without it, and the next report that has is asked with it again.
    choose(driver, page, "cash")
    assert page.questions.currency.value() == ""
    choose(driver, page, "revenue")
    assert page.questions.currency.value() == "="


def test_a_currency_leaves_the_others_out(driver: Driver, page: ReportsPage) -> None:
    page.questions.currency.put("USD")
    page.questions.currency.changed.emit()
    driver.settle()
    assert cells(page, "client", "total") == [("ZEN", "USD 70.00")]


def test_a_statement_asks_for_its_client(driver: Driver, page: ReportsPage) -> None:
    choose(driver, page, "statement")
    assert page.table is None
    assert page.facts == "Choose the client whose statement you want."
    assert not page.acts["reports.export"].isEnabled()
    page.questions.client.put("ACME")
    page.questions.client.changed.emit()
    driver.settle()
    assert [one[1] for one in cells(page, "kind", "balance")][-1] == "100.00"
    assert cells(page, "kind")[0] == ("Invoice",)
    # The client stays chosen for the next report.
    choose(driver, page, "open")
    assert cells(page, "client") == [("ACME",)]


def test_an_archived_client_can_be_asked_for(driver: Driver, page: ReportsPage, book: Book) -> None:
    archive_client(book, value(book, "SELECT id FROM client WHERE code = 'ZEN'"), actor=ANNE)
    page.show_query(frozenset({"report:statement", "client:ZEN"}))
    page.shell.jobs.ask(lambda: offered(book, TODAY), page._offer)
    driver.settle()
    assert page.questions.client.value() == "ZEN"
    assert cells(page, "balance")[0] == ("500.00",)


def test_after_a_stop_the_page_names_what_it_still_shows(driver: Driver, page: ReportsPage) -> None:
    # Its turn comes only once it was stopped.
    stopped = threading.Event()
    for _ in range(8):
        driver.desk.shell.jobs.ask(lambda: stopped.wait(20), lambda _found: None, lane=Lane.SIDE)
    page.choose("journal")
    assert page._job is not None
    page._job.cancel()
    stopped.set()
    driver.settle()
    assert page.asked is not None
    assert page.answer is not None
    assert (page.asked.name, page.answer.asked.name, page._title.text()) == ("aging", "aging", "Aging")
    open_row(driver, page, 0, "total")
    assert page.asked.name == "open"
    choose(driver, page, "journal")
    assert page._title.text() == "Journal"


def test_what_cannot_be_read_is_said_and_nothing_is_asked(driver: Driver, page: ReportsPage) -> None:
    before = page.asked
    page.questions.as_of.setText("yesterbook")
    page.questions.as_of.returnPressed.emit()
    driver.settle()
    assert page.asked == before
    assert "yesterbook" in driver.window.notices.sentence


def test_a_first_day_after_the_last_is_said(driver: Driver, page: ReportsPage) -> None:
    choose(driver, page, "journal")
    page.questions.since.put(date(2026, 7, 1))
    page.questions.since.returnPressed.emit()
    driver.settle()
    assert "first day lies after" in driver.window.notices.sentence


@pytest.mark.parametrize("name", [name for name in NAMES if name != "statement"])
def test_every_report_can_be_shown_sorted_and_copied(
    driver: Driver, page: ReportsPage, name: str, qtmodeltester: ModelTester
) -> None:
    choose(driver, page, name)
    assert page.answer is not None
    assert page.answer.made.name == name
    if page.table is None or not page.answer.rows:
        assert name in ("unbilled", "projects", "runs", "deferred", "cash")
        return
    for section in range(len(page.table.rows.columns)):
        page.table.rows.sort(section, Qt.SortOrder.DescendingOrder)
    driver.settle()
    page.table.selectAll()
    page.table.copy()
    driver.settle()
    assert len(QGuiApplication.clipboard().text().splitlines()) == len(page.answer.rows)
    qtmodeltester.check(page.table.rows)


def test_empty_cells_stand_last_in_either_order(driver: Driver, page: ReportsPage) -> None:
    assert page.table is not None
    place = [column.key for column in page.table.rows.columns].index("disputed")
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        page.table.rows.sort(place, order)
        driver.settle()
        assert [one[0] for one in cells(page, "disputed")] == ["500.00", "–", "–"]


def test_it_follows_what_is_written(driver: Driver, page: ReportsPage, book: Book) -> None:
    record_payment(book, amount=50_000, paid_on=TODAY, actor=ANNE, today=TODAY, client_id=2)
    driver.program.jobs.announce({"payments"})
    driver.settle()
    assert [one[0] for one in cells(page, "client")] == ["ACME", "ZEN"]


def test_the_list_names_every_report_of_the_service() -> None:
    assert {one.name for one in kinds()} == set(NAMES)


@pytest.mark.parametrize("ending", ["xlsx", "pdf", "csv"])
def test_a_report_is_written_as_a_file(driver: Driver, page: ReportsPage, tmp_path: Path, ending: str) -> None:
    page.acts["reports.export"].trigger()
    dialog = next(one for one in page.findChildren(QFileDialog) if one.isVisible())
    target = tmp_path / f"aging.{ending}"
    dialog.fileSelected.emit(str(target))
    dialog.close()
    driver.settle()
    assert target.stat().st_size > 100
    assert driver.window.notices.sentence == f"The report is written to aging.{ending}."


def test_a_report_is_printed_once_the_dialog_is_answered(driver: Driver, page: ReportsPage, tmp_path: Path) -> None:
    page.acts["reports.print"].trigger()
    dialog = next(one for one in driver.window.findChildren(QPrintDialog) if one.isVisible())
    target = tmp_path / "printed.pdf"
    dialog.printer().setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    dialog.printer().setOutputFileName(str(target))
    dialog.done(QDialog.DialogCode.Accepted)
    driver.settle()
    assert target.read_bytes().startswith(b"%PDF")
    assert driver.window.notices.sentence == f"1 page went to {target}."


def test_collections_show_the_open_items_of_a_client(driver: Driver) -> None:
    late = driver.window.go("collections")
    assert isinstance(late, CollectionsPage)
    driver.settle()
    late.table.select([late.model.ids[0]])
    driver.settle()
    late.acts["collections.items"].trigger()
    driver.settle()
    page = driver.window.page
    assert isinstance(page, ReportsPage)
    assert page.asked is not None
    assert (page.asked.name, page.asked.client_code, page.asked.currency) == ("open", "ZEN", "EUR")
    assert page.questions.client.value() == "ZEN"
