"""Mails that wait, looked at and changed in the window before they go."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QPushButton

from db.engine import Book
from db.schema import Client, Delivery
from desktop.services.changes import change
from desktop.services.runs import bill
from desktop.ui.document_page import DocumentPage
from desktop.ui.editors import LinesEditor
from desktop.ui.outbox.preview import PreviewPage, show_preview
from tests.books import new_book
from tests.contracts import rows, value
from tests.ui.forms import dialog, save, write
from tests.ui.program import Driver, add_retainers

MAY = date(2026, 5, 31)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    made = new_book(tmp_path, delivery="email", email="office@harbour.example")
    add_retainers(made, 2)
    with change(made, "test", "Addresses") as kept:
        for key in (1, 2):
            kept.update(Client, key, email=f"c{key}@client.example")
    bill(made, through=MAY, issue_date=MAY, scope=None, actor="test", now=made.now)
    return made


def preview(driver: Driver, *ids: int) -> PreviewPage:
    show_preview(driver.desk, ids or (1, 2))
    driver.settle()
    page = driver.window.page
    assert isinstance(page, PreviewPage)
    return page


def test_each_mail_is_shown_as_it_will_go(driver: Driver, book: Book) -> None:
    page = preview(driver)
    assert [page.list.item(row).text().split("\n")[1] for row in range(2)] == ["c1@client.example", "c2@client.example"]
    assert "Please pay" in page.body.toPlainText()
    assert "Document" in page.body.toPlainText()
    page.acts["preview.form"].trigger()
    assert page.body.toPlainText() == page.mail.text
    page.list.setCurrentRow(1)
    assert page.mail.to == ("c2@client.example",)
    assert page.body.toPlainText() == page.mail.text


def test_one_mail_is_changed_and_taken_back(driver: Driver, book: Book) -> None:
    page = preview(driver, 1)
    assert not page.list.isVisible()
    before = page.mail
    assert not page.acts["preview.reset"].isEnabled()
    page.acts["preview.edit"].trigger()
    asked = dialog(driver)
    write(asked.form, to="x@y.example", cc="z@y.example", subject="Hello")
    body = asked.form.editor("body")
    assert isinstance(body, LinesEditor)
    body.setPlainText("Dear X,\n\nhere it is.")
    assert save(driver, asked)
    driver.settle()
    assert (page.mail.to, page.mail.cc, page.mail.subject) == (("x@y.example",), ("z@y.example",), "Hello")
    assert "here it is." in page.body.toPlainText()
    assert rows(book, "SELECT subject, by_hand FROM delivery WHERE id = 1") == [("Hello", 1)]
    page.acts["preview.reset"].trigger()
    driver.settle()
    assert page.mail == before


def test_what_is_not_touched_is_left_to_the_texts(driver: Driver, book: Book) -> None:
    page = preview(driver, 1)
    page.acts["preview.edit"].trigger()
    asked = dialog(driver)
    write(asked.form, subject="Hello")
    assert save(driver, asked)
    assert rows(book, "SELECT subject, body, by_hand FROM delivery WHERE id = 1") == [("Hello", None, 0)]


def test_a_wrong_address_is_said_in_the_dialog(driver: Driver, book: Book) -> None:
    page = preview(driver, 1)
    page.acts["preview.edit"].trigger()
    asked = dialog(driver)
    write(asked.form, to="nobody at all")
    assert not save(driver, asked)
    assert "no" in asked.said


def test_a_file_opens_as_it_will_go(driver: Driver, book: Book) -> None:
    page = preview(driver, 1)
    (button,) = [one for one in page.findChildren(QPushButton) if one.text().endswith(".pdf")]
    button.click()
    driver.settle()
    shown = driver.window.page
    assert isinstance(shown, DocumentPage)
    driver.until(lambda: bool(shown.view.pdf))
    driver.window.back()
    assert driver.window.page is page


def test_drafts_are_written_and_wait_for_the_person(driver: Driver, book: Book, tmp_path: Path) -> None:
    page = preview(driver)
    page.write_to([1, 2], tmp_path / "drafts")
    driver.settle()
    assert len(list((tmp_path / "drafts").glob("*.eml"))) == 2
    assert rows(book, "SELECT DISTINCT channel, state FROM delivery") == [("hand", "waiting")]


def test_the_own_program_opens_with_the_files_beside_it(
    driver: Driver, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def open_url(url):
        opened.append(url.toString())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    with change(book, "test", "Long") as made:
        made.update(Delivery, 1, body="\n".join(f"Line {number} of a long text" for number in range(200)))
    page = preview(driver, 1)
    page.hand_over(page.mail)
    driver.settle()
    mail, folder = opened
    assert mail.startswith("mailto:c1@client.example?")
    assert "Line 199 of a long text" in QGuiApplication.clipboard().text()
    assert [one.suffix for one in Path(folder.removeprefix("file://")).iterdir()] == [".pdf"]
    assert value(book, "SELECT channel FROM delivery WHERE id = 1") == "hand"


def test_a_mail_to_nobody_says_so(driver: Driver, book: Book) -> None:
    with change(book, "test", "No address") as made:
        made.update(Client, 1, email="")
    page = preview(driver, 1)
    assert any("Nobody gets it" in one.text() for one in page.findChildren(type(page._note)))
