"""`dispute`: what clients dispute is noted, assigned and closed."""

from __future__ import annotations

from desktop.cli.arguments import Commands, amount, day
from desktop.cli.call import Call
from desktop.cli.money import minor
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.i18n import _, amount_text, date_text


def add(commands: Commands) -> None:
    dispute = commands.add("dispute", _dispute, _("what clients dispute: note it, assign it, close it"), writes=True)
    dispute.add_argument("number", nargs="?", metavar="NUMBER", help=_("the invoice; without it all that are open"))
    dispute.add_argument("--reason", metavar="TEXT", help=_("open a dispute: why"))
    dispute.add_argument("--amount", type=amount, metavar="AMOUNT", help=_("only so much of it; by default all"))
    dispute.add_argument("--category", metavar="WORD", help=_("what it is about, such as price or quality"))
    dispute.add_argument("--owner", metavar="PERSON", help=_("who looks after it"))
    dispute.add_argument("--due", type=day, metavar="DATE", help=_("until when it is to be settled"))
    dispute.add_argument("--close", metavar="OUTCOME", help=_("close it, with what came of it"))
    dispute.add_argument("--date", type=day, metavar="DATE", help=_("by default today"))


def _dispute(call: Call) -> int:
    from desktop.services.disputes import assign_dispute, close_dispute, disputes_of, open_dispute, open_disputes
    from desktop.services.trail import currency_of

    arguments = call.arguments
    number = arguments.number
    with call.book() as book:
        on = arguments.date or call.today
        if number and arguments.close is not None:
            close_dispute(book, number, outcome=arguments.close, on=on, actor=call.actor, today=call.today)
        elif number and arguments.reason is not None:
            part = arguments.amount
            open_dispute(
                book,
                number,
                reason=arguments.reason,
                on=on,
                actor=call.actor,
                today=call.today,
                amount=None if part is None else minor(part, currency_of(book, [number])),
                category=arguments.category or "other",
                owner=arguments.owner or "",
                due_on=arguments.due,
            )
        elif number and (arguments.category is not None or arguments.owner is not None or arguments.due is not None):
            assign_dispute(
                book,
                number,
                actor=call.actor,
                category=arguments.category,
                owner=arguments.owner,
                due_on=arguments.due,
            )
        found = disputes_of(book, number) if number else open_disputes(book)
    data = [
        {
            "number": one.number,
            "opened_on": one.opened_on,
            "reason": one.reason,
            "category": one.category,
            "amount": None if one.amount is None else major_text(one.amount, one.currency),
            "currency": one.currency,
            "owner": one.owner or None,
            "due_on": one.due_on,
            "closed_on": one.closed_on,
            "outcome": one.outcome or None,
        }
        for one in found
    ]

    def text() -> str:
        return table(
            [_("Invoice"), _("Since"), _("Why"), ">" + _("Amount"), "", _("Owner"), _("Until"), _("Outcome")],
            [
                [
                    one.number,
                    date_text(one.opened_on),
                    one.reason,
                    _("all") if one.amount is None else amount_text(one.amount, one.currency),
                    one.currency,
                    one.owner,
                    date_text(one.due_on) if one.due_on else "",
                    one.outcome,
                ]
                for one in found
            ],
            empty=_("Nothing is disputed."),
        )

    call.answer({"disputes": data}, text)
    return 0
