"""E-mail accounts: which there are, which one is used for whom, and the way to a server by one of them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Final

from sqlalchemy import func, select

from db.engine import Book
from db.schema import MailAccount, Mailing, Segment
from desktop.delivery.mail.addresses import envelope
from desktop.delivery.mail.server import Server
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.delivery.mail.halting import halts, resume
from desktop.services.delivery.mail.posts import AccountPost
from desktop.services.delivery.mail.sent import PostFor
from desktop.services.delivery.mail.signing_in import PASSWORD, SecretFor, keep_secret, secret_of, spent
from desktop.services.field_checks import check_needed, check_not_negative
from desktop.services.problems import Problems
from desktop.services.records import Record, column_values, found, record

SECURITIES: Final = ("starttls", "tls", "none")
AUTHS: Final = ("password", "oauth", "none")
PROVIDERS: Final = ("google", "microsoft")
_LARGEST_PORT: Final = 65535
_HOST: Final = re.compile(r"[^\s/:@]+|[0-9A-Fa-f:]+")


def accounts(book: Book) -> list[Record]:
    """Those in use, in their order; `default` is the one that mails go by unless a segment says otherwise."""
    with book.reading() as session:
        rows = session.scalars(
            select(MailAccount).where(MailAccount.active).order_by(MailAccount.position, MailAccount.id)
        )
        return [record(row) | {"default": place == 0} for place, row in enumerate(rows)]


def account(book: Book, account_id: int) -> Record:
    """One account, also one that was deleted after it had sent. UserError where there is none."""
    with book.reading() as session:
        return record(found(session, MailAccount, account_id, _("The e-mail account")))


def account_named(book: Book, name: str) -> Record:
    """The account of this name or address. UserError if there is none."""
    wanted = name.strip().casefold()
    for one in accounts(book):
        if wanted in (one["name"].casefold(), one["sender"].casefold()):
            return one
    raise UserError(
        _("There is no e-mail account “{name}”.").format(name=name.strip()),
        _("“sheaf accounts” lists those there are."),
    )


def save_account(book: Book, values: Mapping[str, object], *, actor: str, account_id: int | None = None) -> int:
    """Add an account, or change one. Raises ValidationError. Secrets are no columns: see `signing_in`."""
    with change(book, actor, _("Change an e-mail account")) as made:
        problems = Problems()
        cleaned = column_values(MailAccount, values, problems)
        if {"uid", "position", "active"} & cleaned.keys():
            raise TypeError("the program keeps these itself")
        before: Record = {}
        if account_id is not None:
            before = record(found(made.session, MailAccount, account_id, _("The e-mail account")))
        else:
            cleaned = {"sender": "", "host": "", "port": 587} | cleaned
        _check(cleaned, before, problems)
        problems.raise_any()
        if account_id is None:
            cleaned["name"] = cleaned.get("name") or cleaned["sender"]
            made.summary = _("Add e-mail account {name}").format(name=cleaned["name"])
            last = made.session.scalar(select(func.max(MailAccount.position))) or 0
            return made.insert(MailAccount, uid=uuid.uuid4().hex, position=last + 1, **cleaned)
        made.summary = _("Change e-mail account {name}").format(name=before["name"])
        made.update(MailAccount, account_id, **cleaned)
        resume(made.connection, [account_id])
        return account_id


def delete_account(book: Book, account_id: int, *, actor: str) -> None:
    """Take an account away; the segments that sent by it send by the first one then.

    One that mails went by is put away, because what was sent names it.
    """
    with change(book, actor, _("Delete an e-mail account")) as made:
        row: MailAccount = found(made.session, MailAccount, account_id, _("The e-mail account"))
        made.summary = _("Delete e-mail account {name}").format(name=row.name)
        for segment_id in made.session.scalars(select(Segment.id).where(Segment.mail_account_id == account_id)).all():
            made.update(Segment, segment_id, mail_account_id=None)
        used = made.session.scalar(select(Mailing.id).where(Mailing.account_id == account_id).limit(1))
        if used is None:
            made.delete(MailAccount, account_id)
        else:
            made.update(MailAccount, account_id, active=False)


def make_default(book: Book, account_id: int, *, actor: str) -> None:
    """Put an account first: mails go by it unless a segment has one of its own."""
    with change(book, actor, _("Choose the e-mail account")) as made:
        row: MailAccount = found(made.session, MailAccount, account_id, _("The e-mail account"))
        made.summary = _("Send by e-mail account {name}").format(name=row.name)
        first = made.session.scalar(select(func.min(MailAccount.position))) or 0
        made.update(MailAccount, account_id, position=first - 1)


def give_secret(book: Book, account_id: int, text: str, purpose: str = PASSWORD) -> bool:
    """Keep a password of an account in the keyring, or hold it without one; whether it is kept.

    What an account was stopped for may be mended by it, so mails go by it again.
    """
    kept = keep_secret(account(book, account_id), text, purpose)
    let_send(book, account_id)
    return kept


def let_send(book: Book, account_id: int) -> None:
    """What an account was stopped for is mended: it is tried again at once."""
    with book.writing() as session:
        resume(session.connection(), [account_id])


def stopped_accounts(book: Book) -> dict[int, str]:
    """The accounts that cannot send for now, by id, each with what is wrong and what to do."""
    with book.reading() as session:
        found = halts(session.connection())
    return {key: f"{problem.sentence} {problem.remedy}".strip() for key, problem in found.items()}


def server_of(one: Record) -> Server:
    """Where an account's mails are handed in."""
    return Server(
        host=one["host"],
        port=one["port"],
        security=one["security"],
        verify=one["verify"],
        ca_file=one["ca_file"],
        user="" if one["auth"] == "none" else one["user"] or one["sender"],
    )


def _check(values: Record, before: Record, problems: Problems) -> None:
    """What an account needs to send; what it needs by its way of logging in is looked at whole."""
    whole = before | values
    check_needed(
        values,
        problems,
        sender=_("Enter the address that mails come from."),
        host=_("Enter the name of the server that mails are handed to."),
    )
    for name in ("sender", "reply_to", "copy_to"):
        for address in _addresses(values.get(name) or "", several=name == "copy_to"):
            try:
                envelope(address)
            except UserError as error:
                problems.add(name, error.message)
    if values.get("copy_to"):
        values["copy_to"] = ", ".join(_addresses(values["copy_to"], several=True))
    for name in ("host", "imap_host"):
        if values.get(name) and not _HOST.fullmatch(values[name]):
            problems.add(name, _("“{text}” is not the name of a server.").format(text=values[name]))
    for name in ("port", "imap_port"):
        if name in values and not 1 <= values[name] <= _LARGEST_PORT:
            problems.add(name, _("A port is a number from 1 to {last}.").format(last=_LARGEST_PORT))
    for name, allowed in (
        ("security", SECURITIES),
        ("imap_security", SECURITIES),
        ("auth", AUTHS),
        ("provider", ("", *PROVIDERS)),
    ):
        if name in values and values[name] not in allowed:
            problems.add(
                name,
                _("“{word}” is not one of {words}.").format(
                    word=values[name], words=", ".join(word for word in allowed if word)
                ),
            )
    check_not_negative(values, problems, "per_minute", "per_day")
    if whole.get("auth") == "oauth":
        if whole.get("provider") not in PROVIDERS:
            problems.add("provider", _("Choose whose sign-in it is: Google or Microsoft."))
        if not whole.get("client_id"):
            problems.add("client_id", _("Enter the client ID of your own registration; the help says how to get one."))
        if whole.get("security", "starttls") == "none":
            problems.add("security", _("A token goes over an encrypted line only: choose STARTTLS or TLS."))


def _addresses(text: str, *, several: bool) -> list[str]:
    if not several:
        return [text] if text else []
    return [one for one in re.split(r"[,;\s]+", text) if one]


def post_for(book: Book, secret_for: SecretFor = secret_of) -> PostFor:
    """The way to a server for an account's id: `with post_for(book)(account_id) as post: post.send(mail)`.

    `secret_for` is asked when the first mail is sent and again where a token is spent. What is wrong with a secret
    comes out of `send` as NotSent with `account`.
    """

    def opened(account_id: int) -> AccountPost:
        one = account(book, account_id)
        return AccountPost(server_of(one), lambda: secret_for(one), lambda token: spent(one, token))

    return opened
