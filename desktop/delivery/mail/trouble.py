"""What goes wrong between here and a mail server: its cause, and how a person is told."""

from __future__ import annotations

import socket
import ssl
from typing import Final

from desktop.delivery.mail.server import Reason, Server, Trouble, Unclear
from desktop.errors import UserError
from desktop.i18n import _

# X509_V_ERR_CERT_NOT_YET_VALID and _HAS_EXPIRED; then _HOSTNAME_, _EMAIL_ and _IP_ADDRESS_MISMATCH.
_WRONG_TIME = {9, 10}
_WRONG_NAME = {62, 63, 64}
# X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT
_SELF_SIGNED = 18
_TLS_PORTS: Final = (465, 993)


class HungUp(ConnectionError):
    """The server closed the line where an answer was due."""


class Rubbish(Exception):
    """What came is not what a mail server says."""


def reason_of(error: BaseException) -> tuple[Reason, bool]:
    """Why a line failed, and whether it wants a person: a certificate or a wrong port does not mend itself."""
    match error:
        case ssl.SSLCertVerificationError(verify_code=code):
            if code in _WRONG_TIME:
                return "certificate_expired", True
            if code in _WRONG_NAME:
                return "certificate_name", True
            return ("certificate_self_signed" if code == _SELF_SIGNED else "certificate_unknown"), True
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError():
            return "dropped", False
        case ssl.SSLError():
            return "tls", True
        case socket.gaierror() | UnicodeError():
            # Without a network no name is known either, so this may mend itself.
            return "name_unknown", False
        case TimeoutError():
            return "timeout", False
        case ConnectionRefusedError():
            return "closed_port", False
        case ConnectionError():
            return "dropped", False
        case OSError():
            return "unreachable", False
    return "not_mail", True


_ENDS: Final = (".", "?", "!", "।")


def in_words(error: BaseException, server: Server) -> UserError:
    """What happened with this server, in one sentence, and what to do about it."""
    if isinstance(error, UserError):
        return error
    if isinstance(error, Unclear):
        return UserError(
            _("{host} took the mail and then gave no answer: nobody knows whether it went.").format(host=server.host),
            _("Ask the recipient or look into the account's sent mail before you send it again."),
        )
    if isinstance(error, Trouble):
        reason, said = error.reason, _words_of(error)
    else:
        reason, said = reason_of(error)[0], ""
    message, remedy = (
        _of_the_line(reason, server, said)
        or _of_the_certificate(reason, server, said)
        or _of_the_login(reason, server, said)
        or _of_the_mail(reason, server, said)
    )
    # A server's own words seldom end as a sentence, and the remedy stands behind them.
    return UserError(message if message.endswith(_ENDS) else f"{message}.", remedy)


def _words_of(error: Trouble) -> str:
    """What the server said, without line breaks, and its number where it gave no words."""
    said = " ".join(error.answer.text.split())
    return said or (str(error.answer.code) if error.answer.code else "")


def _of_the_line(reason: Reason, server: Server, said: str) -> tuple[str, str] | None:
    host, port = server.host, server.port
    match reason:
        case "name_unknown":
            return (
                _("No server of the name {host} was found.").format(host=host),
                _("Check the name letter by letter, and whether this computer is online."),
            )
        case "closed_port":
            return (
                _("{host} takes no connections on port {port}.").format(host=host, port=port),
                _("Check the port: 587 with STARTTLS or 465 with TLS to send, 993 with TLS to read."),
            )
        case "unreachable":
            return (
                _("{host} cannot be reached from here.").format(host=host),
                _("Check the network and a firewall on the way; what waits goes by itself later."),
            )
        case "timeout" if server.security != "tls" and port in _TLS_PORTS:
            return (
                _("{host} said nothing on port {port}.").format(host=host, port=port),
                _("This port wants TLS from the start: choose TLS for this account."),
            )
        case "timeout":
            return (
                _("{host} did not answer on port {port} in time.").format(host=host, port=port),
                _("Try again later. If it stays so, check name and port, and a firewall on the way."),
            )
        case "dropped":
            return (
                _("{host} closed the line in the middle.").format(host=host),
                _("Try again later; nothing was lost. If it stays so, ask who runs the server."),
            )
        case "not_mail":
            return (
                _("What answers at {host} on port {port} is no mail server of this kind.").format(host=host, port=port),
                _("Check name and port."),
            )
        case "busy":
            return (
                _("{host} takes no mail just now: {answer}").format(host=host, answer=said),
                _("Nothing is lost: the mails wait, and go with the next sending."),
            )
        case "unwelcome":
            return (
                _("{host} takes no mail from this computer: {answer}").format(host=host, answer=said),
                _("Use the server that your provider names for sending, or ask who runs this one."),
            )
    return None


def _of_the_certificate(reason: Reason, server: Server, said: str) -> tuple[str, str] | None:
    host = server.host
    match reason:
        case "no_starttls":
            return (
                _("{host} offers no encryption by STARTTLS on port {port}.").format(host=host, port=server.port),
                _("Choose TLS with port 465, if your provider has it. Without encryption anybody can read along."),
            )
        case "tls" if server.security == "tls":
            return (
                _("{host} does not speak TLS from the start on port {port}.").format(host=host, port=server.port),
                _("Choose STARTTLS for this port, or port 465 for TLS."),
            )
        case "tls":
            return (
                _("{host} and this computer found no encryption that both accept.").format(host=host),
                _("Ask who runs the server: it should speak TLS 1.2 or later."),
            )
        case "certificate_expired":
            return (
                _("The certificate of {host} is out of date, or this computer's clock is wrong.").format(host=host),
                _("Check the date of this computer; otherwise who runs the server has to renew the certificate."),
            )
        case "certificate_name":
            return (
                _("The certificate of this server is for another name than {host}.").format(host=host),
                _("Enter the server's name as your provider writes it; do not send passwords to it before."),
            )
        case "certificate_self_signed":
            return (
                _("{host} vouches for itself: nobody signed its certificate.").format(host=host),
                _("If it is your own server, choose its certificate as the one to trust in the account's settings."),
            )
        case "certificate_unknown":
            return (
                _("The certificate of {host} is signed by nobody whom this computer trusts.").format(host=host),
                _("If it is your firm's own server, choose the certificate of the firm's authority in the account."),
            )
        case "ca_file":
            return (
                _("The certificate to trust cannot be read: {reason}").format(reason=said),
                _("Choose the file again; it has to be a certificate in PEM form."),
            )
    return None


def _of_the_login(reason: Reason, server: Server, said: str) -> tuple[str, str] | None:
    host = server.host.lower()
    google = host.endswith((".gmail.com", ".googlemail.com", ".google.com"))
    microsoft = host.endswith((".office365.com", ".outlook.com", ".hotmail.com", ".live.com"))
    match reason:
        case "login" if google or "application-specific" in said.lower():
            return (
                _("{host} refused the login of {user}: {answer}").format(host=host, user=server.user, answer=said),
                _("Google takes no normal password here: make an app password, or sign in with Google instead."),
            )
        case "login" if microsoft or "5.7.139" in said:
            return (
                _("{host} refused the login of {user}: {answer}").format(host=host, user=server.user, answer=said),
                _("Microsoft mostly takes no passwords here any more: sign in with Microsoft instead."),
            )
        case "login":
            return (
                _("{host} refused the login of {user}: {answer}").format(host=host, user=server.user, answer=said),
                _("Check user name and password; many providers want an app password for programs."),
            )
        case "login_wanted":
            return (
                _("{host} wants a login before it takes mail: {answer}").format(host=host, answer=said),
                _("Enter user name and password for this account."),
            )
        case "no_login":
            return (
                _("{host} offers no way to log in that fits this account.").format(host=host),
                _("Choose STARTTLS or TLS, and a password instead of a sign-in or the other way round."),
            )
        case "no_secret":
            return (
                _("There is no password for {user} at {host}.").format(user=server.user, host=host),
                _("Type it when you send, or keep it in the system's keyring."),
            )
        case "sign_in":
            return (
                _("The sign-in of {user} no longer counts: {answer}").format(user=server.user, answer=said),
                _("Sign in again in the account's settings."),
            )
        case "limit":
            return (
                _("{host} lets this account send no more for now: {answer}").format(host=host, answer=said),
                _("The rest goes by itself later. Set the account's limits a little below the provider's."),
            )
        case "sender":
            return (
                _("{host} does not let this account send under its address: {answer}").format(host=host, answer=said),
                _("Use the address that belongs to the login, or have the provider allow this one."),
            )
    return None


def _of_the_mail(reason: Reason, server: Server, said: str) -> tuple[str, str]:
    host = server.host
    match reason:
        case "address":
            return (
                said or _("The mail has no address that it could go to."),
                _("Mend the address with the client, or type another for this document."),
            )
        case "non_ascii_address":
            return (
                _("{host} takes no address with letters beyond a to z before the @.").format(host=host),
                _("Ask the client for another address."),
            )
        case "recipients":
            return (
                _("{host} does not take the recipient: {answer}").format(host=host, answer=said),
                _("Check the address with the client; no recipient of this mail has got it."),
            )
        case "too_big":
            return (
                _("The mail is larger than {host} takes: {answer}").format(host=host, answer=said),
                _("Send fewer documents in one mail, or without the copies."),
            )
        case "folder":
            return (
                _("{host} does not open the folder: {answer}").format(host=host, answer=said),
                _("Check the folder's name in the account's settings; mostly it is INBOX."),
            )
    return (
        _("{host} did not take the mail: {answer}").format(host=host, answer=said),
        _("Read what the server says, mend that and send it again."),
    )
