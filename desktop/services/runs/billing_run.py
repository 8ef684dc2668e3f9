"""One run from end to end: plan, issue what is clear, and tell the result."""

from __future__ import annotations

import time
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.runs.issuing_runs import issue
from desktop.services.runs.planning import (
    begin_summary,
    chunks,
    continue_plan,
    draft_chunk,
    plan,
    plan_summary,
    refuse_if_interrupted,
)
from desktop.services.runs.quiet import Quiet, last_change
from desktop.services.runs.scope import (
    BillResult,
    Report,
    RunFacts,
    Scope,
    Seconds,
    calm_collector,
    members,
    run_facts,
    silent,
)
from desktop.services.runs.setting import read_setting

OUTCOMES = ("issued", "held", "skipped", "failed")


def bill(
    book: Book,
    *,
    through: date,
    issue_date: date,
    scope: Scope | None = None,
    actor: str,
    now: str,
    report: Report = silent,
) -> BillResult:
    """Plan a run and issue at once what has neither block nor hold."""
    seconds = Seconds()
    with book.reading() as session:
        basis = last_change(session.connection())
    with calm_collector():
        quiet = Quiet()
        run = plan(
            book,
            through=through,
            issue_date=issue_date,
            scope=scope,
            actor=actor,
            now=now,
            report=report,
            seconds=seconds,
            then="issuing",
            quiet=quiet,
        )
        quiet.basis = _own_changes(book, basis, run)
        issue(book, run, actor=actor, now=now, report=report, seconds=seconds, quiet=quiet)
    return result(book, run.number, seconds)


def _own_changes(book: Book, basis: int, run: RunFacts) -> int:
    """The last change before issuing, if all since `basis` are this run's own; else one that never holds."""
    with book.reading() as session:
        connection = session.connection()
        rows = connection.exec_driver_sql(
            "SELECT count(*), coalesce(max(id), 0) FROM change_set WHERE id > ? AND summary IN (?, ?)",
            (basis, begin_summary(run.number), plan_summary(run.number)),
        ).one()
        return int(rows[1]) if rows[0] == rows[1] - basis else -1


def resume(book: Book, run_number: str, *, actor: str, now: str, report: Report = silent) -> BillResult:
    """Plan what an interrupted run has not planned, then issue what is released, was left, or could not be issued."""
    seconds = Seconds()
    with book.reading() as session:
        run = run_facts(session.connection(), run_number)
    if run.state == "discarded":
        raise UserError(_("Run {number} was discarded.").format(number=run.number), _("Begin a new run."))
    with calm_collector():
        if run.state == "planning":
            run = continue_plan(book, run, actor=actor, report=report, seconds=seconds, then="issuing")
        if run.state != "done":
            issue(book, run, actor=actor, now=now, report=report, seconds=seconds, retry=True)
    return result(book, run.number, seconds)


def preview(
    book: Book, *, through: date, issue_date: date, scope: Scope | None = None, report: Report = silent
) -> BillResult:
    """What a run would do, nothing written: outcomes as of now, `issued` being what would be issued at once."""
    seconds = Seconds()
    counts = dict.fromkeys(OUTCOMES, 0)
    totals: dict[str, int] = {}
    agreements = done = 0
    started = time.perf_counter()
    with book.reading() as session:
        connection = session.connection()
        refuse_if_interrupted(connection)
        setting = read_setting(connection, through, issue_date)
        parties = members(connection, scope or Scope(), through)
        total = sum(len(keys) for _, keys in parties)
        for part in chunks(parties):
            for drafted in draft_chunk(connection, part, setting):
                counts["skipped"] += len(drafted.skipped)
                for checked in drafted.drafts:
                    word = "issued" if checked.state == "ready" else "held"
                    counts[word] += len(checked.agreements) or 1
                    if word == "issued":
                        currency = checked.draft.currency
                        totals[currency] = totals.get(currency, 0) + checked.draft.gross
            agreements += sum(key is not None for _, keys in part for key in keys)
            done += sum(len(keys) for _, keys in part)
            report(done, total, _("Planning"))
    seconds.plan = time.perf_counter() - started
    return BillResult("", 0, counts, agreements, [], totals, seconds)


def result(book: Book, run_number: str, seconds: Seconds | None = None) -> BillResult:
    """A run told in figures."""
    with book.reading() as session:
        connection = session.connection()
        run = run_facts(connection, run_number)
        return BillResult(
            run.number,
            run.id,
            outcome_counts(connection, run.id),
            int(
                connection.exec_driver_sql(
                    "SELECT count(agreement_id) FROM outcome WHERE run_id = ?", (run.id,)
                ).scalar_one()
            ),
            [
                row[0]
                for row in connection.exec_driver_sql(
                    "SELECT number FROM invoice WHERE run_id = ? ORDER BY id", (run.id,)
                )
            ],
            {
                row[0]: row[1]
                for row in connection.exec_driver_sql(
                    """SELECT currency, sum(CASE kind WHEN 'credit_note' THEN -gross ELSE gross END)
                    FROM invoice WHERE run_id = ? GROUP BY currency ORDER BY currency""",
                    (run.id,),
                )
            },
            seconds or Seconds(),
        )


def outcome_counts(connection: Connection, run_id: int) -> dict[str, int]:
    """Outcomes by word; what is ready but not issued yet counts as held."""
    counts = dict.fromkeys(OUTCOMES, 0)
    for state, count in connection.exec_driver_sql(
        "SELECT state, count(*) FROM outcome WHERE run_id = ? GROUP BY state", (run_id,)
    ):
        counts["held" if state == "ready" else state] += count
    return counts
