"""The secrets of e-mail accounts: passwords, the tokens of those who sign in with Google or Microsoft, and how to get
them."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from desktop import secrets
from desktop.delivery.mail.browser_sign_in import BrowserSignIn
from desktop.delivery.mail.device_sign_in import device_code, device_tokens
from desktop.delivery.mail.oauth import App, SignInFailed, Tokens, provider, refreshed
from desktop.delivery.mail.server import Password, Secret, Token
from desktop.i18n import _
from desktop.services.records import Record

PASSWORD: Final = "password"
IMAP: Final = "imap"
REFRESH: Final = "refresh"
CLIENT_SECRET: Final = "client-secret"
PURPOSES: Final = (PASSWORD, IMAP, REFRESH, CLIENT_SECRET)

SecretFor = Callable[[Record], Secret]
"""What an account logs in with; UserError where it cannot be had."""
Show = Callable[[str, str], None]
"""Is given the address that a person opens, and the code to type there; the code is empty where none is wanted."""

# A token that ends within this many seconds may end before the server has read it.
_MARGIN: Final = 120

# By account: the token, and until when it counts on the monotonic clock.
_tokens: dict[str, tuple[Token, float]] = {}


def secret_name(account: Record, purpose: str) -> str:
    """What a secret is called in the keyring."""
    return f"{account['uid']}/{purpose}"


def keep_secret(account: Record, text: str, purpose: str = PASSWORD) -> bool:
    """Keep a secret in the keyring; without one it is held until the program ends. Whether it is kept."""
    _tokens.pop(account["uid"], None)
    return secrets.keep_or_hold(secret_name(account, purpose), text)


def put_secrets_aside(account: Record) -> None:
    """Take all of an account's secrets out of the keyring; an undo finds them while the program runs."""
    _tokens.pop(account["uid"], None)
    for purpose in PURPOSES:
        secrets.set_aside(secret_name(account, purpose))


def needs_secret(account: Record) -> bool:
    """Whether somebody has to type a password or sign in before mails can go by it. May take a moment."""
    if account["auth"] == "none":
        return False
    return not secrets.known(secret_name(account, REFRESH if account["auth"] == "oauth" else PASSWORD))


def secret_of(account: Record) -> Secret:
    """What an account logs in with. None where nobody gave it one, NoKeyring where it cannot be looked up.

    SignInFailed where a token cannot be had; it may ask the provider for one.
    """
    if account["auth"] == "none":
        return None
    if account["auth"] == "oauth":
        return _token(account)
    found = secrets.read(secret_name(account, PASSWORD))
    return Password(found) if found else None


def typed_password(text: str) -> SecretFor:
    """This password for every account and inbox that wants one; who signs in does so as ever."""
    return lambda account: secret_of(account) if account["auth"] == "oauth" else Password(text)


def typed_purpose(account: Record) -> str:
    """What a password is for that somebody types to open the account's inbox: mails may go without a login."""
    return IMAP if account["auth"] == "none" else PASSWORD


def imap_secret_of(account: Record) -> Secret:
    """What its inbox is opened with: a password of its own, else what mails are sent with."""
    if account["auth"] != "oauth":
        found = secrets.known(secret_name(account, IMAP))
        if found:
            return Password(found)
    return secret_of(account)


def spent(account: Record, token: Token) -> None:
    """A server did not take this token: the next one is fetched anew."""
    if account["uid"] in _tokens and _tokens[account["uid"]][0] == token:
        del _tokens[account["uid"]]


def app_of(account: Record) -> App:
    """The user's own registration with the provider."""
    return App(
        provider=provider(account["provider"], account["tenant"]),
        client_id=account["client_id"],
        client_secret=secrets.known(secret_name(account, CLIENT_SECRET)) or "",
    )


def sign_in(account: Record, show: Show, *, stop: Callable[[], None]) -> bool:
    """Sign in by a browser on this computer; `show` is given the address to open, `stop` raises to give up.

    Whether it is kept in the keyring. SignInFailed.
    """
    with BrowserSignIn(app_of(account), account["user"] or account["sender"]) as waiting:
        show(waiting.url, "")
        return _signed_in(account, waiting.tokens(stop))


def sign_in_elsewhere(account: Record, show: Show, *, stop: Callable[[], None]) -> bool:
    """As `sign_in`, with a code that is typed on any other device (RFC 8628)."""
    app = app_of(account)
    code = device_code(app)
    show(code.url, code.user_code)
    return _signed_in(account, device_tokens(app, code, stop))


def _signed_in(account: Record, tokens: Tokens) -> bool:
    kept = secrets.keep_or_hold(secret_name(account, REFRESH), tokens.refresh)
    _remember(account, tokens)
    return kept


def _token(account: Record) -> Token | None:
    token, until = _tokens.get(account["uid"], (None, 0.0))
    if token is not None and time.monotonic() < until:
        return token
    refresh = secrets.read(secret_name(account, REFRESH))
    if not refresh:
        raise SignInFailed(
            _("Nobody has signed in to {account} yet.").format(account=account["name"]),
            _("Choose “Sign in” in the settings, under E-mail accounts."),
        )
    tokens = refreshed(app_of(account), refresh)
    if tokens.refresh and tokens.refresh != refresh:
        # Microsoft gives a new one each time, and the old one ends.
        secrets.keep_or_hold(secret_name(account, REFRESH), tokens.refresh)
    return _remember(account, tokens)


def _remember(account: Record, tokens: Tokens) -> Token:
    token = Token(tokens.access)
    _tokens[account["uid"]] = (token, time.monotonic() + tokens.seconds - _MARGIN)
    return token
