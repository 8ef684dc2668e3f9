"""The answer to a report that was asked: its rows as the table takes them, and what is said below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from db.engine import Book
from desktop.i18n import _, date_text, ngettext, number_text
from desktop.jobs import Report as Progress
from desktop.services.reports import Report, report
from desktop.ui.listing import Row
from desktop.ui.reports.columns import Held, held, shown_rows
from desktop.ui.reports.kinds import Asked


@dataclass(frozen=True)
class Answer:
    """A report with its rows as the table takes them."""

    asked: Asked
    made: Report
    rows: list[Row]
    sums: list[Row]
    columns: list[Held]


def ask_report(book: Book, asked: Asked, home: str, progress: Progress) -> Answer:
    """Read a report; of its sums those in `home`, the firm's own currency, stand first."""
    made = report(book, asked.name, **asked.arguments(), progress=progress)
    rows = shown_rows(made, made.rows)
    sums = shown_rows(made, sorted(made.sums, key=lambda row: row.get("currency", home) != home))
    return Answer(asked, made, rows, sums, held(made, rows, sums, home))


def facts_of(answer: Answer) -> str:
    """How many rows, of which days, and at which rates of exchange."""
    made = answer.made
    count = ngettext("{count} row", "{count} rows", len(answer.rows)).format(count=number_text(len(answer.rows)))
    if made.since is not None:
        days = _("{first} to {last}").format(first=date_text(made.since), last=date_text(made.as_of))
    else:
        days = _("as of {day}").format(day=date_text(made.as_of))
    rates: Sequence[str] = [str(row["reason"]) for row in answer.sums if row.get("reason")]
    return " · ".join([count, days, *rates])
