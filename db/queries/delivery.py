"""The outbox as sending asks for it: what is due, what stands, and how much an account has sent."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from db.queries.rows import ids_text, plain_rows

# A client that was merged into another is that one now.
_DUE = """SELECT d.id, d.invoice_id, coalesce(c.merged_into_id, c.id)
 FROM delivery d JOIN client c ON c.id = d.client_id
 WHERE d.state <> 'sent' AND d.state = 'waiting' AND d.channel = 'email'
 AND (d.not_before <= ? OR d.not_before > strftime('%Y-%m-%dT%H:%M:%SZ', ?, '+2 days'))"""


def due(
    connection: Connection, *, now: str, run_id: int | None = None, ids: Collection[int] = ()
) -> list[tuple[int, int | None, int]]:
    """(id, invoice, client) of the mails that may go now, the oldest first; of a run, or of these alone.

    What seems put off for longer than anything is was put off by a clock that ran ahead.
    """
    sql, parameters = _DUE, [now, now]
    if run_id is not None:
        sql += " AND d.run_id = ?"
        parameters.append(str(run_id))
    if ids:
        sql += " AND d.id IN (SELECT value FROM json_each(?))"
        parameters.append(ids_text(ids))
    found: list[tuple[int, int | None, int]] = list(plain_rows(connection, sql + " ORDER BY d.id", *parameters))
    return found


def last_change(connection: Connection) -> int:
    """The id of the last change set: whatever a person changes is one, so an equal number means nothing changed."""
    ((number,),) = plain_rows(connection, "SELECT coalesce(max(id), 0) FROM change_set")
    return int(number)


def counts(connection: Connection, run_id: int | None = None, ids: Collection[int] = ()) -> dict[tuple[str, str], int]:
    """How many deliveries stand in each state, by channel and state; those that were sent are not counted."""
    sql, parameters = "SELECT channel, state, count(*) FROM delivery WHERE state <> 'sent'", list[Any]()
    if run_id is not None:
        sql += " AND run_id = ?"
        parameters.append(run_id)
    if ids:
        sql += " AND id IN (SELECT value FROM json_each(?))"
        parameters.append(ids_text(ids))
    rows = plain_rows(connection, sql + " GROUP BY channel, state", *parameters)
    return {(channel, state): count for channel, state, count in rows}


def next_due(connection: Connection) -> str:
    """When the next mail that a server put off is tried again, as UTC text; empty where none is."""
    ((at,),) = plain_rows(
        connection,
        "SELECT min(not_before) FROM delivery WHERE state <> 'sent' AND state = 'waiting' AND channel = 'email'"
        " AND not_before <> ''",
    )
    return at or ""


def sent_since(connection: Connection, account_id: int, since: str) -> list[str]:
    """When the account sent a message, or may have, since then (UTC text), the oldest first."""
    rows = plain_rows(
        connection,
        "SELECT sent_at FROM mailing WHERE account_id = ? AND sent_at >= ? ORDER BY sent_at",
        account_id,
        since,
    )
    return [at for (at,) in rows]


def limits(connection: Connection, account_id: int) -> tuple[str, int, int]:
    """(name, most messages a minute, most a day) of an account; 0 is no limit."""
    ((name, minute, day),) = plain_rows(
        connection, "SELECT name, per_minute, per_day FROM mail_account WHERE id = ?", account_id
    )
    return name, minute, day


def run_id(connection: Connection, number: str) -> int | None:
    rows = plain_rows(connection, "SELECT id FROM run WHERE number = ?", number)
    return int(rows[0][0]) if rows else None


def files(connection: Connection, ids: Collection[int]) -> dict[int, tuple[str, bytes, str]]:
    """(media type, content, SHA-256) of files by id."""
    rows = plain_rows(
        connection,
        "SELECT id, media_type, content, sha256 FROM file WHERE id IN (SELECT value FROM json_each(?))",
        ids_text(ids),
    )
    return {key: (media_type, content, sha256) for key, media_type, content, sha256 in rows}


def again(connection: Connection, ids: Collection[int]) -> set[int]:
    """Those of the deliveries that a person asked for although the document went before."""
    rows = plain_rows(
        connection,
        "SELECT id FROM delivery WHERE again_of_id IS NOT NULL AND id IN (SELECT value FROM json_each(?))",
        ids_text(ids),
    )
    return {key for (key,) in rows}
