"""Cash and refunds as a person works them: a till set up, entries made, counted and taken back, credit paid back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl

from db.engine import Book
from desktop.errors import UserError
from desktop.services.attachments import attachments
from desktop.services.cash_book import cash_book, enter_cash, save_till, tills
from desktop.services.credits import credit_invoice
from desktop.services.payments import record_payment
from desktop.services.refunds import credit_left
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.payments.cash import CashDialog
from desktop.ui.payments.page import PaymentsPage
from desktop.ui.payments.record import RecordPayment
from tests.books import new_book
from tests.contracts import value
from tests.issued import add_client, add_invoice
from tests.ui.forms import choose, dialog, said_at, save, write
from tests.ui.program import TODAY, Driver

ACTOR = "test"
MARCH = date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


def page_of(driver: Driver) -> PaymentsPage:
    page = driver.window.go("payments")
    driver.settle()
    assert isinstance(page, PaymentsPage)
    return page


def cash_dialog(driver: Driver, page: PaymentsPage) -> CashDialog:
    page.cash()
    shown = dialog(driver)
    assert isinstance(shown, CashDialog)
    driver.until(lambda: bool(shown.sentence))
    return shown


def test_the_first_till_is_asked_for_and_its_book_opens(driver: Driver, book: Book) -> None:
    page = page_of(driver)
    page.cash()
    asked = dialog(driver)
    write(asked.form, name="Front desk")
    asked.accept()
    driver.until(lambda: bool(tills(book)))
    shown = dialog(driver)
    driver.until(lambda: isinstance(dialog(driver), CashDialog))
    shown = dialog(driver)
    assert isinstance(shown, CashDialog)
    driver.until(lambda: shown.sentence == "“Front desk” holds €0.00.")
    write(shown.form, amount="150", text="Counted at the beginning")
    assert save(driver, shown)
    assert tills(book)[0].balance == 15_000


def test_entries_are_counted_and_taken_back(driver: Driver, book: Book) -> None:
    till = save_till(book, "Desk", "EUR", actor=ACTOR)
    enter_cash(book, till, kind="opening", amount=10_000, dated=MARCH, text="b", actor=ACTOR, today=TODAY)
    page = page_of(driver)
    shown = cash_dialog(driver, page)
    choose(driver, shown.form, "kind", "count")
    write(shown.form, amount="99.50", text="")
    assert not save(driver, shown)
    assert "€0.50 is missing" in shown.said
    write(shown.form, text="Wrong change")
    assert save(driver, shown)
    shown = cash_dialog(driver, page)
    driver.until(lambda: shown.model.rowCount() == 2)
    shown.table.select([2])
    driver.settle()
    choose(driver, shown.form, "kind", "reverse")
    write(shown.form, text="It was in the drawer")
    assert save(driver, shown)
    rows = cash_book(book, till, since=MARCH, until=TODAY).rows
    assert [(row.kind, row.balance) for row in rows] == [
        ("opening", 10_000),
        ("difference", 9_950),
        ("reversal", 10_000),
    ]


def test_credit_is_paid_back_and_the_list_says_so(driver: Driver, book: Book) -> None:
    client = add_client(book, "ACME")
    paid = record_payment(book, amount=5_000, paid_on=MARCH, actor=ACTOR, today=TODAY, client_id=client)
    page = page_of(driver)
    page.reveal_written(paid.payment_id)
    driver.settle()
    assert page.acts["payments.refund"].isEnabled()
    page.refund()
    shown = dialog(driver)
    assert not save(driver, shown)
    write(shown.form, amount="20", reason="Paid twice")
    assert save(driver, shown)
    assert credit_left(book, paid.payment) == ("EUR", 3_000)
    driver.settle()
    tags = [page.model.text_at(place, 0) for place in range(page.model.rowCount())]
    assert sorted(tags) == ["Refund", "Unapplied"]


def test_a_payment_names_its_account_and_what_banks_kept_back(driver: Driver, book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, MARCH, (10_000, 0), terms="net 30 2%/10")
    till = save_till(book, "Desk", "EUR", actor=ACTOR)
    page = page_of(driver)
    page.new()
    shown = dialog(driver)
    assert isinstance(shown, RecordPayment)
    choose(driver, shown.form, "client", client)
    write(shown.form, amount="98", charges="1")
    choose(driver, shown.form, "account_id", till)
    choose(driver, shown.form, "discount", "grant")
    driver.until(lambda: shown.sentence == "Pays 1 invoice.")
    assert not save(driver, shown)
    assert "reason" in shown.said
    write(shown.form, note="Agreed by phone")
    assert save(driver, shown)
    driver.settle()
    assert tills(book)[0].balance == 9_700
    assert "Desk" in page.facts_view.words
    assert "€1.00" in page.facts_view.words


def test_files_are_kept_with_a_payment_and_a_cash_entry(
    driver: Driver, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("desktop.ui.story.files.open_path", opened.append)
    advice = tmp_path / "advice 1.pdf"
    advice.write_bytes(b"%PDF-1.7 advice")
    client = add_client(book, "ACME")
    till = save_till(book, "Desk", "EUR", actor=ACTOR)
    page = page_of(driver)
    page.new()
    shown = dialog(driver)
    choose(driver, shown.form, "client", client)
    write(shown.form, amount="98", attach=str(advice) + "x")
    assert not save(driver, shown)
    assert "There is no file" in said_at(shown.form, "attach")
    write(shown.form, attach=QUrl.fromLocalFile(str(advice)).toString())
    assert save(driver, shown)
    assert [one.name for one in attachments(book, "payment", 1)] == ["advice 1.pdf"]
    shown = cash_dialog(driver, page)
    write(shown.form, amount="150", text="Beginning", attach=str(advice))
    assert save(driver, shown)
    (row,) = cash_book(book, till, since=MARCH, until=TODAY).rows
    assert row.file_id is not None
    shown = cash_dialog(driver, page)
    driver.until(lambda: shown.model.rowCount() == 1)
    shown.table.opened.emit(1)
    driver.until(lambda: bool(opened))
    assert opened[0].read_bytes() == advice.read_bytes()


def test_a_payment_is_not_booked_without_the_file_that_belongs_to_it(book: Book, tmp_path: Path) -> None:
    client = add_client(book, "ACME")
    empty = tmp_path / "empty.pdf"
    empty.touch()
    with pytest.raises(UserError, match="empty"):
        record_payment(book, amount=5_000, paid_on=MARCH, actor=ACTOR, today=TODAY, client_id=client, attach=empty)
    assert not value(book, "SELECT count(*) FROM payment")


def test_a_credit_note_is_paid_back_from_the_list_of_invoices(driver: Driver, book: Book) -> None:
    invoice = add_invoice(book, add_client(book, "ACME"), MARCH, (10_000, 0))
    record_payment(book, amount=10_000, paid_on=MARCH, actor=ACTOR, today=TODAY, numbers=[invoice])
    page = driver.window.go("invoices")
    driver.settle()
    assert isinstance(page, InvoicesPage)
    page.reveal_written(1)
    driver.until(lambda: page.acts["invoices.credit"].isEnabled())
    assert not page.acts["invoices.refund"].isEnabled()
    note = credit_invoice(book, invoice, reason="Returned", actor=ACTOR, today=TODAY).credit_note
    page.reload()
    page.reveal_written(2)
    driver.until(lambda: page.acts["invoices.refund"].isEnabled())
    page.refund()
    shown = dialog(driver)
    write(shown.form, reason="Wanted its money")
    assert save(driver, shown)
    assert credit_left(book, note) == ("EUR", 0)
