"""`bank`: what a person decides on bank lines: matched, put aside, taken back; and the passes over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from desktop.cli import bank_rules
from desktop.cli.arguments import Commands, amount
from desktop.cli.bank_names import line_ids, line_of
from desktop.cli.call import Call
from desktop.cli.money import minor
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, date_text, moment_text, money_text, ngettext, number_text, pgettext

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.bank.learning import Sign
    from desktop.services.bank.parts import Booked, Part
    from desktop.services.bank.proposing import Proposals

_ACTS: Final = (
    "lines",
    "match",
    "aside",
    "return",
    "undo",
    "passes",
    "learn",
    "learned",
    "forget",
    "policy",
)


def add(commands: Commands) -> None:
    one = commands.add("bank", _bank, _("decide on bank lines that wait, and what books itself"), writes=True)
    one.add_argument("act", nargs="?", choices=_ACTS, default="lines", metavar="ACT", help=", ".join(_ACTS))
    one.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help=_("match: a line and what it pays; aside, undo: lines; return: a line and a payment; learn: a line"),
    )
    one.add_argument("--state", choices=("open", "booked", "all"), default="open", help=_("lines: which"))
    one.add_argument("--best", action="store_true", help=_("match: book the best explanation"))
    one.add_argument("--client", metavar="CODE", help=_("match, learn: whose money it is"))
    one.add_argument("--charges", type=amount, metavar="AMOUNT", help=_("match: what banks kept back of the payment"))
    one.add_argument(
        "--paid", type=amount, metavar="AMOUNT", help=_("match: what was paid, in the currency of the invoices")
    )
    one.add_argument("--write-off", default="", metavar="REASON", help=_("match: write off what stays open"))
    one.add_argument("--learn", action="store_true", help=_("match: know this payer by account and name from now on"))
    one.add_argument("--note", default="", metavar="TEXT", help=_("aside: what it is"))
    one.add_argument("--kind", choices=("other", "charges", "transfer"), default="other", help=_("aside: of what kind"))
    one.add_argument("--ledger", metavar="NUMBER", help=_("aside: the account of the chart that it is booked on"))
    one.add_argument("--pass", dest="number", metavar="NUMBER", help=_("undo: all that this pass booked"))
    one.add_argument("--reason", default="", metavar="TEXT", help=_("undo: why"))
    one.add_argument("--sign", choices=("account", "name", "text"), help=_("learn: what the client is known by"))
    one.add_argument("--value", default="", metavar="TEXT", help=_("learn: the account, the name or the words"))
    bank_rules.add_policy(one)


def _bank(call: Call) -> int:
    with call.book() as book:
        match call.arguments.act:
            case "lines":
                return _lines(call, book)
            case "match":
                return _match(call, book)
            case "aside":
                return _aside(call, book)
            case "return":
                return _return(call, book)
            case "undo":
                return _undo(call, book)
            case "passes":
                return _passes(call, book)
            case "learn":
                return bank_rules.learn(call, book)
            case "learned":
                return bank_rules.learned(call, book)
            case "forget":
                return bank_rules.forget(call, book)
        return bank_rules.policy(call, book)


# Lines


def _lines(call: Call, book: Book) -> int:
    from desktop.saying import put
    from desktop.services.bank.proposing import proposals
    from desktop.services.bank.showing import shown_lines

    found = proposals(book, today=call.today, report=call.progress)
    rows = shown_lines(book, call.arguments.state)
    data = []
    for row in rows:
        best = found.best(row.id)
        data.append(
            {
                "line": row.id,
                "date": row.booked_on.isoformat(),
                "account": row.account,
                "party": row.party,
                "text": row.text,
                "amount": major_text(row.amount, row.currency),
                "left": major_text(row.left, row.currency),
                "currency": row.currency,
                "state": row.state,
                "booked_as": [
                    {
                        "kind": one.kind,
                        "payment": one.payment or None,
                        "pass": one.reconciliation,
                        "amount": major_text(one.amount, row.currency),
                        "client": one.client or None,
                        "note": one.note,
                    }
                    for one in row.matches
                ],
                "explanations": [
                    {
                        "kind": one.kind,
                        "invoices": [name for name, _amount in found.names(one)],
                        "score": one.score / 1_000_000,
                        "sure": one.sure,
                        "reasons": [put(said) for said in one.reasons],
                    }
                    for one in found.of(row.id)
                ],
                "best": ", ".join(name for name, _amount in found.names(best)) if best else "",
            }
        )

    def text() -> str:
        return table(
            [
                pgettext("bank", "Line"),
                _("Day"),
                _("Party"),
                ">" + _("Amount"),
                ">" + _("Not booked"),
                _("Text"),
                _("Best"),
            ],
            [
                [
                    str(row.id),
                    date_text(row.booked_on),
                    row.party,
                    money_text(row.amount, row.currency),
                    money_text(row.left, row.currency) if row.left else "",
                    row.text[:60],
                    str(one["best"]),
                ]
                for row, one in zip(rows, data, strict=True)
            ],
            empty=_("No line waits."),
        )

    call.answer({"lines": data}, text)
    return 0


def _match(call: Call, book: Book) -> int:
    from desktop.services.bank.booking import book_line
    from desktop.services.bank.proposing import proposals

    arguments = call.arguments
    line_id, numbers = line_of(arguments.names), arguments.names[1:]
    found = proposals(book, today=call.today, line_ids=[line_id], report=call.progress)
    parts = _best(found, line_id) if arguments.best else _chosen(call, book, found, line_id, numbers)
    learn = _signs(book, line_id, parts) if arguments.learn else ()
    booked = book_line(book, line_id, parts, actor=call.actor, today=call.today, learn=learn)
    _tell(call, book, booked)
    return 0


def _best(found: Proposals, line_id: int) -> tuple[Part, ...]:
    best = found.best(line_id)
    parts = found.parts(best) if best else ()
    if not parts:
        raise UserError(
            _("Nothing explains line {line}.").format(line=line_id), _("Name what it pays, or put it aside.")
        )
    return parts


def _chosen(call: Call, book: Book, found: Proposals, line_id: int, numbers: list[str]) -> tuple[Part, ...]:
    from desktop.services.bank.choosing import chosen
    from desktop.services.clients import client_id

    arguments = call.arguments
    items = [item for number in numbers for item in _items(found, number)]
    line = found.lines.get(line_id)
    currency = line.currency if line else ""
    paid_in = found.items[items[0]].currency if items else currency
    return chosen(
        found,
        line_id,
        items,
        client_id=client_id(book, arguments.client) if arguments.client else None,
        charges=minor(arguments.charges, currency) if arguments.charges else 0,
        paid=minor(arguments.paid, paid_in) if arguments.paid else None,
        write_off=arguments.write_off,
    )


def _items(found: Proposals, number: str) -> list[int]:
    """The open items of an invoice, or the one instalment that is named."""
    items = [key for key, one in found.items.items() if number in (one.number, one.name)]
    if not items:
        raise UserError(
            _("Nothing is open under the number {number}.").format(number=number),
            _("Check the number; `sheaf invoices` lists what is open."),
        )
    return items


def _signs(book: Book, line_id: int, parts: tuple[Part, ...]) -> tuple[Sign, ...]:
    from desktop.services.bank.learning import signs

    clients = dict.fromkeys(part.client_id for part in parts if part.client_id is not None)
    return tuple(sign for client in clients for sign in signs(book, line_id, client))


def _tell(call: Call, book: Book, booked: Booked) -> None:
    from desktop.saying import put
    from desktop.services.bank.showing import shown_line

    line = shown_line(book, booked.line_id)
    notes = [put(said) for said in booked.notes]
    data = {
        "line": booked.line_id,
        "pass": line.matches[-1].reconciliation if line.matches else None,
        "payments": list(booked.payments),
        "left": major_text(booked.left, line.currency),
        "notes": notes,
    }

    def text() -> str:
        said = _("Line {line} is booked.") if not booked.left else _("Line {line} is booked in part; {left} is left.")
        words = [said.format(line=booked.line_id, left=money_text(booked.left, line.currency))]
        if booked.payments:
            words.append(_("Payments: {list}.").format(list=", ".join(booked.payments)))
        return "\n".join([*words, *notes])

    call.answer(data, text)


def _aside(call: Call, book: Book) -> int:
    from desktop.services.accounting.chart import account_numbered
    from desktop.services.bank.booking import put_aside

    arguments = call.arguments
    lines = line_ids(arguments.names)
    account_id = account_numbered(book, arguments.ledger) if arguments.ledger else None
    put_aside(
        book,
        lines,
        note=arguments.note,
        actor=call.actor,
        today=call.today,
        kind=arguments.kind,
        account_id=account_id,
    )
    said = ngettext("{count} line is put aside.", "{count} lines are put aside.", len(lines))
    call.answer({"lines": lines}, lambda: said.format(count=number_text(len(lines))))
    return 0


def _return(call: Call, book: Book) -> int:
    from desktop.services.bank.booking import book_line
    from desktop.services.bank.choosing import chosen_return
    from desktop.services.bank.proposing import proposals

    names = call.arguments.names
    line_id = line_of(names)
    if len(names) != 2:
        raise UserError(_("Name a line and the payment that came back."), _("Such as: sheaf bank BOOK return 12 P-1"))
    found = proposals(book, today=call.today, line_ids=[line_id])
    payment = next((key for key, one in found.past.items() if one.number == names[1]), 0)
    parts = chosen_return(found, line_id, payment)
    _tell(call, book, book_line(book, line_id, parts, actor=call.actor, today=call.today))
    return 0


def _undo(call: Call, book: Book) -> int:
    from desktop.services.bank.passes import pass_numbered
    from desktop.services.bank.undoing import take_back

    arguments = call.arguments
    if bool(arguments.names) == bool(arguments.number):
        raise UserError(_("Name lines, or a pass with --pass NUMBER."), _("See: sheaf bank --help"))
    done = take_back(
        book,
        reconciliation_id=pass_numbered(book, arguments.number).id if arguments.number else None,
        line_ids=line_ids(arguments.names) if arguments.names else (),
        actor=call.actor,
        today=call.today,
        reason=arguments.reason,
        report=call.progress,
    )
    said = ngettext("{count} line is open again.", "{count} lines are open again.", done.lines)
    call.answer(
        {"lines": done.lines, "payments": list(done.payments)}, lambda: said.format(count=number_text(done.lines))
    )
    return 0


def _passes(call: Call, book: Book) -> int:
    from desktop.services.bank.passes import passes

    found = passes(book)
    data = [
        {
            "number": one.number,
            "origin": one.origin,
            "at": one.at,
            "actor": one.actor,
            "lines": one.lines,
            "booked": one.booked,
            "standing": one.standing,
            "undone_at": one.undone_at,
        }
        for one in found
    ]
    rows = [
        [
            one.number,
            moment_text(one.at),
            one.actor,
            number_text(one.lines),
            number_text(one.booked),
            number_text(one.standing),
        ]
        for one in found
    ]
    call.answer(
        {"passes": data},
        lambda: table(
            [
                _("Pass"),
                _("When"),
                _("Who"),
                ">" + pgettext("bank", "Lines"),
                ">" + _("Booked"),
                ">" + _("Still booked"),
            ],
            rows,
            empty=_("No line was booked yet."),
        ),
    )
    return 0
