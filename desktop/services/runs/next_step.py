"""What the page of runs offers first: go on with what was stopped or waits, bill the month that is over, or choose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta
from sqlalchemy import Connection

from db.engine import Book
from desktop.services.runs.planning import earliest_issue_date, interrupted

# Saturday and Sunday: a month that ends on them is billed before.
_WORKING_DAYS = 5

Step = Literal["resume", "review", "bill", "choose"]


@dataclass(frozen=True, slots=True)
class NextStep:
    """`run` and `number` name the run of resume and review. bill goes through the last day of a month, or through the
    day of the month that the runs before kept to.

    choose is a run in the middle of a month, for which somebody says how far it goes; `through` is then today.
    `issued` is the day that the invoices would bear: no earlier than the last one of the series.
    """

    kind: Step
    through: date
    issued: date
    run: int = 0
    number: str = ""

    @property
    def whole_month(self) -> bool:
        return self.through == _end_of(self.through)


def next_step(book: Book, today: date) -> NextStep:
    """Read from what runs there were: a month that a run has billed through is not offered again."""
    stopped = interrupted(book)
    issued = max(today, earliest_issue_date(book) or today)
    with book.reading() as session:
        connection = session.connection()
        through = _by_habit(connection, today) or _month_to_bill(connection, today)
        if stopped:
            return NextStep("resume", through or today, issued, _run_id(connection, stopped[0]), stopped[0])
        waiting = _in_review(connection, through or _end_before(today))
        if waiting is not None:
            return NextStep("review", through or today, issued, *waiting)
    return NextStep("bill", through, issued) if through else NextStep("choose", today, issued)


def _by_habit(connection: Connection, today: date) -> date | None:
    """The day of this month that the last two runs for everyone went through in theirs, such as the first."""
    days = [
        date.fromisoformat(row[0])
        for row in connection.exec_driver_sql(
            """SELECT DISTINCT through FROM run WHERE kind = 'billing' AND scope = '{}' AND state <> 'discarded'
            ORDER BY through DESC LIMIT 2"""
        )
    ]
    if len(days) < 2 or days[0].day != days[1].day or days[0] == _end_of(days[0]):
        return None
    if days[1] + relativedelta(months=1) != days[0]:
        return None
    due = today.replace(day=days[0].day)
    due = due if due <= today else due - relativedelta(months=1)
    return due if due > days[0] else None


def _month_to_bill(connection: Connection, today: date) -> date | None:
    """The last day of the month that is over, or as good as over, and that no run has reached."""
    end = _end_of(today)
    if _last_working_day(end) <= today:
        return None if _reached(connection, end) else end
    before = _end_before(today)
    return before if not _reached(connection, before) and _begun(connection, before) else None


def _end_of(day: date) -> date:
    return day + relativedelta(day=31)


def _end_before(day: date) -> date:
    return day.replace(day=1) - timedelta(days=1)


def _last_working_day(day: date) -> date:
    while day.weekday() >= _WORKING_DAYS:
        day -= timedelta(days=1)
    return day


def _reached(connection: Connection, end: date) -> bool:
    """Whether a run for everyone went through this day, even if its drafts wait still."""
    row = connection.exec_driver_sql(
        """SELECT 1 FROM run WHERE kind = 'billing' AND scope = '{}' AND state <> 'discarded' AND through >= ?
        LIMIT 1""",
        (end.isoformat(),),
    ).fetchone()
    return row is not None


def _begun(connection: Connection, end: date) -> bool:
    """Whether there was an agreement by then: a book that begins this month has no month before to bill."""
    row = connection.exec_driver_sql(
        """SELECT 1 FROM agreement WHERE start_date <= ? AND (charged_through IS NULL OR charged_through <= ?)
        LIMIT 1""",
        (end.isoformat(), end.isoformat()),
    ).fetchone()
    return row is not None


def _run_id(connection: Connection, number: str) -> int:
    return int(connection.exec_driver_sql("SELECT id FROM run WHERE number = ?", (number,)).scalar_one())


def _in_review(connection: Connection, since: date) -> tuple[int, str] | None:
    """The newest run through that day or later that has drafts waiting; older leftovers are no reason to stop."""
    row = connection.exec_driver_sql(
        """SELECT r.id, r.number FROM run r WHERE r.kind = 'billing' AND r.state = 'review' AND r.through >= ?
        AND EXISTS (SELECT 1 FROM draft d WHERE d.run_id = r.id AND d.state IN ('ready', 'approved', 'held', 'failed'))
        ORDER BY r.id DESC LIMIT 1""",
        (since.isoformat(),),
    ).fetchone()
    return None if row is None else (int(row[0]), str(row[1]))
