"""Money that went out is booked by hand as the refund of a client's credit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from db.engine import Book
from desktop.services.bank.booking import book_line
from desktop.services.bank.parts import Part
from desktop.services.bank.showing import shown_line
from desktop.ui.bank.page import BankPage
from desktop.ui.dialog import FormDialog
from desktop.ui.editors import ChoiceEditor
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import value
from tests.issued import ANNE, add_client
from tests.ui.forms import choose, dialog, press, save, write
from tests.ui.program import Driver

APRIL, MAY, TODAY = date(2026, 4, 10), date(2026, 5, 11), date(2026, 5, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def give_credit(book: Book, account: int, code: str, name: str, amount: int) -> int:
    """A client who paid without owing; the id of its credit."""
    client = add_client(book, code, name=name)
    line = add_line(book, account, APRIL, amount, party=name)
    book_line(book, line, [Part("payment", amount, client)], actor=ANNE, today=TODAY)
    return int(value(book, "SELECT max(id) FROM open_credit"))


def ask_split(driver: Driver, line: int) -> FormDialog:
    page = driver.window.go("bank")
    assert isinstance(page, BankPage)
    driver.settle()
    page.table.select([line])
    driver.settle()
    QTest.keyClick(page.table, Qt.Key.Key_S)
    driver.settle()
    return dialog(driver)


def offered(shown: FormDialog, key: str) -> list[str]:
    editor = shown.form.editor(key)
    assert isinstance(editor, ChoiceEditor)
    return [editor.itemText(place) for place in range(editor.count())]


def test_a_credit_is_paid_back_and_the_refund_taken_back(driver: Driver, book: Book) -> None:
    account = add_account(book)
    give_credit(book, account, "C1", "Alpha AG", 70_00)
    give_credit(book, account, "C2", "Bravo GmbH", 90_00)
    line = add_line(book, account, MAY, -50_00, "Payout", party="Somebody")
    shown = ask_split(driver, line)
    assert offered(shown, "kind")[0] == "Refund of a client’s credit"
    assert "Credit of a client" not in offered(shown, "kind")
    assert offered(shown, "credit") == ["", "Alpha AG · P-2026-0001 · €70.00", "Bravo GmbH · P-2026-0002 · €90.00"]
    assert shown.form.read("amount") == 50_00
    assert shown.form.read("credit") is None
    assert not save(driver, shown)
    assert shown.said.startswith("Nothing says which credit was paid back.")
    choose(driver, shown.form, "credit", 2)
    assert save(driver, shown)
    assert shown_line(book, line).state == "booked"
    assert value(book, "SELECT open FROM open_credit WHERE id = 2") == 40_00
    assert value(book, "SELECT open FROM open_credit WHERE id = 1") == 70_00
    press(driver, "Undo")
    assert shown_line(book, line).state == "open"
    assert value(book, "SELECT open FROM open_credit WHERE id = 2") == 90_00


def test_a_part_is_paid_back_and_more_than_is_left_is_refused(driver: Driver, book: Book) -> None:
    account = add_account(book)
    credit = give_credit(book, account, "C1", "Alpha AG", 70_00)
    line = add_line(book, account, MAY, -80_00, "Payout", party="Somebody")
    shown = ask_split(driver, line)
    choose(driver, shown.form, "credit", credit)
    assert not save(driver, shown)
    assert shown.said.startswith("€70.00 of P-2026-0001 is left")
    write(shown.form, amount="70")
    assert save(driver, shown)
    after = shown_line(book, line)
    assert (after.state, after.left) == ("open", -10_00)
    assert value(book, "SELECT open FROM open_credit") == 0


def test_the_one_credit_of_the_same_amount_is_offered_first(driver: Driver, book: Book) -> None:
    account = add_account(book)
    give_credit(book, account, "C1", "Alpha AG", 70_00)
    credit = give_credit(book, account, "C2", "Bravo GmbH", 50_00)
    shown = ask_split(driver, add_line(book, account, MAY, -50_00, "Payout", party="Somebody"))
    assert shown.form.read("credit") == credit


def test_without_a_credit_in_its_currency_no_refund_is_offered(driver: Driver, book: Book) -> None:
    account = add_account(book)
    give_credit(book, account, "C1", "Alpha AG", 70_00)
    dollars = add_account(book, "DE89370400440532013000", currency="USD")
    shown = ask_split(driver, add_line(book, dollars, MAY, -50_00, "Payout", currency="USD"))
    assert offered(shown, "kind") == ["Bank charges", "Between own accounts", "Something else, put aside with a note"]
