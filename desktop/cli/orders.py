"""`orders`: debits and refunds for the bank, as files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, date_text, money_text, ngettext, number_text, pgettext

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.orders.wanted import Wanted

# As in desktop.services.orders.making, which would cost every other command its loading.
_KINDS = {"debit": "sepa_debit", "refund": "sepa_transfer", "ach": "ach_debit"}
_STEPS = ("hand-over", "cancel", "settle", "file")


def add(commands: Commands) -> None:
    parser = commands.add(
        "orders",
        _orders,
        _("direct debits and refunds as files for the bank; without more, the orders made"),
        writes=True,
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--make", choices=tuple(_KINDS), metavar="KIND", help=_("make one: {names}").format(names=", ".join(_KINDS))
    )
    what.add_argument(
        "--due", choices=tuple(_KINDS), metavar="KIND", help=_("only show what such an order could hold, and what not")
    )
    for step, words in zip(
        _STEPS,
        (
            _("note that the bank has the file of this order"),
            _("take this order back"),
            _("book all that waits of this order as come"),
            _("write the file of this order once more"),
        ),
        strict=True,
    ):
        what.add_argument(f"--{step}", metavar="ORDER", help=words)
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NUMBER", help=_("only these invoices, payments or credit notes")
    )
    parser.add_argument("--account", metavar="IBAN", help=_("the firm's account; by default the first that fits"))
    parser.add_argument("--date", type=day, metavar="DATE", help=_("the day of collection, transfer or booking"))
    parser.add_argument(
        "--form", default="", metavar="FORM", help=_("an older form of the file, such as pain.008.001.02")
    )
    parser.add_argument("--to", default=".", metavar="DIR", help=_("where the file goes; by default here"))


def _orders(call: Call) -> None:
    given = vars(call.arguments)
    step = next((one for one in _STEPS if given[one.replace("-", "_")]), "")
    if call.arguments.make:
        _make(call)
    elif call.arguments.due:
        _due(call)
    elif step:
        _step(call, step, given[step.replace("-", "_")])
    else:
        _list(call)


def _make(call: Call) -> None:
    from desktop.services.orders.making import earliest_day, make_order

    kind = _KINDS[call.arguments.make]
    on = call.arguments.date or earliest_day(kind, call.today)
    folder = call.path(call.arguments.to)
    with call.book() as book:
        found = _wanted(call, book, kind, on)
        made = make_order(
            book,
            kind=kind,
            account_id=_account(call, book),
            execute_on=on,
            actor=call.actor,
            today=call.today,
            ids={one.id for one in found} if call.arguments.only else None,
            version=call.arguments.form,
        )
    target = _write(folder, made.file_name, made.content)
    data = {
        "order": made.number,
        "items": made.count,
        "total": major_text(made.total, made.currency),
        "currency": made.currency,
        "date": made.execute_on,
        "file": str(target),
        "left_out": [_told(one) for one in found if one.problem],
    }
    words = ngettext(
        "Order {number} over {total}, {count} item, for {day}: {path}",
        "Order {number} over {total}, {count} items, for {day}: {path}",
        made.count,
    )
    call.answer(
        data,
        lambda: words.format(
            number=made.number,
            total=money_text(made.total, made.currency),
            count=number_text(made.count),
            day=date_text(made.execute_on),
            path=target,
        ),
    )


def _due(call: Call) -> None:
    from desktop.services.orders.making import earliest_day

    kind = _KINDS[call.arguments.due]
    with call.book() as book:
        found = _wanted(call, book, kind, call.arguments.date or earliest_day(kind, call.today))
    rows = [
        [one.number, one.client, date_text(one.due_date), money_text(one.amount, one.currency), one.problem]
        for one in found
    ]
    heads = [_("Number"), _("Client"), _("Due on"), ">" + _("Amount"), _("What keeps it out")]
    call.answer({"items": [_told(one) for one in found]}, lambda: table(heads, rows, empty=_("Nothing to order.")))


def _step(call: Call, step: str, number: str) -> None:
    from desktop.services.orders import standing

    folder = call.path(call.arguments.to)
    data: dict[str, Any] = {"order": number}
    said = _("Done.")
    with call.book() as book:
        key = standing.order_id_of(book, number)
        if step == "hand-over":
            standing.hand_over_order(book, key, actor=call.actor)
        elif step == "cancel":
            standing.cancel_order(book, key, actor=call.actor)
        elif step == "settle":
            paid = standing.settle_order(
                book, key, on=call.arguments.date or call.today, actor=call.actor, today=call.today
            )
            data["payments"] = len(paid)
        else:
            file = standing.order_file(book, key)
            data["file"] = str(_write(folder, file.name, file.content))
            said = _("{path} is written.").format(path=data["file"])
    call.answer(data, lambda: said)


def _list(call: Call) -> None:
    from desktop.services.orders.standing import orders

    with call.book() as book:
        found = orders(book)
    data = {
        "orders": [
            {
                "order": one.number,
                "kind": one.kind,
                "date": one.execute_on,
                "total": major_text(one.total, one.currency),
                "currency": one.currency,
                "items": one.count,
                "waiting": one.waiting,
                "paid": one.paid,
                "returned": one.returned,
                "state": one.state,
            }
            for one in found
        ]
    }
    heads = [
        pgettext("bank", "Order"),
        _("For"),
        ">" + _("Total"),
        ">" + pgettext("bank", "Items"),
        ">" + _("Waiting"),
        _("State"),
    ]
    rows = [
        [one.number, date_text(one.execute_on), money_text(one.total, one.currency), number_text(one.count),
         number_text(one.waiting), one.state]
        for one in found
    ]  # fmt: skip
    call.answer(data, lambda: table(heads, rows, empty=_("No order was made yet.")))


def _wanted(call: Call, book: Book, kind: str, on: date) -> list[Wanted]:
    """What can be ordered, or what of it was named. UserError for a number that is not among it."""
    from desktop.services.orders.wanted import credits_to_refund, debits_due

    found = credits_to_refund(book) if kind == "sepa_transfer" else debits_due(book, kind=kind, execute_on=on)
    named = set(call.arguments.only)
    unknown = named - {one.number for one in found}
    if unknown:
        raise UserError(
            _("{number} is not among what can be ordered.").format(number=min(unknown)),
            _("`sheaf orders BOOK --due KIND` shows what is."),
        )
    return [one for one in found if not named or one.number in named]


def _account(call: Call, book: Book) -> int:
    from desktop.services.firm import bank_accounts

    wanted = "".join((call.arguments.account or "").split()).upper()
    found = [one for one in bank_accounts(book) if not wanted or "".join(one["iban"].split()).upper() == wanted]
    if not found:
        raise UserError(
            _("The firm has no account {iban}.").format(iban=wanted) if wanted else _("The firm has no bank account."),
            _("Add it in the settings of the firm."),
        )
    return int(found[0]["id"])


def _told(one: Wanted) -> dict[str, Any]:
    return {
        "number": one.number,
        "client": one.client,
        "due_date": one.due_date,
        "amount": major_text(one.amount, one.currency),
        "currency": one.currency,
        "problem": one.problem,
    }


def _write(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / name
    target.write_bytes(content)
    return target
