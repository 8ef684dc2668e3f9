"""The way of mails to a server by one account: one line for all, and a fresh token where the old one is spent."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self

from desktop.delivery.mail.message import Mail
from desktop.delivery.mail.oauth import SignInFailed
from desktop.delivery.mail.server import Answer, NotSent, Reason, Secret, Server, Token
from desktop.delivery.mail.smtp import Connection
from desktop.errors import UserError


class AccountPost:
    """A `sent.Post` that asks for the account's secret when the first mail goes; not for several threads at once.

    `spent` is told of a token that the server did not take.
    """

    def __init__(self, server: Server, secret_for: Callable[[], Secret], spent: Callable[[Token], None]) -> None:
        self._server = server
        self._secret_for = secret_for
        self._spent = spent
        self._secret: Secret = None
        self._connection: Connection | None = None
        self._cut = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, mail: Mail) -> Answer:
        """A token that expired since it was fetched is renewed once, before anything of the mail was said."""
        connection = self._connected()
        try:
            return connection.send(mail)
        except NotSent as error:
            if error.reason != "login" or not isinstance(self._secret, Token):
                raise
            self._spent(self._secret)
        return self._connected().send(mail)

    def cut(self) -> None:
        """From another thread: end the line at once, for good; `send` says then what is known of its mail."""
        self._cut = True
        connection = self._connection
        if connection is not None:
            connection.cut()

    def _connected(self) -> Connection:
        # A password is asked for once a line, a token each time: its keeper knows when the next one is due.
        if self._connection is None or isinstance(self._secret, Token):
            secret = self._asked()
            if self._connection is None or secret != self._secret:
                self._close()
                self._secret = secret
                self._connection = Connection(self._server, secret)
                if self._cut:
                    self._connection.cut()
        return self._connection

    def _asked(self) -> Secret:
        if not self._server.user:
            return None
        try:
            secret = self._secret_for()
        except SignInFailed as error:
            reason: Reason = "sign_in" if error.permanent else "unreachable"
            raise NotSent(Answer(0, str(error)), permanent=error.permanent, account=True, reason=reason) from error
        except UserError as error:
            raise NotSent(Answer(0, str(error)), permanent=True, account=True, reason="no_secret") from error
        if secret is None:
            raise NotSent(Answer(0, ""), permanent=True, account=True, reason="no_secret")
        return secret

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
