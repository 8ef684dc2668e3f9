"""Figures on the page of reports as a person uses them: choose one, look behind it, set targets, come from Today."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from db.engine import Book
from desktop.services.figures.targets import targets_of
from desktop.services.payments import record_payment
from desktop.services.today import SLOW, today
from desktop.ui.charts.plot import Plot
from desktop.ui.dialog import FormDialog
from desktop.ui.reports.page import ReportsPage
from desktop.ui.reports.saving import write_file
from desktop.ui.today.page import TodayPage
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.ui.program import TODAY, Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        client = add_client(book, "ACME")
        for month in range(8, 18):
            day = date(2025 + month // 12, month % 12 + 1, 5)
            number = add_invoice(book, client, day, (10_000 + 300 * (month % 3), 0))
            if month < 14:
                paid = date(day.year + (day.month + 1) // 13, (day.month + 1) % 12 + 1, 10)
                record_payment(
                    book,
                    amount=10_000 + 300 * (month % 3),
                    paid_on=paid,
                    actor=ANNE,
                    today=TODAY,
                    numbers=[number],
                    only_named=True,
                )
        yield book


@pytest.fixture
def page(driver: Driver) -> ReportsPage:
    page = driver.window.go("reports")
    assert isinstance(page, ReportsPage)
    driver.settle()
    return page


def choose(driver: Driver, page: ReportsPage, name: str, by: str = "") -> None:
    page.choose(name)
    driver.settle()
    if by:
        page.questions.by.put(by)
        page.questions.by.changed.emit()
        driver.settle()


def drawn(page: ReportsPage) -> Plot | None:
    return page.picture.chart


def test_a_figure_is_chosen_and_its_picture_is_that_of_its_table(driver: Driver, page: ReportsPage) -> None:
    choose(driver, page, "control", "revenue")
    assert page.answer is not None
    assert page.answer.made.title == "Control chart: Revenue"
    chart = drawn(page)
    assert chart is not None
    assert [mark.size for mark in chart.marks] == [row["value"] for row in page.answer.made.rows]
    choose(driver, page, "open")
    assert drawn(page) is None
    choose(driver, page, "forecast")
    assert drawn(page) is not None
    assert page.picture.notes.startswith("30 days: ")


def test_a_month_opens_what_is_behind_it_and_esc_comes_back_to_the_figure(driver: Driver, page: ReportsPage) -> None:
    choose(driver, page, "control", "days_late")
    assert page.table is not None
    page.table.setCurrentIndex(page.table.rows.index(0, 0))
    driver.qtbot.keyClick(page.table, Qt.Key.Key_Return)
    driver.settle()
    assert page.asked is not None
    assert page.asked.name == "times"
    driver.qtbot.keyClick(page, Qt.Key.Key_Escape)
    driver.settle()
    assert (page.asked.name, page.questions.by.value()) == ("control", "days_late")


def test_targets_are_set_in_the_window_and_the_table_follows(driver: Driver, page: ReportsPage, book: Book) -> None:
    assert not page.acts["reports.targets"].isEnabled()
    choose(driver, page, "targets")
    page.acts["reports.targets"].trigger()
    driver.settle()
    dialog = next(one for one in driver.window.findChildren(FormDialog) if one.isVisible())
    assert dialog.form.editor("dso").value() == Decimal(45)
    dialog.form.editor("dso").put(Decimal("12.5"))
    dialog.form.editor("dispute_rate").put(None)
    dialog.form.editor("days_late").put(Decimal(3))
    dialog.accept()
    driver.settle()
    assert (targets_of(book)["dso"], targets_of(book)["dispute_rate"], targets_of(book)["days_late"]) == (
        Decimal("12.5"),
        None,
        Decimal(3),
    )
    assert page.answer is not None
    states = {row["measure"]: row["state"] for row in page.answer.made.rows}
    assert (states["dso"], states["dispute_rate"]) == ("Not kept", "No target")
    assert page.picture.notes.startswith("Not kept: DSO")


def test_a_target_that_cannot_be_is_said_in_the_form(driver: Driver, page: ReportsPage, book: Book) -> None:
    choose(driver, page, "targets")
    page.acts["reports.targets"].trigger()
    driver.settle()
    dialog = next(one for one in driver.window.findChildren(FormDialog) if one.isVisible())
    dialog.form.editor("dispute_rate").put(Decimal(250))
    dialog.accept()
    driver.settle()
    assert dialog.isVisible()
    assert targets_of(book)["dispute_rate"] == Decimal(5)


def test_today_leads_to_the_chart_of_a_target_that_is_not_kept(driver: Driver, book: Book) -> None:
    place = driver.window.go("today")
    assert isinstance(place, TodayPage)
    driver.settle()
    (item,) = [one for one in today(book, TODAY, book.now, sources=SLOW).items if one.kind == "target"]
    place.follow(item.target)
    driver.settle()
    page = driver.window.page
    assert isinstance(page, ReportsPage)
    assert page.asked is not None
    assert (page.asked.name, page.asked.by, page.questions.by.value()) == ("control", "dso", "dso")


def test_a_report_is_written_as_json(driver: Driver, page: ReportsPage, tmp_path: Path) -> None:
    choose(driver, page, "forecast")
    assert page.answer is not None
    write_file(driver.window.shell, page.answer.made, tmp_path / "forecast.json")
    driver.settle()
    told = json.loads((tmp_path / "forecast.json").read_text("utf-8"))
    assert (told["report"], told["as_of"], told["rows"][0]["currency"]) == ("forecast", TODAY.isoformat(), "EUR")
    assert told["notes"] == list(page.answer.made.notes)
    assert told["sums"][0]["expected"] == f"{sum(Decimal(row['expected']) for row in told['rows']):f}"
