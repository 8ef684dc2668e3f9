"""What came of work by the clock: kept, told, and marked as seen."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries.rows import ids_text
from desktop.saying import told

_ROWS: Final = """SELECT r.id, s.id, s.name, s.task, r.due_at, r.state, r.began_at, r.ended_at, r.run_id,
 coalesce(n.number, ''), coalesce(n.state, ''), r.said, r.seen
 FROM schedule_result r JOIN schedule s ON s.id = r.schedule_id LEFT JOIN run n ON n.id = r.run_id"""


@dataclass(frozen=True, slots=True)
class Result:
    """One time of a schedule. `state` is done, running, waits, put_off, failed or missed; `due` is local, other times
    UTC text.

    `run` is the number of the run that it made, empty where there is none, and `run_state` how that stands now.
    """

    id: int
    schedule_id: int
    schedule: str
    task: str
    due: datetime
    state: str
    began_at: str
    ended_at: str | None
    run_id: int | None
    run: str
    run_state: str
    said: str
    seen: bool


def results(book: Book, schedule_id: int | None = None, limit: int = 100) -> list[Result]:
    """The latest first, of one schedule or of all."""
    where = "" if schedule_id is None else " WHERE s.id = :schedule"
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            f"{_ROWS}{where} ORDER BY r.due_at DESC, r.id DESC LIMIT :limit", {"schedule": schedule_id, "limit": limit}
        )
        return [_result(row) for row in rows]


def result(book: Book, result_id: int) -> Result | None:
    """One of them; None where it went with its schedule."""
    with book.reading() as session:
        row = session.connection().exec_driver_sql(f"{_ROWS} WHERE r.id = ?", (result_id,)).fetchone()
    return None if row is None else _result(row)


def unseen(connection: Connection) -> list[Result]:
    """What nobody has looked at yet, the latest first."""
    rows = connection.exec_driver_sql(f"{_ROWS} WHERE r.seen = 0 ORDER BY r.due_at DESC, r.id DESC")
    return [_result(row) for row in rows]


def ended_since(book: Book, moment: str) -> list[Result]:
    """What was carried out since a moment (UTC text), in the order of its times."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            f"{_ROWS} WHERE r.ended_at >= ? AND r.state <> 'missed' ORDER BY r.due_at, r.id", (moment,)
        )
        return [_result(row) for row in rows]


def see(book: Book, result_ids: Collection[int]) -> None:
    """A person has looked at these, and with each at what came before it of the same schedule."""
    with book.writing() as session:
        session.connection().exec_driver_sql(
            """UPDATE schedule_result SET seen = 1 WHERE seen = 0 AND state <> 'running' AND EXISTS (
              SELECT 1 FROM schedule_result l WHERE l.id IN (SELECT value FROM json_each(?))
              AND l.schedule_id = schedule_result.schedule_id AND l.due_at >= schedule_result.due_at)""",
            (ids_text(result_ids),),
        )


def _result(row: Any) -> Result:
    return Result(
        id=row[0],
        schedule_id=row[1],
        schedule=row[2],
        task=row[3],
        due=datetime.fromisoformat(row[4]),
        state=row[5],
        began_at=row[6],
        ended_at=row[7],
        run_id=row[8],
        run=row[9],
        run_state=row[10],
        said=told(row[11]),
        seen=bool(row[12]),
    )
