"""What the firm billed and received by month: sums in its own currency, and beside them what has no rate in its row."""

from __future__ import annotations

from sqlalchemy import Connection

from db.queries.rows import Rows, plain_rows

_SIGNED = "CASE kind WHEN 'credit_note' THEN -{column} ELSE {column} END"


def billed_by_month(connection: Connection, since: str, until: str) -> Rows:
    """(month as YYYY-MM, currency, gross in it, gross in the firm's currency or null, whether it was open before the
    book began) of documents by their issue date; credit notes lower it."""
    return plain_rows(
        connection,
        f"""SELECT substr(issue_date, 1, 7), currency, sum({_SIGNED.format(column="gross")}),
          sum({_SIGNED.format(column="firm_gross")}), kind = 'opening'
        FROM invoice WHERE issue_date BETWEEN ? AND ? GROUP BY 1, 2, firm_gross IS NULL, 5""",
        since,
        until,
    )


def received_by_month(connection: Connection, since: str, until: str) -> Rows:
    """(month, currency, amount in it, amount in the firm's currency or null) of payments; reversals lower it."""
    return plain_rows(
        connection,
        """SELECT substr(paid_on, 1, 7), currency, sum(amount), sum(firm_amount) FROM payment
        WHERE paid_on BETWEEN ? AND ? GROUP BY 1, 2, firm_amount IS NULL""",
        since,
        until,
    )


def given_up_by_month(connection: Connection, since: str) -> Rows:
    """(month, currency, amount) of write-offs and discounts, which lower receivables as payments do."""
    return plain_rows(
        connection,
        """SELECT substr(w.dated, 1, 7), i.currency, sum(w.amount)
        FROM write_off w JOIN invoice i ON i.id = w.invoice_id
        WHERE w.dated >= ? GROUP BY 1, 2
        UNION ALL SELECT substr(a.dated, 1, 7), i.currency, sum(a.amount)
        FROM allocation a JOIN invoice i ON i.id = a.invoice_id WHERE a.kind = 'discount' AND a.dated >= ?
        GROUP BY 1, 2""",
        since,
        since,
    )


def client_names(connection: Connection, ids: str) -> Rows:
    return plain_rows(connection, "SELECT id, name FROM client WHERE id IN (SELECT value FROM json_each(?))", ids)
