"""The settings of what e-mails say, as a person works in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Client
from desktop.services.changes import change, undo
from desktop.services.delivery.mail.settings import mail_switches
from desktop.services.delivery.mail.texts import mail_texts
from desktop.services.runs import bill
from desktop.ui.settings.mail_texts import MailTextsSection
from desktop.ui.settings.page import SettingsPage
from tests.books import new_book
from tests.ui.program import Driver, add_retainers

MAY = date(2026, 5, 31)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = new_book(tmp_path, delivery="email")
    add_retainers(made, 1)
    with change(made, "test", "Address") as kept:
        kept.update(Client, 1, email="c1@client.example")
    return made


def section(driver: Driver) -> MailTextsSection:
    page = driver.window.go("settings")
    assert isinstance(page, SettingsPage)
    shown = page.show_section("mail_texts")
    driver.settle()
    assert isinstance(shown, MailTextsSection)
    return shown


def choose(driver: Driver, shown: MailTextsSection, **values: object) -> None:
    for name, value in values.items():
        editor = getattr(shown, name)
        editor.put(value)
        editor.changed.emit()
    driver.settle()


def previewed(driver: Driver, shown: MailTextsSection, words: str) -> bool:
    driver.until(lambda: words in shown.preview.body.toPlainText())
    return True


def test_a_text_is_written_seen_on_a_real_document_and_saved(driver: Driver, book: Book) -> None:
    bill(book, through=MAY, issue_date=MAY, scope=None, actor="test", now=book.now)
    shown = section(driver)
    # The firm's language, and the program's own words in it.
    assert shown.language.value() == "en"
    assert shown.subject.text() == "Invoice {number} from {firm}"
    assert previewed(driver, shown, "Please pay €1,190.00")
    shown.body.setPlainText("Hello {client}, ")
    shown.body.moveCursor(shown.body.textCursor().MoveOperation.End)
    shown.insert_field("amount")
    assert previewed(driver, shown, "Hello Client 1 GmbH, €1,190.00")
    assert mail_texts(book) == []
    shown.acts["texts.save"].trigger()
    driver.settle()
    (kept,) = mail_texts(book)
    assert (kept.kind, kept.language, kept.body) == ("invoice", "en", "Hello {client}, {amount}")
    assert not shown.acts["texts.save"].isEnabled()
    shown.acts["texts.reset"].trigger()
    driver.settle()
    assert mail_texts(book) == []
    assert shown.body.toPlainText().startswith("{greeting}")


def test_a_wrong_field_is_named_and_not_saved(driver: Driver, book: Book) -> None:
    shown = section(driver)
    shown.body.setPlainText("{amuont}")
    assert "{amount}" in shown.problem.text()
    assert not shown.acts["texts.save"].isEnabled()
    shown.body.setPlainText("{amount}")
    assert shown.problem.text() == ""
    assert shown.acts["texts.save"].isEnabled()


def test_what_is_not_saved_stays_while_others_are_looked_at(driver: Driver, book: Book) -> None:
    shown = section(driver)
    shown.body.setPlainText("Mine")
    choose(driver, shown, kind="reminder")
    assert "{greeting}" in shown.body.toPlainText()
    choose(driver, shown, kind="invoice")
    assert shown.body.toPlainText() == "Mine"
    assert shown.state.text() == "Not saved yet."
    shown.acts["texts.reset"].trigger()
    assert shown.body.toPlainText().startswith("{greeting}")


def test_one_client_has_a_text_of_its_own(driver: Driver, book: Book) -> None:
    shown = section(driver)
    shown.pick_client(1)
    driver.settle()
    shown.body.setPlainText("For you alone")
    shown.acts["texts.save"].trigger()
    driver.settle()
    (kept,) = mail_texts(book)
    assert (kept.scope, kept.whose) == ("client", "C1")
    choose(driver, shown, whom=("firm", 0))
    assert shown.body.toPlainText().startswith("{greeting}")


def test_a_book_without_documents_says_so(driver: Driver, book: Book) -> None:
    shown = section(driver)
    driver.until(lambda: "issue one first" in shown.preview.about.text())


@pytest.mark.parametrize("kind", ["several", "reminder", "credit_note"])
def test_what_the_book_has_not_yet_is_shown_on_what_it_has(driver: Driver, book: Book, kind: str) -> None:
    bill(book, through=MAY, issue_date=MAY, scope=None, actor="test", now=book.now)
    shown = section(driver)
    choose(driver, shown, kind=kind)
    assert previewed(driver, shown, "Kind regards")
    assert "Harbour Services" in shown.preview.body.toPlainText()
    assert "{" not in shown.preview.body.toPlainText()


def test_the_firm_says_whether_documents_go_together(driver: Driver, book: Book) -> None:
    shown = section(driver)
    together = shown.switches.boxes["delivery.together"]
    assert not together.isChecked()
    assert shown.switches.boxes["delivery.with_pdf"].isChecked()
    together.click()
    driver.settle()
    assert mail_switches(book)["delivery.together"]
    undo(book, "test")
    shown.reload()
    driver.settle()
    assert not together.isChecked()
