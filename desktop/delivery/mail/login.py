"""Logging in to an SMTP server: with a password, or with the token of an OAuth account."""

from __future__ import annotations

import base64
import re

from desktop.delivery.mail.line import Line
from desktop.delivery.mail.server import Answer, Password, Secret, Token, Trouble

# The server does not know this way of logging in after all.
_UNKNOWN_WAY = (500, 501, 502, 504)
# So many letters begin no other word; fewer than the least are in every sentence.
_SURE = 24
_SHORTEST = 4


def log_in(line: Line, user: str, secret: Secret, offered: str, seconds: float) -> None:
    """Log in by the best of the ways `offered` (the words behind AUTH). Trouble where that is refused, without the
    secret: servers that do not know a command repeat it, and what they say is shown and kept."""
    try:
        _log_in(line, user, secret, offered, seconds)
    except Trouble as error:
        said = Answer(error.answer.code, without_secret(error.answer.text, user, secret))
        raise Trouble(error.reason, said, permanent=error.permanent) from None


def without_secret(text: str, user: str, secret: Secret) -> str:
    """A server's words with dots for what tells the secret."""
    if secret is None:
        return text
    whole = xoauth2(user, secret.text) if isinstance(secret, Token) else _encoded(f"\0{user}\0{secret.text}")
    for told in (whole, _encoded(secret.text), secret.text):
        if len(told) >= _SHORTEST:
            # A long one may come back cut off.
            text = re.sub(re.escape(told[:_SURE]) + r"[\w+/=.~-]*", "…", text)
    return text


def _log_in(line: Line, user: str, secret: Secret, offered: str, seconds: float) -> None:
    ways = offered.upper().split()
    match secret:
        case None:
            raise Trouble("no_secret", Answer(0, ""), permanent=True)
        case Token(text):
            if "XOAUTH2" not in ways:
                raise Trouble("no_login", Answer(0, offered), permanent=True)
            answer = line.ask(f"AUTH XOAUTH2 {xoauth2(user, text)}", seconds)
            if answer.code == 334:
                # The server explains in JSON and refuses only once it was heard.
                why = _decoded(answer.text)
                refused = line.ask("", seconds)
                answer = Answer(refused.code, f"{refused.text} {why}".strip())
        case Password(text):
            answer = _by_password(line, user, text, ways, seconds)
    if answer.code != 235:
        raise Trouble("login", answer, permanent=answer.code // 100 != 4)


def xoauth2(user: str, token: str) -> str:
    """What SASL XOAUTH2 says, in base64."""
    return _encoded(f"user={user}\x01auth=Bearer {token}\x01\x01")


def _by_password(line: Line, user: str, password: str, ways: list[str], seconds: float) -> Answer:
    if not {"PLAIN", "LOGIN"} & set(ways):
        raise Trouble("no_login", Answer(0, " ".join(ways)), permanent=True)
    answer = Answer(504, "")
    if "PLAIN" in ways:
        answer = line.ask("AUTH PLAIN " + _encoded(f"\0{user}\0{password}"), seconds)
    if answer.code in _UNKNOWN_WAY and "LOGIN" in ways:
        answer = line.ask("AUTH LOGIN", seconds)
        if answer.code == 334:
            answer = line.ask(_encoded(user), seconds)
        if answer.code == 334:
            answer = line.ask(_encoded(password), seconds)
    return answer


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text).decode("utf-8", "replace")
    except ValueError:
        return text
