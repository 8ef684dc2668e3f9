"""What is handed over from the window: pages of clients, a run's ZIP, folders, and the word that files were given."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton, QWidget

from db.engine import Book
from desktop.services.book_settings import set_book_setting
from desktop.services.delivery.handover.folder_settings import folder_settings_of, set_folder
from desktop.services.delivery.mail.waiting_mails import SEND_AT_ONCE
from desktop.services.runs import Scope, bill
from desktop.ui.clients.client_page import ClientPage
from desktop.ui.clients.page import ClientsPage
from desktop.ui.invoices.page import InvoicesPage
from desktop.ui.outbox.page import OutboxPage
from desktop.ui.outbox.postman import Postman
from desktop.ui.runs.page import RunsPage
from tests.books import new_book
from tests.contracts import rows
from tests.outgoing import stand
from tests.ui.forms import dialog, press, save, write
from tests.ui.program import TODAY, Driver, add_retainers


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A run of two documents that wait for a hand."""
    book = new_book(tmp_path)
    add_retainers(book, 2)
    bill(book, through=TODAY, issue_date=TODAY, scope=Scope(), actor="test", now=book.now)
    for (title,) in rows(book, "SELECT title FROM delivery"):
        stand(book, title, channel="hand", state="waiting", form="pdf", answer="")
    return book


def choose(driver: Driver, parent: QWidget, path: Path) -> None:
    driver.settle()
    chosen = next(one for one in parent.findChildren(QFileDialog) if one.isVisible())
    chosen.fileSelected.emit(str(path))
    chosen.close()
    chosen.deleteLater()
    driver.settle()


def said(driver: Driver) -> str:
    return driver.desk.shell.notices.sentence


def states(book: Book) -> list[str]:
    return [state for (state,) in rows(book, "SELECT state FROM delivery ORDER BY id")]


def test_the_page_of_a_client_is_one_file(driver: Driver, tmp_path: Path) -> None:
    page = ClientPage(driver.desk, 1)
    driver.desk.shell.push(page)
    driver.settle()
    page.acts["client.page"].trigger()
    asked = dialog(driver)
    assert asked.form.values() == {"embed": True}
    save(driver, asked)
    (tmp_path / "out").mkdir()
    choose(driver, page, tmp_path / "out")
    (found,) = (tmp_path / "out").iterdir()
    assert found.suffix == ".html"
    assert "data:application/pdf" in found.read_text(encoding="utf-8")
    assert "1 page is in out." in said(driver)


def test_pages_of_several_clients_lie_beside_their_documents(driver: Driver, tmp_path: Path) -> None:
    page = driver.window.go("clients")
    assert isinstance(page, ClientsPage)
    driver.settle()
    page.table.select([1, 2])
    driver.settle()
    page.acts["clients.page"].trigger()
    asked = dialog(driver)
    assert asked.form.values() == {"embed": False}
    save(driver, asked)
    (tmp_path / "out").mkdir()
    choose(driver, page, tmp_path / "out")
    assert len(list((tmp_path / "out").glob("*/index.html"))) == 2
    assert len(list((tmp_path / "out").glob("*/documents/*.pdf"))) == 2


def test_a_run_is_handed_over_and_taken_back(driver: Driver, book: Book, tmp_path: Path) -> None:
    page = driver.window.go("runs")
    assert isinstance(page, RunsPage)
    driver.settle()
    page.table.select([1])
    driver.settle()
    page.acts["runs.zip"].trigger()
    choose(driver, page, tmp_path / "run.zip")
    with zipfile.ZipFile(tmp_path / "run.zip") as found:
        assert found.testzip() is None
        assert len([name for name in found.namelist() if name.startswith("documents/")]) == 2
    assert states(book) == ["sent", "sent"]
    assert "2 documents are in run.zip." in said(driver)
    press(driver, "Undo")
    assert states(book) == ["waiting", "waiting"]


def test_saved_files_are_marked_only_when_somebody_says_so(driver: Driver, book: Book, tmp_path: Path) -> None:
    page = driver.window.go("invoices")
    assert isinstance(page, InvoicesPage)
    driver.settle()
    page.table.select([1, 2])
    driver.settle()
    page.acts["invoices.save"].trigger()
    (tmp_path / "out").mkdir()
    choose(driver, page, tmp_path / "out")
    assert len(list((tmp_path / "out").iterdir())) == 2
    assert states(book) == ["waiting", "waiting"]
    press(driver, "Mark 2 as handed over")
    assert states(book) == ["sent", "sent"]
    assert rows(book, "SELECT count(*) FROM rendering") == [(2,)]
    press(driver, "Undo")
    assert states(book) == ["waiting", "waiting"]


def test_what_goes_into_folders_asks_for_one_and_goes(driver: Driver, book: Book, tmp_path: Path) -> None:
    for (title,) in rows(book, "SELECT title FROM delivery"):
        stand(book, title, channel="folder")
    page = driver.window.go("outbox")
    assert isinstance(page, OutboxPage)
    driver.settle()
    assert page.acts["outbox.file"].isEnabled()
    page.acts["outbox.file"].trigger()
    driver.settle()
    assert states(book) == ["waiting", "waiting"]
    assert "Nothing was put into a folder." in said(driver)
    press(driver, "Choose the folder…")
    asked = dialog(driver)
    (example,) = [one for one in asked.findChildren(QLabel) if one.accessibleName() == "Example"]
    driver.settle()
    assert "/2026/INV-2026-0002.pdf" in example.text()
    write(asked.form, pattern="../{number}")
    driver.settle()
    assert "within the folder" in example.text()
    assert not save(driver, asked)
    write(asked.form, pattern="{kind} {number}")
    driver.settle()
    assert "Invoice INV-2026-0002.pdf" in example.text()
    (button,) = [one for one in asked.findChildren(QPushButton) if one.text() == "Choose the folder…"]
    button.click()
    (tmp_path / "filed").mkdir()
    choose(driver, asked, tmp_path / "filed")
    assert save(driver, asked)
    driver.settle()
    assert folder_settings_of(book).folder == str(tmp_path / "filed")
    assert states(book) == ["sent", "sent"]
    assert sorted(one.name for one in (tmp_path / "filed").iterdir()) == [
        "Invoice INV-2026-0001.pdf",
        "Invoice INV-2026-0002.pdf",
    ]
    assert "2 documents are in filed." in said(driver)


def test_a_folder_that_is_gone_is_said_beside_what_waits(driver: Driver, book: Book, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    set_folder(book, actor="test", folder=str(tmp_path / "stick"))
    shutil.rmtree(tmp_path / "stick")
    stand(book, "INV-2026-0001", channel="folder")
    page = driver.window.go("outbox")
    assert isinstance(page, OutboxPage)
    driver.settle()
    page.acts["outbox.file"].trigger()
    driver.settle()
    answers = rows(book, "SELECT answer FROM delivery WHERE channel = 'folder'")
    assert "is not there" in answers[0][0]


def test_the_window_that_sends_by_itself_files_by_itself(driver: Driver, book: Book, tmp_path: Path) -> None:
    (tmp_path / "filed").mkdir()
    set_folder(book, actor="test", folder=str(tmp_path / "filed"), pattern="{number}")
    stand(book, "INV-2026-0001", channel="folder")
    (postman,) = driver.window.findChildren(Postman)
    postman.look()
    driver.settle()
    assert list((tmp_path / "filed").iterdir()) == []
    set_book_setting(book, SEND_AT_ONCE, True, actor="test")
    postman.look()
    driver.settle()
    assert [path.name for path in (tmp_path / "filed").iterdir()] == ["INV-2026-0001.pdf"]
    assert states(book) == ["sent", "waiting"]
    assert not driver.window.notices.isVisible()
