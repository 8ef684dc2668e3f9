"""`remind`, `holds`, `send-statements`: reminder runs, who gets none, and statements with all open documents."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, count, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.domain.delivery import CHANNELS
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, money_text, ngettext, pgettext

if TYPE_CHECKING:
    from db.engine import Book
    from desktop.services.dunning.runs import ReminderRow

_DECISIONS = ("hold", "release", "skip")


def add(commands: Commands) -> None:
    remind = commands.add(
        "remind", _remind, _("remind everyone who is late: plan a reminder run and send it"), writes=True
    )
    remind.add_argument("--as-of", type=day, metavar="DATE", help=_("as of that day; by default today"))
    remind.add_argument("--preview", action="store_true", help=_("say who would be reminded, and write nothing"))
    remind.add_argument("--plan", action="store_true", help=_("plan the run and send nothing yet"))
    remind.add_argument("--run", dest="run_number", metavar="RUN", help=_("go on with this planned run"))
    remind.add_argument("--segment", metavar="NAME", help=_("only this segment"))
    remind.add_argument(
        "--client", nargs="+", action="extend", default=[], metavar="CODE", help=_("only these clients")
    )
    remind.add_argument(
        "--override", default="", metavar="TEXT", help=_("why it goes although bank statements are missing")
    )
    for act, words in (
        ("hold", _("of --run: hold the letters to these clients")),
        ("release", _("of --run: let the letters to these clients go after all")),
        ("skip", _("of --run: leave these clients out this time")),
    ):
        remind.add_argument(f"--{act}", nargs="+", default=[], metavar="CODE", help=words)
    remind.add_argument("--note", default="", metavar="TEXT", help=_("why, with a decision"))
    remind.add_argument("--cancel", action="store_true", help=_("of --run: give up what it has not sent"))
    remind.add_argument("--list", action="store_true", help=_("the runs that there were"))

    holds = commands.add("holds", _holds, _("who gets no reminders: list, hold, release"), writes=True)
    who = holds.add_mutually_exclusive_group()
    who.add_argument("--client", metavar="CODE", help=_("hold reminders to this client"))
    who.add_argument("--invoice", metavar="NUMBER", help=_("leave this invoice out of reminders"))
    who.add_argument("--release", type=count, metavar="ID", help=_("let reminders go again"))
    holds.add_argument("--reason", default="", metavar="TEXT", help=_("why reminders are held"))
    holds.add_argument("--until", type=day, metavar="DATE", help=_("the last day of the hold"))
    holds.add_argument("--all", action="store_true", help=_("list those too that stand no more"))

    send = commands.add(
        "send-statements",
        _send_statements,
        _("put a statement with all open documents into the outbox for everyone with a balance"),
        writes=True,
    )
    send.add_argument("--as-of", type=day, metavar="DATE", help=_("at the end of that day; by default today"))
    send.add_argument("--since", type=day, metavar="DATE", help=_("with all movements from that day on"))
    send.add_argument("--client", nargs="+", action="extend", default=[], metavar="CODE", help=_("only these clients"))
    send.add_argument("--by", default="", choices=CHANNELS, help=_("by this way, not the client's"))


def _remind(call: Call) -> int:
    arguments = call.arguments
    decided = [act for act in _DECISIONS if getattr(arguments, act)]
    if (decided or arguments.cancel) and not arguments.run_number:
        raise UserError(_("It is not said which run is meant."), _("Name it by {options}.").format(options="--run"))
    with call.book() as book:
        if arguments.list:
            return _list(call, book)
        if arguments.preview:
            return _preview(call, book)
        if arguments.cancel:
            return _cancel(call, book)
        if decided:
            return _decide(call, book, decided)
        return _send(call, book)


def _preview(call: Call, book: Book) -> int:
    from desktop.services.dunning.planning import preview_run

    plan = preview_run(
        book, as_of=call.arguments.as_of or call.today, segment_id=_segment(call, book), client_ids=_clients(call, book)
    )
    if plan.blocked:
        call.say(plan.blocked)
    data = {
        "run": None,
        "as_of": plan.as_of,
        "blocked": plan.blocked or None,
        "reminders": [_data(one) for one in plan.reminders],
        "totals": _totals(plan.amounts),
    }
    call.answer(data, lambda: _table(plan.reminders))
    return 0


def _send(call: Call, book: Book) -> int:
    from desktop.services.dunning.planning import plan_run
    from desktop.services.dunning.runs import reminders, run_named
    from desktop.services.dunning.sending import send_run

    arguments = call.arguments
    if arguments.run_number:
        run = run_named(book, arguments.run_number).number
    else:
        run = plan_run(
            book,
            as_of=arguments.as_of or call.today,
            actor=call.actor,
            override=arguments.override,
            segment_id=_segment(call, book),
            client_ids=_clients(call, book),
        ).run
    if not run:
        as_of = arguments.as_of or call.today
        nothing: dict[str, Any] = {"run": None, "as_of": as_of, "blocked": None, "reminders": [], "totals": {}}
        call.answer(nothing, lambda: _("Nobody is to be reminded: nothing has reached a level."))
        return 0
    failed: list[tuple[str, str]] = []
    if not arguments.plan:
        failed = send_run(book, run, actor=call.actor, report=call.progress).failed
    rows, row = reminders(book, run), run_named(book, run)
    data = {
        "run": run,
        "as_of": row.as_of,
        "blocked": None,
        "reminders": [_data(one) for one in rows],
        "totals": _totals(row.amounts),
    }

    def text() -> str:
        if arguments.plan:
            said = _("{run} is planned. Send it with: sheaf remind {book} --run {run}").format(
                run=run, book=arguments.book
            )
        else:
            sent = row.counts.get("sent", 0)
            words = ngettext(
                "{run}: {count} letter is in the outbox.", "{run}: {count} letters are in the outbox.", sent
            )
            said = words.format(run=run, count=f"{sent:,}")
        return _table(rows) + "\n" + said

    call.answer(data, text)
    for code, why in failed:
        call.say(_("{title} is not: {why}").format(title=code, why=why))
    return 1 if failed else 0


def _cancel(call: Call, book: Book) -> int:
    from desktop.services.dunning.planning import cancel_run
    from desktop.services.dunning.runs import run_named

    cancel_run(book, call.arguments.run_number, actor=call.actor)
    row = run_named(book, call.arguments.run_number)
    call.answer({"run": row.number, "state": row.state}, lambda: _("{run} was cancelled.").format(run=row.number))
    return 0


def _decide(call: Call, book: Book, acts: Iterable[str]) -> int:
    from desktop.services.dunning.reviewing import decide
    from desktop.services.dunning.runs import reminders

    changed = 0
    for act in acts:
        codes = set(getattr(call.arguments, act))
        rows = reminders(book, call.arguments.run_number)
        missing = codes - {one.code for one in rows}
        if missing:
            raise UserError(
                _("{run} has no letter to {clients}.").format(
                    run=call.arguments.run_number, clients=", ".join(sorted(missing))
                ),
                _("See who it has: sheaf remind {book} --list").format(book=call.arguments.book),
            )
        ids = [one.id for one in rows if one.code in codes]
        changed += decide(book, ids, act, actor=call.actor, note=call.arguments.note)
    rows = reminders(book, call.arguments.run_number)
    data = {"run": call.arguments.run_number, "changed": changed, "reminders": [_data(one) for one in rows]}
    call.answer(data, lambda: _table(rows))
    return 0


def _list(call: Call, book: Book) -> int:
    from desktop.services.dunning.runs import reminders, runs

    if call.arguments.run_number:
        rows = reminders(book, call.arguments.run_number)
        call.answer({"reminders": [_data(one) for one in rows]}, lambda: _table(rows))
        return 0
    found = runs(book)
    data = [
        {
            "run": one.number,
            "as_of": one.as_of,
            "state": one.state,
            "override": one.override or None,
            "letters": dict(one.counts),
            "totals": _totals(one.amounts),
        }
        for one in found
    ]

    def text() -> str:
        return table(
            [_("Run"), _("As of"), _("State"), pgettext("dunning", "Letters"), _("Asked for")],
            [
                [
                    one.number,
                    date_text(one.as_of),
                    _states()[one.state],
                    ", ".join(f"{_states()[state]} {number}" for state, number in one.counts.items()),
                    ", ".join(money_text(minor, currency) for currency, minor in one.amounts.items()),
                ]
                for one in found
            ],
            empty=_("No reminder run yet. Plan one with: sheaf remind BOOK --preview"),
        )

    call.answer({"runs": data}, text)
    return 0


def _states() -> dict[str, str]:
    return {
        "planned": _("planned"),
        "held": _("held"),
        "sent": _("sent"),
        "skipped": _("skipped"),
        "cancelled": _("cancelled"),
        "failed": _("failed"),
    }


def _segment(call: Call, book: Book) -> int | None:
    from desktop.services.segments import segment_id

    return segment_id(book, call.arguments.segment) if call.arguments.segment else None


def _clients(call: Call, book: Book) -> list[int] | None:
    from desktop.services.clients import client_id

    codes = call.arguments.client
    return [client_id(book, code) for code in dict.fromkeys(codes)] if codes else None


def _data(one: ReminderRow) -> dict[str, Any]:
    return {
        "id": one.id or None,
        "client": one.code,
        "level": one.level,
        "level_name": one.level_name,
        "invoices": [item.name for item in one.items],
        "currency": one.currency,
        "amount": major_text(one.amount, one.currency),
        "disputed": major_text(one.disputed, one.currency),
        "credit": major_text(one.credit, one.currency),
        "fee": major_text(one.fee, one.currency),
        "interest": major_text(one.interest, one.currency),
        "total": major_text(one.total, one.currency),
        "pay_by": one.pay_by,
        "channel": one.channel or None,
        "state": one.state,
        "reason": one.reason or None,
        "note": one.note or None,
        "delivery": one.delivery_id,
        "items": [
            {
                "number": item.name,
                "due": item.due,
                "days": item.days,
                "level": item.level,
                "open": major_text(item.open, one.currency),
                "disputed": major_text(item.disputed, one.currency),
                "interest": major_text(item.interest, one.currency),
            }
            for item in one.items
        ],
    }


def _totals(amounts: Any) -> dict[str, str]:
    return {currency: major_text(minor, currency) for currency, minor in amounts.items()}


def _table(rows: Iterable[ReminderRow]) -> str:
    some = list(rows)
    shown = table(
        [_("Client"), _("Level"), _("Invoices"), ">" + _("To pay"), "", _("State"), _("Why")],
        [
            [
                one.code,
                f"{one.level} {one.level_name}".strip(),
                ", ".join(item.name for item in one.items),
                amount_text(one.total, one.currency),
                one.currency,
                _states()[one.state],
                "" if _goes(one) else one.reason,
            ]
            for one in some
        ],
        empty=_("Nobody is to be reminded: nothing has reached a level."),
    )
    # What is to be known of letters that go is mostly alike for all of them.
    return "\n".join([shown, *dict.fromkeys(one.reason for one in some if _goes(one) and one.reason)])


def _goes(one: ReminderRow) -> bool:
    return one.state in ("planned", "sent")


def _holds(call: Call) -> int:
    from desktop.services.clients import client_id
    from desktop.services.dunning.holds import hold_client, hold_invoice, holds, release_hold

    arguments = call.arguments
    with call.book() as book:
        if arguments.client:
            hold_client(
                book,
                client_id(book, arguments.client),
                reason=arguments.reason,
                on=call.today,
                until=arguments.until,
                actor=call.actor,
            )
        elif arguments.invoice:
            hold_invoice(
                book,
                arguments.invoice,
                reason=arguments.reason,
                on=call.today,
                until=arguments.until,
                actor=call.actor,
            )
        elif arguments.release:
            release_hold(book, arguments.release, on=call.today, actor=call.actor)
        found = holds(book, call.today, standing=not arguments.all)
    data = [
        {
            "id": one.id,
            "client": one.code,
            "invoice": one.number or None,
            "since": one.since,
            "until": one.until,
            "reason": one.reason,
            "released_on": one.released_on,
        }
        for one in found
    ]

    def text() -> str:
        return table(
            [">" + _("No."), _("Client"), _("Invoice"), _("Since"), _("Until"), _("Why")],
            [
                [
                    str(one.id),
                    one.code,
                    one.number,
                    date_text(one.since),
                    date_text(one.until) if one.until else "",
                    one.reason,
                ]
                for one in found
            ],
            empty=_("No reminders are held."),
        )

    call.answer({"holds": data}, text)
    return 0


def _send_statements(call: Call) -> int:
    from desktop.services.dunning.statement_run import statement_run

    arguments = call.arguments
    with call.book() as book:
        done = statement_run(
            book,
            as_of=arguments.as_of or call.today,
            actor=call.actor,
            client_ids=_clients(call, book),
            since=arguments.since,
            channel=arguments.by,
            report=call.progress,
        )
    data = {
        "clients": done.clients,
        "deliveries": done.deliveries,
        "nothing": done.nothing,
        "refused": [{"client": code, "reason": why} for code, why in done.refused],
    }
    words = ngettext(
        "The statement of {count} client is in the outbox.",
        "The statements of {count} clients are in the outbox.",
        done.clients,
    )
    call.answer(data, lambda: words.format(count=f"{done.clients:,}"))
    for code, why in done.refused:
        call.say(_("{title} is not: {why}").format(title=code, why=why))
    return 1 if done.refused and not done.clients else 0
