"""One print job in the book: taken before the queue hears of it, and what the queue said of it after."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from db.engine import Book
from db.queries.rows import ids_text
from desktop.domain.delivery import CANCELLED, FAILED, PRINT, SENT, UNCERTAIN, WAITING
from desktop.domain.wording import Said
from desktop.saying import told
from desktop.services.delivery.paper.papers import Paper
from desktop.services.delivery.paper.print_settings import PrintSettings

PRINTED: Final = "printed"
"""The kind of event of a document that was printed beside its own way."""

# What waits, or what a person asked for although it failed or nobody knows.
_OPEN: Final = f"channel = '{PRINT}' AND state IN ('{WAITING}', '{FAILED}', '{UNCERTAIN}')"
_EVENTS: Final = """INSERT INTO delivery_event (delivery_id, at, kind, detail, actor)
 SELECT id, ?, ?, ?, ? FROM delivery WHERE """
_OF_JOB: Final = "print_job_id = ? AND state IN ('sending', 'uncertain')"


@dataclass(frozen=True, slots=True)
class PrintJobRow:
    """A job as people read it. `number` is the queue's, None until it took the job; `answer` is in words.

    `documents` of `clients`; `state` of STATES, where sending is in the queue and sent is printed.
    """

    id: int
    queue: str
    number: int | None
    title: str
    copies: int
    pages: int
    documents: int
    clients: int
    state: str
    answer: str
    actor: str
    made_at: str
    done_at: str


def claim(
    connection: Connection,
    papers: Sequence[Paper],
    settings: PrintSettings,
    *,
    title: str,
    pages: int,
    actor: str,
    now: str,
) -> int | None:
    """Take documents for a job; its id. None where one of those that go by print is taken already or went.

    From this transaction on they are `sending`: nobody prints them a second time without a person's word.
    """
    own = [one.delivery_id for one in papers if one.goes_by_print]
    free = connection.exec_driver_sql(
        f"SELECT count(*) FROM delivery WHERE {_OPEN} AND id IN (SELECT value FROM json_each(?))", (json.dumps(own),)
    ).scalar_one()
    if free != len(own):
        return None
    copies_of = [one.delivery_id for one in papers if not one.goes_by_print and one.delivery_id is not None]
    options = {
        "sides": settings.sides,
        "tray": settings.tray,
        "media": settings.media,
        "documents": len(papers),
        "clients": len({one.client_id for one in papers}),
        "copies_of": copies_of,
    }
    job = connection.exec_driver_sql(
        "INSERT INTO print_job (queue, job, title, copies, pages, options, state, answer, actor, made_at)"
        " VALUES (?, '', ?, ?, ?, ?, 'sending', '', ?, ?) RETURNING id",
        (settings.queue, title, settings.copies, pages, json.dumps(options), actor, now),
    ).scalar_one()
    connection.exec_driver_sql(
        "UPDATE delivery SET state = 'sending', tries = tries + 1, print_job_id = ?, code = NULL, answer = '',"
        " not_before = '' WHERE id IN (SELECT value FROM json_each(?))",
        (job, json.dumps(own)),
    )
    return int(job)


def accepted(connection: Connection, job: int, number: int) -> None:
    """The queue took it, under this number."""
    connection.exec_driver_sql("UPDATE print_job SET job = ? WHERE id = ?", (str(number), job))


def noted(connection: Connection, job: int, answer: Said) -> bool:
    """Keep what the queue says of a job that is not over; whether that is news."""
    stored = answer.stored() if answer.template else ""
    changed = connection.exec_driver_sql(
        "UPDATE print_job SET answer = ?, state = 'sending' WHERE id = ? AND (answer <> ? OR state <> 'sending')",
        (stored, job, stored),
    ).rowcount
    if changed:
        # One that was uncertain is found again.
        connection.exec_driver_sql(
            "UPDATE delivery SET answer = ?, state = 'sending' WHERE print_job_id = ?"
            " AND state IN ('sending', 'uncertain')",
            (stored, job),
        )
    return bool(changed)


def settle(
    connection: Connection, job: int, state: str, answer: Said, *, now: str, actor: str = "", documents: str = ""
) -> bool:
    """Write down what became of a job and of its documents; whether that is news.

    The documents are in the job's state, or in that of `documents`.
    """
    own = documents or state
    stored = answer.stored() if answer.template else ""
    over = now if state in (SENT, FAILED, CANCELLED) else None
    changed = connection.exec_driver_sql(
        "UPDATE print_job SET state = ?, answer = ?, done_at = ? WHERE id = ? AND (state <> ? OR answer <> ?)",
        (state, stored, over, job, state, stored),
    ).rowcount
    if not changed:
        return False
    connection.exec_driver_sql(_EVENTS + _OF_JOB, (now, own, stored, actor, job))
    connection.exec_driver_sql(
        f"UPDATE delivery SET state = ?, answer = ?, done_at = ? WHERE {_OF_JOB}",
        (own, "" if own == SENT else stored, now if own == SENT else None, job),
    )
    if state == SENT:
        connection.exec_driver_sql(
            _EVENTS + "id IN (SELECT value FROM json_each("
            "(SELECT coalesce(options ->> 'copies_of', '[]') FROM print_job WHERE id = ?)))",
            (now, PRINTED, stored, actor, job),
        )
    return True


def open_jobs(connection: Connection) -> list[PrintJobRow]:
    """The jobs that are not over, and those of which nobody knows and nobody has said."""
    return _rows(
        connection,
        "state = 'sending' OR (state = 'uncertain' AND EXISTS (SELECT 1 FROM delivery d WHERE d.print_job_id ="
        " print_job.id AND d.state = 'uncertain'))",
    )


def print_jobs(book: Book, ids: Sequence[int] = (), *, limit: int = 100) -> list[PrintJobRow]:
    """These jobs, or the latest ones; the newest first."""
    with book.reading() as session:
        where = "id IN (SELECT value FROM json_each(?))" if ids else "1"
        return _rows(session.connection(), where, *([ids_text(ids)] if ids else []), limit=limit)


def jobs_of(book: Book, delivery_ids: Sequence[int]) -> list[int]:
    """The jobs that these rows of the outbox are in and that are not over."""
    with book.reading() as session:
        found = session.connection().exec_driver_sql(
            "SELECT DISTINCT print_job_id FROM delivery WHERE state = 'sending' AND print_job_id IS NOT NULL"
            " AND id IN (SELECT value FROM json_each(?))",
            (ids_text(delivery_ids),),
        )
        return [job for (job,) in found]


def _rows(connection: Connection, where: str, *parameters: Any, limit: int = -1) -> list[PrintJobRow]:
    found = connection.exec_driver_sql(
        f"SELECT * FROM print_job WHERE {where} ORDER BY id DESC LIMIT {limit}", parameters
    ).mappings()
    rows = []
    for row in found:
        options = json.loads(row["options"])
        rows.append(
            PrintJobRow(
                row["id"],
                row["queue"],
                int(row["job"]) if row["job"] else None,
                row["title"],
                row["copies"],
                row["pages"],
                int(options.get("documents", 0)),
                int(options.get("clients", 0)),
                row["state"],
                told(row["answer"]),
                row["actor"],
                row["made_at"],
                row["done_at"] or "",
            )
        )
    return rows
