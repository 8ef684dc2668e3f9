"""An authorisation server of the tests' own: it takes nothing that RFC 6749, 7636, 8252 or 8628 do not allow."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import ssl
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from desktop.delivery.mail.oauth import App, Provider
from tests.servers.certificates import Authority

SCOPE = "https://mail.example/send offline_access"
_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


@dataclass
class Behaviour:
    """What it does next; tests set these."""

    client_id: str = "client-1"
    client_secret: str = ""
    redirect_host: str = "127.0.0.1"
    consent: str = "yes"
    granted: str = SCOPE
    gives_refresh: bool = True
    rotates: bool = False
    seconds: object = 3600
    pending: list[str] = field(default_factory=list)
    access: list[str] = field(default_factory=list)
    status: int = 0
    body: bytes = b""
    location: str = ""
    device_seconds: int = 300


class AuthorizationServer:
    """`asked` holds the forms that came to the token endpoint; `refreshes` the refresh tokens that count."""

    def __init__(self, authority: Authority, certificate: str = "provider", **wrong: Any) -> None:
        self.behaviour = Behaviour()
        self.asked: list[dict[str, str]] = []
        self.elsewhere: list[str] = []
        self.refreshes: set[str] = set()
        self.codes: dict[str, dict[str, str]] = {}
        self.devices: set[str] = set()
        made = authority.certificate(certificate, **wrong)
        outer = self

        class Answering(_Answering):
            server_of_tests = outer

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.chain, made.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self._server.server_port}"
        self._root = authority.root
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def app(self, *, client_id: str = "client-1", client_secret: str = "", device: bool = True) -> App:
        provider = Provider(
            name="Example",
            authorize=f"{self.url}/authorize",
            token=f"{self.url}/token",
            device=f"{self.url}/device" if device else "",
            scope=SCOPE,
            needed="mail.example/send",
            redirect_host=self.behaviour.redirect_host,
            extra=(("prompt", "consent"),),
            ca_file=str(self._root),
        )
        return App(provider, client_id, client_secret)

    def visit(self, url: str) -> str:
        """What a browser and its person do with the address: where the server sends them, by its behaviour."""
        assert url.startswith(f"{self.url}/authorize?"), url
        query = _single(urllib.parse.urlsplit(url).query)
        allowed = re.fullmatch(rf"http://{re.escape(self.behaviour.redirect_host)}:\d+/?", query["redirect_uri"])
        assert allowed, query["redirect_uri"]
        assert query["response_type"] == "code"
        assert query["scope"] == SCOPE
        assert query["code_challenge_method"] == "S256"
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", query["code_challenge"])
        assert len(query["state"]) >= 22
        assert query["prompt"] == "consent"
        told = {"state": query["state"]}
        if self.behaviour.consent == "yes":
            code = secrets.token_urlsafe()
            self.codes[code] = query
            told["code"] = code
        else:
            told |= {"error": self.behaviour.consent, "error_description": "The person said no.\r\nTrace ID: 1"}
        return f"{query['redirect_uri']}?{urllib.parse.urlencode(told)}"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if form.get("client_id") != self.behaviour.client_id:
            return 401, {"error": "invalid_client", "error_description": "The OAuth client was not found."}
        if form.get("client_secret", "") != self.behaviour.client_secret:
            return 400, {"error": "invalid_client", "error_description": "client_secret is missing."}
        if path == "/device":
            return self._device(form)
        match form.get("grant_type"):
            case "authorization_code":
                return self._by_code(form)
            case "refresh_token":
                return self._by_refresh(form)
            case grant if grant == _DEVICE_GRANT:
                return self._by_device(form)
        return 400, {"error": "unsupported_grant_type"}

    def _by_code(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        query = self.codes.pop(form["code"], None)
        if query is None:
            return 400, {"error": "invalid_grant", "error_description": "The code was used already."}
        digest = hashlib.sha256(form["code_verifier"].encode("ascii")).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
        good = 43 <= len(form["code_verifier"]) <= 128 and challenge == query["code_challenge"]
        if not good or form["redirect_uri"] != query["redirect_uri"]:
            return 400, {"error": "invalid_grant", "error_description": "The verifier does not match."}
        return self._tokens()

    def _by_refresh(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if form["refresh_token"] not in self.refreshes:
            return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}
        if self.behaviour.rotates:
            self.refreshes.discard(form["refresh_token"])
            return self._tokens()
        status, answer = self._tokens()
        answer.pop("refresh_token", None)
        return status, answer

    def _device(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        assert form["scope"] == SCOPE
        code = secrets.token_urlsafe()
        self.devices.add(code)
        return 200, {
            "device_code": code,
            "user_code": "WDJB-MJHT",
            "verification_uri": f"{self.url}/activate",
            "expires_in": self.behaviour.device_seconds,
            "interval": 0,
        }

    def _by_device(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if form["device_code"] not in self.devices:
            return 400, {"error": "bad_verification_code"}
        if self.behaviour.pending:
            return 400, {"error": self.behaviour.pending.pop(0)}
        self.devices.discard(form["device_code"])
        return self._tokens()

    def _tokens(self) -> tuple[int, dict[str, Any]]:
        answer: dict[str, Any] = {
            "access_token": self.behaviour.access.pop(0) if self.behaviour.access else f"access-{len(self.asked)}",
            "token_type": "Bearer",
            "expires_in": self.behaviour.seconds,
            "scope": self.behaviour.granted,
        }
        if self.behaviour.gives_refresh:
            answer["refresh_token"] = secrets.token_urlsafe()
            self.refreshes.add(answer["refresh_token"])
        return 200, answer


class _Answering(BaseHTTPRequestHandler):
    server_of_tests: AuthorizationServer
    timeout = 10

    def do_POST(self) -> None:
        server = self.server_of_tests
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        form = _single(self.rfile.read(int(self.headers["Content-Length"])).decode("ascii"))
        server.asked.append(form)
        behaviour = server.behaviour
        if behaviour.status:
            self._say(behaviour.status, behaviour.body)
            return
        status, answer = server.answer(self.path, form)
        self._say(status, json.dumps(answer).encode())

    def do_GET(self) -> None:
        self.server_of_tests.elsewhere.append(self.path)
        self._say(404, b"")

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if self.server_of_tests.behaviour.location:
            self.send_header("Location", self.server_of_tests.behaviour.location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told: Any) -> None:
        """Quiet, as tests are."""


def _single(text: str) -> dict[str, str]:
    """A form whose every name comes once, as RFC 6749 section 3.1 wants it."""
    pairs = urllib.parse.parse_qsl(text, keep_blank_values=True, strict_parsing=True)
    assert len({name for name, _value in pairs}) == len(pairs), text
    return dict(pairs)


@contextmanager
def authorization_server(authority: Authority, **wrong: Any) -> Iterator[AuthorizationServer]:
    server = AuthorizationServer(authority, **wrong)
    try:
        yield server
    finally:
        server.close()
