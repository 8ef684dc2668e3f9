"""`letter`: statements, receipts, reminders, payment plans, run reports and cover letters as PDF files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, amount, count, day
from desktop.cli.call import Call
from desktop.cli.progress import Stopped
from desktop.cli.tables import table
from desktop.domain.delivery import CHANNELS
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, ngettext

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.letters.correspondence import Made
    from desktop.services.letters.files import WrittenLetter

_KINDS = ("statement", "receipt", "reminder", "plan", "run-report", "cover")


def add(commands: Commands) -> None:
    parser = commands.add(
        "letter",
        _letter,
        _("write statements, receipts, reminders and other letters as PDFs, or send them"),
        writes=True,
    )
    parser.add_argument("kind", choices=_KINDS, metavar="KIND", help=", ".join(_KINDS))
    parser.add_argument(
        "--client", nargs="+", action="extend", default=[], metavar="CODE", help=_("of these clients, a letter each")
    )
    parser.add_argument("--all", action="store_true", help=_("statements for everyone with a balance"))
    parser.add_argument("--payment", metavar="NUMBER", help=_("the payment that a receipt is for"))
    parser.add_argument(
        "--invoice",
        nargs="+",
        action="extend",
        default=[],
        metavar="NUMBER",
        help=_("the invoices of a payment plan, or the documents that a cover letter goes with"),
    )
    parser.add_argument("--run", dest="run_number", metavar="RUN", help=_("the run of a report or cover letter"))
    parser.add_argument("--as-of", type=day, metavar="DATE", help=_("at the end of that day; by default today"))
    parser.add_argument("--since", type=day, metavar="DATE", help=_("a statement with all movements from that day on"))
    parser.add_argument("--currency", metavar="CODE", help=_("only in this currency; by default a letter for each"))
    parser.add_argument("--level", type=count, metavar="N", help=_("a reminder's level: 1 friendly, 2 firm, 3 final"))
    parser.add_argument("--fee", type=amount, metavar="AMOUNT", help=_("a reminder's fee"))
    parser.add_argument("--interest", type=amount, metavar="PERCENT", help=_("interest a year on what is overdue"))
    parser.add_argument("--pay-by", type=day, metavar="DATE", help=_("until when a reminder asks for the money"))
    parser.add_argument("--text", default="", metavar="TEXT", help=_("a cover letter's own words, with {fields}"))
    parser.add_argument("--to", metavar="PATH", help=_("a .pdf file, or a folder, which is made"))
    parser.add_argument("--send", action="store_true", help=_("put them into the outbox, from where they go"))
    parser.add_argument("--by", default="", choices=CHANNELS, help=_("with --send: by this way, not the client's"))
    parser.add_argument(
        "--address", default="", metavar="ADDRESSES", help=_("with --send: to these people, not the client's contacts")
    )


def _letter(call: Call) -> None:
    arguments = call.arguments
    if arguments.send:
        _send(call)
        return
    if not arguments.to:
        raise UserError(
            _("It is not said where the letter goes."),
            _("Name a file or folder by --to PATH, or put it into the outbox with --send."),
        )
    target = call.path(arguments.to)
    with call.book() as book:
        try:
            written = _written(call, book, target)
        except Stopped as stopped:
            raise Stopped(
                _("Stopped. The PDFs written until then are whole; do it again to write the others.")
            ) from stopped
    data = [
        {
            "kind": one.kind,
            "client": one.client or None,
            "number": one.number or None,
            "currency": one.currency,
            "payable": major_text(one.payable, one.currency),
            "file": str(one.path),
            "sha256": one.sha256,
        }
        for one in written
    ]

    def text() -> str:
        rows = [
            # A letter that asks for nothing must not look like an account of nothing.
            [one.client, one.currency, amount_text(one.payable, one.currency) if one.payable else "", one.path.name]
            for one in written
        ]
        words = ngettext("{count} PDF written to {folder}.", "{count} PDFs written to {folder}.", len(written))
        said = words.format(count=f"{len(written):,}", folder=written[0].path.parent if written else target)
        return table([_("Client"), "", ">" + _("To pay"), _("File")], rows) + "\n" + said if rows else said

    call.answer({"letters": data}, text)


def _send(call: Call) -> None:
    from desktop.services.delivery.mail.letters import enqueue_letters

    arguments = call.arguments
    if arguments.to:
        raise UserError(_("A letter is either sent or written to a file."), _("Leave --to or --send out."))
    with call.book() as book:
        if arguments.kind == "statement" and (arguments.all or len(arguments.client) > 1):
            letters = _many_statements(call, book)
        else:
            letters = _MAKERS[arguments.kind](call, book)
        if arguments.address and len({made[0].buyer.code for made in letters}) > 1:
            raise UserError(
                _("These letters go to several clients, but to one address."), _("Send those of one client at a time.")
            )
        put = enqueue_letters(
            book,
            letters,
            actor=call.actor,
            channel=arguments.by,
            address=arguments.address,
            report=lambda done: call.progress(done, len(letters), _("Putting letters into the outbox")),
        )
    data = [
        {"delivery": key, "kind": letter.kind, "client": letter.buyer.code, "currency": letter.currency}
        for key, letter in put.letters
    ]
    refused = [{"letter": title, "reason": why} for title, why in put.refused]
    said = ngettext("{count} letter is in the outbox.", "{count} letters are in the outbox.", len(data))
    call.answer({"letters": data, "refused": refused}, lambda: said.format(count=f"{len(data):,}"))
    for title, why in put.refused:
        call.say(_("{title} is not: {why}").format(title=title, why=why))


def _many_statements(call: Call, book: Book) -> list[Made]:
    from desktop.services.letters.files import statements_for

    arguments = call.arguments
    return list(
        statements_for(
            book,
            _clients(book, everyone=arguments.all, codes=arguments.client),
            as_of=arguments.as_of or call.today,
            currency=arguments.currency or "",
            since=arguments.since,
        )
    )


def _written(call: Call, book: Book, target: Path) -> list[WrittenLetter]:
    from desktop.services.letters.files import save_letter, save_letters, write_statements

    arguments = call.arguments
    if arguments.kind == "statement" and (arguments.all or len(arguments.client) > 1):
        return write_statements(
            book,
            _folder(target),
            _clients(book, everyone=arguments.all, codes=arguments.client),
            as_of=arguments.as_of or call.today,
            currency=arguments.currency or "",
            since=arguments.since,
            report=call.progress,
        )
    letters = _MAKERS[arguments.kind](call, book)
    if target.suffix.lower() != ".pdf":
        return save_letters(letters, target)
    if len(letters) > 1:
        raise UserError(
            _("These are {count} letters, which do not go into one file.").format(count=len(letters)),
            _("Name a folder, or one currency."),
        )
    return [save_letter(letters[0], target)]


def _folder(target: Path) -> Path:
    if target.suffix.lower() == ".pdf":
        raise UserError(_("Several letters do not go into one file."), _("Name a folder."))
    return target


def _clients(book: Book, *, everyone: bool, codes: list[str]) -> list[int]:
    from desktop.services.clients import client_id
    from desktop.services.letters.files import clients_with_balance

    return clients_with_balance(book) if everyone else list(dict.fromkeys(client_id(book, code) for code in codes))


def _statements(call: Call, book: Book) -> list[Made]:
    from desktop.services.letters.files import client_statements

    return client_statements(
        book,
        _one_client(call, book),
        as_of=call.arguments.as_of or call.today,
        currency=call.arguments.currency or "",
        since=call.arguments.since,
    )


def _reminders(call: Call, book: Book) -> list[Made]:
    from decimal import Decimal

    from desktop.services.clients import client_id
    from desktop.services.letters.files import client_reminders

    arguments = call.arguments
    if not arguments.client:
        raise _needs("--client")
    return [
        made
        for code in arguments.client
        for made in client_reminders(
            book,
            client_id(book, code),
            as_of=arguments.as_of or call.today,
            currency=arguments.currency or "",
            level=arguments.level,
            fee=arguments.fee or Decimal(0),
            interest=arguments.interest or Decimal(0),
            pay_by=arguments.pay_by,
        )
    ]


def _receipt(call: Call, book: Book) -> list[Made]:
    from desktop.services.letters.receipt import receipt

    if not call.arguments.payment:
        raise _needs("--payment")
    return [receipt(book, call.arguments.payment, as_of=call.arguments.as_of or call.today)]


def _plan(call: Call, book: Book) -> list[Made]:
    from desktop.services.letters.payment_plan import payment_plan

    if not call.arguments.invoice:
        raise _needs("--invoice")
    return [payment_plan(book, call.arguments.invoice, as_of=call.arguments.as_of or call.today)]


def _run_report(call: Call, book: Book) -> list[Made]:
    from desktop.services.letters.run_report import run_report

    if not call.arguments.run_number:
        raise _needs("--run")
    return [run_report(book, call.arguments.run_number, on=call.arguments.as_of or call.today)]


def _cover(call: Call, book: Book) -> list[Made]:
    from desktop.services.letters.cover import cover_letter

    arguments = call.arguments
    if not arguments.invoice and not arguments.run_number:
        raise _needs("--invoice", "--run")
    return [
        cover_letter(
            book,
            _one_client(call, book),
            on=arguments.as_of or call.today,
            numbers=arguments.invoice,
            run=arguments.run_number or "",
            text=arguments.text,
        )
    ]


_MAKERS: Mapping[str, Callable[[Call, Any], list[Any]]] = {
    "statement": _statements,
    "reminder": _reminders,
    "receipt": _receipt,
    "plan": _plan,
    "run-report": _run_report,
    "cover": _cover,
}


def _one_client(call: Call, book: Book) -> int:
    from desktop.services.clients import client_id

    if len(call.arguments.client) != 1:
        raise _needs("--client")
    return client_id(book, call.arguments.client[0])


def _needs(*options: str) -> UserError:
    return UserError(
        _("It is not said what the letter is for."), _("Name it by {options}.").format(options=", ".join(options))
    )
