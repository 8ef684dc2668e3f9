"""What is due by the clock, and who takes it: each time of a schedule gets one row, whoever comes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from db.engine import Book
from desktop.domain.schedule import Judged, judge
from desktop.services.schedules.keeping import Schedule, schedules_within
from desktop.services.schedules.tasks import TASKS

PATIENCE: Final = timedelta(hours=1)
"""How late a time may be begun that is not to be made up for later."""

# What was noted so much later than now was noted by a clock that ran ahead.
_A_WRONG_CLOCK: Final = timedelta(hours=1)

# What an interrupted run stood in the way of was never begun: it is taken again once that run is out of the way.
_PUT_OFF: Final = "schedule_result.state = 'put_off'"
_CLAIM: Final = f"""INSERT INTO schedule_result (schedule_id, due_at, state, began_at, ended_at, said, seen)
 VALUES (?, ?, ?, ?, ?, '', 0) ON CONFLICT (schedule_id, due_at) DO UPDATE SET
 state = excluded.state, began_at = excluded.began_at, ended_at = excluded.ended_at, said = '', seen = 0
 WHERE {_PUT_OFF}"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is this caller's to carry out. `run_id` is what an earlier caller, gone by now, began for it."""

    result_id: int
    schedule: Schedule
    due: datetime
    run_id: int | None = None


def claim(book: Book, now: datetime) -> Claimed | None:
    """Take what is due first at this local time, if anything; what was missed before it is noted."""
    with book.writing() as session:
        connection = session.connection()
        _forget_the_future(connection, book.clock())
        waiting = [one for one in (_judged(connection, known, now, book.now) for known in _able(connection)) if one]
        if not waiting:
            return None
        order = list(TASKS)
        due, schedule = min(waiting, key=lambda one: (one[0], order.index(one[1].task), one[1].id))
        return _taken(connection, schedule, due, book.now)


def claim_now(book: Book, schedule: Schedule, now: datetime) -> Claimed | None:
    """Take this moment for a schedule, since a person wants it now. None where it was just taken."""
    with book.writing() as session:
        return _taken(session.connection(), schedule, now.replace(microsecond=0), book.now)


def left(book: Book) -> list[Claimed]:
    """What an earlier caller took and did not end, the oldest first. Whoever asks must be alone with the book."""
    with book.reading() as session:
        connection = session.connection()
        known = {one.id: one for one in schedules_within(connection)}
        rows = connection.exec_driver_sql(
            "SELECT id, schedule_id, due_at, run_id FROM schedule_result WHERE state = 'running' ORDER BY due_at, id"
        )
        return [Claimed(row[0], known[row[1]], datetime.fromisoformat(row[2]), row[3]) for row in rows]


def uncalled(connection: Connection, now: datetime) -> list[tuple[Schedule, datetime]]:
    """Schedules whose last time is longer ago than PATIENCE at this local time, and that nobody called for."""
    found = []
    for schedule in _able(connection):
        open_ = _open(connection, schedule, now)
        last = open_.due or (open_.missed[-1] if open_.missed else None)
        if last is not None and now - last > PATIENCE:
            found.append((schedule, last))
    return found


def _able(connection: Connection) -> list[Schedule]:
    """Those that go. A task that this program does not know is another program's."""
    return [one for one in schedules_within(connection) if one.active and one.task in TASKS]


def _open(connection: Connection, schedule: Schedule, now: datetime) -> Judged:
    rows = connection.exec_driver_sql(
        f"""SELECT due_at, state FROM schedule_result WHERE schedule_id = ? AND due_at > ? AND NOT ({_PUT_OFF}
          AND NOT EXISTS (SELECT 1 FROM run WHERE state IN ('planning', 'issuing')))""",
        (schedule.id, _text(schedule.since)),
    )
    known = {datetime.fromisoformat(row[0]): row[1] for row in rows}
    return judge(
        schedule.times,
        schedule.since,
        now,
        known,
        catch_up=schedule.catch_up,
        patience=PATIENCE,
        failed=[moment for moment, state in known.items() if state == "failed"],
    )


def _judged(connection: Connection, schedule: Schedule, now: datetime, at: str) -> tuple[datetime, Schedule] | None:
    found = _open(connection, schedule, now)
    for moment in found.missed:
        connection.exec_driver_sql(_CLAIM, (schedule.id, _text(moment), "missed", at, at))
    return None if found.due is None else (found.due, schedule)


def _taken(connection: Connection, schedule: Schedule, due: datetime, at: str) -> Claimed | None:
    made = connection.exec_driver_sql(
        _CLAIM + " RETURNING id", (schedule.id, _text(due), "running", at, None)
    ).fetchone()
    return None if made is None else Claimed(int(made[0]), schedule, due)


def _forget_the_future(connection: Connection, at: datetime) -> None:
    """What a clock that ran far ahead took for missed is looked at again; what it had done stays done."""
    latest = (at + _A_WRONG_CLOCK).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    connection.exec_driver_sql("DELETE FROM schedule_result WHERE state = 'missed' AND began_at > ?", (latest,))


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
