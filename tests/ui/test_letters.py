"""Letters as a person asks for them: from the pages of clients, payments, invoices, runs and collections."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from db.engine import Book
from db.schema import Client
from desktop.services.changes import change, undo
from desktop.services.disputes import open_dispute
from desktop.services.payments import record_payment
from desktop.services.runs import bill
from desktop.ui.clients.client_page import ClientPage
from desktop.ui.dialog import Question
from desktop.ui.document_page import DocumentPage
from desktop.ui.outbox.preview import PreviewPage
from desktop.ui.page import Page
from tests.books import new_book
from tests.contracts import rows
from tests.documents.papers import text
from tests.issued import add_client, add_invoice
from tests.ui.forms import choose, dialog, press, save, write
from tests.ui.program import TODAY, Driver, add_retainers

MARCH = date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture
def client(book: Book) -> int:
    return add_client(book, "ACME")


@pytest.fixture
def number(book: Book, client: int) -> str:
    return add_invoice(book, client, MARCH, (10_000, 19), parts=True)


def page_of(driver: Driver, name: str, *ids: int) -> Page:
    page = driver.window.go(name)
    driver.settle()
    assert isinstance(page, Page)
    page.table.select(ids or page.model.ids[:1])
    driver.settle()
    return page


def shown(driver: Driver) -> str:
    """The text of the document that stands above the page now."""
    driver.settle()
    page = driver.window.page
    assert isinstance(page, DocumentPage)
    driver.until(lambda: bool(page.view.pdf))
    return text(page.view.pdf)


def test_a_statement_of_a_client_is_asked_for_and_read(driver: Driver, client: int, number: str) -> None:
    page = page_of(driver, "clients", client)
    page.acts["clients.statement"].trigger()
    asked = dialog(driver)
    write(asked.form, since="2026-01-01")
    assert save(driver, asked)
    words = shown(driver)
    assert "Statement of account" in words
    assert f"Invoice {number}/1" in words
    assert "Balance brought forward" in words
    driver.window.back()
    assert driver.window.page is page


def test_what_cannot_be_reminded_is_said_in_the_dialog(driver: Driver, book: Book, client: int, number: str) -> None:
    open_dispute(book, number, reason="wrong", on=MARCH, actor="test", today=TODAY)
    page = page_of(driver, "clients", client)
    page.acts["clients.remind"].trigger()
    asked = dialog(driver)
    assert not save(driver, asked)
    assert "disputed" in asked.said
    asked.form.put({"level": 2})
    asked.reject()
    asked.reject()


def test_a_reminder_has_the_level_fee_and_interest_that_were_typed(driver: Driver, client: int, number: str) -> None:
    page = page_of(driver, "collections")
    page.acts["collections.remind"].trigger()
    asked = dialog(driver)
    choose(driver, asked.form, "level", 3)
    write(asked.form, fee="10", interest="9")
    assert save(driver, asked)
    words = shown(driver)
    assert "Final reminder" in words
    assert "Reminder fee" in words
    assert "Interest at 9% a year" in words


def test_the_clients_own_page_offers_both(driver: Driver, client: int, number: str) -> None:
    page = ClientPage(driver.desk, client)
    driver.window.push(page)
    driver.settle()
    offered = {action.text(): action for action in page.more.menu().actions()}
    for verb, title in (("Statement of account…", "Statement of account"), ("Reminder letter…", "Final reminder")):
        offered[verb].trigger()
        assert save(driver, dialog(driver))
        assert title in shown(driver)
        driver.window.back()


def test_a_payment_has_its_receipt(driver: Driver, book: Book, client: int, number: str) -> None:
    paid = record_payment(book, amount=20_000, paid_on=MARCH, actor="test", today=TODAY, numbers=[number])
    page = page_of(driver, "payments")
    page.acts["payments.receipt"].trigger()
    words = shown(driver)
    assert paid.payment in words
    assert "Left as your credit" in words


def test_invoices_give_their_plan_and_a_cover_letter(driver: Driver, client: int, number: str) -> None:
    page = page_of(driver, "invoices")
    assert page.acts["invoices.plan_letter"].isEnabled()
    page.acts["invoices.plan_letter"].trigger()
    assert f"{number}/2" in shown(driver)
    driver.window.back()
    page.acts["invoices.cover"].trigger()
    asked = dialog(driver)
    asked.form.put({"text": "For {client.name} with thanks"})
    assert save(driver, asked)
    assert "For ACME Ltd with thanks" in shown(driver)


def test_a_cover_letter_goes_to_one_client(driver: Driver, book: Book, client: int, number: str) -> None:
    add_invoice(book, add_client(book, "OTHER"), MARCH, (10_000, 19))
    page = page_of(driver, "invoices")
    page.table.select(page.model.ids)
    driver.settle()
    page.acts["invoices.cover"].trigger()
    assert "different clients" in driver.window.notices.sentence


def test_a_run_has_its_report(driver: Driver, book: Book) -> None:
    add_retainers(book, 3, faulty=1)
    bill(book, through=TODAY, issue_date=TODAY, scope=None, actor="Anne", now=book.now)
    page = page_of(driver, "runs")
    page.acts["runs.report"].trigger()
    words = shown(driver)
    assert "Run report" in words
    assert "Client 1 GmbH" in words
    assert "Hash of the run" in words


def test_statements_of_several_clients_go_into_a_folder(
    driver: Driver, book: Book, client: int, number: str, tmp_path: Path
) -> None:
    other, quiet = add_client(book, "OTHER"), add_client(book, "QUIET")
    add_invoice(book, other, MARCH, (5_000, 0))
    page = page_of(driver, "clients", client, other, quiet)
    assert page.acts["clients.statement"].text() == "Save statements…"
    page.acts["clients.statement"].trigger()
    (asked,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, QFileDialog) and one.isVisible()]
    folder = tmp_path / "letters"
    folder.mkdir()
    asked.fileSelected.emit(str(folder))
    asked.close()
    driver.settle()
    assert sorted(path.name for path in folder.iterdir()) == [
        "Statement ACME 2026-05-31.pdf",
        "Statement OTHER 2026-05-31.pdf",
    ]
    assert "2 statements" in driver.window.notices.sentence


def test_a_letter_goes_into_the_outbox_and_can_be_taken_back(driver: Driver, book: Book, client: int) -> None:
    add_invoice(book, client, MARCH, (10_000, 19))
    with change(book, "test", "Address") as made:
        made.update(Client, client, email="ap@acme.example")
    page = page_of(driver, "clients", client)
    page.acts["clients.statement"].trigger()
    assert save(driver, dialog(driver))
    driver.settle()
    letter = driver.window.page
    assert isinstance(letter, DocumentPage)
    letter.acts["letter.send"].trigger()
    driver.settle()
    asked = dialog(driver)
    assert asked.form.read("address") == "ap@acme.example"
    assert save(driver, asked)
    assert rows(book, "SELECT letter, channel, address, by_hand FROM delivery WHERE letter <> ''") == [
        ("statement", "email", "ap@acme.example", 0)
    ]
    press(driver, "Preview the e-mail")
    assert isinstance(driver.window.page, PreviewPage)
    assert "statement of account" in driver.window.page.mail.text
    undo(book, "test")
    assert rows(book, "SELECT id FROM delivery WHERE letter <> ''") == []


def test_a_letter_goes_to_whom_the_person_types(driver: Driver, book: Book, client: int) -> None:
    add_invoice(book, client, MARCH, (10_000, 19))
    page = page_of(driver, "clients", client)
    page.acts["clients.statement"].trigger()
    assert save(driver, dialog(driver))
    driver.settle()
    letter = driver.window.page
    assert isinstance(letter, DocumentPage)
    letter.acts["letter.send"].trigger()
    driver.settle()
    asked = dialog(driver)
    choose(driver, asked.form, "way", "email")
    assert not save(driver, asked)
    assert "no e-mail address" in asked.said
    write(asked.form, address="x@y.example; cc: z@y.example")
    assert save(driver, asked)
    assert rows(book, "SELECT address, by_hand FROM delivery WHERE letter <> ''") == [
        ("x@y.example; cc: z@y.example", 1)
    ]


@pytest.mark.parametrize("place", ["clients", "collections"])
def test_statements_of_several_clients_go_into_the_outbox_after_their_figures(
    driver: Driver, book: Book, client: int, number: str, place: str
) -> None:
    other = add_client(book, "OTHER")
    add_invoice(book, other, MARCH, (5_000, 0))
    with change(book, "test", "Address") as made:
        made.update(Client, client, email="ap@acme.example")
        made.update(Client, other, delivery="print")
    page = driver.window.go(place)
    driver.settle()
    assert isinstance(page, Page)
    page.table.select(page.model.ids)
    driver.settle()
    page.acts[f"{place}.send"].trigger()
    driver.settle()
    (asked,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, Question) and one.isVisible()]
    words = [label.text() for label in asked.findChildren(QLabel)]
    assert words[0] == "Put 2 statements into the outbox?"
    assert words[1].split("\n")[:2] == ["1 goes by e-mail.", "1 goes on paper."]
    assert rows(book, "SELECT id FROM delivery WHERE letter <> ''") == []
    asked.accept()
    driver.settle()
    assert driver.window.notices.sentence.startswith("2 statements are in the outbox.")
    assert rows(book, "SELECT letter, channel FROM delivery WHERE letter <> '' ORDER BY id") == [
        ("statement", "email"), ("statement", "print"),
    ]  # fmt: skip
    press(driver, "Undo")
    assert rows(book, "SELECT id FROM delivery WHERE letter <> ''") == []
