"""Orders to the bank in the window: what is due is selected, made, saved, and booked when it came."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from db.engine import Book
from db.schema import BankAccount, Firm
from desktop.services.changes import change
from desktop.services.orders.standing import order_file, orders
from desktop.ui.payments.new_order import OrderDialog
from desktop.ui.payments.orders import OrdersPage
from desktop.ui.payments.page import PaymentsPage
from tests.books import new_book
from tests.contracts import ANNE, Contracts, value
from tests.ui.program import Driver


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        made = Contracts(book)
        for k in range(3):
            client = made.client(
                f"C{k}",
                payment_means="debit",
                iban="NL91ABNA0417164300",
                mandate=f"M-{k}" if k else "",
                mandate_date=date(2026, 1, 2),
            )
            made.agreement(client, f"A{k}", {"unit_price": str(100 + k)})
        made.bill("2026-01-31")
        with change(book, ANNE, "Account") as changed:
            changed.insert(BankAccount, position=1, holder="Firm", iban="DE02120300000000202051")
            changed.update(Firm, 1, creditor_id="DE98ZZZ09999999999")
        yield book


def shown(driver: Driver) -> OrdersPage:
    driver.window.go("payments")
    driver.settle()
    payments = driver.window.page
    assert isinstance(payments, PaymentsPage)
    payments.acts["payments.orders"].trigger()
    driver.settle()
    page = driver.window.page
    assert isinstance(page, OrdersPage)
    return page


def dialog(driver: Driver, page: OrdersPage) -> OrderDialog:
    page.acts["orders.new"].trigger()
    driver.settle()
    (found,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, OrderDialog) and one.isVisible()]
    driver.settle()
    return found


def test_an_order_from_the_first_key_to_the_money(driver: Driver, tmp_path: Path) -> None:
    page = shown(driver)
    new = dialog(driver, page)
    # The first has no mandate: it is told, and left out.
    assert "2 items" in new.sentence
    problems = [one.problem for one in new._found]
    assert problems[0] == "The client gave no mandate."
    new.table.select([one.id for one in new._found])
    driver.until(lambda: "no mandate" in new.sentence)
    new.table.select([one.id for one in new._found if not one.problem])
    driver.until(lambda: "2 items" in new.sentence)
    new.accept()
    driver.settle()
    (order,) = orders(driver.desk.book)
    assert (order.number, order.count, order.state) == ("D-2026-0001", 2, "made")
    (asking,) = page.findChildren(QFileDialog)
    target = tmp_path / "bank.xml"
    asking.fileSelected.emit(str(target))
    asking.close()
    driver.settle()
    assert target.read_bytes() == order_file(driver.desk.book, order.id).content
    driver.until(lambda: page.acts["orders.hand_over"].isEnabled())
    page.acts["orders.hand_over"].trigger()
    driver.settle()
    assert not page.acts["orders.hand_over"].isEnabled()
    page.acts["orders.settle"].trigger()
    driver.settle()
    assert value(driver.desk.book, "SELECT count(*) FROM open_item WHERE open > 0") == 1
    (order,) = orders(driver.desk.book)
    assert (order.waiting, order.paid) == (0, 2)


def test_an_order_is_taken_back_and_undone(driver: Driver) -> None:
    page = shown(driver)
    new = dialog(driver, page)
    new.accept()
    driver.settle()
    for one in page.findChildren(QFileDialog):
        one.close()
    driver.until(lambda: page.acts["orders.cancel"].isEnabled())
    page.acts["orders.cancel"].trigger()
    driver.settle()
    (order,) = orders(driver.desk.book)
    assert order.state == "cancelled"
    assert not page.acts["orders.settle"].isEnabled()
