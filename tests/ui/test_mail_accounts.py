"""E-mail accounts in the settings: an address fills in the rest, a test says what is wrong, a browser signs in."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from db.engine import Book
from desktop import secrets
from desktop.delivery.mail.server import Password
from desktop.services.delivery.mail import signing_in
from desktop.services.delivery.mail.accounts import account, accounts, save_account
from desktop.services.delivery.mail.halting import halt
from desktop.services.delivery.mail.sent import Problem
from desktop.services.delivery.mail.signing_in import keep_secret, needs_secret, secret_of
from desktop.ui.form import Form
from desktop.ui.outbox.sending import send_now
from desktop.ui.settings.account_sign_in import SignInDialog
from desktop.ui.settings.account_trial import TrialDialog
from desktop.ui.settings.mail_accounts import MailAccountsSection
from desktop.ui.settings.page import SettingsPage
from tests.books import new_book
from tests.issued import add_client, add_invoice
from tests.outgoing import stand
from tests.servers.authorization import AuthorizationServer, authorization_server
from tests.servers.certificates import Authority, Certificate
from tests.servers.faulty_smtp import PASSWORD, TOKEN, USER, FaultySmtp, faulty_smtp
from tests.servers.mail_fixtures import authority, certificate
from tests.ui.forms import choose, dialog, press, said_at, save, write
from tests.ui.program import TODAY, Driver

__all__ = ["authority", "certificate"]

ACTOR = "test"


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return new_book(tmp_path)


@pytest.fixture(autouse=True)
def _nothing_held() -> Iterator[None]:
    yield
    secrets._held.clear()
    signing_in._tokens.clear()


@pytest.fixture
def smtp(certificate: Certificate) -> Iterator[FaultySmtp]:
    with faulty_smtp(certificate=certificate) as server:
        yield server


def section(driver: Driver) -> MailAccountsSection:
    page = driver.window.go("settings", filters=frozenset({"section:mail"}))
    driver.settle()
    assert isinstance(page, SettingsPage)
    shown = page.show_section("mail")
    assert isinstance(shown, MailAccountsSection)
    driver.settle()
    return shown


def add(book: Book, **values: Any) -> int:
    usual = {"name": "Office", "sender": USER, "user": USER, "host": "localhost", "port": 587}
    return save_account(book, usual | values, actor=ACTOR)


def pick(driver: Driver, page: MailAccountsSection, one: int) -> None:
    page.table.select([one])
    driver.settle()


def new_form(driver: Driver, page: MailAccountsSection) -> Form:
    page.new()
    driver.settle()
    return dialog(driver).form


def text(form: Form, key: str) -> str:
    editor = form.editor(key)
    assert isinstance(editor, QLineEdit)
    return editor.text()


def shown_dialog(driver: Driver, kind: type[Any]) -> Any:
    def found() -> list[Any]:
        return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]

    driver.until(lambda: bool(found()))
    return found()[0]


def test_the_place_says_what_to_do_and_an_address_fills_in_the_rest(driver: Driver, book: Book) -> None:
    page = section(driver)
    assert "Without an account Sheaf cannot send" in page.design.nothing_yet
    form = new_form(driver, page)
    write(form, sender="anna@gmail.com")
    assert (text(form, "host"), form.read("port"), form.read("security")) == ("smtp.gmail.com", 465, "tls")
    assert (form.read("known"), form.read("per_day"), text(form, "imap_host")) == ("gmail", 500, "imap.gmail.com")
    assert "app password" in said_at(form, "known")
    write(form, password="abcd efgh ijkl mnop")
    assert save(driver, dialog(driver))
    (one,) = accounts(book)
    assert (one["name"], one["sender"], one["user"], one["auth"]) == (
        "anna@gmail.com",
        "anna@gmail.com",
        "anna@gmail.com",
        "password",
    )
    assert secret_of(one) == Password("abcd efgh ijkl mnop")


def test_what_a_person_typed_stays_when_the_address_changes(driver: Driver, book: Book) -> None:
    form = new_form(driver, section(driver))
    write(form, sender="a@gmx.de")
    write(form, host="smtp.firm.example")
    write(form, sender="anna@web.de")
    assert (text(form, "host"), text(form, "user"), text(form, "imap_host")) == (
        "smtp.firm.example",
        "anna@web.de",
        "imap.web.de",
    )
    choose(driver, form, "known", "posteo")
    assert text(form, "host") == "posteo.de"


def test_a_domain_of_one_s_own_asks_for_its_server_or_its_provider(driver: Driver, book: Book) -> None:
    form = new_form(driver, section(driver))
    write(form, sender="office@firm.example")
    assert not save(driver, dialog(driver))
    assert said_at(form, "host") == "Enter the name of the server that mails are handed to."
    assert form.editor("host").isVisible()
    choose(driver, form, "known", "microsoft365")
    assert (text(form, "host"), form.read("login")) == ("smtp.office365.com", "microsoft")
    assert form.editor("tenant").isVisible()
    assert not form.editor("password").isVisible()
    assert not save(driver, dialog(driver))
    assert "client ID" in said_at(form, "client_id")
    write(form, client_id="client-1")
    assert save(driver, dialog(driver))
    (one,) = accounts(book)
    assert (one["auth"], one["provider"], one["per_minute"], one["per_day"]) == ("oauth", "microsoft", 30, 10_000)


def test_a_password_is_hidden_until_asked_for_and_kept_by_no_form(driver: Driver, book: Book) -> None:
    form = new_form(driver, section(driver))
    write(form, sender="a@gmx.de", password="s3cret")
    editor, check = form.editor("password"), form.editor("shown")
    assert isinstance(editor, QLineEdit)
    assert editor.echoMode() is QLineEdit.EchoMode.Password
    assert "s3cret" not in str(form.entries())
    check.click()  # type: ignore[union-attr]
    assert editor.echoMode() is QLineEdit.EchoMode.Normal
    assert "written to no file" in said_at(form, "password")


def test_an_account_is_changed_without_touching_its_password(driver: Driver, book: Book) -> None:
    one = add(book)
    keep_secret(account(book, one), "s3cret")
    page = section(driver)
    pick(driver, page, one)
    page.edit()
    driver.settle()
    form = dialog(driver).form
    assert not text(form, "password")
    assert form.read("port") == 587
    write(form, sender_name="Harbour Services", reply_to="anna@firm.test")
    form.editor("receipts").click()  # type: ignore[union-attr]
    assert save(driver, dialog(driver))
    changed = account(book, one)
    assert (changed["sender_name"], changed["reply_to"], changed["receipts"]) == (
        "Harbour Services",
        "anna@firm.test",
        True,
    )
    assert changed["host"] == "localhost"
    assert secret_of(changed) == Password("s3cret")


def test_an_account_is_deleted_and_comes_back_with_its_password(driver: Driver, book: Book) -> None:
    one = add(book)
    keep_secret(account(book, one), "s3cret")
    page = section(driver)
    pick(driver, page, one)
    page.delete()
    driver.settle()
    assert accounts(book) == []
    press(driver, "Undo")
    assert [row["id"] for row in accounts(book)] == [one]
    assert not needs_secret(accounts(book)[0])


def test_another_account_is_made_the_default(driver: Driver, book: Book) -> None:
    add(book)
    second = add(book, name="Second")
    page = section(driver)
    pick(driver, page, second)
    assert page.acts["mail_accounts.default"].isEnabled()
    page.make_default()
    driver.settle()
    assert accounts(book)[0]["id"] == second
    pick(driver, page, second)
    assert not page.acts["mail_accounts.default"].isEnabled()


def test_the_pane_says_where_the_secret_is_and_why_an_account_is_stopped(driver: Driver, book: Book) -> None:
    one = add(book)
    page = section(driver)
    pick(driver, page, one)
    assert "asked for when mails are sent" in page._facts.words
    keep_secret(account(book, one), "s3cret")
    page.reload()
    driver.settle()
    page.show_detail(one)
    driver.settle()
    assert "known until Sheaf is closed" in page._facts.words
    with book.writing() as session:
        halt(session.connection(), Problem(one, "Refused.", "Test it."), now=book.now, wants_person=True)
    page.reload()
    driver.settle()
    page.show_detail(one)
    driver.settle()
    assert page.pane.reason == "Refused. Test it."


def trial_of(driver: Driver, page: MailAccountsSection, one: int) -> TrialDialog:
    pick(driver, page, one)
    page.test()
    found: TrialDialog = shown_dialog(driver, TrialDialog)
    driver.settle()
    return found


def button(shown: Any, words: str) -> QPushButton:
    found = [one for one in shown.findChildren(QPushButton) if one.text() == words and not one.isHidden()]
    assert found, words
    return found[0]


def test_a_test_asks_for_a_missing_password_and_goes_on(
    driver: Driver, book: Book, smtp: FaultySmtp, authority: Authority
) -> None:
    one = add(book, port=smtp.port, ca_file=str(authority.root))
    shown = trial_of(driver, section(driver), one)
    assert shown.said == "This account cannot send yet."
    assert (shown.steps[-1].name, shown.steps[-1].state) == ("login", "failed")
    button(shown, "Type the password…").click()
    asked = dialog(driver)
    write(asked.form, password=PASSWORD)
    asked.accept()
    driver.settle()
    assert shown.said == "All is well: this account sends."
    assert not smtp.taken
    shown._mail.click()
    button(shown, "Test again").click()
    driver.settle()
    assert len(smtp.taken) == 1
    assert "inbox" in shown.steps[-1].sentence
    shown.reject()


def test_a_wrong_password_is_told_with_its_remedy(
    driver: Driver, book: Book, smtp: FaultySmtp, authority: Authority
) -> None:
    one = add(book, port=smtp.port, ca_file=str(authority.root))
    keep_secret(account(book, one), "wrong")
    shown = trial_of(driver, section(driver), one)
    texts = [label.text() for label in shown._list._more if label.isVisible()]
    assert len(texts) == 1
    assert "refused the login" in texts[0]
    assert "app password" in texts[0]
    shown.reject()


@pytest.fixture
def provider(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[AuthorizationServer]:
    with authorization_server(authority) as server:
        known = server.app().provider
        monkeypatch.setattr(signing_in, "provider", lambda _name, _tenant: known)
        yield server


def browser(server: AuthorizationServer, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A browser whose person agrees at once; the addresses that it was opened with."""
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
        threading.Thread(target=urllib.request.urlopen, args=(server.visit(opened[-1]),)).start()
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return opened


def test_signing_in_opens_the_browser_and_ends_by_itself(
    driver: Driver, book: Book, provider: AuthorizationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = browser(provider, monkeypatch)
    one = add(book, auth="oauth", provider="google", client_id="client-1")
    page = section(driver)
    pick(driver, page, one)
    assert page.acts["mail_accounts.sign_in"].isEnabled()
    page.sign_in()
    driver.settle()
    assert len(opened) == 1
    assert not needs_secret(account(book, one))
    assert driver.window.notices.sentence.startswith("Signed in.")


def test_a_code_is_shown_for_another_device(
    driver: Driver, book: Book, provider: AuthorizationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    one = add(book, auth="oauth", provider="microsoft", client_id="client-1")
    page = section(driver)
    pick(driver, page, one)
    page.sign_in()
    shown: SignInDialog = shown_dialog(driver, SignInDialog)
    provider.behaviour.pending = ["authorization_pending"] * 1_000_000
    button(shown, "By a code on another device").click()
    driver.until(lambda: shown.code == "WDJB-MJHT")
    assert shown.address == f"{provider.url}/activate"
    provider.behaviour.pending.clear()
    driver.settle()
    assert not needs_secret(account(book, one))


def test_a_sign_in_is_given_up_by_cancel(
    driver: Driver, book: Book, provider: AuthorizationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    one = add(book, auth="oauth", provider="google", client_id="client-1")
    page = section(driver)
    pick(driver, page, one)
    page.sign_in()
    shown: SignInDialog = shown_dialog(driver, SignInDialog)
    driver.until(lambda: "No browser could be opened" in shown.said)
    assert shown.address.startswith(f"{provider.url}/authorize?")
    shown.reject()
    driver.settle()
    assert needs_secret(account(book, one))


def test_who_sends_is_asked_to_sign_in_first(
    driver: Driver,
    book: Book,
    provider: AuthorizationServer,
    smtp: FaultySmtp,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser(provider, monkeypatch)
    provider.behaviour.access = [TOKEN]
    values = {"auth": "oauth", "provider": "google", "client_id": "client-1", "ca_file": str(authority.root)}
    one = add(book, port=smtp.port, **values)
    client = add_client(book, "ACME")
    number = add_invoice(book, client, TODAY, (1_000, 0))
    stand(book, number, channel="email", state="waiting", address="pay@acme.example", by_hand=True)
    send_now(driver.desk, driver.window)
    driver.settle()
    assert not needs_secret(account(book, one))
    assert [taken.recipients for taken in smtp.taken] == [("pay@acme.example",)]
