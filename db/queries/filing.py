"""The outbox as folders ask for it: what waits to be put into one, with what its place may be named after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from db.queries.rows import ids_text, plain_rows

# A client that was merged into another is that one now.
_WAITING = """SELECT d.id, d.invoice_id, d.file_id, d.title, d.form, d.letter, c.code, c.name, coalesce(s.name, ''),
 coalesce(i.kind, ''), coalesce(i.issue_date, substr(d.made_at, 1, 10)), coalesce(i.currency, ''), i.payable,
 coalesce(r.number, '')
 FROM delivery d JOIN client own ON own.id = d.client_id
 JOIN client c ON c.id = coalesce(own.merged_into_id, own.id)
 LEFT JOIN segment s ON s.id = c.segment_id
 LEFT JOIN invoice i ON i.id = d.invoice_id
 LEFT JOIN run r ON r.id = d.run_id
 WHERE d.state <> 'sent' AND d.state = 'waiting' AND d.channel = 'folder'"""
_LAST = """SELECT 0, i.id, NULL, i.number, 'pdf', '', c.code, c.name, coalesce(s.name, ''), i.kind, i.issue_date,
 i.currency, i.payable, coalesce(r.number, '')
 FROM invoice i JOIN client c ON c.id = i.client_id LEFT JOIN segment s ON s.id = c.segment_id
 LEFT JOIN run r ON r.id = i.run_id WHERE i.kind <> 'opening' ORDER BY i.id DESC LIMIT 1"""


def waiting(
    connection: Connection, *, run_id: int | None = None, ids: Collection[int] = ()
) -> Sequence[tuple[Any, ...]]:
    """What waits for its folder, the oldest first: of a run, or these alone; the payable amount in minor units."""
    sql, parameters = _WAITING, list[Any]()
    if run_id is not None:
        sql += " AND d.run_id = ?"
        parameters.append(run_id)
    if ids:
        sql += " AND d.id IN (SELECT value FROM json_each(?))"
        parameters.append(ids_text(ids))
    found: Sequence[tuple[Any, ...]] = plain_rows(connection, sql + " ORDER BY d.id", *parameters)
    return found


def last_document(connection: Connection) -> tuple[Any, ...] | None:
    """As `waiting`, the document that was issued last, for an example."""
    rows = plain_rows(connection, _LAST)
    return tuple(rows[0]) if rows else None


def waiting_by_hand(connection: Connection, invoice_ids: Collection[int]) -> Sequence[tuple[int, int, str]]:
    """(document, delivery, form) of those of the documents that wait for a person to hand them over."""
    found: Sequence[tuple[int, int, str]] = plain_rows(
        connection,
        "SELECT invoice_id, id, form FROM delivery WHERE current = 1 AND channel = 'hand' AND state = 'waiting'"
        " AND invoice_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        ids_text(invoice_ids),
    )
    return found
