"""A billing run by the clock: planned, weighed against what may go out without a person, and issued or left to one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.schedule import through_day
from desktop.domain.wording import Figure, Said, money, phrase, phrases, sentence, words
from desktop.i18n import _
from desktop.services.changes import change
from desktop.services.exchange import ExchangeRates
from desktop.services.figures.converting import converted
from desktop.services.runs.billing_run import preview
from desktop.services.runs.issuing_runs import issue
from desktop.services.runs.planning import (
    begin_summary,
    begin_within,
    continue_plan,
    earliest_issue_date,
    refuse_if_interrupted,
)
from desktop.services.runs.scope import Report, RunFacts, Scope, calm_collector, run_facts
from desktop.services.schedules.work import Came, Work

# A run of a person in the same window is waited for while it moves on, looked at so often.
_SECONDS_WITHOUT_A_MOVE: Final = 10.0
_SECONDS_BETWEEN_LOOKS: Final = 0.5


def bill(work: Work) -> Came:
    """One run over the schedule's segment, or over everyone; nothing due makes no run.

    It bills through a day told from the one on which it was due, and its invoices bear today's date, or the last one
    of their series where that is later. UserError as for any run.
    """
    book = work.book
    with calm_collector():
        if work.run_id is None:
            wait_for_others(book, work.report)
            if _nothing_due(work):
                return Came(phrase("Nothing was due."), quiet=True)
            run = _begin(work)
        else:
            with book.reading() as session:
                run = run_facts(session.connection(), work.run_id)
        if run.state == "planning":
            run = continue_plan(book, run, actor=work.actor, report=work.report)
        if run.state == "review":
            too_much = _too_much(work, run)
            if too_much is not None:
                return Came(too_much, "waits")
        if run.state in ("review", "issuing"):
            issue(book, run, actor=work.actor, now=book.now, report=work.report)
    return _told(book, run)


def wait_for_others(
    book: Book,
    report: Report,
    *,
    seconds: float = _SECONDS_WITHOUT_A_MOVE,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Let a run that is under way in this process come to its end; one that was interrupted does not move."""
    before, since = _movement(book), clock()
    while before and clock() - since < seconds:
        report(0, 0, _("Waiting for another run"))
        sleep(_SECONDS_BETWEEN_LOOKS)
        now = _movement(book)
        if now != before:
            before, since = now, clock()


def _movement(book: Book) -> list[tuple[int, str, int, int]]:
    """Runs under way, with how far they are."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            """SELECT r.id, r.state, (SELECT count(*) FROM outcome o WHERE o.run_id = r.id),
              (SELECT count(*) FROM invoice i WHERE i.run_id = r.id)
            FROM run r WHERE r.state IN ('planning', 'issuing') ORDER BY r.id"""
        )
        return [(row[0], row[1], row[2], row[3]) for row in rows]


def _scope(work: Work) -> Scope:
    return Scope(segments=[work.segment] if work.segment else [])


def _nothing_due(work: Work) -> bool:
    found = preview(
        work.book,
        through=through_day(work.through, work.due.date()),
        issue_date=_issue_date(work),
        scope=_scope(work),
        report=work.report,
    )
    return not (found.outcomes["issued"] or found.outcomes["held"])


def _issue_date(work: Work) -> date:
    return max(work.today, earliest_issue_date(work.book) or work.today)


def _begin(work: Work) -> RunFacts:
    """The run and the word of whose it is, in one transaction: what is killed later is found again."""
    issue_date = _issue_date(work)
    with change(work.book, work.actor, _("Begin a billing run"), undoable=False) as made:
        refuse_if_interrupted(made.connection)
        run = begin_within(
            made,
            through=through_day(work.through, work.due.date()),
            issue_date=issue_date,
            scope=_scope(work),
            now=work.book.now,
        )
        made.summary = begin_summary(run.number)
        made.connection.exec_driver_sql("UPDATE schedule_result SET run_id = ? WHERE id = ?", (run.id, work.result_id))
        return run


class _Ready(NamedTuple):
    """What would be issued: documents, and gross by currency in minor units, credit notes counted as they are large."""

    documents: int
    totals: dict[str, int]


def _ready(connection: Connection, run_id: int) -> _Ready:
    rows = connection.exec_driver_sql(
        """SELECT currency, count(*), sum(abs(gross)) FROM draft
        WHERE run_id = ? AND state IN ('ready', 'approved') GROUP BY currency ORDER BY currency""",
        (run_id,),
    ).fetchall()
    return _Ready(sum(row[1] for row in rows), {row[0]: row[2] for row in rows})


def _too_much(work: Work, run: RunFacts) -> Said | None:
    """Why the run is left to a person, if it is."""
    with work.book.reading() as session:
        connection = session.connection()
        ready = _ready(connection, run.id)
        rates = ExchangeRates(connection)
    figures: dict[str, Figure] = {"run": run.number, "total": _amounts(ready.totals)}
    if work.most_documents is not None and ready.documents > work.most_documents:
        return phrases(
            "Run {run} would issue {count} invoice over {total}; more than {most} wait for a person. Nothing of it is "
            "issued yet.",
            "Run {run} would issue {count} invoices over {total}; more than {most} wait for a person. Nothing of it is "
            "issued yet.",
            count=ready.documents,
            most=work.most_documents,
            **figures,
        )
    if work.most_amount is None:
        return None
    most = money(work.most_amount, rates.firm_currency)
    parts = {currency: converted(sum_, currency, rates, run.issue_date) for currency, sum_ in ready.totals.items()}
    unknown = [currency for currency, part in parts.items() if part is None]
    if sum(part for part in parts.values() if part is not None) > work.most_amount:
        return phrases(
            "Run {run} would issue {count} invoice over {total}; a run above {most} waits for a person. Nothing of it "
            "is issued yet.",
            "Run {run} would issue {count} invoices over {total}; a run above {most} waits for a person. Nothing of it "
            "is issued yet.",
            count=ready.documents,
            most=most,
            **figures,
        )
    if unknown:
        return phrases(
            "Run {run} would issue {count} invoice over {total}; without an exchange rate of {currency} nobody can say "
            "whether that is above {most}. Nothing of it is issued yet.",
            "Run {run} would issue {count} invoices over {total}; without an exchange rate of {currency} nobody can "
            "say whether that is above {most}. Nothing of it is issued yet.",
            count=ready.documents,
            most=most,
            currency=words(*unknown),
            **figures,
        )
    return None


def _amounts(totals: Mapping[str, int]) -> tuple[Any, ...]:
    return words(*(money(minor, currency) for currency, minor in totals.items()))


def _told(book: Book, run: RunFacts) -> Came:
    """What the run issued, over how much, and what waits."""
    with book.reading() as session:
        connection = session.connection()
        issued, totals = 0, dict[str, int]()
        for currency, count, gross in connection.exec_driver_sql(
            """SELECT currency, count(*), sum(CASE kind WHEN 'credit_note' THEN -gross ELSE gross END)
            FROM invoice WHERE run_id = ? GROUP BY currency ORDER BY currency""",
            (run.id,),
        ):
            issued += count
            totals[currency] = gross
        waiting = int(
            connection.exec_driver_sql(
                "SELECT count(*) FROM draft WHERE run_id = ? AND state IN ('ready', 'approved', 'held', 'failed')",
                (run.id,),
            ).scalar_one()
        )
    if run.state == "discarded" and not issued:
        return Came(phrase("Run {run} was discarded by a person; it issued nothing.", run=run.number))
    did = (
        phrases(
            "Run {run} issued {count} invoice over {total}.",
            "Run {run} issued {count} invoices over {total}.",
            count=issued,
            run=run.number,
            total=_amounts(totals),
        )
        if issued
        else phrase("Run {run} issued nothing.", run=run.number)
    )
    if not waiting:
        return Came(did)
    waits = phrases("{count} waits for you.", "{count} wait for you.", count=waiting)
    return Came(phrase("{first} {second}", first=sentence(did), second=sentence(waits)))
