"""Month end as a person goes it: plan, look at the exceptions with the keyboard alone, issue, see the result."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.runs import exceptions, interrupted, plan, resume
from desktop.ui.dialog import FormDialog
from desktop.ui.page import Page
from desktop.ui.runs.page import RunsPage
from desktop.ui.runs.result import ResultPage
from desktop.ui.runs.review import ReviewPage
from tests.books import new_book
from tests.ui.program import TODAY, Driver, add_retainers


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


def _dialog(driver: Driver) -> FormDialog:
    driver.until(lambda: any(isinstance(w, FormDialog) and w.isVisible() for w in QApplication.topLevelWidgets()))
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, FormDialog) and w.isVisible())


def _runs(driver: Driver) -> RunsPage:
    page = driver.window.go("runs")
    driver.settle()
    assert isinstance(page, RunsPage)
    return page


def _review(driver: Driver) -> ReviewPage:
    page = driver.window.page
    assert isinstance(page, ReviewPage)
    driver.settle()
    return page


def _numbers(book: Book) -> list[str]:
    with book.reading() as session:
        return [row[0] for row in session.connection().exec_driver_sql("SELECT number FROM invoice ORDER BY id")]


def test_a_run_through_another_day_is_begun_by_the_dialog(driver: Driver, book: Book) -> None:
    add_retainers(book, 3)
    page = _runs(driver)
    page.acts["runs.new"].trigger()
    _dialog(driver).accept()
    driver.until(lambda: isinstance(driver.window.page, ReviewPage))
    review = _review(driver)
    assert review.acts["review.issue"].text() == "Issue 3 invoices"
    review.acts["review.issue"].trigger()
    driver.settle()
    assert _numbers(book) == ["INV-2026-0001", "INV-2026-0002", "INV-2026-0003"]
    assert isinstance(driver.window.page, ResultPage)


def test_exceptions_stand_first_and_are_worked_with_keys(driver: Driver, book: Book, qtbot: QtBot) -> None:
    add_retainers(book, 12, faulty=1)
    run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    driver.window.push(ReviewPage(driver.desk, run.id))
    review = _review(driver)
    shown = review.model.rowCount()
    # C1 lacks its city; C11 and C12 are above 10,000.
    assert shown == 3
    held = next(one for one in review.model.ids if "above the limit" in _found(review, one))
    review.table.select([held])
    review.table.setFocus()
    driver.settle()
    qtbot.keyClick(review.table, Qt.Key.Key_A)
    driver.settle()
    assert review.model.rowCount() == 2
    blocked = next(one for one in review.model.ids if "address" in _found(review, one))
    review.table.select([blocked])
    driver.settle()
    qtbot.keyClick(review.table, Qt.Key.Key_A)
    driver.settle()
    assert "blocked and must be mended" in driver.window.notices.sentence
    assert [row.code for row in exceptions(book)] == ["address_incomplete", "amount_above"]
    assert review.acts["review.issue"].text() == "Issue 10 invoices"


def _found(review: ReviewPage, one: int) -> str:
    return str(review.design.listing.rows([one])[one]["found"])


def test_mending_the_client_frees_the_draft(driver: Driver, book: Book) -> None:
    from db.schema import Client
    from desktop.services.changes import change

    add_retainers(book, 2, faulty=1)
    run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    driver.window.push(ReviewPage(driver.desk, run.id))
    review = _review(driver)
    assert review.model.rowCount() == 1
    with change(book, "test", "Mend") as made:
        made.update(Client, 1, city="Bremen")
    review.table.select(list(review.model.ids))
    review.acts["review.again"].trigger()
    driver.settle()
    assert "1 is ready now" in driver.window.notices.sentence
    review.acts["review.issue"].trigger()
    driver.settle()
    assert len(_numbers(book)) == 2


def test_the_pane_shows_the_real_page(driver: Driver, book: Book) -> None:
    add_retainers(book, 1, faulty=1)
    run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    driver.window.push(ReviewPage(driver.desk, run.id))
    review = _review(driver)
    review.table.select(list(review.model.ids))
    driver.until(lambda: review._pdf.page_count == 1)
    assert review.pane.heading == "Client 1 GmbH"


def test_editing_a_draft_changes_its_amount_and_asks_again(driver: Driver, book: Book) -> None:
    add_retainers(book, 1)
    run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    driver.window.push(ReviewPage(driver.desk, run.id))
    review = _review(driver)
    review.table.select(list(review.model.ids))
    review.acts["review.edit"].trigger()
    dialog = _dialog(driver)
    price = dialog.form.editor("price1")
    price.put(900)
    dialog.accept()
    driver.settle()
    (found,) = exceptions(book)
    assert found.code == "off_rate_card"
    assert found.amount == 90_000


def test_discarding_a_draft_lets_the_next_run_bill_it(driver: Driver, book: Book) -> None:
    add_retainers(book, 1)
    run = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    driver.window.push(ReviewPage(driver.desk, run.id))
    review = _review(driver)
    review.table.select(list(review.model.ids))
    review.acts["review.discard"].trigger()
    driver.until(lambda: any(isinstance(w, QDialog) and w.isVisible() for w in QApplication.topLevelWidgets()))
    question = next(w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible())
    question.accept()
    driver.settle()
    again = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    with book.reading() as session:
        states = (
            session.connection().exec_driver_sql("SELECT state FROM draft WHERE run_id = ?", (again.id,)).fetchall()
        )
    assert [row[0] for row in states] == ["ready"]


def test_an_interrupted_run_is_named_before_a_new_one(driver: Driver, book: Book) -> None:
    add_retainers(book, 1)
    with book.writing() as session:
        session.connection().exec_driver_sql(
            """INSERT INTO run (number, kind, state, through, issue_date, scope, actor, started_at)
            VALUES ('R-2026-0001', 'billing', 'planning', '2026-05-31', '2026-05-31', '{}', 'test', '2026-05-31')"""
        )
    assert interrupted(book) == ["R-2026-0001"]
    driver.program.jobs.announce({"runs"})
    page = _runs(driver)
    page.acts["runs.new"].trigger()
    driver.settle()
    assert "R-2026-0001 was interrupted" in driver.window.notices.sentence
    page.table.select(list(page.model.ids))
    driver.settle()
    page.acts["runs.resume"].trigger()
    driver.settle()
    assert _numbers(book) == ["INV-2026-0001"]


def test_a_new_run_is_dated_no_earlier_than_the_last_invoice(driver: Driver, book: Book) -> None:
    add_retainers(book, 1)
    later = TODAY.replace(month=6, day=2)
    resume(
        book, plan(book, through=TODAY, issue_date=later, actor="test", now=book.now).number, actor="t", now=book.now
    )
    _runs(driver).acts["runs.new"].trigger()
    shown = _dialog(driver).form.values()
    assert (shown["through"], shown["issued"]) == (TODAY, later)


def test_why_for_everyone_and_what_differs_stand_in_tables(driver: Driver, book: Book) -> None:
    add_retainers(book, 2, faulty=1)
    first = plan(book, through=TODAY, issue_date=TODAY, actor="test", now=book.now)
    resume(book, first.number, actor="test", now=book.now)
    june = TODAY.replace(month=6, day=30)
    run = plan(book, through=june, issue_date=june, actor="test", now=book.now)
    driver.window.push(ReviewPage(driver.desk, run.id))
    review = _review(driver)
    review.acts["review.outcomes"].trigger()
    assert _table(driver, "outcomes", 2) == [["Skipped", "Client 1 GmbH"], ["Held", "Client 2 GmbH"]]
    review.filters.toggle("skipped")
    driver.until(lambda: len(_table_pages("outcomes")) == 2)
    assert _table(driver, "outcomes", 1) == [["Skipped", "Client 1 GmbH"]]
    review.acts["review.compare"].trigger()
    assert [row[0] for row in _table(driver, "comparison", 1)] == ["Client 1 GmbH"]


def _table_pages(name: str) -> list[Page]:
    pages = [one for window in QApplication.topLevelWidgets() for one in window.findChildren(Page)]
    return [one for one in pages if one.design.name == name]


def _table(driver: Driver, name: str, rows: int) -> list[list[str]]:
    """The first two cells of each row of the table that opened in a window of its own."""

    def shown() -> Page | None:
        return next((one for one in _table_pages(name) if one.model.rowCount() == rows), None)

    driver.until(lambda: shown() is not None)
    page = shown()
    assert page is not None
    driver.settle()
    return [[page.model.text_at(row, column) for column in range(2)] for row in range(rows)]
