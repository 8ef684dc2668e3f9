"""Signing in by a code that is typed on any device with a browser (RFC 8628)."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from desktop.delivery.mail.oauth import App, Refused, SignInFailed, Tokens, asked, in_words, tokens_in
from desktop.i18n import _

_BETWEEN_LOOKS: Final = 0.2
_SLOWER: Final = 5


@dataclass(frozen=True, slots=True)
class DeviceCode:
    """A person opens `url` and types `user_code` there within `seconds`; one asks every `interval` seconds."""

    url: str
    user_code: str
    seconds: int
    interval: float
    secret: str = field(repr=False)


def device_code(app: App) -> DeviceCode:
    """SignInFailed; with Google always, which gives devices no access to mail."""
    if not app.provider.device:
        raise SignInFailed(
            _("{provider} does not allow a sign-in by code for mail.").format(provider=app.provider.name),
            _("Sign in by the browser of this computer."),
        )
    try:
        answer = asked(app, app.provider.device, scope=app.provider.scope)
    except Refused as error:
        raise in_words(app, error) from error
    try:
        return DeviceCode(
            url=str(answer.get("verification_uri") or answer["verification_url"]),
            user_code=str(answer["user_code"]),
            seconds=int(answer["expires_in"]),
            interval=float(answer.get("interval", 5)),
            secret=str(answer["device_code"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise SignInFailed(
            _("{provider} gave no code to sign in with.").format(provider=app.provider.name),
            _("Try again in a few minutes."),
            permanent=False,
        ) from error


def device_tokens(app: App, code: DeviceCode, stop: Callable[[], None]) -> Tokens:
    """Wait until the person has typed the code. `stop` is asked several times a second and raises to give up."""
    until = time.monotonic() + code.seconds
    interval = code.interval
    while True:
        _wait(interval, stop)
        try:
            answer = asked(
                app,
                app.provider.token,
                grant_type="urn:ietf:params:oauth:grant-type:device_code",
                device_code=code.secret,
            )
        except Refused as error:
            if error.error == "slow_down":
                interval += _SLOWER
            elif error.error != "authorization_pending":
                raise in_words(app, error) from error
        except SignInFailed as error:
            # A moment without a network is no end: the code still counts.
            if error.permanent or time.monotonic() > until:
                raise
        else:
            return tokens_in(app, answer, first=True)
        if time.monotonic() > until:
            raise in_words(app, Refused("expired_token", ""))


def _wait(seconds: float, stop: Callable[[], None]) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        stop()
        time.sleep(min(left, _BETWEEN_LOOKS))
    stop()
