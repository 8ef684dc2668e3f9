"""Payment plans and instalments as a person works them: proposed, changed, agreed, paid, broken, called off."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.disputes import open_dispute
from desktop.services.payment_plans import agree_plan, schedule
from desktop.ui.clients.account import AccountPage
from desktop.ui.clients.open_items import OpenItemsPage
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.invoices.plan import PlanDialog
from desktop.ui.invoices.story import StoryDialog
from desktop.ui.payments.record import RecordPayment
from tests.books import new_book
from tests.issued import add_client, add_invoice
from tests.ui.forms import choose, dialog, open_dialogs, save, write
from tests.ui.program import TODAY, Driver

MARCH = date(2026, 3, 10)
ACTOR = "test"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def number(book: Book) -> str:
    """119.00, due on 9 April."""
    return add_invoice(book, add_client(book, "ACME"), MARCH, (10_000, 19), terms="net 30")


def page_on(driver: Driver, *numbers: str) -> InvoicesPage:
    page = driver.window.go("invoices")
    driver.settle()
    assert isinstance(page, InvoicesPage)
    rows = page.model.listing.rows(list(page.model.ids))
    page.table.select([one for one, row in rows.items() if row["number"] in numbers])
    driver.settle()
    return page


def plan_dialog(driver: Driver, page: InvoicesPage, qtbot: QtBot) -> PlanDialog:
    driver.window.activateWindow()
    page.table.setFocus()
    driver.until(page.table.hasFocus)
    qtbot.keyClick(page.table, Qt.Key.Key_L)
    driver.settle()
    shown = dialog(driver)
    assert isinstance(shown, PlanDialog)
    return shown


def parts(shown: PlanDialog) -> list[list[str]]:
    return shown.table.model.texts()


def facts(page: InvoicesPage) -> list[str]:
    return [label.text() for label in page.pane.findChildren(QLabel) if label.isVisible() and label.text()]


def dues(book: Book, number: str) -> list[tuple[date, int, int]]:
    return [(one.due, one.amount, one.open) for one in schedule(book, number).parts]


def test_a_plan_is_proposed_changed_and_agreed(driver: Driver, book: Book, qtbot: QtBot, number: str) -> None:
    page = page_on(driver, number)
    shown = plan_dialog(driver, page, qtbot)
    assert shown.windowTitle() == f"Payment plan for {number}"
    assert parts(shown) == [["30 Jun 2026", "39.67"], ["30 Jul 2026", "39.67"], ["30 Aug 2026", "39.66"]]
    assert shown.sentence == "They come to €119.00, which is all that is open."
    write(shown.form, count="2")
    assert [amount for _day, amount in parts(shown)] == ["59.50", "59.50"]
    choose(driver, shown.form, "every", "every 2 weeks")
    assert [day for day, _amount in parts(shown)] == ["30 Jun 2026", "14 Jul 2026"]
    model = shown.table.model
    model.setData(model.index(0, 1), "100")
    assert shown.sentence == "€40.50 is too much for the €119.00 that is open."
    model.setData(model.index(1, 1), "18")
    assert shown.sentence == "€1.00 is missing to the €119.00 that is open."
    write(shown.form, reason="short of cash")
    assert not save(driver, shown)
    assert shown.said.startswith("The instalments come to €118.00, but €119.00 is open.")
    model.setData(model.index(1, 1), "19")
    assert save(driver, shown)
    assert driver.window.notices.sentence == (
        f"The payment plan of {number} is agreed. €119.00 is due in 2 instalments."
    )
    assert dues(book, number)[1:] == [(date(2026, 6, 30), 10_000, 10_000), (date(2026, 7, 14), 1_900, 1_900)]
    assert "of 31 May 2026: short of cash" in facts(page)
    assert "€100.00 · open" in facts(page)


def test_a_line_that_lacks_something_is_marked(driver: Driver, book: Book, qtbot: QtBot, number: str) -> None:
    shown = plan_dialog(driver, page_on(driver, number), qtbot)
    model = shown.table.model
    model.setData(model.index(1, 0), "")
    model.setData(model.index(2, 1), "1.005")
    write(shown.form, reason="short of cash")
    assert not save(driver, shown)
    assert shown.table.said == "Line 2, Due: Say when it is due.\nLine 3, Amount in EUR: EUR has fewer decimals."
    assert schedule(book, number).plans == ()
    shown.form.put({})
    shown.reject()
    shown.reject()


def test_a_broken_plan_is_told_and_called_off(driver: Driver, book: Book, number: str) -> None:
    agreed = [(date(2026, 5, 1), 4_000), (date(2026, 6, 1), 7_900)]
    agree_plan(book, [number], agreed, on=date(2026, 4, 15), reason="asked", actor=ACTOR, today=TODAY)
    page = page_on(driver, number)
    assert "The payment plan is broken: 1 instalment is late, by 30 days." in facts(page)
    assert "€40.00 · 30 days late" in facts(page)
    page.filters.toggle("plan:broken")
    driver.settle()
    assert page.model.rowCount() == 1
    page.acts["invoices.plan_off"].trigger()
    shown = dialog(driver)
    assert not save(driver, shown)
    write(shown.form, reason="not kept")
    assert save(driver, shown)
    assert driver.window.notices.sentence == (
        f"The payment plan of {number} is called off. €119.00 is due as it was before."
    )
    assert [left for _day, _amount, left in dues(book, number)] == [11_900, 0, 0]
    driver.settle()
    assert not page.acts["invoices.plan_off"].isEnabled()


def test_a_payment_names_the_instalments_that_are_selected(
    driver: Driver, book: Book, qtbot: QtBot, number: str
) -> None:
    agreed = [(date(2026, 5, 1), 4_000), (date(2026, 6, 1), 7_900)]
    agree_plan(book, [number], agreed, on=date(2026, 4, 15), reason="asked", actor=ACTOR, today=TODAY)
    page = page_on(driver, number)
    page.acts["invoices.pay"].trigger()
    shown = dialog(driver)
    assert isinstance(shown, RecordPayment)
    driver.settle()
    assert [shown.model.text_at(place, 0) for place in range(2)] == [f"{number}/2", f"{number}/3"]
    shown.table.select([shown.model.ids[1]])
    write(shown.form, amount="79")
    driver.until(lambda: shown.sentence == "Pays 1 instalment.")
    assert save(driver, shown)
    assert [left for _day, _amount, left in dues(book, number)] == [0, 4_000, 0]


def test_a_disputed_invoice_says_why_there_is_no_plan(driver: Driver, book: Book, qtbot: QtBot, number: str) -> None:
    open_dispute(book, number, reason="hours", on=MARCH, actor=ACTOR, today=TODAY)
    page = page_on(driver, number)
    page.acts["invoices.plan"].trigger()
    driver.settle()
    assert open_dialogs() == []
    assert "is disputed" in driver.window.notices.sentence


def test_the_story_tells_what_the_plan_took_over(driver: Driver, book: Book, number: str) -> None:
    agree_plan(book, [number], [(date(2026, 6, 1), 11_900)], on=MARCH, reason="asked", actor=ACTOR, today=TODAY)
    page = page_on(driver, number)
    page.story()
    driver.settle()
    (shown,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, StoryDialog) and one.isVisible()]
    told = "\n".join(line for step in shown.steps for line in step.lines())
    assert f"In a payment plan\t{number}/1 · due 9 Apr 2026\t€119.00" in told
    assert f"Open\t{number}/2 · due 1 Jun 2026 · plan of 10 Mar 2026\t€119.00" in told
    shown.close()


def test_the_open_items_of_a_client_stand_behind_its_account(driver: Driver, book: Book, number: str) -> None:
    parts_of = [(date(2026, 5, 1), 4_000), (date(2026, 6, 1), 7_900)]
    agree_plan(book, [number], parts_of, on=date(2026, 4, 15), reason="asked", actor=ACTOR, today=TODAY)
    account = AccountPage(driver.desk, 1)
    driver.window.push(account)
    driver.settle()
    account.acts["account.items"].trigger()
    driver.settle()
    page = driver.window.page
    assert isinstance(page, OpenItemsPage)
    shown = [[page.model.text_at(row, column) for column in (0, 1, 2, 3, 5)] for row in range(page.model.rowCount())]
    assert shown == [
        ["1 May 2026", f"{number}/2", "1–30 days", "30", "payment plan"],
        ["1 Jun 2026", f"{number}/3", "Current", "–", "payment plan"],
    ]
    assert page.facts == "2 open items · as of 31 May 2026"
    assert [card.accessibleName() for card in page._cards] == ["€79.00 Current", "€40.00 1–30 days"]
    page.filters.toggle("late")
    driver.settle()
    assert page.model.rowCount() == 1
    page.table.select(list(page.model.ids))
    driver.settle()
    page.acts["open_items.open"].trigger()
    driver.settle()
    invoices = driver.window.page
    assert isinstance(invoices, InvoicesPage)
    assert invoices.number == number
