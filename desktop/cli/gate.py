"""`exceptions`, `approve`, `hold`, `assign`: what the gate held, and what people decide about it."""

from __future__ import annotations

from desktop.cli.arguments import Commands, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.domain.money import major_text
from desktop.errors import UserError
from desktop.i18n import _, amount_text, moment_text, ngettext


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
