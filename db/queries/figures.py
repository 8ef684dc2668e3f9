"""What the firm billed and received by month: sums in its own currency, and beside them what has no rate in its row.

Each is summed day by day first, in the order of an index that holds all it needs.
"""

from __future__ import annotations

from sqlalchemy import Connection

from db.queries.rows import Rows, plain_rows


def billed_by_month(connection: Connection, since: str, until: str) -> Rows:
    """(month as YYYY-MM, currency, gross in the firm's currency, gross of what has none of it in its own, whether it
    was open before the book began) of documents by their issue date; credit notes lower it."""
    return plain_rows(
        connection,
        """SELECT substr(day, 1, 7), currency, sum(CASE kind WHEN 'credit_note' THEN -firm ELSE firm END),
          sum(CASE kind WHEN 'credit_note' THEN -loose ELSE loose END), kind = 'opening'
        FROM (SELECT issue_date AS day, kind, currency, coalesce(sum(firm_gross), 0) AS firm,
            sum(CASE WHEN firm_gross IS NULL THEN gross ELSE 0 END) AS loose
          FROM invoice WHERE issue_date BETWEEN ? AND ? GROUP BY issue_date, kind, currency)
        GROUP BY 1, currency, 5""",
        since,
        until,
    )


def received_by_month(connection: Connection, since: str, until: str) -> Rows:
    """(month, currency, amount in the firm's currency, amount of what has none of it in its own) of payments;
    reversals lower it."""
    return plain_rows(
        connection,
        """SELECT substr(day, 1, 7), currency, sum(firm), sum(loose)
        FROM (SELECT paid_on AS day, currency, coalesce(sum(firm_amount), 0) AS firm,
            sum(CASE WHEN firm_amount IS NULL THEN amount ELSE 0 END) AS loose
          FROM payment WHERE paid_on BETWEEN ? AND ? GROUP BY paid_on, currency)
        GROUP BY 1, currency""",
        since,
        until,
    )


def given_up_by_month(connection: Connection, since: str) -> Rows:
    """(month, currency, amount) of write-offs and discounts, which lower receivables as payments do."""
    return plain_rows(
        connection,
        """SELECT substr(w.dated, 1, 7), i.currency, sum(w.amount)
        FROM write_off w JOIN invoice i ON i.id = w.invoice_id WHERE w.dated >= ? GROUP BY 1, 2
        UNION ALL SELECT substr(a.dated, 1, 7), i.currency, sum(a.amount)
        FROM allocation a JOIN invoice i ON i.id = a.invoice_id WHERE a.kind = 'discount' AND a.dated >= ?
        GROUP BY 1, 2""",
        since,
        since,
    )


def client_names(connection: Connection, ids: str) -> Rows:
    return plain_rows(connection, "SELECT id, name FROM client WHERE id IN (SELECT value FROM json_each(?))", ids)


# Days as Python counts them, so that thousands of them need no reading.
_ORDINAL = "CAST(julianday({}) - 1721424.5 AS INTEGER)"


def items_with_days(connection: Connection, until: str) -> Rows:
    """(id, client as merged, currency, due date, day from which it was there, amount) of all items that were there by a
    day; days as ordinals."""
    return plain_rows(
        connection,
        f"""SELECT o.id, coalesce(c.merged_into_id, c.id), o.currency, {_ORDINAL.format("o.due_date")},
          {_ORDINAL.format("max(i.issue_date, coalesce(o.since, ''))")}, o.amount
        FROM open_item o JOIN invoice i ON i.id = o.invoice_id JOIN client c ON c.id = o.client_id
        WHERE i.issue_date <= ? AND coalesce(o.since, '') <= ?""",
        until,
        until,
    )


def settlements(connection: Connection, until: str) -> Rows:
    """(item, day as an ordinal, amount, kind) of all allocations by a day, the oldest first."""
    return plain_rows(
        connection,
        f"""SELECT open_item_id, {_ORDINAL.format("dated")}, amount, kind FROM allocation WHERE dated <= ?
        ORDER BY dated""",
        until,
    )


def client_segments(connection: Connection) -> Rows:
    """(client, segment or none)."""
    return plain_rows(connection, "SELECT id, segment_id FROM client")
