"""`escalations`, `claims`: who was reminded to the last level, and the fees and interest that letters asked for."""

from __future__ import annotations

from typing import Any

from desktop.cli.arguments import Commands
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text


def add(commands: Commands) -> None:
    commands.add("escalations", _escalations, _("who was reminded to the last level and still owes"))
    parser = commands.add(
        "claims", _claims, _("fees and interest that letters asked for: list, waive, bill them"), writes=True
    )
    parser.add_argument("--client", metavar="CODE", help=_("of this client"))
    parser.add_argument("--currency", metavar="CODE", help=_("in this currency; by default the client's"))
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--waive", action="store_true", help=_("give them up"))
    what.add_argument("--bill", metavar="ITEM", help=_("draft an invoice, as this item of the catalogue"))


def _escalations(call: Call) -> int:
    from desktop.services.dunning.escalations import escalations

    with call.book() as book:
        found = escalations(book, call.today)
    data = [
        {
            "client": one.code,
            "currency": one.currency,
            "open": major_text(one.open, one.currency),
            "invoices": list(one.items),
            "oldest_due": one.oldest,
            "level": one.level,
            "last_letter": one.since,
            "pay_by": one.pay_by,
            "days": one.days,
        }
        for one in found
    ]

    def text() -> str:
        return table(
            [_("Client"), ">" + _("Open"), "", _("Invoices"), _("Last letter"), ">" + _("Days")],
            [
                [
                    one.code,
                    amount_text(one.open, one.currency),
                    one.currency,
                    ", ".join(one.items),
                    date_text(one.since),
                    str(one.days),
                ]
                for one in found
            ],
            empty=_("Nobody is to be escalated."),
        )

    call.answer({"escalations": data}, text)
    return 0


def _claims(call: Call) -> int:
    from desktop.services.clients import client, client_id
    from desktop.services.dunning.claims import bill_claims, claims, waive_claims

    arguments = call.arguments
    billed: dict[str, Any] = {}
    with call.book() as book:
        who = client_id(book, arguments.client) if arguments.client else None
        if arguments.waive or arguments.bill:
            if who is None:
                raise UserError(
                    _("It is not said whose claims are meant."), _("Name it by {options}.").format(options="--client")
                )
            currency = arguments.currency or str(client(book, who)["currency"])
            if arguments.waive:
                waive_claims(book, who, currency, actor=call.actor)
            else:
                run, draft = bill_claims(book, who, currency, item=arguments.bill, actor=call.actor, today=call.today)
                billed = {"run": run, "draft": draft}
        found = claims(book, client_id=who)
    data = [
        {
            "client": one.code,
            "currency": one.currency,
            "fee": major_text(one.fee, one.currency),
            "interest": major_text(one.interest, one.currency),
            "until": one.until,
        }
        for one in found
    ]

    def text() -> str:
        return table(
            [_("Client"), ">" + _("Fees"), ">" + _("Interest"), "", _("Until")],
            [
                [
                    one.code,
                    amount_text(one.fee, one.currency),
                    amount_text(one.interest, one.currency),
                    one.currency,
                    date_text(one.until),
                ]
                for one in found
            ],
            empty=_("No fee or interest is open."),
        )

    call.answer({"claims": data, **billed}, text)
    return 0
