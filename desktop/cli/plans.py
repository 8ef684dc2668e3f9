"""`plan`: instalments agreed on for what is open of invoices, and called off again."""

from __future__ import annotations

import argparse
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from desktop.cli.arguments import Commands, amount, count, day
from desktop.cli.call import Call
from desktop.cli.money import minor
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, money_text

if TYPE_CHECKING:
    from desktop.services.payment_plans import PlanBasis


def add(commands: Commands) -> None:
    plan = commands.add("plan", _plan, _("agree instalments for what is open, or call them off"), writes=True)
    plan.add_argument("numbers", nargs="+", metavar="NUMBER", help=_("invoices of one client; several share one plan"))
    how = plan.add_mutually_exclusive_group(required=True)
    how.add_argument("--instalments", type=count, metavar="N", help=_("so many equal ones"))
    how.add_argument(
        "--part", nargs="+", action="extend", type=_part, metavar="DATE=AMOUNT", help=_("each with its day and amount")
    )
    how.add_argument("--cancel", action="store_true", help=_("call the plan off: the rest is due as it was before"))
    plan.add_argument(
        "--first", type=day, metavar="DATE", help=_("when the first is due; by default after one interval")
    )
    plan.add_argument(
        "--every", default="1 month", metavar="INTERVAL", help=_("how far apart they are; by default 1 month")
    )
    plan.add_argument("--reason", required=True, metavar="TEXT")
    plan.add_argument("--date", type=day, metavar="DATE", help=_("when it was agreed; by default today"))


def _part(text: str) -> tuple[date, Decimal]:
    first, equals, second = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(_("“{text}” is not written like 2026-11-30=150.00").format(text=text))
    return day(first), amount(second)


def _plan(call: Call) -> None:
    if call.arguments.cancel:
        _cancel(call)
    else:
        _agree(call)


def _agree(call: Call) -> None:
    from desktop.services.payment_plans import agree_plan, plan_basis

    arguments = call.arguments
    on = arguments.date or call.today
    with call.book() as book:
        basis = plan_basis(book, arguments.numbers)
        agreed = agree_plan(
            book,
            basis.numbers,
            _parts(arguments, basis, on),
            on=on,
            reason=arguments.reason,
            actor=call.actor,
            today=call.today,
        )
    currency = basis.currency
    data = {
        "amount": major_text(basis.open, currency),
        "currency": currency,
        "replaced": list(basis.replaces),
        "plans": [
            {
                "number": plan.number,
                "instalments": [
                    {"number": name, "due_date": due, "amount": major_text(part, currency)}
                    for name, due, part in plan.instalments
                ],
            }
            for plan in agreed
        ],
    }

    def text() -> str:
        said = _("{amount} of {numbers} is due in instalments:").format(
            amount=money_text(basis.open, currency), numbers=", ".join(basis.numbers)
        )
        rows = [
            [name, date_text(due), amount_text(part, currency)]
            for plan in agreed
            for name, due, part in plan.instalments
        ]
        return said + "\n" + table([_("Number"), _("Due"), ">" + currency], rows)

    call.answer(data, text)


def _parts(arguments: argparse.Namespace, basis: PlanBasis, on: date) -> list[tuple[date, int]]:
    """(due date, amount in minor units) as the options say."""
    from desktop.domain.instalments import due_days
    from desktop.domain.periods import Interval
    from desktop.services.payment_plans import propose

    if arguments.part:
        return [(due, minor(value, basis.currency)) for due, value in arguments.part]
    first = arguments.first
    if first is None:
        try:
            first = due_days(on, Interval.parse(arguments.every), 2)[1]
        except ValueError as error:
            raise UserError(str(error)) from None
    return list(propose(basis, arguments.instalments, first, arguments.every))


def _cancel(call: Call) -> None:
    from desktop.services.payment_plans import cancel_plan
    from desktop.services.trail import currency_of

    arguments = call.arguments
    if len(arguments.numbers) > 1:
        raise UserError(_("Plans are called off one by one."), _("Name one invoice."))
    (number,) = arguments.numbers
    with call.book() as book:
        currency = currency_of(book, [number])
        back = cancel_plan(
            book,
            number,
            on=arguments.date or call.today,
            reason=arguments.reason,
            actor=call.actor,
            today=call.today,
        )
    call.answer(
        {"number": number, "amount": major_text(back, currency), "currency": currency},
        lambda: _("The plan of {number} is called off; {amount} is due as it was before.").format(
            number=number, amount=money_text(back, currency)
        ),
    )
