"""E-mail accounts: what is kept of them, which one counts for whom, and how mails go by them."""

from __future__ import annotations

import sqlite3
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop import secrets
from desktop.delivery.mail.server import NotSent, Password, Token
from desktop.errors import UserError
from desktop.services.changes import changes, undo
from desktop.services.delivery.mail import signing_in
from desktop.services.delivery.mail.accounts import (
    account,
    account_named,
    accounts,
    delete_account,
    give_secret,
    make_default,
    post_for,
    save_account,
    server_of,
)
from desktop.services.delivery.mail.halting import halt, halts
from desktop.services.delivery.mail.sent import Problem
from desktop.services.delivery.mail.signing_in import (
    CLIENT_SECRET,
    IMAP,
    REFRESH,
    imap_secret_of,
    keep_secret,
    needs_secret,
    put_secrets_aside,
    secret_of,
    sign_in,
    sign_in_elsewhere,
)
from desktop.services.problems import ValidationError
from desktop.services.segments import save_segment
from tests.books import new_book
from tests.contracts import Contracts, value
from tests.servers.authorization import AuthorizationServer, authorization_server
from tests.servers.certificates import Authority, Certificate
from tests.servers.faulty_smtp import PASSWORD, TOKEN, USER, faulty_smtp
from tests.servers.mail_fixtures import authority, certificate, letter

__all__ = ["authority", "certificate"]

ANNE = "Anne"
NOW = "2026-11-22T11:00:00Z"
OFFICE: dict[str, Any] = {"name": "Office", "sender": USER, "host": "localhost", "port": 587, "user": USER}
OAUTH: dict[str, Any] = OFFICE | {"auth": "oauth", "provider": "google", "client_id": "client-1"}


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture(autouse=True)
def _nothing_held() -> Iterator[None]:
    yield
    secrets._held.clear()
    signing_in._tokens.clear()


def sent_by(book: Book, account_id: int) -> int:
    """A segment whose mails go by this account."""
    return save_segment(book, {"name": "Projects", "mail_account_id": account_id}, actor=ANNE)


def account_of(book: Book, segment: int) -> int | None:
    found: int | None = value(book, "SELECT mail_account_id FROM segment WHERE id = ?", segment)
    return found


def test_an_account_is_added_changed_and_found_by_name_or_address(book: Book) -> None:
    first = save_account(book, OFFICE, actor=ANNE)
    save_account(book, {"per_day": 500, "copy_to": " a@firm.test;b@firm.test "}, actor=ANNE, account_id=first)
    one = account(book, first)
    assert (one["per_day"], one["copy_to"], one["host"]) == (500, "a@firm.test, b@firm.test", "localhost")
    assert account_named(book, "OFFICE")["id"] == account_named(book, USER)["id"] == first
    with pytest.raises(UserError, match="no e-mail account “Other”"):
        account_named(book, "Other")


def test_an_account_without_a_name_is_called_by_its_address(book: Book) -> None:
    one = account(book, save_account(book, OFFICE | {"name": ""}, actor=ANNE))
    assert one["name"] == USER


@pytest.mark.parametrize(
    "wrong, field",
    [
        ({"sender": ""}, "sender"),
        ({"sender": "office"}, "sender"),
        ({"sender": "office@firm.test\nBcc: all@firm.test"}, "sender"),
        ({"reply_to": "a@b.test, c@d.test"}, "reply_to"),
        ({"copy_to": "a@b.test, c"}, "copy_to"),
        ({"host": ""}, "host"),
        ({"host": "https://mail.firm.test/"}, "host"),
        ({"host": "mail firm"}, "host"),
        ({"imap_host": "imap.firm.test:993"}, "imap_host"),
        ({"port": 0}, "port"),
        ({"port": 65536}, "port"),
        ({"security": "ssl"}, "security"),
        ({"auth": "kerberos"}, "auth"),
        ({"per_day": -1}, "per_day"),
        ({"auth": "oauth", "client_id": "c"}, "provider"),
        ({"auth": "oauth", "provider": "google"}, "client_id"),
        ({"auth": "oauth", "provider": "google", "client_id": "c", "security": "none"}, "security"),
    ],
)
def test_what_cannot_send_is_refused_at_its_field(book: Book, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        save_account(book, OFFICE | wrong, actor=ANNE)
    assert list(caught.value.fields) == [field]
    assert accounts(book) == []


@pytest.mark.parametrize("host", ["localhost", "192.0.2.1", "2001:db8::1", "bücher.example"])
def test_servers_may_be_names_or_addresses(book: Book, host: str) -> None:
    assert account(book, save_account(book, OFFICE | {"host": host}, actor=ANNE))["host"] == host


def test_a_change_looks_at_the_account_whole(book: Book) -> None:
    one = save_account(book, OAUTH, actor=ANNE)
    with pytest.raises(ValidationError) as caught:
        save_account(book, {"security": "none"}, actor=ANNE, account_id=one)
    assert "security" in caught.value.fields


def test_the_first_account_is_the_default_until_another_is_put_first(book: Book) -> None:
    one, two, three = (save_account(book, OFFICE | {"name": name}, actor=ANNE) for name in "ABC")
    assert [row["id"] for row in accounts(book)] == [one, two, three]
    make_default(book, three, actor=ANNE)
    make_default(book, two, actor=ANNE)
    assert [(row["id"], row["default"]) for row in accounts(book)] == [(two, True), (three, False), (one, False)]
    undo(book, ANNE)
    assert accounts(book)[0]["id"] == three


def test_a_deleted_account_comes_back_with_its_segments_and_its_password(book: Book) -> None:
    one = save_account(book, OFFICE, actor=ANNE)
    segment = sent_by(book, one)
    give_secret(book, one, "s3cret")
    before = account(book, one)
    delete_account(book, one, actor=ANNE)
    put_secrets_aside(before)
    assert accounts(book) == []
    assert account_of(book, segment) is None
    undo(book, ANNE)
    assert account(book, one) == before
    assert account_of(book, segment) == one
    assert secret_of(account(book, one)) == Password("s3cret")


def test_an_account_that_sent_is_put_away_so_that_what_was_sent_names_it(book: Book) -> None:
    one = save_account(book, OFFICE, actor=ANNE)
    client = Contracts(book).client()
    with book.writing() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO mailing (message_id, account_id, client_id, sender, reply_to, recipients, subject, text, html,"
            " attachments, digest, size, receipt, draft, state, tries, answer, made_at)"
            " VALUES ('<1@firm.test>', ?, ?, ?, '', '{}', '', '', '', '[]', '', 0, 0, 0, 'sent', 1, '', ?)",
            (one, client, USER, NOW),
        )
    delete_account(book, one, actor=ANNE)
    assert accounts(book) == []
    assert account(book, one)["sender"] == USER
    undo(book, ANNE)
    assert [row["id"] for row in accounts(book)] == [one]


def test_a_secret_stands_nowhere_in_the_book(book: Book, tmp_path: Path) -> None:
    one = save_account(book, OAUTH, actor=ANNE)
    for purpose in signing_in.PURPOSES:
        give_secret(book, one, "wonderfully-secret", purpose)
    save_account(book, {"name": "Bureau"}, actor=ANNE, account_id=one)
    assert changes(book)[0].summary == "Change e-mail account Office"
    book.close()
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    for path in kept:
        assert b"wonderfully-secret" not in path.read_bytes()
    with sqlite3.connect(tmp_path / "Harbour.sheaf") as raw:
        assert raw.execute("SELECT count(*) FROM mail_account").fetchone() == (1,)


def test_the_inbox_opens_with_its_own_password_else_with_that_of_sending(book: Book) -> None:
    one = account(book, save_account(book, OFFICE, actor=ANNE))
    assert needs_secret(one)
    keep_secret(one, "send")
    assert not needs_secret(one)
    assert imap_secret_of(one) == Password("send")
    keep_secret(one, "read", IMAP)
    assert imap_secret_of(one) == Password("read")
    assert secret_of(one) == Password("send")


def test_a_new_password_lets_a_stopped_account_send_again(book: Book) -> None:
    one = save_account(book, OFFICE, actor=ANNE)
    for mend in (
        lambda: give_secret(book, one, "right"),
        lambda: save_account(book, {"port": 465}, actor=ANNE, account_id=one),
    ):
        with book.writing() as session:
            halt(session.connection(), Problem(one, "Refused.", ""), now=NOW, wants_person=True)
        mend()
        with book.reading() as session:
            assert halts(session.connection()) == {}


def by_password(book: Book, port: int, certificate_of: Authority | None = None, **more: Any) -> int:
    values = OFFICE | {"port": port, "security": "starttls" if certificate_of else "none"} | more
    if certificate_of:
        values["ca_file"] = str(certificate_of.root)
    return save_account(book, values, actor=ANNE)


def test_mails_go_by_an_account_over_one_line(book: Book, authority: Authority, certificate: Certificate) -> None:
    with faulty_smtp(certificate=certificate) as server:
        one = by_password(book, server.port, authority)
        give_secret(book, one, PASSWORD)
        with post_for(book)(one) as post:
            assert [post.send(letter()).code for _number in range(3)] == [250, 250, 250]
        assert (len(server.taken), server.connections) == (3, 1)


def test_the_password_is_asked_once_a_line(book: Book) -> None:
    asked = []

    def secret_for(one: dict[str, Any]) -> Password:
        asked.append(one["name"])
        return Password(PASSWORD)

    with faulty_smtp() as server:
        one = by_password(book, server.port)
        with post_for(book, secret_for)(one) as post:
            assert asked == []
            post.send(letter())
            post.send(letter())
    assert asked == ["Office"]


def test_without_a_login_nothing_is_asked(book: Book) -> None:
    with faulty_smtp(offers=()) as server:
        one = by_password(book, server.port, auth="none")
        assert server_of(account(book, one)).user == ""
        with post_for(book)(one) as post:
            post.send(letter())
        assert len(server.taken) == 1


def test_without_a_password_nobody_connects(book: Book) -> None:
    with faulty_smtp() as server:
        one = by_password(book, server.port)
        with post_for(book, lambda _one: None)(one) as post, pytest.raises(NotSent) as caught:
            post.send(letter())
        with post_for(book)(one) as post, pytest.raises(NotSent) as locked:
            post.send(letter())
        assert server.connections == 0
    for error in (caught.value, locked.value):
        assert (error.reason, error.account, error.permanent) == ("no_secret", True, True)
    assert "keyring" in locked.value.answer.text


@pytest.fixture
def google(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[AuthorizationServer]:
    """The test's own server in place of Google's; all else is as it is."""
    with authorization_server(authority) as server:
        provider = server.app().provider
        monkeypatch.setattr(signing_in, "provider", lambda _name, _tenant: provider)
        yield server


def signed_in(book: Book, google: AuthorizationServer, port: int, authority: Authority) -> int:
    one = by_password(book, port, authority, auth="oauth", provider="google", client_id="client-1")
    google.refreshes.add("r1")
    keep_secret(account(book, one), "r1", REFRESH)
    return one


def test_a_token_is_fetched_once_and_used_for_all_mails(
    book: Book, google: AuthorizationServer, authority: Authority, certificate: Certificate
) -> None:
    google.behaviour.access = [TOKEN]
    with faulty_smtp(certificate=certificate) as server:
        one = signed_in(book, google, server.port, authority)
        for _line in range(2):
            with post_for(book)(one) as post:
                post.send(letter())
                post.send(letter())
        assert (len(server.taken), server.connections) == (4, 2)
    assert [form["grant_type"] for form in google.asked] == ["refresh_token"]


def test_a_token_that_the_server_refuses_is_renewed_once(
    book: Book, google: AuthorizationServer, authority: Authority, certificate: Certificate
) -> None:
    google.behaviour.access = ["spent", TOKEN, "wrong", "wrong again"]
    with faulty_smtp(certificate=certificate) as server:
        one = signed_in(book, google, server.port, authority)
        with post_for(book)(one) as post:
            post.send(letter())
        assert len(server.taken) == 1
        signing_in._tokens.clear()
        with post_for(book)(one) as post, pytest.raises(NotSent) as caught:
            post.send(letter())
        assert (caught.value.reason, len(server.taken), len(google.asked)) == ("login", 1, 4)


def test_a_token_about_to_end_is_renewed_between_two_mails(
    book: Book, google: AuthorizationServer, authority: Authority, certificate: Certificate
) -> None:
    google.behaviour.access, google.behaviour.seconds = [TOKEN, TOKEN], 60
    with faulty_smtp(certificate=certificate) as server:
        one = signed_in(book, google, server.port, authority)
        with post_for(book)(one) as post:
            post.send(letter())
            post.send(letter())
        assert (len(server.taken), len(google.asked)) == (2, 2)


def test_a_rotated_refresh_token_takes_the_old_one_s_place(book: Book, google: AuthorizationServer) -> None:
    one = account(book, save_account(book, OAUTH, actor=ANNE))
    google.refreshes.add("r1")
    google.behaviour.rotates = True
    keep_secret(one, "r1", REFRESH)
    for _turn in range(2):
        secret_of(one)
        signing_in._tokens.clear()
    assert len(google.asked) == 2
    (left,) = google.refreshes
    assert secrets.read(f"{one['uid']}/refresh") == left


def test_who_is_signed_out_hears_it_and_no_network_is_temporary(
    book: Book, google: AuthorizationServer, authority: Authority, certificate: Certificate
) -> None:
    with faulty_smtp(certificate=certificate) as server:
        one = signed_in(book, google, server.port, authority)
        google.refreshes.clear()
        with post_for(book)(one) as post, pytest.raises(NotSent) as out:
            post.send(letter())
        google.behaviour.status = 503
        with post_for(book)(one) as post, pytest.raises(NotSent) as away:
            post.send(letter())
        assert server.connections == 0
    assert (out.value.reason, out.value.permanent, out.value.account) == ("sign_in", True, True)
    assert "Sign in again" in out.value.answer.text
    assert (away.value.permanent, away.value.account) == (False, True)


def test_signing_in_by_the_browser_is_remembered(book: Book, google: AuthorizationServer) -> None:
    google.behaviour.client_secret = "GOCSPX-1"
    one = account(book, save_account(book, OAUTH, actor=ANNE))
    keep_secret(one, "GOCSPX-1", CLIENT_SECRET)
    assert needs_secret(one)
    browsers: list[threading.Thread] = []

    def show(url: str, _code: str) -> None:
        browsers.append(threading.Thread(target=urllib.request.urlopen, args=(google.visit(url),)))
        browsers[0].start()

    assert not sign_in(one, show, stop=lambda: None)
    browsers[0].join()
    assert not needs_secret(one)
    assert secret_of(one) == Token("access-1")


def test_signing_in_by_a_code_is_remembered(book: Book, google: AuthorizationServer) -> None:
    one = account(book, save_account(book, OAUTH, actor=ANNE))
    shown: list[str] = []
    sign_in_elsewhere(one, lambda _url, code: shown.append(code), stop=lambda: None)
    assert shown == ["WDJB-MJHT"]
    assert secret_of(one) == Token("access-2")


def test_nobody_signed_in_yet(book: Book) -> None:
    one = account(book, save_account(book, OAUTH, actor=ANNE))
    secrets.hold(f"{one['uid']}/refresh", "")
    with pytest.raises(UserError, match="Nobody has signed in to Office yet"):
        secret_of(one)
