"""Signing in by a browser and by a code, and renewing tokens, against a strict authorisation server on loopback."""

from __future__ import annotations

import http.client
import socket
import threading
import urllib.parse
from collections.abc import Callable, Iterator
from queue import Queue
from typing import NamedTuple

import pytest

from desktop.delivery.mail.browser_sign_in import BrowserSignIn
from desktop.delivery.mail.device_sign_in import device_code, device_tokens
from desktop.delivery.mail.oauth import App, SignInFailed, Tokens, provider, refreshed
from tests.servers.authorization import AuthorizationServer, authorization_server
from tests.servers.certificates import Authority
from tests.servers.mail_fixtures import authority

__all__ = ["authority"]

ADDRESS = "office@firm.test"


class Stopped(BaseException):
    """The person pressed Cancel."""


class Page(NamedTuple):
    status: int
    text: str
    headers: dict[str, str]


@pytest.fixture
def server(authority: Authority) -> Iterator[AuthorizationServer]:
    with authorization_server(authority) as made:
        yield made


def nothing() -> None:
    """Nobody cancels."""


def opened(url: str) -> Page:
    """What the browser shows at an address of this computer."""
    parts = urllib.parse.urlsplit(url)
    # By name this computer may have another address first; browsers try both.
    line = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=20)
    line.request("GET", (parts.path or "/") + ("?" + parts.query if parts.query else ""))
    answer = line.getresponse()
    page = Page(answer.status, answer.read().decode(), dict(answer.getheaders()))
    line.close()
    return page


def signed_in(app: App, person: Callable[[str], list[Page]], seconds: float = 30) -> tuple[Tokens, list[Page]]:
    """Sign in while the person does what they do with the address."""
    pages: Queue[list[Page]] = Queue()
    with BrowserSignIn(app, ADDRESS) as waiting:
        browser = threading.Thread(target=lambda: pages.put(person(waiting.url)))
        browser.start()
        try:
            tokens = waiting.tokens(nothing, seconds)
        finally:
            browser.join()
    return tokens, pages.get_nowait()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("secret", ["", "GOCSPX-1"])
def test_the_browser_brings_tokens_and_is_told_that_it_may_go(
    server: AuthorizationServer, host: str, secret: str
) -> None:
    server.behaviour.redirect_host, server.behaviour.client_secret = host, secret
    tokens, (page,) = signed_in(server.app(client_secret=secret), lambda url: [opened(server.visit(url))])
    assert tokens.access == "access-1"
    assert tokens.refresh in server.refreshes
    assert tokens.seconds == 3600
    assert page.status == 200
    assert "You can close this window." in page.text
    assert page.headers["Cache-Control"] == "no-store"
    (form,) = server.asked
    assert form["grant_type"] == "authorization_code"


def test_two_sign_ins_share_neither_state_nor_verifier_nor_port(server: AuthorizationServer) -> None:
    with BrowserSignIn(server.app(), ADDRESS) as one, BrowserSignIn(server.app(), ADDRESS) as other:
        first, second = (dict(urllib.parse.parse_qsl(waiting.url)) for waiting in (one, other))
    for name in ("state", "code_challenge", "redirect_uri"):
        assert first[name] != second[name]
    assert first["login_hint"] == ADDRESS


def test_who_does_not_know_the_state_is_turned_away_and_the_person_still_signs_in(server: AuthorizationServer) -> None:
    def person(url: str) -> list[Page]:
        right = server.visit(url)
        base = right.partition("?")[0]
        wrong = [
            opened(f"{base}?code=stolen&state=guessed"),
            opened(f"{base}?code=stolen"),
            opened(f"{base}?error=access_denied&state="),
            opened(base),
            opened(base.rstrip("/") + "/favicon.ico"),
        ]
        return [*wrong, opened(right)]

    tokens, pages = signed_in(server.app(), person)
    assert tokens.access == "access-1"
    assert [page.status for page in pages] == [400, 400, 400, 400, 404, 200]


def test_a_line_that_the_browser_opens_and_does_not_use_holds_nothing_up(server: AuthorizationServer) -> None:
    def person(url: str) -> list[Page]:
        port = urllib.parse.urlsplit(dict(urllib.parse.parse_qsl(url))["redirect_uri"]).port
        with socket.create_connection(("127.0.0.1", port)):
            return [opened(server.visit(url))]

    tokens, (page,) = signed_in(server.app(), person)
    assert (tokens.access, page.status) == ("access-1", 200)


def test_a_refused_consent_is_said(server: AuthorizationServer) -> None:
    server.behaviour.consent = "access_denied"
    with pytest.raises(SignInFailed, match="You did not allow Sheaf to send mail by Example") as caught:
        signed_in(server.app(), lambda url: [opened(server.visit(url))])
    assert caught.value.permanent
    assert not server.asked


def test_an_answer_that_nobody_knows_is_shown_without_its_traces(server: AuthorizationServer) -> None:
    server.behaviour.consent = "strange_error"
    with pytest.raises(SignInFailed, match="refused the sign-in: The person said no") as caught:
        signed_in(server.app(), lambda url: [opened(server.visit(url))])
    assert "Trace" not in str(caught.value)


def test_nobody_signs_in(server: AuthorizationServer) -> None:
    with BrowserSignIn(server.app(), ADDRESS) as waiting, pytest.raises(SignInFailed, match="Nobody signed in"):
        waiting.tokens(nothing, seconds=0.01)


def test_cancel_works_and_gives_the_port_back(server: AuthorizationServer) -> None:
    def stop() -> None:
        raise Stopped

    with BrowserSignIn(server.app(), ADDRESS) as waiting:
        with pytest.raises(Stopped):
            waiting.tokens(stop)
        port = urllib.parse.urlsplit(dict(urllib.parse.parse_qsl(waiting.url))["redirect_uri"]).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_code_that_was_caught_on_its_way_is_worth_nothing(server: AuthorizationServer) -> None:
    """PKCE: another program sees the code, but not the verifier."""
    with BrowserSignIn(server.app(), ADDRESS) as waiting, BrowserSignIn(server.app(), ADDRESS) as thief:
        caught = urllib.parse.urlsplit(server.visit(waiting.url))
        code = dict(urllib.parse.parse_qsl(caught.query))["code"]
        state = dict(urllib.parse.parse_qsl(thief.url))["state"]
        redirect = dict(urllib.parse.parse_qsl(thief.url))["redirect_uri"]
        browser = threading.Thread(target=opened, args=(f"{redirect}?code={code}&state={state}",))
        browser.start()
        with pytest.raises(SignInFailed):
            thief.tokens(nothing, 30)
        browser.join()
    assert not server.refreshes


def test_mail_that_was_not_ticked_is_noticed(server: AuthorizationServer) -> None:
    server.behaviour.granted = "openid email"
    with pytest.raises(SignInFailed, match="did not allow to send mail"):
        signed_in(server.app(), lambda url: [opened(server.visit(url))])


def test_a_sign_in_that_would_last_an_hour_is_refused(server: AuthorizationServer) -> None:
    server.behaviour.gives_refresh = False
    with pytest.raises(SignInFailed, match="for an hour only"):
        signed_in(server.app(), lambda url: [opened(server.visit(url))])


def test_wrong_client_ids_and_missing_secrets(server: AuthorizationServer) -> None:
    with pytest.raises(SignInFailed, match="does not know this client ID"):
        refreshed(server.app(client_id="client-2"), "r")
    server.behaviour.client_secret = "GOCSPX-1"
    with pytest.raises(SignInFailed, match="wants a client secret"):
        refreshed(server.app(), "r")


def test_a_token_is_renewed_and_only_a_new_refresh_token_is_given_back(server: AuthorizationServer) -> None:
    server.refreshes.add("r1")
    assert refreshed(server.app(), "r1").refresh == ""
    server.behaviour.rotates = True
    again = refreshed(server.app(), "r1")
    assert again.refresh in server.refreshes
    assert "r1" not in server.refreshes
    with pytest.raises(SignInFailed, match="does not take the sign-in any more") as caught:
        refreshed(server.app(), "r1")
    assert caught.value.permanent
    assert "Sign in again" in caught.value.remedy


@pytest.mark.parametrize("seconds, meant", [("3599", 3599), (None, 3600), ("soon", 3600)])
def test_how_long_a_token_counts(server: AuthorizationServer, seconds: object, meant: int) -> None:
    server.refreshes.add("r1")
    server.behaviour.seconds = seconds
    assert refreshed(server.app(), "r1").seconds == meant


@pytest.mark.parametrize(
    "status, body, said, permanent",
    [
        (503, b"Service Unavailable", "cannot answer right now", False),
        (429, b"", "cannot answer right now", False),
        (200, b"<html>Welcome to the hotel", "is not its sign-in", False),
        (302, b"", "is not its sign-in", False),
        (200, b'{"access_token": "a", "token_type": "mac"}', "no token that mail could use", True),
        (200, b'["access_token"]', "is not its sign-in", False),
        (400, b'{"error": "temporarily_unavailable"}', "cannot answer right now", False),
        (400, b'{"error": "invalid_scope"}', "has no right to mail", True),
    ],
)
def test_what_else_may_answer(
    server: AuthorizationServer, status: int, body: bytes, said: str, permanent: bool
) -> None:
    server.behaviour.status, server.behaviour.body = status, body
    server.behaviour.location = f"{server.url}/elsewhere" if status == 302 else ""
    with pytest.raises(SignInFailed, match=said) as caught:
        refreshed(server.app(), "r1")
    assert caught.value.permanent is permanent
    assert not server.elsewhere


def test_no_network_is_temporary(server: AuthorizationServer) -> None:
    app = server.app()
    server.close()
    with pytest.raises(SignInFailed, match="cannot be reached") as caught:
        refreshed(app, "r1")
    assert not caught.value.permanent


def test_nothing_is_sent_to_a_server_whose_certificate_is_wrong(authority: Authority) -> None:
    with authorization_server(authority, certificate="elsewhere", names="DNS:elsewhere.test") as server:
        server.refreshes.add("r1")
        with pytest.raises(SignInFailed, match="nothing was sent"):
            refreshed(server.app(), "r1")
        assert not server.asked


def test_a_code_for_another_device(server: AuthorizationServer) -> None:
    server.behaviour.pending = ["authorization_pending", "authorization_pending"]
    code = device_code(server.app())
    assert (code.user_code, code.url) == ("WDJB-MJHT", f"{server.url}/activate")
    tokens = device_tokens(server.app(), code, nothing)
    assert tokens.refresh in server.refreshes
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    "answer, said",
    [("authorization_declined", "did not allow"), ("expired_token", "took too long"), ("access_denied", "did not")],
)
def test_a_code_that_comes_to_nothing(server: AuthorizationServer, answer: str, said: str) -> None:
    server.behaviour.pending = [answer]
    with pytest.raises(SignInFailed, match=said):
        device_tokens(server.app(), device_code(server.app()), nothing)


def test_a_code_ends_with_its_time_and_by_cancel(server: AuthorizationServer) -> None:
    server.behaviour.pending, server.behaviour.device_seconds = ["authorization_pending"] * 9, 0
    with pytest.raises(SignInFailed, match="took too long"):
        device_tokens(server.app(), device_code(server.app()), nothing)

    def stop() -> None:
        raise Stopped

    with pytest.raises(Stopped):
        device_tokens(server.app(), device_code(server.app()), stop)


def test_google_gives_no_code_for_mail() -> None:
    with pytest.raises(SignInFailed, match="Google does not allow a sign-in by code for mail") as caught:
        device_code(App(provider("google"), "client-1"))
    assert "browser" in caught.value.remedy


def test_what_the_providers_are_asked_for() -> None:
    google, microsoft = provider("google"), provider("microsoft", "firm.example")
    assert google.scope == "https://mail.google.com/"
    assert "offline_access" in microsoft.scope.split()
    assert microsoft.token == "https://login.microsoftonline.com/firm.example/oauth2/v2.0/token"
    assert provider("microsoft").token.startswith("https://login.microsoftonline.com/common/")
    assert provider("microsoft", "a/../b").token.startswith("https://login.microsoftonline.com/a%2F..%2Fb/")


def test_no_secret_shows_in_what_may_be_printed() -> None:
    assert "s3cret" not in repr(Tokens("s3cret", "s3cret", 1))
    assert "s3cret" not in repr(App(provider("google"), "client-1", "s3cret"))
