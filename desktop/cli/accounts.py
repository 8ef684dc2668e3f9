"""`accounts`: the e-mail accounts that documents are sent by."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, Final

from desktop.cli.account_secrets import add_password_option, secret_source
from desktop.cli.arguments import Commands, Parser
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.errors import UserError
from desktop.i18n import _, number_text

if TYPE_CHECKING:
    from desktop.services.delivery.mail.trying import Step
    from desktop.services.records import Record

_ACTS: Final = ("list", "add", "change", "remove", "default", "test", "sign-in")
_SECURITIES: Final = ("starttls", "tls", "none")
# Option, column.
_TEXTS: Final = {
    "--name": "name",
    "--sender-name": "sender_name",
    "--reply-to": "reply_to",
    "--copy-to": "copy_to",
    "--host": "host",
    "--login": "user",
    "--client-id": "client_id",
    "--tenant": "tenant",
    "--imap-host": "imap_host",
    "--imap-login": "imap_user",
    "--imap-folder": "imap_folder",
}
_NUMBERS: Final = {
    "--port": "port",
    "--per-minute": "per_minute",
    "--per-day": "per_day",
    "--imap-port": "imap_port",
}
_SHOWN: Final = (
    *("id", "name", "sender", "sender_name", "reply_to", "copy_to", "receipts", "host", "port", "security", "verify"),
    *("auth", "user", "provider", "client_id", "tenant", "per_minute", "per_day"),
    *("imap_host", "imap_port", "imap_security", "imap_user", "imap_folder", "default"),
)


def add(commands: Commands) -> None:
    one = commands.add(
        "accounts",
        _accounts,
        _("e-mail accounts: list, add ADDRESS, change, remove, default, test, sign-in"),
        writes=True,
    )
    one.add_argument("act", nargs="?", choices=_ACTS, default="list", metavar="ACT", help=", ".join(_ACTS))
    one.add_argument(
        "which", nargs="?", default="", metavar="NAME", help=_("the account's name or address; add: its address")
    )
    _add_fields(one)
    one.add_argument("--mail", action="store_true", help=_("test: send a mail to the account's own address"))
    one.add_argument("--code", action="store_true", help=_("sign-in: by a code that is typed on another device"))
    add_password_option(one)


def _add_fields(one: Parser) -> None:
    fields = one.add_argument_group(_("add and change"), _("what is not told is filled in for the common providers"))
    for option, column in _TEXTS.items():
        fields.add_argument(option, dest=column, metavar="TEXT")
    for option, column in _NUMBERS.items():
        fields.add_argument(option, dest=column, type=_number, metavar="N")
    fields.add_argument("--address", dest="sender", metavar="ADDRESS", help=_("where mails come from"))
    fields.add_argument("--security", choices=_SECURITIES)
    fields.add_argument("--imap-security", choices=_SECURITIES)
    fields.add_argument("--auth", choices=("password", "oauth", "none"), help=_("how it logs in"))
    fields.add_argument("--provider", choices=("google", "microsoft"), help=_("whose sign-in it is, with oauth"))
    fields.add_argument("--receipts", action=argparse.BooleanOptionalAction, help=_("ask for read receipts"))
    fields.add_argument(
        "--verify", action=argparse.BooleanOptionalAction, help=_("look at the server's certificate; always better")
    )
    fields.add_argument("--trust", dest="ca_file", metavar="FILE", help=_("a certificate to trust besides"))


def _number(text: str) -> int:
    if text.isdecimal() and len(text) < 9:
        return int(text)
    raise argparse.ArgumentTypeError(_("“{text}” is not a whole number").format(text=text))


def _accounts(call: Call) -> int:
    act, which = call.arguments.act, call.arguments.which
    if bool(which) != (act != "list"):
        raise UserError(
            _("The list takes no name.") if act == "list" else _("Name the account, by its name or its address."),
            _("See: sheaf accounts --help"),
        )
    works = {"add": _add, "change": _change, "remove": _remove, "default": _default, "test": _test, "list": _list}
    return (works | {"sign-in": _sign_in})[act](call)


def _list(call: Call) -> int:
    from desktop.services.delivery.mail.accounts import accounts

    with call.book() as book:
        rows = accounts(book)

    def text() -> str:
        return table(
            [_("Account"), _("E-mail address"), _("Server"), ">" + _("Per day"), ""],
            [
                [
                    one["name"],
                    one["sender"],
                    f"{one['host']}:{one['port']}",
                    number_text(one["per_day"]) if one["per_day"] else "",
                    _("default") if one["default"] else "",
                ]
                for one in rows
            ],
            empty=_("No e-mail account is set up: sheaf accounts {book} add ADDRESS").format(book=call.arguments.book),
        )

    call.answer({"accounts": [_data(one) for one in rows]}, text)
    return 0


def _add(call: Call) -> int:
    from desktop.services.delivery.mail.accounts import account, save_account
    from desktop.services.delivery.mail.providers import provider_of

    address = call.arguments.which
    known = provider_of(address)
    given = _given(call)
    values: dict[str, object] = {"sender": address, "user": address, "imap_user": address}
    values |= known.values(address) if known else {}
    if not values.get("host") and not given.get("host"):
        raise UserError(
            (known.advice() if known else "") or _("The servers of {address} are not known.").format(address=address),
            _("Name them: --host, --port and --security; your provider's help lists them."),
        )
    with call.book() as book:
        one = account(book, save_account(book, values | given, actor=call.actor))
    call.answer(_data(one), lambda: _("{account} is set up.").format(account=one["name"]))
    if known and known.advice():
        call.say(known.advice())
    if one["auth"] == "password":
        call.say(_("Its password: sheaf secret {book} {account}").format(book=call.arguments.book, account=address))
    return 0


def _change(call: Call) -> int:
    from desktop.services.delivery.mail.accounts import account, account_named, save_account

    given = _given(call)
    if not given:
        raise UserError(_("Nothing to change was named."), _("See: sheaf accounts --help"))
    with call.book() as book:
        one = account_named(book, call.arguments.which)
        save_account(book, given, actor=call.actor, account_id=one["id"])
        changed = account(book, one["id"])
    call.answer(_data(changed), lambda: _("{account} is changed.").format(account=changed["name"]))
    return 0


def _remove(call: Call) -> int:
    from desktop.services.delivery.mail.accounts import account_named, delete_account
    from desktop.services.delivery.mail.signing_in import put_secrets_aside

    with call.book() as book:
        one = account_named(book, call.arguments.which)
        delete_account(book, one["id"], actor=call.actor)
        put_secrets_aside(one)
    call.answer({"removed": one["name"]}, lambda: _("{account} is removed.").format(account=one["name"]))
    return 0


def _default(call: Call) -> int:
    from desktop.services.delivery.mail.accounts import account_named, make_default

    with call.book() as book:
        one = account_named(book, call.arguments.which)
        make_default(book, one["id"], actor=call.actor)
    call.answer(
        {"default": one["name"]},
        lambda: _("Mails go by {account} unless a segment has its own.").format(account=one["name"]),
    )
    return 0


def _test(call: Call) -> int:
    from desktop.services.delivery.mail.accounts import account_named, let_send, server_of
    from desktop.services.delivery.mail.signing_in import imap_secret_of
    from desktop.services.delivery.mail.trying import step_title, steps_of, try_account

    steps: list[Step] = []
    source = secret_source(call)
    inbox = source if call.arguments.password_from else imap_secret_of
    with call.book() as book:
        one = account_named(book, call.arguments.which)
        total = len(steps_of(one, mail=call.arguments.mail))

        def told(step: Step) -> None:
            steps.append(step)
            call.progress(len(steps), total, step_title(step.name))

        good = try_account(
            one,
            server_of(one),
            now=call.now,
            mail=call.arguments.mail,
            told=told,
            secret_for=source,
            inbox_secret_for=inbox,
        )
        if good:
            let_send(book, one["id"])

    def text() -> str:
        marks = {"ok": "✓", "warning": "!", "failed": "✗"}
        lines = []
        for step in steps:
            said = " ".join(filter(None, (step.sentence, step.remedy)))
            lines.append(f"{marks[step.state]} {step_title(step.name)}" + (f": {said}" if said else ""))
        return "\n".join(lines)

    told_steps = [
        {"step": step.name, "state": step.state, "message": step.sentence or None, "remedy": step.remedy or None}
        for step in steps
    ]
    call.answer({"account": one["name"], "good": good, "steps": told_steps}, text)
    return 0 if good else 1


def _sign_in(call: Call) -> int:
    from desktop import secrets
    from desktop.services.delivery.mail.accounts import account_named, let_send
    from desktop.services.delivery.mail.signing_in import sign_in, sign_in_elsewhere

    if call.held is None and not secrets.has_keyring():
        raise UserError(
            _("This system has no keyring, so a sign-in would end with this command."),
            _("Sign in in the window: it holds the sign-in until it is closed."),
        )

    def stop() -> None:
        call.progress(0, 0, _("Waiting for the sign-in"))

    with call.book() as book:
        one = account_named(book, call.arguments.which)
        if one["auth"] != "oauth":
            raise UserError(
                _("{account} logs in with a password.").format(account=one["name"]),
                _("Change it first: --auth oauth --provider google or microsoft --client-id ID."),
            )
        if call.arguments.code:
            kept = sign_in_elsewhere(
                one,
                lambda url, code: call.say(_("Open {url} and type {code}").format(url=url, code=code)),
                stop=stop,
            )
        else:
            kept = sign_in(one, lambda url, _code: call.say(_("Open in a browser: {url}").format(url=url)), stop=stop)
        let_send(book, one["id"])
    call.answer(
        {"account": one["name"], "signed_in": True, "kept": kept},
        lambda: _("{account} is signed in.").format(account=one["name"]),
    )
    return 0


def _given(call: Call) -> dict[str, object]:
    """The columns that options name."""
    columns = (
        *_TEXTS.values(),
        *_NUMBERS.values(),
        *("sender", "security", "imap_security", "auth", "provider", "receipts", "verify", "ca_file"),
    )
    told = vars(call.arguments)
    given = {column: told[column] for column in columns if told[column] is not None}
    if given.get("ca_file"):
        given["ca_file"] = str(call.path(given["ca_file"]))
    return given


def _data(one: Record) -> dict[str, Any]:
    return {name: one[name] for name in _SHOWN if name in one}
