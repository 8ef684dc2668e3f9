"""A client pays in part, another invoice was wrong: both by the keyboard, and the account tells the same story."""

from __future__ import annotations

from datetime import date

import pytest

from db.engine import Book
from desktop.services.check import check
from desktop.services.lists.invoices import InvoiceList
from desktop.ui.invoices.credit import CreditDialog
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.payments.page import PaymentsPage
from tests.contracts import rows
from tests.issued import add_client, add_invoice
from tests.ui.forms import choose
from tests.ui.program import TODAY, Driver
from tests.ui.ways.person import Person


@pytest.fixture
def number(book: Book) -> str:
    """238.00, due in June."""
    return add_invoice(book, add_client(book, "ACME"), date(2026, 5, 20), (20_000, 19))


def standing(book: Book) -> dict[object, tuple[object, object]]:
    found = InvoiceList(book, TODAY)
    shown = found.rows(found.ids("", frozenset(), "", False)).values()
    return {row["number"]: (row["status"], row["open"]) for row in shown}


def invoices(driver: Driver, person: Person) -> InvoicesPage:
    person.press(driver.window.acts["go.invoices"].shortcut().toString())
    page = driver.window.page
    assert isinstance(page, InvoicesPage)
    return page


def test_a_part_is_paid_and_the_rest_follows(driver: Driver, book: Book, person: Person, number: str) -> None:
    page = invoices(driver, person)
    assert len(page.selected_ids()) == 1
    person.press("P")
    person.dialog()
    person.fill(amount="100", reference="bank 7")
    person.press("Ctrl+Return")
    assert "is recorded" in driver.window.notices.sentence
    assert standing(book) == {number: ("partly_paid", 13_800)}
    # Found again by its number, and paid off with what the form proposes.
    person.press("Ctrl+F")
    person.write(number)
    person.press("Return")
    assert len(page.selected_ids()) == 1
    person.press("P")
    person.dialog()
    person.press("Ctrl+Return")
    assert standing(book) == {number: ("paid", 0)}
    person.press(driver.window.acts["go.payments"].shortcut().toString())
    payments = driver.window.page
    assert isinstance(payments, PaymentsPage)
    assert payments.model.rowCount() == 2
    assert person.clicks == 0
    assert check(book).problems == ()


def test_a_wrong_invoice_is_credited_in_part_and_the_rest_is_paid(
    driver: Driver, book: Book, person: Person, number: str
) -> None:
    page = invoices(driver, person)
    person.press("C")
    shown = person.dialog()
    # A reason is asked for before anything is written.
    person.press("Ctrl+Return")
    assert shown.isVisible()
    assert len(standing(book)) == 1
    assert isinstance(shown, CreditDialog)
    choose(driver, shown.form, "how", "amount")
    person.fill(amount="59.50", reason="Two hours were not agreed")
    person.press("Ctrl+Return")
    assert f"{number} is credited by CN-2026-0001, €59.50." in driver.window.notices.sentence
    assert standing(book)[number] == ("partly_paid", 17_850)
    page.table.select([rows(book, "SELECT id FROM invoice WHERE number = ?", number)[0][0]])
    person.press("P")
    person.dialog()
    person.press("Ctrl+Return")
    assert standing(book)[number] == ("paid", 0)
    assert rows(book, "SELECT amount FROM payment") == [(17_850,)]
    assert person.clicks == 0
    assert check(book).problems == ()
