"""Payments as a person works them: booked for a client, used later, taken off, reversed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop.services.lists.invoices import InvoiceList
from desktop.services.payments import record_payment
from desktop.ui.payments.page import PaymentsPage
from desktop.ui.payments.record import RecordPayment
from tests.books import new_book
from tests.issued import add_client, add_invoice
from tests.ui.forms import choose, dialog, save, write
from tests.ui.program import TODAY, Driver

MARCH, MAY = date(2026, 3, 10), date(2026, 5, 20)
ACTOR = "test"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME")


@pytest.fixture
def numbers(book: Book, client: int) -> tuple[str, str]:
    """119.00 overdue and 238.00 to come."""
    return add_invoice(book, client, MARCH, (10_000, 19)), add_invoice(book, client, MAY, (20_000, 19))


def page_of(driver: Driver) -> PaymentsPage:
    page = driver.window.go("payments")
    driver.settle()
    assert isinstance(page, PaymentsPage)
    return page


def pay(book: Book, amount: int, *numbers: str, client: int | None = None, only_named: bool = False) -> int:
    result = record_payment(
        book,
        amount=amount,
        paid_on=MAY,
        actor=ACTOR,
        today=TODAY,
        numbers=numbers,
        client_id=client,
        only_named=only_named,
        reference="bank 3",
    )
    return result.payment_id


def still_open(book: Book) -> dict[object, object]:
    found = InvoiceList(book, TODAY)
    return {row["number"]: row["open"] for row in found.rows(found.ids("", frozenset(), "", False)).values()}


def press_key(qtbot: QtBot, driver: Driver, page: PaymentsPage, key: Qt.Key) -> None:
    driver.window.activateWindow()
    page.table.setFocus()
    driver.until(page.table.hasFocus)
    qtbot.keyClick(page.table, key)
    driver.settle()


def tags(page: PaymentsPage) -> list[str]:
    return [page.model.text_at(place, 0) for place in range(page.model.rowCount())]


def test_an_empty_book_offers_the_first_payment(driver: Driver) -> None:
    page = page_of(driver)
    assert page.table.empty_words.startswith("Payments stand here once money comes in")
    assert page.pane.heading == "No payment chosen"


def test_a_client_pays_too_much_and_keeps_the_rest(
    driver: Driver, book: Book, qtbot: QtBot, client: int, numbers: tuple[str, str]
) -> None:
    page = page_of(driver)
    qtbot.keyClick(page.table, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    shown = dialog(driver)
    assert isinstance(shown, RecordPayment)
    assert not save(driver, shown)
    choose(driver, shown.form, "client", client)
    driver.until(lambda: shown.sentence == "€357.00 is open.")
    write(shown.form, amount="400", reference="bank 9")
    driver.until(lambda: shown.sentence.startswith("Pays 2 invoices. €43.00 is left over"))
    driver.settle()
    # The oldest due comes first, with the days that it is late.
    assert [[shown.model.text_at(row, column) for column in (0, 2, 4, 6)] for row in range(2)] == [
        [numbers[0], "52", "119.00", "–"],
        [numbers[1], "–", "238.00", "–"],
    ]
    assert save(driver, shown)
    assert still_open(book) == {numbers[0]: 0, numbers[1]: 0}
    assert tags(page) == ["Unapplied"]
    assert [card.accessibleName() for card in page._cards] == [
        "€400.00 1 booked this month",
        "€43.00 unapplied, the clients’ credit",
    ]
    assert "bank 9" in page.facts_view.words
    assert f"{numbers[0]} €119.00" in page.facts_view.words


def test_a_payment_is_in_the_currency_of_its_client(driver: Driver, book: Book) -> None:
    abroad = add_client(book, "NYC", currency="USD")
    number = add_invoice(book, abroad, MAY, (7_000, 0), currency="USD")
    page = page_of(driver)
    page.new()
    shown = dialog(driver)
    assert isinstance(shown, RecordPayment)
    home = add_client(book, "ACME")
    assert home
    choose(driver, shown.form, "client", abroad)
    driver.until(lambda: shown.form.editor("currency").value() == "USD")
    driver.until(lambda: shown.sentence == "US$70.00 is open.")
    write(shown.form, amount="70")
    driver.until(lambda: shown.sentence == "Pays 1 invoice.")
    assert save(driver, shown)
    assert still_open(book) == {number: 0}


def test_only_the_chosen_invoices_are_settled_where_the_person_says_so(
    driver: Driver, book: Book, client: int, numbers: tuple[str, str]
) -> None:
    page = page_of(driver)
    page.new()
    shown = dialog(driver)
    assert isinstance(shown, RecordPayment)
    choose(driver, shown.form, "client", client)
    driver.until(lambda: shown.model.rowCount() == 2)
    write(shown.form, amount="300")
    shown.form.editor("only_named").put(True)
    shown.table.select([shown.model.id_at(1)])
    driver.until(lambda: shown.sentence.startswith("Pays 1 invoice. €62.00 is left over"))
    assert save(driver, shown)
    assert still_open(book) == {numbers[0]: 11_900, numbers[1]: 0}


def test_what_is_left_is_used_later(
    driver: Driver, book: Book, qtbot: QtBot, client: int, numbers: tuple[str, str]
) -> None:
    pay(book, 15_000, numbers[0], only_named=True)
    page = page_of(driver)
    press_key(qtbot, driver, page, Qt.Key.Key_U)
    shown = dialog(driver)
    write(shown.form, amount="20.50")
    assert save(driver, shown)
    assert driver.window.notices.sentence == f"€20.50 of credit used on {numbers[1]}."
    assert still_open(book)[numbers[1]] == 21_750
    assert tags(page) == ["Unapplied"]
    press_key(qtbot, driver, page, Qt.Key.Key_U)
    rest = dialog(driver)
    assert save(driver, rest)
    assert still_open(book)[numbers[1]] == 20_700
    assert tags(page) == [""]


def test_a_payment_is_taken_off_an_invoice(
    driver: Driver, book: Book, qtbot: QtBot, client: int, numbers: tuple[str, str]
) -> None:
    pay(book, 11_900, numbers[0])
    page = page_of(driver)
    press_key(qtbot, driver, page, Qt.Key.Key_T)
    shown = dialog(driver)
    assert shown.form.values()["number"] == numbers[0]
    assert save(driver, shown)
    assert driver.window.notices.sentence == f"P-2026-0001 is off {numbers[0]}. €119.00 of it is open again."
    assert still_open(book)[numbers[0]] == 11_900
    assert tags(page) == ["Unapplied"]


def test_a_returned_payment_opens_what_it_settled(
    driver: Driver, book: Book, qtbot: QtBot, client: int, numbers: tuple[str, str]
) -> None:
    payment = pay(book, 30_000, client=client)
    page = page_of(driver)
    page.table.select([payment])
    press_key(qtbot, driver, page, Qt.Key.Key_R)
    shown = dialog(driver)
    assert not save(driver, shown)
    assert still_open(book) == {numbers[0]: 0, numbers[1]: 5_700}
    write(shown.form, reason="no funds")
    assert save(driver, shown)
    assert driver.window.notices.sentence == (
        f"Payment P-2026-0001 is reversed by P-2026-0002. Open again: {numbers[0]} €119.00, {numbers[1]} €181.00."
    )
    assert still_open(book) == {numbers[0]: 11_900, numbers[1]: 23_800}
    assert sorted(tags(page)) == ["Reversal", "Reversed"]
    page.table.select([payment])
    driver.settle()
    assert not page.acts["payments.reverse"].isEnabled()
    assert f"{numbers[0]} €119.00 taken back" in page.facts_view.words
    page.filters.toggle("reversed")
    driver.settle()
    assert page.model.rowCount() == 2


def test_enter_leads_to_the_invoice_that_was_paid(
    driver: Driver, book: Book, qtbot: QtBot, client: int, numbers: tuple[str, str]
) -> None:
    pay(book, 11_900, numbers[0])
    page = page_of(driver)
    press_key(qtbot, driver, page, Qt.Key.Key_Return)
    shown = driver.window.page
    assert shown is not page
    assert shown.pane.heading == numbers[0]  # type: ignore[union-attr]
