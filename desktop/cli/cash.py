"""`refund` and `cash`: credit paid back, and the tills with their cash book."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.cli.arguments import Commands, amount, day
from desktop.cli.call import Call
from desktop.cli.money import account_of, minor
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, money_text

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.cash_book import CashBook, CashEntry, Till

# As in desktop.services.cash_book, which would cost every other command its loading.
_MOVES = ("withdrawal", "deposit", "income", "expense", "opening")


def add(commands: Commands) -> None:
    refund = commands.add("refund", _refund, _("pay back what is left of a payment or credit note"), writes=True)
    refund.add_argument("number", metavar="NUMBER", help=_("the payment or credit note"))
    refund.add_argument("amount", nargs="?", type=amount, metavar="AMOUNT", help=_("by default all that is left"))
    refund.add_argument("--reason", required=True, metavar="TEXT")
    refund.add_argument("--method", default="bank", metavar="M")
    refund.add_argument("--reference", default="", metavar="R")
    refund.add_argument("--account", metavar="NAME", help=_("the bank account or till that it is paid from"))
    refund.add_argument("--date", type=day, metavar="DATE", help=_("by default today"))

    cash = commands.add("cash", _cash, _("the tills: their cash book, entries, counting; sets one up"), writes=True)
    cash.add_argument("till", nargs="?", metavar="TILL", help=_("without it the tills and what they hold"))
    what = cash.add_mutually_exclusive_group()
    what.add_argument("--new", metavar="CUR", help=_("set the till up, in this currency"))
    for word, said in zip(_MOVES, _move_words(), strict=True):
        what.add_argument(f"--{word}", type=amount, metavar="AMOUNT", help=said)
    what.add_argument("--count", type=amount, metavar="AMOUNT", help=_("what was counted; a difference is entered"))
    what.add_argument("--reverse", metavar="NUMBER", help=_("take an entry back"))
    cash.add_argument("--text", default="", metavar="TEXT", help=_("what an entry is for"))
    cash.add_argument("--attach", metavar="FILE", help=_("keep this file with the entry, as its voucher"))
    cash.add_argument("--date", type=day, metavar="DATE", help=_("by default today"))
    cash.add_argument("--since", type=day, metavar="DATE", help=_("the first day shown; by default of the year"))


def _move_words() -> tuple[str, ...]:
    return (
        _("fetched from the bank"),
        _("brought to the bank"),
        _("other cash that came in"),
        _("cash spent"),
        _("what is in it at the beginning"),
    )


def _refund(call: Call) -> None:
    from desktop.services.refunds import credit_left, refund_credit

    arguments = call.arguments
    with call.book() as book:
        currency, _left = credit_left(book, arguments.number)
        done = refund_credit(
            book,
            arguments.number,
            amount=None if arguments.amount is None else minor(arguments.amount, currency),
            on=arguments.date or call.today,
            reason=arguments.reason,
            actor=call.actor,
            today=call.today,
            method=arguments.method,
            reference=arguments.reference,
            account_id=account_of(book, arguments.account),
        )
    data = {
        "refund": done.refund,
        "source": done.source,
        "currency": done.currency,
        "amount": major_text(done.amount, done.currency),
        "left": major_text(done.left, done.currency),
    }
    call.answer(
        data,
        lambda: _("{refund} pays back {amount} of {source}; {left} is left.").format(
            refund=done.refund,
            amount=money_text(done.amount, done.currency),
            source=done.source,
            left=money_text(done.left, done.currency),
        ),
    )


def _cash(call: Call) -> None:
    from desktop.services.cash_book import cash_book, save_till, tills

    arguments = call.arguments
    with call.book() as book:
        if arguments.till is None:
            _show_tills(call, tills(book))
            return
        if arguments.new is not None:
            save_till(book, arguments.till, arguments.new, actor=call.actor)
            _show_tills(call, tills(book))
            return
        till = _named(tills(book), arguments.till)
        entry = _entered(call, book, till)
        if entry is None:
            until = arguments.date or call.today
            since = arguments.since or until.replace(month=1, day=1)
            _show_book(call, cash_book(book, till.id, since=since, until=until))
            return
    data = {
        "number": entry.number,
        "till": till.name,
        "currency": entry.currency,
        "amount": major_text(entry.amount, entry.currency),
        "balance": major_text(entry.balance, entry.currency),
    }
    said = (
        _("{number}: “{till}” holds {balance}.") if entry.number else _("The count is right: “{till}” holds {balance}.")
    )
    call.answer(
        data,
        lambda: said.format(number=entry.number, till=till.name, balance=money_text(entry.balance, entry.currency)),
    )


def _entered(call: Call, book: Book, till: Till) -> CashEntry | None:
    """What the options ask to enter; None where they only look."""
    from desktop.services.cash_book import count_till, enter_cash, reverse_cash

    arguments = call.arguments
    on = arguments.date or call.today
    text, actor, today = arguments.text, call.actor, call.today
    attach = call.path(arguments.attach) if arguments.attach else None
    if arguments.reverse is not None:
        return reverse_cash(book, arguments.reverse, on=on, reason=text, actor=actor, today=today)
    if arguments.count is not None:
        counted = minor(arguments.count, till.currency)
        return count_till(book, till.id, counted=counted, dated=on, text=text, actor=actor, today=today)
    for kind in _MOVES:
        moved = getattr(arguments, kind)
        if moved is not None:
            part = minor(moved, till.currency)
            return enter_cash(
                book, till.id, kind=kind, amount=part, dated=on, text=text, attach=attach, actor=actor, today=today
            )
    return None


def _named(known: tuple[Till, ...], name: str) -> Till:
    for one in known:
        if one.name.casefold() == name.strip().casefold():
            return one
    names = ", ".join(one.name for one in known)
    raise UserError(
        _("There is no till “{name}”.").format(name=name),
        _("The tills are: {names}.").format(names=names)
        if known
        else _("Set one up: sheaf cash BOOK “{name}” --new CUR.").format(name=name),
    )


def _show_tills(call: Call, known: tuple[Till, ...]) -> None:
    data = [
        {
            "till": one.name,
            "currency": one.currency,
            "balance": major_text(one.balance, one.currency),
            "last": one.last.isoformat() if one.last else None,
        }
        for one in known
    ]
    rows = [[one.name, money_text(one.balance, one.currency), date_text(one.last) if one.last else ""] for one in known]
    call.answer(
        {"tills": data},
        lambda: table(
            [_("Till"), ">" + _("Holds"), _("Last entry")], rows, empty=_("There is no till; --new sets one up.")
        ),
    )


def _show_book(call: Call, kept: CashBook) -> None:
    from desktop.services.cash_book import entry_words

    currency, words = kept.till.currency, entry_words()
    data = {
        "till": kept.till.name,
        "currency": currency,
        "opening": major_text(kept.opening, currency),
        "closing": major_text(kept.closing, currency),
        "entries": [
            {
                "number": row.number,
                "date": row.dated.isoformat(),
                "kind": row.kind,
                "client": row.client,
                "text": row.text,
                "amount": major_text(row.amount, currency),
                "balance": major_text(row.balance, currency),
                "reversed_by": row.reversed_by,
            }
            for row in kept.rows
        ],
    }
    rows = [["", "", _("Brought forward"), "", "", amount_text(kept.opening, currency)]]
    rows += [
        [
            date_text(row.dated),
            row.number,
            words[row.kind],
            row.client or row.text,
            amount_text(row.amount, currency),
            amount_text(row.balance, currency),
        ]
        for row in kept.rows
    ]
    heads = [_("Date"), _("Number"), _("Entry"), _("For"), ">" + currency, ">" + _("Balance")]
    call.answer(data, lambda: f"{kept.till.name}\n\n{table(heads, rows)}")
