"""Clients that turned out to be one: what was issued to any of them counts for the one that the others merged into.

`merged_into_id` always names the last of them, so one step leads from a member to the head of its family.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

Rows = Sequence[Any]


def family(client: str) -> str:
    """SQL for the ids of a client's whole family, for `client_id IN {family(":client")}`; any member may be given."""
    head = f"(SELECT coalesce(h.merged_into_id, h.id) FROM client h WHERE h.id = {client})"
    return (
        f"(SELECT f.id FROM client f WHERE f.id = {head}"
        f" UNION ALL SELECT f.id FROM client f WHERE f.merged_into_id = {head})"
    )


def families(marks: str) -> str:
    """As `family`, of several clients: the marks are what stands in the parentheses of IN."""
    return (
        "(SELECT f.id FROM client h JOIN client f ON f.id = coalesce(h.merged_into_id, h.id)"
        f" OR f.merged_into_id = coalesce(h.merged_into_id, h.id) WHERE h.id IN ({marks}))"
    )


def heads(connection: Connection) -> Mapping[int, int]:
    """The client that each merged one counts for; hardly ever more than a few, found by an index of their own."""
    driver: Any = connection.connection.driver_connection
    return dict(driver.execute("SELECT id, merged_into_id FROM client WHERE merged_into_id IS NOT NULL").fetchall())


def groups_of(connection: Connection) -> Mapping[int, int]:
    """The head of the group that each client pays with: who was merged counts for the other, who is paid for by another
    belongs to that one's group. Clients alone in theirs are left out."""
    driver: Any = connection.connection.driver_connection
    above = dict(driver.execute("SELECT id, paid_by_id FROM client WHERE paid_by_id IS NOT NULL").fetchall())
    above |= heads(connection)
    found = {}
    for client in above:
        head, seen = client, {client}
        while (following := above.get(head)) is not None and following not in seen:
            head = following
            seen.add(head)
        found[client] = head
    return found


def folded(connection: Connection, rows: Iterable[Any]) -> Rows:
    """Rows that begin with a client's id, with the head of its family in its place: several may name one client then.

    Whoever sums by client sums these, which costs nothing where nobody was merged.
    """
    found = rows if isinstance(rows, list) else list(rows)
    known = heads(connection)
    return [(known.get(row[0], row[0]), *row[1:]) for row in found] if known else found


def members(connection: Connection, client_ids: str) -> Mapping[int, int]:
    """Of these heads, a JSON list of ids, the clients merged into them, each with its head."""
    driver: Any = connection.connection.driver_connection
    return dict(
        driver.execute(
            "SELECT id, merged_into_id FROM client WHERE merged_into_id IN (SELECT value FROM json_each(?))",
            (client_ids,),
        ).fetchall()
    )


def head_of(connection: Connection, client_id: int) -> int:
    """The client that this one counts for: itself unless it was merged."""
    found = connection.exec_driver_sql(
        "SELECT coalesce(merged_into_id, id) FROM client WHERE id = ?", (client_id,)
    ).scalar()
    return client_id if found is None else int(found)


def head_codes(connection: Connection, codes: Sequence[str]) -> list[str]:
    """The codes of the clients that those with these codes count for."""
    rows = connection.exec_driver_sql(
        "SELECT DISTINCT h.code FROM client k JOIN client h ON h.id = coalesce(k.merged_into_id, k.id)"
        " WHERE k.code IN (SELECT value FROM json_each(?))",
        (json.dumps(list(codes)),),
    )
    return [str(code) for (code,) in rows]
