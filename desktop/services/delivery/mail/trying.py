"""Tries an e-mail account step by step, and says of each step whether it worked and what to do if not."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from email.utils import make_msgid
from typing import Final, Literal

from desktop.delivery.mail.imap import Inbox
from desktop.delivery.mail.message import Mail
from desktop.delivery.mail.server import NotSent, Secret, Server, Trouble, Unclear
from desktop.delivery.mail.smtp import Connection, Patience, Reached
from desktop.delivery.mail.trouble import in_words
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.delivery.mail.bounces import inbox_server
from desktop.services.delivery.mail.signing_in import SecretFor, imap_secret_of, secret_of
from desktop.services.records import Record

StepState = Literal["ok", "warning", "failed"]
StepName = Literal["name", "connected", "encrypted", "certificate", "login", "sender", "mail", "inbox"]

# A person waits; what a mail itself may take long for stays.
_PATIENCE: Final = Patience(connect=15, command=30)
_ORDER: Final[tuple[StepName, ...]] = ("name", "connected", "encrypted", "certificate", "login", "sender", "mail")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a test. `sentence` says what is wrong or worth knowing, `remedy` what to do; both may be empty."""

    name: StepName
    state: StepState
    sentence: str = ""
    remedy: str = ""


def step_title(name: StepName) -> str:
    match name:
        case "name":
            return _("Name of the server")
        case "connected":
            return _("Connection")
        case "encrypted":
            return _("Encryption")
        case "certificate":
            return _("Certificate")
        case "login":
            return _("Login")
        case "sender":
            return _("Sender’s address")
        case "mail":
            return _("Test mail")
        case "inbox":
            return _("Inbox for mails that come back")


def steps_of(account: Record, *, mail: bool) -> list[StepName]:
    """The steps that a test of this account goes."""
    names: list[StepName] = ["name", "connected"]
    if account["security"] != "none":
        names += ["encrypted", "certificate"]
    if account["auth"] != "none":
        names.append("login")
    names.append("sender")
    if mail:
        names.append("mail")
    if account["imap_host"]:
        names.append("inbox")
    return names


def try_account(
    account: Record,
    server: Server,
    *,
    now: str,
    mail: bool,
    told: Callable[[Step], None],
    secret_for: SecretFor = secret_of,
    inbox_secret_for: SecretFor = imap_secret_of,
) -> bool:
    """Go through the steps and tell each as it is done; the first that fails ends it. Whether mails can be sent: an
    inbox that does not open is but a warning.

    With `mail` a test mail goes to the account's own address. `told` may raise to give up. `now` is UTC text.
    """
    for step in _steps(account, server, now, mail, secret_for):
        told(step)
        if step.state == "failed":
            return False
    if account["imap_host"]:
        told(_inbox(account, inbox_secret_for))
    return True


def _steps(account: Record, server: Server, now: str, mail: bool, secret_for: SecretFor) -> Iterator[Step]:
    try:
        socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        yield _failed("name", error, server)
        return
    yield Step("name", "ok")
    secret: Secret = None
    missing: UserError | None = None
    try:
        secret = secret_for(account) if server.user else None
    except UserError as error:
        missing = error
    # Without a secret the line can still be tried, which tells more than the password alone.
    without = replace(server, user="") if secret is None else server
    reached: list[Reached] = []
    line = Connection(without, secret, patience=_PATIENCE, reached=reached.append)
    with line:
        try:
            line.open()
        except NotSent as error:
            yield from _line_steps(server, reached, error)
            return
        yield from _line_steps(server, reached, None)
        if without != server:
            yield _no_secret(server, missing)
            return
        letter = _letter(account, now)
        try:
            line.rehearse(letter)
        except NotSent as error:
            yield _failed("sender", error, server)
            return
        yield Step("sender", "ok")
        if mail:
            try:
                line.send(letter)
            except (NotSent, Unclear) as error:
                yield _failed("mail", error, server)
                return
            yield Step("mail", "ok", _("Look into the inbox of {address}.").format(address=account["sender"]))


def _line_steps(server: Server, reached: list[Reached], error: NotSent | None) -> Iterator[Step]:
    """What opening the line came to, in the order of its steps."""
    failed = _step_of(server, reached, error) if error is not None else None
    for step in _opening(server, reached):
        if failed is not None and _ORDER.index(step.name) >= _ORDER.index(failed):
            break
        yield step
    if error is not None and failed is not None:
        yield _failed(failed, error, server)


def _opening(server: Server, reached: list[Reached]) -> Iterator[Step]:
    """The steps of a line that was opened."""
    if server.security == "none":
        yield Step(
            "connected",
            "warning",
            _("Nothing is encrypted: whoever is on the way can read mails and password."),
            _("Choose STARTTLS or TLS unless the server runs on this computer."),
        )
    else:
        yield Step("connected", "ok")
        yield Step("encrypted", "ok")
        if server.verify:
            yield Step("certificate", "ok")
        else:
            yield Step(
                "certificate",
                "warning",
                _("The certificate is not looked at, so the server may be another one."),
                _("Trust its certificate by a file instead, and have it checked again."),
            )
    if "logged_in" in reached:
        yield Step("login", "ok")


def _step_of(server: Server, reached: list[Reached], error: NotSent) -> StepName:
    """Which step an error ended."""
    if error.reason == "ca_file" or error.reason.startswith("certificate_"):
        return "certificate"
    if "connected" not in reached or error.reason in ("busy", "unwelcome", "not_mail"):
        return "connected"
    if server.security != "none" and "encrypted" not in reached:
        return "encrypted" if server.security == "tls" or error.reason in ("no_starttls", "tls") else "connected"
    return "login" if server.user else "connected"


def _inbox(account: Record, secret_for: SecretFor) -> Step:
    server = inbox_server(account)
    try:
        with Inbox(server, secret_for(account), account["imap_folder"], seconds=_PATIENCE.connect):
            return Step("inbox", "ok")
    except (Trouble, UserError) as error:
        return replace(_failed("inbox", error, server), state="warning")


def _failed(name: StepName, error: BaseException, server: Server) -> Step:
    words = in_words(error, server)
    return Step(name, "failed", words.message, words.remedy)


def _no_secret(server: Server, missing: UserError | None) -> Step:
    if missing is not None:
        return Step("login", "failed", missing.message, missing.remedy)
    return Step(
        "login",
        "failed",
        _("There is no password for {user} at {host}.").format(user=server.user, host=server.host),
        _("Type it into the account's form."),
    )


def _letter(account: Record, now: str) -> Mail:
    address = account["sender"]
    return Mail(
        message_id=make_msgid(idstring="sheaf-test", domain=address.rpartition("@")[2].encode("idna").decode("ascii")),
        date=now,
        sender=address,
        sender_name=account["sender_name"],
        to=(address,),
        subject=_("Test mail of Sheaf"),
        text=_(
            "This account sends mails.\n\nSheaf sent this mail to its own address to try it. Nothing is to be done."
        ),
    )
