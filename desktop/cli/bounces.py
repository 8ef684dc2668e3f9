"""`bounces`: reads what came back of the mails that went out, and marks the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.cli.account_secrets import add_password_option, secret_source
from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.i18n import _, ngettext, number_text

if TYPE_CHECKING:
    from desktop.services.delivery.mail.bounces import Looked, Match


def add(commands: Commands) -> None:
    bounces = commands.add(
        "bounces", _bounces, _("read bounces and receipts, and mark the documents that they are about"), writes=True
    )
    bounces.add_argument(
        "files",
        nargs="*",
        metavar="FILE",
        help=_("saved mails: .eml or mbox files, a Maildir, or folders of these; without any, the accounts' inboxes"),
    )
    bounces.add_argument("--account", metavar="NAME", help=_("the inbox of this e-mail account"))
    add_password_option(bounces)


def _bounces(call: Call) -> int:
    from desktop.services.delivery.mail.accounts import account_named
    from desktop.services.delivery.mail.bounces import read_files, read_inboxes
    from desktop.services.delivery.mail.signing_in import imap_secret_of

    arguments = call.arguments
    source = secret_source(call, imap_secret_of)
    looks: list[Looked] = []
    with call.book() as book:
        if arguments.files:
            paths = [call.path(text) for text in arguments.files]
            looks.append(read_files(book, paths, actor=call.actor, report=call.progress))
        if arguments.account or not arguments.files:
            account_id = account_named(book, arguments.account)["id"] if arguments.account else None
            looks.append(
                read_inboxes(book, actor=call.actor, report=call.progress, account_id=account_id, secret_for=source)
            )
    matched = [one for look in looks for one in look.matched]
    unmatched = [one for look in looks for one in look.unmatched]
    problems = [one for look in looks for one in look.problems]
    read = sum(look.read for look in looks)
    data: dict[str, Any] = {
        "read": read,
        "matched": [
            {
                "kind": one.kind,
                "documents": list(one.titles),
                "addresses": list(one.addresses),
                "answer": one.words,
                "at": one.at,
                "message_id": one.message_id,
                "new": one.fresh,
            }
            for one in matched
        ],
        "unmatched": [
            {"kind": one.kind, "addresses": list(one.addresses), "answer": one.words, "at": one.at or None}
            for one in unmatched
        ],
        "problems": [{"account": one.account_id, "message": one.sentence, "remedy": one.remedy} for one in problems],
    }
    call.answer(data, lambda: _text(read, matched, len(unmatched)))
    for one in problems:
        call.say(f"{one.sentence} {one.remedy}")
    return 1 if problems else 0


def _text(read: int, matched: list[Match], unmatched: int) -> str:
    lines = [ngettext("{count} mail was read.", "{count} mails were read.", read).format(count=number_text(read))]
    if matched:
        rows = [(", ".join(one.titles), _kind(one.kind), ", ".join(one.addresses), one.words) for one in matched]
        lines.append(table((_("Document"), _("What happened"), _("E-mail address"), _("Answer")), rows))
    else:
        lines.append(_("None of them is about a mail of this book."))
    if unmatched:
        words = ngettext(
            "{count} report is about a mail that did not go out from this book.",
            "{count} reports are about mails that did not go out from this book.",
            unmatched,
        )
        lines.append(words.format(count=number_text(unmatched)))
    return "\n".join(lines)


def _kind(kind: str) -> str:
    return {"bounced": _("came back"), "delivered": _("delivered"), "seen": _("seen")}[kind]
