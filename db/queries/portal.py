"""What a client's own page lists: every document that was issued to it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from db.queries.families import family
from db.queries.rows import Rows, ids_text, plain_rows


def documents_of(connection: Connection, client_id: int, as_of: str) -> list[dict[str, Any]]:
    """The newest first; minor units, `open` is null for what nothing is ever open of."""
    found = connection.exec_driver_sql(
        f"""SELECT i.id, i.number, i.kind, i.issue_date, i.due_date, i.currency, i.payable,
        coalesce(json_extract(i.texts, '$.einvoice'), 'none') AS einvoice
        FROM invoice i WHERE i.client_id IN {family(":client")} AND i.kind <> 'opening' AND i.issue_date <= :as_of
        ORDER BY i.issue_date DESC, i.id DESC""",
        {"client": client_id, "as_of": as_of},
    )
    return [dict(row) for row in found.mappings()]


def all_clients(connection: Connection) -> Rows:
    """(id, code, name) of every client but those that were merged into others."""
    return plain_rows(connection, "SELECT id, code, name FROM client WHERE merged_into_id IS NULL")


def clients_named(connection: Connection, ids: Collection[int] = ()) -> list[int]:
    """The ids of these clients, by default of all to whom anything was issued, by code.

    One that was merged into another is that one.
    """
    if ids:
        found = plain_rows(
            connection,
            """SELECT id FROM client WHERE id IN (SELECT coalesce(c.merged_into_id, c.id) FROM client c
            WHERE c.id IN (SELECT value FROM json_each(?))) ORDER BY code""",
            ids_text(ids),
        )
    else:
        found = plain_rows(
            connection,
            """SELECT id FROM client WHERE id IN (SELECT DISTINCT coalesce(c.merged_into_id, c.id)
            FROM invoice i JOIN client c ON c.id = i.client_id) ORDER BY code""",
        )
    return [row[0] for row in found]
