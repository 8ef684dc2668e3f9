"""What a run came to, for the page that closes it: what went out, what waits, what was skipped and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db.engine import Book
from desktop.saying import told
from desktop.services.runs.scope import run_facts


@dataclass(frozen=True, slots=True)
class RunSummary:
    """Counts of documents and, for skipped, of agreements; totals are gross by currency in minor units.

    `issued_on` are the first and the last day that the documents bear. `skipped` and `failed` are counts by reason, the
    most frequent first.
    """

    run: int
    number: str
    state: str
    issued: int
    totals: Mapping[str, int]
    first_number: str
    last_number: str
    issued_on: tuple[date, date] | None
    waiting: int
    ready: int
    skipped: tuple[tuple[str, int], ...]
    failed: tuple[tuple[str, int], ...]
    document_ids: tuple[int, ...]


def run_summary(book: Book, run_id: int) -> RunSummary:
    """UserError where there is no such run."""
    with book.reading() as session:
        connection = session.connection()
        run = run_facts(connection, run_id)
        documents = connection.exec_driver_sql(
            "SELECT id, number, issue_date FROM invoice WHERE run_id = ? ORDER BY id", (run_id,)
        ).fetchall()
        totals = {
            row[0]: row[1]
            for row in connection.exec_driver_sql(
                """SELECT currency, sum(CASE kind WHEN 'credit_note' THEN -gross ELSE gross END) FROM invoice
                WHERE run_id = ? GROUP BY currency ORDER BY currency""",
                (run_id,),
            )
        }
        waiting, ready = connection.exec_driver_sql(
            """SELECT coalesce(sum(state IN ('held', 'failed')), 0), coalesce(sum(state IN ('ready', 'approved')), 0)
            FROM draft WHERE run_id = ?""",
            (run_id,),
        ).one()
        reasons: dict[str, list[tuple[str, int]]] = {"skipped": [], "failed": []}
        for state, reason, count in connection.exec_driver_sql(
            """SELECT state, reason, count(*) FROM outcome WHERE run_id = ? AND state IN ('skipped', 'failed')
            GROUP BY state, reason ORDER BY count(*) DESC, reason""",
            (run_id,),
        ):
            reasons[state].append((told(reason), count))
    days = sorted(date.fromisoformat(row[2]) for row in documents)
    return RunSummary(
        run_id,
        run.number,
        run.state,
        len(documents),
        totals,
        documents[0][1] if documents else "",
        documents[-1][1] if documents else "",
        (days[0], days[-1]) if days else None,
        waiting,
        ready,
        tuple(reasons["skipped"]),
        tuple(reasons["failed"]),
        tuple(row[0] for row in documents),
    )
