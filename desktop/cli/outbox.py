"""`send`, `outbox`: everything issued on its way to its client, and what a person decides about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from desktop.cli.account_secrets import add_password_option, secret_source
from desktop.cli.arguments import Commands, count
from desktop.cli.call import Call
from desktop.cli.progress import Stopped
from desktop.cli.tables import table
from desktop.errors import UserError
from desktop.i18n import _, moment_text, ngettext, number_text

if TYPE_CHECKING:
    from desktop.services.delivery.deciding import Decided
    from desktop.services.delivery.handover.folders import Filed
    from desktop.services.delivery.mail.sent import Sent

_STATES: Final = ("waiting", "sending", "sent", "failed", "uncertain", "cancelled", "bounced", "delivered", "seen")
_MARKS: Final = ("handed-over", "printed", "filed", "delivered", "bounced", "seen")
_DECISIONS: Final = ("cancel", "retry", "again", "arrived", "not-arrived", *_MARKS)
_CHANNELS: Final = ("email", "print", "folder", "hand")


def add(commands: Commands) -> None:
    send = commands.add("send", _send, _("send what waits in the outbox, each document once"), writes=True)
    send.add_argument("--run", dest="run_number", metavar="RUN", help=_("only the documents of this run"))
    send.add_argument("--limit", type=count, metavar="N", help=_("at most so many mails"))
    add_password_option(send)

    outbox = commands.add(
        "outbox", _outbox, _("what is on its way, and where it stands; or decide about it"), writes=True
    )
    outbox.add_argument(
        "decision",
        nargs="?",
        metavar="DECISION",
        help=_(
            "cancel: do not send it; retry: with the next sending, from the first try; again: once more, though it "
            "went; arrived, not-arrived: of what is uncertain; handed-over, printed, filed: it left another way; "
            "delivered, bounced, seen: what was heard of it. Without one the documents are listed"
        ),
    )
    outbox.add_argument("which", nargs="*", metavar="DOCUMENT", help=_("numbers of documents, or ids as listed"))
    outbox.add_argument("--run", dest="run_number", metavar="RUN", help=_("only the documents of this run"))
    outbox.add_argument("--client", metavar="CODE", help=_("only those of this client"))
    outbox.add_argument(
        "--state",
        action="append",
        default=[],
        choices=_STATES,
        help=_("only those that stand so; by default all that is still to be done"),
    )
    outbox.add_argument("--all", action="store_true", help=_("everything, also what went"))
    outbox.add_argument("--address", default="", metavar="ADDRESS", help=_("with again: to this address"))
    outbox.add_argument("--by", default="", choices=_CHANNELS, help=_("with again: by this way"))
    outbox.add_argument("--note", default="", metavar="TEXT", help=_("why; it stands in the document's story"))


def _send(call: Call) -> int:
    from desktop.services.delivery.handover.folders import deliver_to_folders
    from desktop.services.delivery.mail.accounts import post_for
    from desktop.services.delivery.mail.sending import send
    from desktop.services.lists.outbox import OutboxList

    arguments = call.arguments
    run, told = arguments.run_number or "", call.progress
    source = secret_source(call)
    with call.book() as book:
        try:
            filed = deliver_to_folders(book, actor=call.actor, report=told, run=run)
            way = post_for(book, source)
            sent = send(book, actor=call.actor, post_for=way, report=told, run=run, limit=arguments.limit)
        except Stopped as stopped:
            words = _("Stopped between two documents. What went is written; the rest waits: sheaf send {book}")
            raise Stopped(words.format(book=arguments.book)) from stopped
        waiting = OutboxList(book, call.today).waiting_by_channel()
    elsewhere = {channel: number for channel, number in waiting.items() if channel in ("print", "hand")}
    data: dict[str, Any] = {
        "sent": sent.sent + filed.filed,
        "failed": sent.failed + filed.failed,
        "waiting": sent.waiting + filed.waiting,
        "uncertain": sent.uncertain,
        "mails": sent.messages,
        "filed": filed.filed,
        "elsewhere": elsewhere,
        "next_at": sent.next_at or None,
        "problems": [
            {"account": one.account_id, "message": one.sentence, "remedy": one.remedy, "until": one.until or None}
            for one in sent.problems
        ],
    }
    if filed.problem:
        data["problems"].append({"folder": filed.folder, "message": filed.problem.message})
    call.answer(data, lambda: _told(call, sent, filed, elsewhere))
    for one in sent.problems:
        call.say(" ".join(filter(None, (one.sentence, one.remedy))))
    if filed.problem:
        call.say(str(filed.problem))
    return 1 if sent.problems or filed.problem else 0


def _told(call: Call, sent: Sent, filed: Filed, elsewhere: dict[str, int]) -> str:
    words = ngettext("{count} document went out by mail.", "{count} documents went out by mail.", sent.sent)
    lines = [words.format(count=number_text(sent.sent))]
    if filed.filed:
        words = ngettext("{count} was put into {folder}.", "{count} were put into {folder}.", filed.filed)
        lines.append(words.format(count=number_text(filed.filed), folder=filed.folder))
    if waiting := sent.waiting + filed.waiting:
        words = ngettext("{count} waits for its turn.", "{count} wait for their turn.", waiting)
        lines.append(words.format(count=number_text(waiting)))
    book = call.arguments.book
    if failed := sent.failed + filed.failed:
        words = ngettext("{count} could not go; see why: {command}", "{count} could not go; see why: {command}", failed)
        lines.append(words.format(count=number_text(failed), command=_command(book, "failed")))
    if sent.uncertain:
        words = ngettext(
            "{count} may have arrived or not; say which: {command}",
            "{count} may have arrived or not; say which: {command}",
            sent.uncertain,
        )
        lines.append(words.format(count=number_text(sent.uncertain), command=_command(book, "uncertain")))
    if paper := elsewhere.get("print"):
        words = ngettext("{count} waits for the printer.", "{count} wait for the printer.", paper)
        lines.append(words.format(count=number_text(paper)))
    if hand := elsewhere.get("hand"):
        words = ngettext("{count} waits to be handed over.", "{count} wait to be handed over.", hand)
        lines.append(words.format(count=number_text(hand)))
    return "\n".join(lines)


def _command(book: str, state: str) -> str:
    return " ".join(("sheaf", "outbox", book, "--state", state))


def _outbox(call: Call) -> None:
    arguments = call.arguments
    if arguments.decision in _DECISIONS:
        _decide(call)
        return
    word = arguments.decision or ""
    if word and (arguments.which or arguments.address or arguments.by or arguments.note) and not _numbered(word):
        raise UserError(
            _("“{word}” is no decision.").format(word=word),
            _("It is one of: {known}.").format(known=", ".join(_DECISIONS)),
        )
    # Documents without a decision are looked up.
    _list(call, [word, *arguments.which] if word else [])


def _numbered(word: str) -> bool:
    return any(sign.isdecimal() for sign in word)


def _list(call: Call, names: Sequence[str]) -> None:
    from desktop.services.clients import client_id
    from desktop.services.delivery.mail.sending import recover
    from desktop.services.delivery.standing import named
    from desktop.services.lists.outbox import OutboxList

    arguments = call.arguments
    with call.book() as book:
        if not book.read_only:
            recover(book)
        filters = set(arguments.state) or ({"todo"} if not arguments.all and not names else set())
        filters |= {f"only:{key}" for key in named(book, names)}
        if arguments.run_number:
            filters.add(f"run:{arguments.run_number}")
        if arguments.client:
            filters.add(f"client:{client_id(book, arguments.client)}")
        outbox = OutboxList(book, call.today)
        ids = outbox.ids("", frozenset(filters), "", False)
        found = outbox.rows(ids)
    rows = [(key, found[key]) for key in ids]
    call.answer({"outbox": [_plain(key, row) for key, row in rows]}, lambda: _table(rows))


def _plain(key: int, row: Any) -> dict[str, object]:
    return {
        "id": key,
        "document": row["title"],
        "kind": row["kind"],
        "client": row["client_code"],
        "run": row["run"] or None,
        "channel": row["channel"],
        "form": row["form"],
        "address": row["address"] or None,
        "state": row["state"],
        "status": row["status"],
        "tries": row["tries"],
        "next_at": row["next"] or None,
        "code": row["code"],
        "answer": row["answer"] or None,
        "made_at": row["made_at"],
        "done_at": row["done_at"] or None,
    }


def _table(rows: list[tuple[int, Any]]) -> str:
    return table(
        [">ID", _("Document"), _("Client"), _("Way"), _("To"), _("Stands"), ">" + _("Tries"), _("Next"), _("Answer")],
        [
            [
                str(key),
                row["title"],
                row["client_code"],
                row["channel"],
                row["address"],
                row["status"],
                str(row["tries"] or ""),
                moment_text(row["next"]) if row["next"] else "",
                row["answer"],
            ]
            for key, row in rows
        ],
        empty=_("Nothing is waiting in the outbox."),
    )


def _decide(call: Call) -> None:
    from desktop.services.delivery import deciding
    from desktop.services.delivery.standing import named

    arguments = call.arguments
    decision, actor, note = arguments.decision, call.actor, arguments.note
    if (arguments.address or arguments.by) and decision != "again":
        raise UserError(_("--address and --by go with “again” alone."), _("Leave them out."))
    if not arguments.which:
        raise UserError(_("It is not said which documents."), _("Name them at the end of the command."))
    with call.book() as book:
        ids = named(book, arguments.which)
        done: dict[str, Callable[[], Decided]] = {
            "cancel": lambda: deciding.cancel(book, ids, actor=actor, reason=note),
            "retry": lambda: deciding.retry(book, ids, actor=actor),
            "again": lambda: deciding.send_again(
                book, ids, actor=actor, address=arguments.address, channel=arguments.by
            ),
            "arrived": lambda: deciding.settle_uncertain(book, ids, True, actor=actor),
            "not-arrived": lambda: deciding.settle_uncertain(book, ids, False, actor=actor),
        }
        if decision in done:
            decided = done[decision]()
        else:
            decided = deciding.mark(book, ids, decision.replace("-", "_"), actor=actor, note=note)
    data = {
        "changed": len(decided.changed),
        "ids": list(decided.changed),
        "refused": [{"id": one.id, "document": one.title, "reason": one.why} for one in decided.refused],
    }
    changed = len(decided.changed)
    words = ngettext("{count} document changed.", "{count} documents changed.", changed)
    call.answer(data, lambda: words.format(count=number_text(changed)))
    for one in decided.refused:
        call.say(_("{title} stays as it is: {why}").format(title=one.title, why=one.why))
