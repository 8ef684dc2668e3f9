"""A mail server as somebody set it up, and what it may say to a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Security = Literal["starttls", "tls", "none"]

Reason = Literal[
    "name_unknown",
    "closed_port",
    "unreachable",
    "timeout",
    "dropped",
    "not_mail",
    "busy",
    "unwelcome",
    "no_starttls",
    "tls",
    "certificate_expired",
    "certificate_name",
    "certificate_self_signed",
    "certificate_unknown",
    "ca_file",
    "no_login",
    "no_secret",
    "sign_in",
    "login",
    "login_wanted",
    "limit",
    "sender",
    "address",
    "non_ascii_address",
    "recipients",
    "too_big",
    "folder",
    "message",
]
"""What went wrong, as the program knows it; `trouble.in_words` puts each into a sentence."""


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


class Trouble(Exception):
    """A server cannot be used as it is set up. `permanent` wants a person; the rest mends itself with time."""

    def __init__(self, reason: Reason, answer: Answer, *, permanent: bool) -> None:
        super().__init__(f"{reason}: {answer.code} {answer.text}")
        self.reason = reason
        self.answer = answer
        self.permanent = permanent


class NotSent(Trouble):
    """The message certainly did not go out: the server refused it, or the line broke before its last byte was sent.

    `account` is a fault of the account or the line (login refused, certificate, no connection), which other messages
    would meet as well; `permanent` then wants a person (a password, a setting). Without it, `permanent` is a refusal
    of this very message: trying again is of no use. `refused` names each address that the server did not take.
    """

    def __init__(
        self,
        answer: Answer,
        *,
        permanent: bool,
        account: bool = False,
        reason: Reason = "message",
        refused: tuple[tuple[str, Answer], ...] = (),
    ) -> None:
        super().__init__(reason, answer, permanent=permanent)
        self.account = account
        self.refused = refused


class Unclear(Exception):
    """The message was sent to its last byte, and no answer came: it may have gone out or not."""
