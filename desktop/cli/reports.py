"""`report` and `targets`: what is owed, sold, waiting, booked and to be expected; what figures should be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.i18n import _, date_text, number_text

if TYPE_CHECKING:
    from desktop.services.reports import Report

# As in desktop.services.reports, which would cost every other command its loading.
_NAMES = (
    "aging", "open", "statement", "paying", "forecast", "disputes", "dispute_rate", "dso", "collection", "times",
    "runs", "control", "targets", "revenue", "billed", "unbilled", "projects", "journal", "deferred",
    "cash",
)  # fmt: skip
_BY = {
    "aging": ("client", "segment", "salesperson"),
    "forecast": ("week", "horizon", "client", "proof"),
    "control": (
        "dso", "dso_count_back", "dso_best", "effectiveness", "overdue_share", "dispute_rate", "disputed_value",
        "days_late", "invoice_to_cash", "order_to_invoice", "held", "failed", "corrected", "first_time_right",
        "revenue", "received",
    ),
    "revenue": ("month", "client", "segment", "item"),
}  # fmt: skip
_TARGETS = ("dso", "dispute_rate", "overdue_share", "days_late", "effectiveness", "first_time_right")


def add(commands: Commands) -> None:
    parser = commands.add(
        "report", _report, _("what is owed, disputed, sold, unbilled, booked and expected, as of any day")
    )
    parser.add_argument("name", choices=_NAMES, metavar="REPORT", help=", ".join(_NAMES))
    parser.add_argument(
        "--as-of", type=day, metavar="DATE", help=_("as it was at the end of that day; by default today")
    )
    parser.add_argument(
        "--since",
        type=day,
        metavar="DATE",
        help=_("the first day of a statement, journal, revenue, of what was paid or of disputes"),
    )
    groups = "; ".join(f"{name}: {', '.join(words)}" for name, words in _BY.items())
    parser.add_argument("--by", metavar="GROUP", help=_("what a report is of – {groups}").format(groups=groups))
    parser.add_argument("--client", metavar="CODE", help=_("only of this client"))
    parser.add_argument("--currency", metavar="CUR", default="", help=_("only in this currency"))
    parser.add_argument(
        "--in-firm",
        action="store_true",
        help=_("aging, open, statement, revenue, billed and deferred in the firm's own currency"),
    )
    parser.add_argument("--to", metavar="FILE", help=_("write a .csv, .xlsx, .json or .pdf file"))
    goals = commands.add("targets", _targets, _("what figures should be, and where they stand; sets one"))
    goals.add_argument("figure", nargs="?", choices=_TARGETS, metavar="FIGURE", help=", ".join(_TARGETS))
    goals.add_argument("value", nargs="?", metavar="VALUE", help=_("days or percents, or off"))


def _report(call: Call) -> None:
    from desktop.services.report_files import check_ending, write_report
    from desktop.services.reports import plain_rows, report

    arguments = call.arguments
    target = call.path(arguments.to) if arguments.to else None
    if target is not None:
        check_ending(target)
    with call.book() as book:
        made = report(
            book,
            arguments.name,
            as_of=arguments.as_of or call.today,
            client_code=arguments.client,
            since=arguments.since,
            currency=arguments.currency.upper(),
            by=(arguments.by or "") if arguments.name in _BY else "",
            in_firm=arguments.in_firm,
        )
    if target is not None:
        write_report(made, target)
    data: dict[str, Any] = {"as_of": made.as_of, "rows": plain_rows(made, beside=False)}
    if made.notes:
        data["notes"] = list(made.notes)
    if target is not None:
        data["file"] = str(target)
    call.answer(data, lambda: _("{path} is written.").format(path=target) if target is not None else _text(made))


def _text(made: Report) -> str:
    from desktop.services.report_files import shown

    columns = [column for column in made.columns if not column.more]
    titles = [(">" if column.kind in ("amount", "number") else "") + column.title for column in columns]
    rows = [[shown(made, column, row) for column in columns] for row in (*made.rows, *made.sums)]
    head = f"{made.title}, {date_text(made.as_of)}"
    notes = "".join(f"\n{note}" for note in made.notes)
    return f"{head}{notes}\n\n{table(titles, rows, empty=_('Nothing to report.'))}"


def _targets(call: Call) -> None:
    from desktop.services.figures.targets import keep_targets, read_target, standings_of
    from desktop.services.reports.goals import limit_words, state_words, title_with_unit

    figure, value = call.arguments.figure, call.arguments.value
    with call.book() as book:
        if value is not None:
            keep_targets(book, {figure: read_target(value)}, actor=call.actor)
        found = [one for one in standings_of(book, call.today) if figure in (None, one.name)]
    rows = [
        {
            "figure": one.name,
            "value": None if one.value is None else f"{one.value:f}",
            "unit": one.unit,
            "target": None if one.target is None else f"{one.target:f}",
            "at_most": one.at_most,
            "crossed": one.crossed,
        }
        for one in found
    ]
    call.answer(
        {"as_of": call.today, "targets": rows},
        lambda: table(
            [_("Figure"), ">" + _("Now"), _("Should be"), _("State")],
            [
                [title_with_unit(one), "–" if one.value is None else number_text(one.value), limit_words(one), state]
                for one, state in ((one, state_words(one)) for one in found)
            ],
        ),
    )
