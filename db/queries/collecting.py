"""What a person who collects looks at: what is past due, what was said about it, and how clients pay by habit.

Each row is of the client that its own client was merged into, if it was; several rows may be of one then.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from db.queries.families import family, folded
from db.queries.rows import Rows, plain_rows

# Of these clients, a JSON list of ids, those themselves and all that were merged into them.
_MEMBERS = """(SELECT id FROM client WHERE coalesce(merged_into_id, id) IN (SELECT value FROM json_each(:clients)))"""


def owed_now(connection: Connection, bounds: Sequence[str]) -> Rows:
    """(client, currency, open, 1-30, 31-60, 61-90, over 90 days past due, earliest due date); from one index alone.

    `bounds` are the earliest due dates of what is not past due, and of the first three buckets, the latest first.
    """
    first, second, third, fourth = bounds
    rows = connection.exec_driver_sql(
        """SELECT client_id, currency, sum(open),
          sum(CASE WHEN due_date < :first AND due_date >= :second THEN open ELSE 0 END),
          sum(CASE WHEN due_date < :second AND due_date >= :third THEN open ELSE 0 END),
          sum(CASE WHEN due_date < :third AND due_date >= :fourth THEN open ELSE 0 END),
          sum(CASE WHEN due_date < :fourth THEN open ELSE 0 END),
          min(due_date)
        FROM open_item WHERE open > 0 GROUP BY client_id, currency""",
        {"first": first, "second": second, "third": third, "fourth": fourth},
    ).fetchall()
    return folded(connection, rows)


def clients(connection: Connection, ids: str) -> Rows:
    """(client, code, name, segment id, segment, on hold) of these, a JSON list of ids."""
    return plain_rows(
        connection,
        """SELECT c.id, c.code, c.name, c.segment_id, coalesce(s.name, ''), c.on_hold
        FROM client c LEFT JOIN segment s ON s.id = c.segment_id
        WHERE c.id IN (SELECT value FROM json_each(?))""",
        ids,
    )


_NOTES = """(SELECT n.*, CASE n.subject WHEN 'client' THEN n.subject_id ELSE i.client_id END AS client_id
  FROM note n LEFT JOIN invoice i ON n.subject = 'invoice' AND i.id = n.subject_id
  WHERE n.subject = 'client' OR n.subject = 'invoice' AND i.id IS NOT NULL)"""


def last_notes(connection: Connection) -> Rows:
    """(client, when as UTC text, text, author) of the latest note on each client or on one of its invoices."""
    # SQLite gives the bare columns of the row that has the maximum.
    rows = connection.exec_driver_sql(f"SELECT client_id, max(at), text, author FROM {_NOTES} GROUP BY client_id")
    return folded(connection, rows.fetchall())


def next_steps(connection: Connection) -> Rows:
    """(client, day, text, note id) of the earliest step that is to be done for each client."""
    rows = connection.exec_driver_sql(
        f"""SELECT client_id, min(due_on), text, id FROM {_NOTES}
        WHERE due_on IS NOT NULL AND done_on IS NULL GROUP BY client_id"""
    )
    return folded(connection, rows.fetchall())


def promises(connection: Connection, client_id: int | None = None) -> Rows:
    """(client, id, currency, amount, promised for, said by, note, noted at, noted by, withdrawn on), the latest day
    first; of one client's family where given."""
    one = f"WHERE client_id IN {family(':client')}" if client_id is not None else ""
    rows = connection.exec_driver_sql(
        f"""SELECT client_id, id, currency, amount, promised_on, said_by, note, noted_at, noted_by, withdrawn_on
        FROM promise {one} ORDER BY promised_on DESC, id DESC""",
        {"client": client_id},
    )
    return folded(connection, rows.fetchall())


def receipts_since_promises(connection: Connection) -> Rows:
    """(client, currency, paid on, booked at, amount) of what came from clients after they first promised something and
    was not taken back."""
    rows = connection.exec_driver_sql(
        """WITH promised AS (SELECT coalesce(c.merged_into_id, c.id) AS head, min(p.noted_at) AS noted_at
          FROM promise p JOIN client c ON c.id = p.client_id GROUP BY 1)
        SELECT x.client_id, x.currency, x.paid_on, x.created_at, x.amount
        FROM promised h JOIN client c ON coalesce(c.merged_into_id, c.id) = h.head
        JOIN payment x ON x.client_id = c.id AND x.created_at >= h.noted_at
        WHERE x.reverses_id IS NULL AND x.amount > 0
          AND NOT EXISTS (SELECT 1 FROM payment r WHERE r.reverses_id = x.id)"""
    )
    return folded(connection, rows.fetchall())


def paying_habits(connection: Connection, client_ids: str, since: str) -> Rows:
    """(client, currency, sum of amount x days after the due date, sum of amount) of what these clients paid since a
    day; days before the due date count below zero. What was taken back counts as never paid."""
    rows = connection.exec_driver_sql(
        f"""SELECT i.client_id, i.currency,
          sum(a.amount * CAST(julianday(a.dated) - julianday(o.due_date) AS INTEGER)), sum(a.amount)
        FROM invoice i JOIN allocation a ON a.invoice_id = i.id JOIN open_item o ON o.id = a.open_item_id
        WHERE i.client_id IN {_MEMBERS} AND a.kind = 'payment' AND a.dated >= :since AND a.reverses_id IS NULL
          AND NOT EXISTS (SELECT 1 FROM allocation b WHERE b.invoice_id = a.invoice_id AND b.reverses_id = a.id)
        GROUP BY i.client_id, i.currency""",
        {"clients": client_ids, "since": since},
    ).fetchall()
    return folded(connection, rows)
