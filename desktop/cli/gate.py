"""`exceptions`, `approve`, `hold`, `assign`, `backtest`: what the gate holds, and what people decide about it."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, count, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, date_text, moment_text, ngettext, number_text

if TYPE_CHECKING:
    from db.engine import Book


def add(commands: Commands) -> None:
    exceptions = commands.add("exceptions", _exceptions, _("what needs a person before it can be issued"))
    exceptions.add_argument("--run", dest="run_number", metavar="RUN", help=_("only of this run"))

    for name, run, text in (
        ("approve", _approve, _("release what these exceptions hold back")),
        ("hold", _hold, _("hold the drafts of these exceptions back")),
    ):
        decide = commands.add(name, run, text, writes=True)
        decide.add_argument("ids", nargs="+", type=int, metavar="ID", help=_("as `exceptions` lists them"))
        decide.add_argument("--note", required=True, metavar="TEXT", help=_("why; it stands in the log"))

    assign = commands.add("assign", _assign, _("say who looks at these exceptions, and by when"), writes=True)
    assign.add_argument("ids", nargs="+", type=int, metavar="ID", help=_("as `exceptions` lists them"))
    assign.add_argument("--to", metavar="NAME", help=_("one of the people of the book; empty for nobody"))
    assign.add_argument("--due", type=day, metavar="DATE", help=_("by the end of this day"))

    backtest = commands.add("backtest", _backtest, _("what a rule would have held of the invoices issued so far"))
    backtest.add_argument("code", metavar="RULE", help=_("such as amount_above"))
    backtest.add_argument(
        "set", nargs="*", metavar="NAME=NUMBER", help=_("its limits, such as limit=12000; by default as they are")
    )
    backtest.add_argument("--switch", choices=("on", "off"), help=_("as if it were on or off"))
    backtest.add_argument("--severity", choices=("block", "hold", "note"), help=_("as if it did this"))
    backtest.add_argument("--segment", metavar="NAME", help=_("at this segment, on its invoices"))
    backtest.add_argument("--client", metavar="CODE", help=_("at this client, on its invoices"))
    many = backtest.add_mutually_exclusive_group()
    many.add_argument(
        "--last", type=count, metavar="N", help=_("on so many invoices; by default 240, or all of a span")
    )
    many.add_argument("--all", action="store_true", help=_("on all invoices"))
    backtest.add_argument("--since", type=day, metavar="DATE", help=_("on those dated from this day on"))
    backtest.add_argument("--until", type=day, metavar="DATE", help=_("on those dated up to this day"))
    backtest.add_argument(
        "--suggest", type=_share, metavar="PERCENT", help=_("also name a limit that holds about so many percent")
    )


def _share(text: str) -> int:
    share = count(text)
    if share > 100:
        raise argparse.ArgumentTypeError(_("“{text}” is more than all of them: give 1 to 100").format(text=text))
    return share


def _exceptions(call: Call) -> None:
    from desktop.services import runs

    with call.book() as book:
        rows = runs.exceptions(book, call.arguments.run_number)
    data = [
        {
            "id": row.id,
            "run": row.run,
            "client": row.client,
            "agreement": row.agreement or None,
            "amount": major_text(row.amount, row.currency),
            "currency": row.currency,
            "severity": row.severity,
            "code": row.code,
            "message": row.message,
            "remedy": row.remedy,
            "owner": row.owner or None,
            "due": row.due_at or None,
        }
        for row in rows
    ]

    def text() -> str:
        return table(
            [
                ">ID",
                _("Run"),
                _("Client"),
                _("Agreement"),
                ">" + _("Net"),
                "",
                "",
                _("What"),
                _("Remedy"),
                _("Owner"),
                _("Due"),
            ],
            [
                [
                    str(row.id),
                    row.run,
                    row.client,
                    row.agreement,
                    amount_text(row.amount, row.currency),
                    row.currency,
                    row.severity,
                    row.message,
                    row.remedy,
                    row.owner,
                    moment_text(row.due_at) if row.due_at else "",
                ]
                for row in rows
            ],
            empty=_("Nothing needs a person."),
        )

    call.answer({"exceptions": data}, text)


def _approve(call: Call) -> None:
    from desktop.services import runs

    arguments = call.arguments
    with call.book() as book:
        done = runs.approve(book, arguments.ids, arguments.note, actor=call.actor, now=call.now)
        waiting = [one.id for one in runs.exceptions(book) if one.draft_id in done.waiting and one.code == runs.SECOND]

    def text() -> str:
        words = ngettext("{count} exception approved.", "{count} exceptions approved.", done.findings)
        parts = [words.format(count=done.findings)]
        if waiting:
            more = ngettext(
                "{count} draft waits for a second person, who approves {ids}.",
                "{count} drafts wait for a second person, who approves {ids}.",
                len(waiting),
            )
            parts.append(more.format(count=len(waiting), ids=" ".join(map(str, waiting))))
        if done.released:
            parts.append(_("Issue what is free now with: sheaf resume BOOK RUN"))
        return " ".join(parts)

    call.answer({"changed": done.findings} | ({"waiting": waiting} if waiting else {}), text)


def _hold(call: Call) -> None:
    from desktop.services import runs

    arguments = call.arguments
    with call.book() as book:
        count = runs.hold(book, arguments.ids, arguments.note, actor=call.actor, now=call.now)
    call.answer(
        {"changed": count},
        lambda: ngettext("{count} draft held back.", "{count} drafts held back.", count).format(count=count),
    )


def _assign(call: Call) -> None:
    from desktop.services import runs

    arguments = call.arguments
    if arguments.to is None and arguments.due is None:
        raise UserError(_("Nothing is said of what should change."), _("Give --to NAME, --due DATE, or both."))
    due = None if arguments.due is None else runs.end_of(arguments.due)
    with call.book() as book:
        count = runs.assign_findings(book, arguments.ids, runs.Assignment(arguments.to, due), actor=call.actor)
    call.answer(
        {"changed": count},
        lambda: ngettext("{count} draft assigned.", "{count} drafts assigned.", count).format(count=count),
    )


def _backtest(call: Call) -> None:
    from desktop.services.back_testing import LAST, TUNED, Proposal, back_test, caveat, recall, sentence, untested
    from desktop.services.rules import own_rules

    arguments = call.arguments
    since, until = arguments.since, arguments.until
    if since and until and since > until:
        raise UserError(
            _("{since} is after {until}.").format(since=date_text(since), until=date_text(until)),
            _("Give --since the first day and --until the last."),
        )
    with call.book() as book:
        scope, scope_id = _level(book, arguments)
        given = _parameters(book, arguments)
        enabled = {"on": True, "off": False, None: None}[arguments.switch]
        proposal = Proposal(arguments.code, scope, scope_id, enabled, arguments.severity, given)
        level = (arguments.code, scope, scope_id)
        own = next((one for one in own_rules(book) if (one.code, one.scope, one.scope_id) == level), None)
        if own is not None:
            # What is not said stays as this level has it.
            proposal = replace(
                proposal,
                enabled=own.enabled if enabled is None else enabled,
                severity=arguments.severity or own.severity,
                parameters={**own.parameters, **given},
            )
        test = back_test(
            book,
            proposal,
            last=arguments.last or (None if arguments.all or since or until else LAST),
            since=since,
            until=until,
            today=call.today,
            report=call.progress,
        )
        suggestion, looked = None, 0
        if arguments.suggest and not untested(arguments.code):
            last = arguments.last or LAST
            past = recall(book, scope, scope_id, last=last, since=since, until=until, today=call.today)
            suggestion, looked = past.suggested(proposal, arguments.suggest), len(past.cases)
    data = {
        "code": test.code,
        "looked_at": test.looked_at,
        "held": test.held,
        "noted": test.noted,
        "held_now": test.held_now,
        "reason": test.reason or None,
        "suggestion": {suggestion.parameter: suggestion.value, "held": suggestion.held} if suggestion else None,
        "invoices": [
            {
                "number": hit.number,
                "client": hit.client,
                "agreement": hit.agreement or None,
                "issue_date": hit.issue_date.isoformat(),
                "amount": major_text(hit.amount, hit.currency),
                "currency": hit.currency,
                "severity": hit.severity,
                "message": hit.message,
            }
            for hit in test.proposed
        ],
    }

    def text() -> str:
        parts = [" ".join(filter(None, (sentence(test), "" if test.reason else caveat(test.code))))]
        if suggestion is not None:
            words = _("To hold about {share} % choose {value}: it holds {held} of the last {count}.").format(
                share=arguments.suggest,
                value=number_text(suggestion.value),
                held=number_text(suggestion.held),
                count=number_text(looked),
            )
            parts.append(words)
        elif arguments.suggest and arguments.code not in TUNED:
            parts.append(_("Nothing is suggested: this rule has no limit to choose."))
        elif looked:
            parts.append(_("Nothing is suggested: limits of single clients or segments hold more than that."))
        if test.proposed:
            parts.append(
                table(
                    [_("Invoice"), _("Client"), ">" + _("Net"), "", _("What it would have said")],
                    [
                        [hit.number, hit.client, amount_text(hit.amount, hit.currency), hit.currency, hit.message]
                        for hit in test.proposed
                    ],
                )
            )
        return "\n".join(parts)

    call.answer(data, text)


def _level(book: Book, arguments: Any) -> tuple[str, int]:
    """The level that is tried: a segment by name, a client by code, or the firm."""
    from desktop.services.clients import client_id
    from desktop.services.segments import segments

    if arguments.client:
        return "client", client_id(book, arguments.client)
    if arguments.segment:
        known = {str(one["name"]): int(str(one["id"])) for one in segments(book)}
        if arguments.segment not in known:
            raise UserError(
                _("There is no segment “{name}” in this book.").format(name=arguments.segment),
                _("There are: {names}.").format(names=", ".join(known)) if known else _("Add it first."),
            )
        return "segment", known[arguments.segment]
    return "firm", 0


def _parameters(book: Book, arguments: Any) -> dict[str, int]:
    from desktop.services.rules import rules

    row = next((row for row in rules(book) if row.code == arguments.code), None)
    if row is None:
        raise UserError(
            _("There is no rule “{code}”.").format(code=arguments.code),
            _("List them with: sheaf settings BOOK"),
        )
    given: dict[str, int] = {}
    for pair in arguments.set:
        name, equals, text = pair.partition("=")
        if name in row.parameters and not text.isdecimal():
            raise UserError(
                _("“{text}” is no limit of this rule.").format(text=text),
                _("Give a whole number, 0 or more, such as {name}=10000.").format(name=name),
            )
        if name not in row.parameters or not equals:
            raise UserError(
                _("“{pair}” says nothing of this rule.").format(pair=pair),
                _("It takes: {names}.").format(names=", ".join(f"{one}=NUMBER" for one in row.parameters))
                if row.parameters
                else _("It has no limit to set."),
            )
        given[name] = int(text)
    return given
