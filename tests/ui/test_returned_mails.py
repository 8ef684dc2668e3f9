"""What came back is looked for from the outbox: in inboxes, in saved files, and where neither is known."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from db.engine import Book
from desktop import secrets
from desktop.services.delivery.mail.accounts import account, save_account
from desktop.services.delivery.mail.signing_in import secret_name
from desktop.ui.outbox.inbox_watch import InboxWatch
from desktop.ui.outbox.page import OutboxPage
from tests.books import new_book
from tests.contracts import rows, value
from tests.outgoing import mailed
from tests.servers.dovecot import PASSWORD
from tests.servers.mail_fixtures import OFFICE, MailHost, authority, certificate, mail_host
from tests.services.delivery.posting import Clock, documents
from tests.ui.forms import dialog, press, save
from tests.ui.program import Driver

__all__ = ["authority", "certificate", "mail_host"]

Mode = QFileDialog.FileMode
SAMPLES = Path(__file__).parents[1] / "delivery" / "mail" / "returned"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        Clock(book)
        documents(book, 1)
        mailed(book, value(book, "SELECT title FROM delivery"))
        yield book


@pytest.fixture
def driver(qtbot: QtBot, qapp: QApplication, tmp_path: Path, book: Book) -> Iterator[Driver]:
    made = Driver(qtbot, qapp, book, tmp_path)
    yield made
    made.end()
    secrets._held.clear()


@pytest.fixture
def page(driver: Driver) -> OutboxPage:
    page = driver.window.go("outbox")
    assert isinstance(page, OutboxPage)
    driver.settle()
    return page


def offered(driver: Driver) -> list[str]:
    """The buttons of the notice, without the cross."""
    return [one.text() for one in driver.window.notices.findChildren(QPushButton) if one.text() and not one.isHidden()]


def report(book: Book, folder: Path, name: str) -> Path:
    own = str(value(book, "SELECT message_id FROM mailing")).strip("<>").encode()
    path = folder / f"{name}.eml"
    path.write_bytes((SAMPLES / f"{name}.eml").read_bytes().replace(b"one.sheaf@firm.test", own))
    return path


def choose(driver: Driver, page: OutboxPage, path: Path, mode: Mode = Mode.ExistingFiles) -> None:
    chooser = page.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    assert chooser.fileMode() == mode
    chooser.filesSelected.emit([str(path)])
    chooser.close()
    chooser.deleteLater()
    driver.settle()


def test_without_an_inbox_saved_mails_are_read(
    driver: Driver, page: OutboxPage, book: Book, tmp_path: Path, qtbot: QtBot
) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_B)
    driver.settle()
    assert driver.window.notices.sentence.startswith("No e-mail account says where its inbox is.")
    assert offered(driver) == ["Read saved mails…", "Read a folder…", "E-mail accounts"]
    press(driver, "Read saved mails…")
    choose(driver, page, report(book, tmp_path, "exchange"))
    assert driver.window.notices.sentence == "1 mail came back."
    assert rows(book, "SELECT fate FROM delivery") == [("bounced",)]
    press(driver, "Show what came back")
    assert page.model.text_at(0, 0) == "Bounced"
    page.acts["outbox.saved"].trigger()
    choose(driver, page, report(book, tmp_path, "exchange"))
    assert driver.window.notices.sentence == "Nothing new came back. 1 mail was read."


def test_receipt_is_good_news(driver: Driver, page: OutboxPage, book: Book, tmp_path: Path) -> None:
    page.acts["outbox.saved"].trigger()
    choose(driver, page, report(book, tmp_path, "read_outlook"))
    assert driver.window.notices.sentence == "1 mail was delivered or seen."
    assert offered(driver) == []


def test_inbox_is_read_once_its_password_is_known(
    driver: Driver, page: OutboxPage, book: Book, mail_host: MailHost
) -> None:
    values: dict[str, Any] = {
        "name": "Office",
        "sender": OFFICE,
        "host": "localhost",
        "ca_file": str(mail_host.authority.root),
        "imap_host": "localhost",
        "imap_port": mail_host.dovecot.imaps_port,
    }
    save_account(book, values, actor="Anne")
    page.acts["outbox.returned"].trigger()
    driver.settle()
    asked = dialog(driver)
    editor = asked.form.editor("password")
    assert isinstance(editor, QLineEdit)
    editor.setText(PASSWORD)
    assert save(driver, asked)
    assert driver.window.notices.sentence == "Nothing new came back."
    assert value(book, "SELECT count(*) FROM setting WHERE key LIKE 'mail.inbox.%'") == 1
    save_account(book, {"imap_folder": "Nowhere"}, actor="Anne", account_id=1)
    page.acts["outbox.returned"].trigger()
    driver.settle()
    assert offered(driver) == ["E-mail accounts"]
    assert driver.window.notices.sentence.startswith("localhost does not open the folder")


def test_a_folder_of_mails_is_read_whole(driver: Driver, page: OutboxPage, book: Book, tmp_path: Path) -> None:
    mails = tmp_path / "Maildir"
    for name in ("cur", "new", "tmp"):
        (mails / name).mkdir(parents=True)
    report(book, mails, "exchange").rename(mails / "new" / "1.host")
    page.acts["outbox.saved_folder"].trigger()
    choose(driver, page, mails, Mode.Directory)
    assert driver.window.notices.sentence == "1 mail came back."
    assert rows(book, "SELECT fate FROM delivery") == [("bounced",)]


def inbox(book: Book, mail_host: MailHost, **changes: Any) -> None:
    values: dict[str, Any] = {
        "name": "Office",
        "sender": OFFICE,
        "host": "localhost",
        "ca_file": str(mail_host.authority.root),
        "imap_host": "localhost",
        "imap_port": mail_host.dovecot.imaps_port,
    }
    save_account(book, values | changes, actor="Anne")


def arrive(host: MailHost, path: Path) -> None:
    """Lay a mail into the office's inbox, as the server would."""
    box = host.postfix.mail / "firm.test" / "office"
    owner = box.stat()
    os.chown(path, owner.st_uid, owner.st_gid)
    path.rename(box / "new" / "1700000000.M1P1.host")


def test_an_inbox_without_a_login_for_sending_has_a_password_of_its_own(
    driver: Driver, page: OutboxPage, book: Book, mail_host: MailHost
) -> None:
    inbox(book, mail_host, auth="none", imap_user=OFFICE)
    page.acts["outbox.returned"].trigger()
    driver.settle()
    asked = dialog(driver)
    editor = asked.form.editor("password")
    assert isinstance(editor, QLineEdit)
    editor.setText(PASSWORD)
    assert save(driver, asked)
    assert driver.window.notices.sentence.startswith("Nothing new came back.")


def test_the_window_reads_by_itself_what_opens_without_asking(
    driver: Driver, page: OutboxPage, book: Book, mail_host: MailHost, tmp_path: Path
) -> None:
    (watch,) = driver.window.findChildren(InboxWatch)
    inbox(book, mail_host)
    watch.look()
    driver.settle()
    assert not driver.window.notices.isVisible()
    assert value(book, "SELECT count(*) FROM setting WHERE key LIKE 'mail.inbox.%'") == 0
    secrets.hold(secret_name(account(book, 1), "password"), PASSWORD)
    arrive(mail_host, report(book, tmp_path, "exchange"))
    watch.look()
    driver.settle()
    assert driver.window.notices.sentence == "1 mail came back."
    assert rows(book, "SELECT fate FROM delivery") == [("bounced",)]
    driver.window.notices.hide()
    watch.look()
    driver.settle()
    assert not driver.window.notices.isVisible()


def test_an_inbox_that_stays_shut_is_told_once_and_not_at_its_first_hiccup(
    driver: Driver, page: OutboxPage, book: Book, mail_host: MailHost
) -> None:
    (watch,) = driver.window.findChildren(InboxWatch)
    inbox(book, mail_host, imap_folder="Nowhere")
    secrets.hold(secret_name(account(book, 1), "password"), PASSWORD)
    told = []
    for _look in range(3):
        watch.look()
        driver.settle()
        told.append(driver.window.notices.isVisible())
        driver.window.notices.hide()
    assert told == [False, True, False]
