"""OAuth 2.0 with Google and Microsoft, with the user's own registration: what is asked of them and what they answer.

RFC 6749 (tokens), RFC 7636 (PKCE), RFC 8252 (programs on a person's computer), RFC 8628 (devices).
"""

from __future__ import annotations

import http.client
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any, Final

from desktop.errors import UserError
from desktop.i18n import _

_SECONDS: Final = 30
_LONGEST: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Provider:
    """Where one signs in. `scope` is what mail needs, of which `needed` must be granted.

    `redirect_host` is how the provider wants this computer named. `ca_file` is trusted beside the system's own.
    """

    name: str
    authorize: str
    token: str
    device: str
    scope: str
    needed: str
    redirect_host: str
    extra: tuple[tuple[str, str], ...] = ()
    ca_file: str = ""


@dataclass(frozen=True, slots=True)
class App:
    """A registration with a provider. Google gives one for the desktop a secret that is none, and wants it all the
    same; one with Microsoft has none."""

    provider: Provider
    client_id: str
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """`access` counts for so many `seconds`; `refresh` is empty where no new one was given."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    seconds: int


class SignInFailed(UserError):
    """No token can be had. `permanent` wants a person; the rest mends itself with time."""

    def __init__(self, message: str, remedy: str = "", *, permanent: bool = True) -> None:
        super().__init__(message, remedy)
        self.permanent = permanent


class Refused(Exception):
    """The provider said no, by the words of RFC 6749 section 5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


def provider(name: str, tenant: str = "") -> Provider:
    """`google`, or `microsoft` with the tenant whose people may sign in; without one anybody may."""
    if name == "google":
        return Provider(
            name="Google",
            authorize="https://accounts.google.com/o/oauth2/v2/auth",
            token="https://oauth2.googleapis.com/token",
            # Google gives devices that have no browser no access to mail.
            device="",
            scope="https://mail.google.com/",
            needed="https://mail.google.com/",
            redirect_host="127.0.0.1",
            # Without these a second sign-in brings no refresh token.
            extra=(("access_type", "offline"), ("prompt", "consent")),
        )
    if name == "microsoft":
        base = f"https://login.microsoftonline.com/{urllib.parse.quote(tenant or 'common', safe='')}/oauth2/v2.0"
        return Provider(
            name="Microsoft",
            authorize=f"{base}/authorize",
            token=f"{base}/token",
            device=f"{base}/devicecode",
            scope="https://outlook.office.com/SMTP.Send https://outlook.office.com/IMAP.AccessAsUser.All"
            " offline_access",
            needed="SMTP.Send",
            # Its registrations take any port with this name alone.
            redirect_host="localhost",
        )
    raise ValueError(f"no provider {name!r}")


def refreshed(app: App, refresh: str) -> Tokens:
    """A new access token for a kept refresh token. SignInFailed."""
    try:
        answer = asked(app, app.provider.token, grant_type="refresh_token", refresh_token=refresh)
    except Refused as error:
        if error.error in ("invalid_grant", "interaction_required", "consent_required", "login_required"):
            raise SignInFailed(
                _(
                    "{provider} does not take the sign-in any more: it was withdrawn, the password was changed, "
                    "or it was not used for long."
                ).format(provider=app.provider.name),
                _("Sign in again in the settings, under E-mail accounts."),
            ) from error
        raise in_words(app, error) from error
    return tokens_in(app, answer)


def asked(app: App, url: str, **values: str) -> dict[str, Any]:
    """Post a form as the app and read the JSON that comes back. Refused, SignInFailed."""
    values["client_id"] = app.client_id
    if app.client_secret:
        values["client_secret"] = app.client_secret
    request = urllib.request.Request(
        url,
        data=urllib.parse.urlencode(values).encode("ascii"),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
    )
    status, body = _posted(app.provider, request)
    answer = _object(body)
    if status == 200 and answer is not None:
        return answer
    if answer is not None and isinstance(answer.get("error"), str):
        raise Refused(answer["error"], str(answer.get("error_description") or ""))
    name = app.provider.name
    if status >= 500 or status == 429:
        raise SignInFailed(
            _("{provider} cannot answer right now ({code}).").format(provider=name, code=status),
            _("Try again in a few minutes."),
            permanent=False,
        )
    raise SignInFailed(
        _("What answered in place of {provider} is not its sign-in ({code}).").format(provider=name, code=status),
        _("See whether this network wants you to sign in first, as those of hotels do."),
        permanent=False,
    )


def tokens_in(app: App, answer: dict[str, Any], *, first: bool = False) -> Tokens:
    """The tokens of an answer; the `first` must bring a refresh token. SignInFailed."""
    name = app.provider.name
    access, refresh = answer.get("access_token"), answer.get("refresh_token", "")
    if not isinstance(access, str) or not access or str(answer.get("token_type", "")).lower() != "bearer":
        raise SignInFailed(_("{provider} gave no token that mail could use.").format(provider=name))
    granted = answer.get("scope")
    if isinstance(granted, str) and app.provider.needed.lower() not in granted.lower():
        raise SignInFailed(
            _("You signed in with {provider}, but did not allow to send mail.").format(provider=name),
            _("Sign in again and tick the box for mail."),
        )
    if first and not (isinstance(refresh, str) and refresh):
        raise SignInFailed(
            _("{provider} allowed mail for an hour only.").format(provider=name),
            _("See that your registration may have access while you are away (offline_access), then sign in again."),
        )
    seconds = str(answer.get("expires_in"))
    return Tokens(access, str(refresh or ""), int(seconds) if seconds.isdecimal() else 3600)


def in_words(app: App, error: Refused) -> SignInFailed:
    """What a refusal means, and what to do."""
    name, said = app.provider.name, _one_line(error.description)
    match error.error:
        case "access_denied" | "authorization_declined" | "consent_required":
            return SignInFailed(
                _("You did not allow Sheaf to send mail by {provider}.").format(provider=name),
                _("Sign in again and agree; in a company its administrator may have to."),
            )
        case "invalid_client" if "AADSTS7000218" in said or "secret is missing" in said:
            return SignInFailed(
                _("{provider} wants a client secret, or a registration for the desktop.").format(provider=name),
                _("With Google enter the client secret. With Microsoft allow public client flows in the registration."),
            )
        case "invalid_client" | "unauthorized_client":
            return SignInFailed(
                _("{provider} does not know this client ID.").format(provider=name),
                _("Copy it again from your registration, without blanks; see that it is one for the desktop."),
            )
        case "redirect_uri_mismatch":
            return SignInFailed(
                _("The registration with {provider} does not allow a sign-in from this computer.").format(
                    provider=name
                ),
                _("Register the program as one for the desktop, with the address http://localhost."),
            )
        case "invalid_scope":
            return SignInFailed(
                _("The registration with {provider} has no right to mail.").format(provider=name),
                _("Add the right to send and read mail to it."),
            )
        case "invalid_grant" | "expired_token" | "bad_verification_code" | "code_expired":
            return SignInFailed(
                _("The sign-in with {provider} took too long.").format(provider=name), _("Start it again.")
            )
        case "temporarily_unavailable" | "server_error":
            return SignInFailed(
                _("{provider} cannot answer right now.").format(provider=name),
                _("Try again in a few minutes."),
                permanent=False,
            )
    return SignInFailed(
        _("{provider} refused the sign-in: {answer}").format(provider=name, answer=said or error.error),
        _("Look at your registration with it: the help says what it needs."),
    )


class _Straight(urllib.request.HTTPRedirectHandler):
    """Tokens are given where they were asked for, and nowhere else."""

    def redirect_request(self, *_told: Any, **_named: Any) -> None:
        return None


def _posted(by: Provider, request: urllib.request.Request) -> tuple[int, bytes]:
    context = ssl.create_default_context()
    if by.ca_file:
        context.load_verify_locations(by.ca_file)
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), _Straight())
    try:
        with opener.open(request, timeout=_SECONDS) as response:
            return response.status, response.read(_LONGEST)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(_LONGEST)
    except urllib.error.URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError):
            raise SignInFailed(
                _("The certificate of {provider} is not good here, so nothing was sent.").format(provider=by.name),
                _("See whether the date of this computer is right, and what stands between it and the internet."),
            ) from error
        raise _away(by) from error
    except (OSError, http.client.HTTPException) as error:
        raise _away(by) from error


def _away(by: Provider) -> SignInFailed:
    return SignInFailed(
        _("{provider} cannot be reached.").format(provider=by.name),
        _("See whether this computer is connected to the internet, then try again."),
        permanent=False,
    )


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _one_line(text: str) -> str:
    """The first line of what the provider says; Microsoft adds traces that only it can read."""
    lines = text.partition(" Trace ID:")[0].splitlines()
    return "".join(char for char in lines[0] if char.isprintable())[:300] if lines else ""
