"""`report`: what is owed, disputed, sold, waiting and booked; on the screen or as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from desktop.cli.arguments import Commands, day
from desktop.cli.call import Call
from desktop.cli.tables import table
from desktop.i18n import _, date_text

if TYPE_CHECKING:
    from desktop.services.reports import Report

# As in desktop.services.reports, which would cost every other command its loading.
_NAMES = (
    "aging", "open", "statement", "disputes", "dso", "revenue", "billed", "unbilled", "projects", "journal",
)  # fmt: skip
_BY = ("month", "client", "segment", "item")


def add(commands: Commands) -> None:
    parser = commands.add("report", _report, _("what is owed, disputed, sold, unbilled and booked, as of any day"))
    parser.add_argument("name", choices=_NAMES, metavar="REPORT", help=", ".join(_NAMES))
    parser.add_argument(
        "--as-of", type=day, metavar="DATE", help=_("as it was at the end of that day; by default today")
    )
    parser.add_argument(
        "--since", type=day, metavar="DATE", help=_("the first day of a statement, journal, revenue or of disputes")
    )
    parser.add_argument("--by", choices=_BY, metavar="GROUP", help=_("revenue by {names}").format(names=", ".join(_BY)))
    parser.add_argument("--client", metavar="CODE", help=_("only of this client"))
    parser.add_argument("--to", metavar="FILE", help=_("write a .csv, .xlsx or .pdf file"))


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
            by=(arguments.by or "") if arguments.name == "revenue" else "",
        )
    if target is not None:
        write_report(made, target)
    data: dict[str, Any] = {"as_of": made.as_of, "rows": plain_rows(made, beside=False)}
    if target is not None:
        data["file"] = str(target)
    call.answer(data, lambda: _("{path} is written.").format(path=target) if target is not None else _text(made))


def _text(made: Report) -> str:
    from desktop.services.report_files import shown

    columns = [column for column in made.columns if not column.more]
    titles = [(">" if column.kind in ("amount", "number") else "") + column.title for column in columns]
    rows = [[shown(made, column, row) for column in columns] for row in (*made.rows, *made.sums)]
    head = f"{made.title}, {date_text(made.as_of)}"
    return head + "\n\n" + table(titles, rows, empty=_("Nothing to report."))
