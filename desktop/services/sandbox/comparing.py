"""Compares a run of the sandbox with the real book's: agreement by agreement, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from db import book_files
from db.engine import Book
from desktop.domain.plan_differences import PlanDifference, plan_differences, totals
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.coming_run import coming_run
from desktop.services.exchange import ExchangeRates
from desktop.services.runs.foreseeing import foresee, planned_by_run
from desktop.services.runs.scope import Report, run_facts, silent
from desktop.services.sandbox.refusing import origin, origin_of


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same run in the real book (before) and in the sandbox (after). Totals are gross by currency, minor units.

    `run` names the sandbox's run that was compared; empty where both were planned now, for `through`.
    """

    through: date
    issue_date: date
    run: str
    looked_at: int
    before: Mapping[str, int]
    after: Mapping[str, int]
    differences: tuple[PlanDifference, ...]


def compare(
    book: Book, sandbox: Path, *, today: date, run: str = "", through: date | None = None, report: Report = silent
) -> Comparison:
    """Compare what the sandbox bills with what the real book would, both planned now for the same day.

    With `run`, one of the sandbox's, its documents as they stand there are compared with the real book's run of the
    same number, if that has one of the same days, else with what it would bill in it. By default the day is that of
    the next run. UserError where the file is no sandbox of this book.
    """
    with book_files.open_book(sandbox, read_only=True, driver=book.driver) as copy:
        other = copy.acting(book.signed_in)
        _refuse_others(book, other, sandbox)
        with book.reading() as mine, other.reading() as theirs:
            real, tried = mine.connection(), theirs.connection()
            if run:
                facts = run_facts(tried, run)
                day, issue_date = facts.through, facts.issue_date
                after = planned_by_run(tried, facts.id)
                same = real.exec_driver_sql(
                    "SELECT id FROM run WHERE number = ? AND through = ? AND issue_date = ?"
                    " AND state IN ('review', 'issuing', 'done')",
                    (facts.number, day.isoformat(), issue_date.isoformat()),
                ).scalar()
                scope = facts.scope
                before = (
                    foresee(real, day, issue_date, report, scope) if same is None else planned_by_run(real, int(same))
                )
            else:
                coming = coming_run(real, ExchangeRates(real), today)
                day = issue_date = through or max(today, coming.due if coming is not None else today)
                before = foresee(real, day, day, report)
                after = foresee(tried, day, day, report)
    codes = {code for plan in (before, after) for one in plan for code in one.agreements}
    return Comparison(day, issue_date, run, len(codes), totals(before), totals(after), plan_differences(before, after))


def sandbox_runs(book: Book, sandbox: Path) -> list[str]:
    """Numbers of the runs that the sandbox has and the real book has not, the newest first."""
    with (
        book_files.open_book(sandbox, read_only=True, driver=book.driver) as copy,
        copy.acting(book.signed_in).reading() as session,
    ):
        theirs = [str(row[0]) for row in session.connection().exec_driver_sql(_RUNS)]
    with book.reading() as session:
        mine = {str(row[0]) for row in session.connection().exec_driver_sql(_RUNS)}
    return [number for number in theirs if number not in mine]


_RUNS = "SELECT number FROM run WHERE state IN ('review', 'issuing', 'done') ORDER BY id DESC"


def _refuse_others(book: Book, other: Book, path: Path) -> None:
    if origin(book) is not None:
        raise UserError(_("This is a sandbox itself."), _("Compare from the real book; it has the sandbox beside it."))
    with book.reading() as mine, other.reading() as theirs:
        found = origin_of(theirs.connection())
        uid = mine.connection().exec_driver_sql("SELECT uid FROM book").scalar_one()
    if found is None or found.uid != uid:
        raise UserError(
            _("{path} is no sandbox of this book.").format(path=path),
            _("Make one, try the change there, then compare."),
        )
