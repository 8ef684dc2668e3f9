"""A mail server as somebody set it up, and what it may say to a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True)
class Server:
    """Where and how to connect. `verify` checks the certificate, with `ca_file` trusted beside the system's own.

    `user` is empty where no login is wanted.
    """

    host: str
    port: int
    security: Security = "starttls"
    verify: bool = True
    ca_file: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Password:
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """An OAuth 2.0 access token, for SASL XOAUTH2."""

    text: str = field(repr=False)


Secret = Password | Token | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said: its code (250, 451, 550 ...; 0 where it said nothing) and its words."""

    code: int
    text: str


class NotSent(Exception):
    """The message certainly did not go out: the server refused it, or the line broke before its last byte was sent.

    `permanent` is a 5xx of this message: trying again is of no use. `account` is a fault of the account or the line
    (login refused, certificate, no connection), which other messages would meet as well.
    """

    def __init__(self, answer: Answer, *, permanent: bool, account: bool = False) -> None:
        super().__init__(f"{answer.code} {answer.text}")
        self.answer = answer
        self.permanent = permanent
        self.account = account


class Unclear(Exception):
    """The message was sent to its last byte, and no answer came: it may have gone out or not."""
