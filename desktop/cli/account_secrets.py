"""`secret`: passwords of e-mail accounts from standard input into the keyring; and where else sending may find them."""

from __future__ import annotations

import getpass
import os
import sys
from typing import TYPE_CHECKING, Final

from desktop.cli.arguments import Commands, Parser
from desktop.cli.call import Call
from desktop.errors import UserError
from desktop.i18n import _

if TYPE_CHECKING:
    from desktop.services.delivery.mail.signing_in import SecretFor

VARIABLE: Final = "SHEAF_MAIL_PASSWORD"
_PURPOSES: Final = ("password", "imap", "client-secret")


def add(commands: Commands) -> None:
    one = commands.add("secret", _secret, _("keep a password of an e-mail account in the system's keyring"))
    # The window would read its own standard input.
    one.set_defaults(hands_over=False)
    one.add_argument("name", metavar="NAME", help=_("the account's name or address"))
    one.add_argument(
        "--of",
        dest="purpose",
        choices=_PURPOSES,
        default="password",
        help=_("which one: the password to send with, that of the inbox, or the client secret of a sign-in"),
    )
    one.add_argument("--forget", action="store_true", help=_("take it out of the keyring"))


def add_password_option(parser: Parser) -> None:
    parser.add_argument(
        "--password-from",
        choices=("env", "stdin"),
        help=_(
            "where there is no keyring: take the password of e-mail accounts from {variable}, or from standard input"
        ).format(variable=VARIABLE),
    )


def secret_source(call: Call, kept: SecretFor | None = None) -> SecretFor:
    """Where accounts' secrets come from: what is `kept`, else what they send with, or what --password-from says.

    UserError.
    """
    from desktop.services.delivery.mail.signing_in import secret_of, typed_password

    source = call.arguments.password_from
    if source is None:
        return kept or secret_of
    if call.held is not None:
        raise UserError(
            _("The window has this book open, and knows nothing of your password."),
            _("Type it in the window, or close the book there first."),
        )
    if source == "stdin":
        text = _read(_("Password"))
    else:
        text = os.environ.get(VARIABLE, "")
        if not text:
            raise UserError(
                _("The variable {variable} holds no password.").format(variable=VARIABLE),
                _("Set it for this one command, or take --password-from stdin."),
            )
    return typed_password(text)


def _secret(call: Call) -> None:
    from desktop import secrets
    from desktop.services.delivery.mail.accounts import account_named, let_send
    from desktop.services.delivery.mail.signing_in import secret_name

    arguments = call.arguments
    with call.book() as book:
        one = account_named(book, arguments.name)
    name = secret_name(one, arguments.purpose)
    if arguments.forget:
        secrets.forget(name)
        data = {"account": one["name"], "kept": False}
        call.answer(data, lambda: _("The keyring has no secret of {account} any more.").format(account=one["name"]))
        return
    if not secrets.has_keyring():
        raise UserError(
            _("This system has no keyring, so nothing was kept."),
            _("Type the password in the window each time, or send with --password-from env or stdin."),
        )
    text = _read(_("Password of {account}").format(account=one["name"]))
    secrets.keep(name, text)
    with call.book() as book:
        if not book.read_only:
            let_send(book, one["id"])
    call.answer(
        {"account": one["name"], "kept": True},
        lambda: _("It is in the keyring of this system, and nowhere else."),
    )


def _read(prompt: str) -> str:
    """One line of standard input; a terminal does not show it. UserError where it is empty."""
    text = getpass.getpass(f"{prompt}: ") if sys.stdin.isatty() else sys.stdin.readline()
    text = text.rstrip("\r\n")
    if not text:
        raise UserError(_("Standard input brought no password."), _("Pipe it in, as in: sheaf secret BOOK NAME < FILE"))
    return text
