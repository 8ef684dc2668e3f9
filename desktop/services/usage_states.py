"""What becomes of records of use: billed, counted by a draft, late for a period that was billed, or waiting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import Connection

from db.queries.rows import ids_text


class Row(NamedTuple):
    """A record of use as its state follows from it; `id` is whatever the caller knows it by, `number` the book's id."""

    id: int
    agreement_id: int
    item_id: int
    end: date
    invoice_id: int | None
    number: int


class State(NamedTuple):
    """unbilled, late, draft or billed; with the run whose draft counts it and that draft's id."""

    state: str
    run: str = ""
    draft_id: int | None = None


DRAFTED: Final = """SELECT o.agreement_id, g.item_id, l.value ->> '$[8]' AS first, l.value ->> '$[9]' AS last,
 c.value ->> '$[9]' AS mark, r.number, d.id AS draft_id
 FROM outcome o JOIN draft d ON d.id = o.draft_id JOIN run r ON r.id = d.run_id
 JOIN json_each(d.body, '$.charges') c JOIN json_each(d.body, '$.lines') l ON l.value ->> '$[0]' = c.value ->> '$[6]'
 JOIN agreement_line g ON g.id = c.value ->> '$[2]'
 WHERE (o.state = 'ready' OR o.state = 'held' OR o.state = 'failed') AND c.value ->> '$[0]' = 'usage'
 AND c.value ->> '$[9]' > 0"""
"""What open drafts count of use: (agreement, item, first day, day after the last, highest id, run, draft)."""

CLOSED: Final = """SELECT DISTINCT g.agreement_id, g.item_id, c.period_start, c.period_end FROM agreement_line g
 JOIN charge c ON c.agreement_line_id = g.id AND c.kind = 'usage' AND c.reversed_by IS NULL
 JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position AND l.period_end = c.period_end"""
"""Periods of meters that were billed to their end: (agreement, item, start, end)."""


def usage_states(connection: Connection, rows: Sequence[Row]) -> dict[int, State]:
    """The state of each of these records by its id."""
    open_rows = [row for row in rows if row.invoice_id is None]
    owners = ids_text(dict.fromkeys(row.agreement_id for row in open_rows))
    drafted = (
        connection.exec_driver_sql(
            f"{DRAFTED} AND o.agreement_id IN (SELECT value FROM json_each(?))", (owners,)
        ).fetchall()
        if open_rows
        else []
    )
    closed = (
        connection.exec_driver_sql(
            f"{CLOSED} WHERE g.agreement_id IN (SELECT value FROM json_each(?))", (owners,)
        ).fetchall()
        if open_rows
        else []
    )
    found: dict[int, State] = {row.id: State("billed") for row in rows if row.invoice_id is not None}
    for row in open_rows:
        meter, end = (row.agreement_id, row.item_id), row.end.isoformat()
        holder = next(
            (one for one in drafted if one[:2] == meter and one[2] < end <= one[3] and row.number <= one[4]), None
        )
        if holder is not None:
            found[row.id] = State("draft", holder[5], holder[6])
        elif any((one[0], one[1]) == meter and one[2] < end <= one[3] for one in closed):
            found[row.id] = State("late")
        else:
            found[row.id] = State("unbilled")
    return found
