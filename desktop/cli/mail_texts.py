"""`texts`, `mails`: what e-mails say, what will go as it stands, and drafts for other mail programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.progress import Stopped
from desktop.cli.tables import table
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.delivery.mail.mails import MailDraft

_ACTS: Final = ("list", "show", "set", "remove")


def add(commands: Commands) -> None:
    texts = commands.add("texts", _texts, _("what e-mails say: list, show, set, remove"), writes=True)
    texts.add_argument("act", nargs="?", choices=_ACTS, default="list", metavar="ACT", help=", ".join(_ACTS))
    texts.add_argument("kind", nargs="?", metavar="KIND", help=_("such as invoice, credit_note, reminder, several"))
    whom = texts.add_mutually_exclusive_group()
    whom.add_argument("--client", metavar="CODE", help=_("for this client"))
    whom.add_argument("--segment", metavar="NAME", help=_("for this segment"))
    texts.add_argument("--language", metavar="CODE", default="", help=_("in this language, such as de; else in all"))
    texts.add_argument("--subject", metavar="TEXT", help=_("set: the subject, with {fields}"))
    texts.add_argument("--body", metavar="FILE", help=_("set: a file with the text, with {fields}; - reads the input"))

    mails = commands.add(
        "mails", _mails, _("the e-mails that wait, as they will go; change one, or write drafts of them"), writes=True
    )
    mails.add_argument("which", nargs="*", metavar="DOCUMENT", help=_("numbers of documents, or ids of the outbox"))
    mails.add_argument("--run", dest="run_number", metavar="RUN", help=_("only the documents of this run"))
    mails.add_argument("--drafts", metavar="DIR", help=_("write each as a draft that your mail program opens (.eml)"))
    mails.add_argument(
        "--mailto", action="store_true", help=_("give links that your mail program opens, without files")
    )
    mails.add_argument("--files", metavar="DIR", help=_("write the attachments there"))
    mails.add_argument("--to", metavar="ADDRESSES", help=_("change who gets it: “a@b.example; cc: c@d.example”"))
    mails.add_argument("--subject", metavar="TEXT", help=_("change the subject of one e-mail"))
    mails.add_argument("--body", metavar="FILE", help=_("change the text of one e-mail; - reads the input"))
    mails.add_argument("--reset", action="store_true", help=_("take back what was changed of it"))


def _texts(call: Call) -> None:
    act = call.arguments.act
    if act == "list":
        _list_texts(call)
        return
    if not call.arguments.kind:
        raise UserError(
            _("It is not said which text is meant."), _("Name its kind, such as: sheaf texts BOOK show invoice")
        )
    {"show": _show_text, "set": _set_text, "remove": _remove_text}[act](call)


def _list_texts(call: Call) -> None:
    from desktop.services.delivery.mail.texts import mail_texts

    with call.book() as book:
        found = mail_texts(book)
    data = {
        "texts": [
            {
                "scope": one.scope,
                "for": one.whose or None,
                "kind": one.kind,
                "language": one.language or None,
                "subject": one.subject,
                "body": one.body,
            }
            for one in found
        ]
    }

    def text() -> str:
        if not found:
            return _("E-mails say what the program says of itself; there are no texts of your own.")
        return table(
            [_("For"), _("Kind"), _("Language"), _("Subject")],
            [[one.whose or _("the firm"), one.kind, one.language, one.subject] for one in found],
        )

    call.answer(data, text)


def _show_text(call: Call) -> None:
    from desktop.domain.mail_text import FIELDS
    from desktop.services.delivery.mail.texts import built_in, mail_texts, wanted_kind

    arguments = call.arguments
    with call.book() as book:
        kind = wanted_kind(arguments.kind)
        scope, scope_id = _scope(book, call)
        own = next(
            (
                one
                for one in mail_texts(book)
                if (one.scope, one.scope_id, one.kind, one.language) == (scope, scope_id, kind, arguments.language)
            ),
            None,
        )
    standing = built_in(kind, arguments.language or "en")
    subject, body = (own.subject, own.body) if own else standing
    data = {"kind": kind, "own": own is not None, "subject": subject, "body": body, "fields": list(FIELDS)}
    call.answer(data, lambda: f"{subject}\n\n{body}")


def _set_text(call: Call) -> None:
    from desktop.domain.mail_text import Worded
    from desktop.services.delivery.mail.texts import save_mail_text

    arguments = call.arguments
    if arguments.subject is None or arguments.body is None:
        raise UserError(
            _("A text has a subject and a body."),
            _("Give them by --subject TEXT and --body FILE; “texts BOOK show KIND” shows what there is."),
        )
    body, _name = call.read_text(arguments.body)
    with call.book() as book:
        scope, scope_id = _scope(book, call)
        save_mail_text(
            book,
            arguments.kind,
            Worded(arguments.subject, body),
            language=arguments.language,
            scope=scope,
            scope_id=scope_id,
            actor=call.actor,
        )
    call.answer(_named(call, scope), lambda: _("The text is kept: e-mails say it from now on."))


def _remove_text(call: Call) -> None:
    from desktop.services.delivery.mail.texts import reset_mail_text

    arguments = call.arguments
    with call.book() as book:
        scope, scope_id = _scope(book, call)
        removed = reset_mail_text(
            book, arguments.kind, language=arguments.language, scope=scope, scope_id=scope_id, actor=call.actor
        )
    if not removed:
        raise UserError(_("There is no text of your own here."), _("See: sheaf texts BOOK"))
    call.answer(_named(call, scope), lambda: _("The text is taken away; what stands behind it counts again."))


def _named(call: Call, scope: str) -> dict[str, Any]:
    arguments = call.arguments
    return {
        "scope": scope,
        "for": arguments.client or arguments.segment,
        "kind": arguments.kind,
        "language": arguments.language or None,
    }


def _scope(book: Book, call: Call) -> tuple[str, int]:
    from desktop.services.clients import client_id
    from desktop.services.segments import segment_id

    if call.arguments.client:
        return "client", client_id(book, call.arguments.client)
    if call.arguments.segment:
        return "segment", segment_id(book, call.arguments.segment)
    return "firm", 0


def _mails(call: Call) -> None:
    from desktop.services.delivery.mail.drafts import save_enclosures, waiting_mails, write_drafts
    from desktop.services.delivery.mail.edits import mail_preview, whole_mails

    arguments = call.arguments
    with call.book() as book:
        ids = waiting_mails(book, which=arguments.which, run=arguments.run_number or "")
        if arguments.which:
            # Several documents that go in one mail stay together.
            ids = [key for mail in whole_mails(book, ids, today=call.today) for key in mail.delivery_ids]
        if arguments.reset or any(one is not None for one in (arguments.to, arguments.subject, arguments.body)):
            _change(call, book, ids)
        if arguments.drafts:
            try:
                done = write_drafts(
                    book, ids, call.path(arguments.drafts), today=call.today, actor=call.actor, report=call.progress
                )
            except Stopped as stopped:
                raise Stopped(_("Stopped. The drafts written until then are whole, and noted.")) from stopped
            _answer_drafts(call, done)
            return
        found = mail_preview(book, ids, today=call.today)
        if arguments.files:
            for draft in found:
                save_enclosures(book, draft, call.path(arguments.files))
    _answer_mails(call, found)


def _change(call: Call, book: Book, ids: list[int]) -> None:
    from desktop.services.delivery.mail.edits import edit_mail, mail_preview, reset_mail

    arguments = call.arguments
    if len(mail_preview(book, ids, today=call.today)) != 1:
        raise UserError(_("Only one e-mail is changed at a time."), _("Name one document of it."))
    if arguments.reset:
        reset_mail(book, ids, actor=call.actor)
        return
    body = None if arguments.body is None else call.read_text(arguments.body)[0]
    edit_mail(book, ids, actor=call.actor, recipients=arguments.to, subject=arguments.subject, body=body)


def _answer_drafts(call: Call, done: list[Any]) -> None:
    data = {
        "drafts": [
            {"file": str(one.path), "deliveries": list(one.delivery_ids), "to": list(one.to), "subject": one.subject}
            for one in done
        ]
    }

    def text() -> str:
        if not done:
            return _("No e-mail waits.")
        said = ngettext("{count} draft is in {folder}.", "{count} drafts are in {folder}.", len(done))
        return (
            said.format(count=number_text(len(done)), folder=done[0].path.parent)
            + " "
            + _("They go when you send them; say so with “outbox BOOK handed-over”.")
        )

    call.answer(data, text)


def _answer_mails(call: Call, found: list[MailDraft]) -> None:
    from desktop.services.delivery.mail.drafts import mailto_link

    links = [mailto_link(one) if call.arguments.mailto else None for one in found]
    data = {
        "mails": [
            {
                "deliveries": list(one.delivery_ids),
                "from": one.sender,
                "to": list(one.to),
                "cc": list(one.cc),
                "bcc": list(one.bcc),
                "subject": one.subject,
                "text": one.text,
                "attachments": [file.name for file in one.enclosures],
                **({"mailto": link.url, "whole": link.whole} if link else {}),
            }
            for one, link in zip(found, links, strict=True)
        ]
    }

    def text() -> str:
        if not found:
            return _("No e-mail waits.")
        if call.arguments.mailto:
            note = _("A link carries no files: attach them by hand; --files DIR writes them.")
            return "\n".join([*(link.url for link in links if link), note])
        return "\n\n".join(map(_as_read, found))

    call.answer(data, text)


def _as_read(mail: MailDraft) -> str:
    """One mail as a person reads it."""
    people = [(_("To"), mail.to), (_("CC"), mail.cc), (_("BCC"), mail.bcc)]
    lines = [f"{name}: {', '.join(some)}" for name, some in people if some]
    lines.append(_("Subject: {subject}").format(subject=mail.subject))
    lines.append(_("Attached: {files}").format(files=", ".join(file.name for file in mail.enclosures)))
    body = "\n".join(f"    {line}" if line else "" for line in mail.text.split("\n"))
    return "\n".join(lines) + "\n\n" + body
