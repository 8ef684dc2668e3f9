"""Signing in by the browser of this computer: it comes back to a port of this computer with a code (RFC 8252)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self

from desktop.delivery.mail.oauth import App, Refused, SignInFailed, Tokens, asked, in_words, tokens_in
from desktop.i18n import _

_BETWEEN_LOOKS: Final = 0.2
_PAGE: Final = (
    '<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">'
    "<title>Sheaf</title></head>"
    '<body style="font-family:system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em">'
    "<h1>{title}</h1><p>{text}</p></body></html>"
)


class BrowserSignIn:
    """Waits for the browser: open `url` there, then ask for the tokens. Give it back by `with`."""

    def __init__(self, app: App, address: str) -> None:
        """`address` is whose account the provider offers first."""
        self._app = app
        self._verifier = secrets.token_urlsafe(64)
        self._state = secrets.token_urlsafe(32)
        try:
            self._server = _Server(self._state)
        except OSError as error:
            raise SignInFailed(
                _("No port of this computer is free for the browser to come back to."),
                _("See whether a firewall forbids programs to listen on this computer itself."),
            ) from error
        self._redirect = f"http://{app.provider.redirect_host}:{self._server.server_port}"
        if app.provider.redirect_host != "localhost":
            self._redirect += "/"
        challenge = base64.urlsafe_b64encode(hashlib.sha256(self._verifier.encode("ascii")).digest()).rstrip(b"=")
        query = {
            "client_id": app.client_id,
            "response_type": "code",
            "redirect_uri": self._redirect,
            "scope": app.provider.scope,
            "state": self._state,
            "code_challenge": challenge.decode("ascii"),
            "code_challenge_method": "S256",
            "login_hint": address,
            **dict(app.provider.extra),
        }
        self.url = f"{app.provider.authorize}?{urllib.parse.urlencode(query)}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.server_close()

    def tokens(self, stop: Callable[[], None], seconds: float = 300) -> Tokens:
        """Wait so long for the person. `stop` is asked several times a second and raises to give up. SignInFailed."""
        until = time.monotonic() + seconds
        while self._server.came is None:
            stop()
            if time.monotonic() > until:
                raise SignInFailed(
                    _("Nobody signed in within {minutes} minutes.").format(minutes=round(seconds / 60)),
                    _("Start again. If the browser showed an error, see whether the client ID is right."),
                )
            self._server.handle_request()
        came = self._server.came
        try:
            if "code" not in came:
                raise Refused(came.get("error", ""), came.get("error_description", ""))
            answer = asked(
                self._app,
                self._app.provider.token,
                grant_type="authorization_code",
                code=came["code"],
                redirect_uri=self._redirect,
                code_verifier=self._verifier,
            )
        except Refused as error:
            raise in_words(self._app, error) from error
        return tokens_in(self._app, answer, first=True)


class _Server(ThreadingHTTPServer):
    """A browser opens lines that it does not use at once, so each has a thread of its own."""

    daemon_threads = True
    # On Windows two programs could otherwise listen on one port, and the other would get the code.
    allow_reuse_address = False
    timeout = _BETWEEN_LOOKS

    def __init__(self, state: str) -> None:
        self.state = state
        self.came: dict[str, str] | None = None
        super().__init__(("127.0.0.1", 0), _Answering)

    def server_bind(self) -> None:
        # The inherited one asks for the name of this computer, which may take long and which nobody needs.
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up is no error."""


class _Answering(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10

    def do_GET(self) -> None:
        parts = urllib.parse.urlsplit(self.path)
        if parts.path not in ("", "/"):
            self._say(404, _("Nothing is here"), "")
            return
        came = dict(urllib.parse.parse_qsl(parts.query))
        # Who does not know the state was not sent by the page that was opened.
        mine = hmac.compare_digest(came.get("state", "").encode(), self.server.state.encode())
        if not mine or not ("code" in came or "error" in came):
            self._say(400, _("This is not the sign-in that Sheaf waits for"), _("Start it again in Sheaf."))
            return
        if "code" in came:
            self._say(200, _("Back to Sheaf"), _("You can close this window."))
        else:
            self._say(200, _("Not signed in"), _("Sheaf says what to do. You can close this window."))
        if self.server.came is None:
            self.server.came = came

    def _say(self, code: int, title: str, text: str) -> None:
        body = _PAGE.format(title=title, text=text).encode()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_told: Any) -> None:
        """Its lines would hold the code."""
