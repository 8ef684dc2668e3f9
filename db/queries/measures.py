"""What months came to beside money: what was open and not yet due at their ends, how fast and how well work was billed
and paid. Each is one pass over what it counts; of one client where one is given, with those merged into it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Connection

from db.queries.families import family
from db.queries.rows import Rows

_FAMILY = family(":client")
# An item is there from its invoice's day on, an instalment of a plan from that of the plan.
_THERE = "max(i.issue_date, coalesce(o.since, ''))"
# What is due on the last day of a month is not late at its end, and by the day asked nothing that is due then or later.
_LATE_FROM = "CASE WHEN o.due_date >= :until THEN '9999-99' ELSE substr(date(o.due_date, '+1 day'), 1, 7) END"
_BILLED = "('invoice', 'deposit', 'final')"


def _asked(connection: Connection, sql: str, client: int | None, **values: Any) -> Rows:
    driver: Any = connection.connection.driver_connection
    return list(driver.execute(sql, values | {"client": client} if ":client" in sql else values))


def _of(column: str, client: int | None) -> str:
    return f"AND {column} IN {_FAMILY}" if client is not None else ""


def opened_by_month(connection: Connection, until: str, client: int | None = None) -> Rows:
    """(month from which it was there, first month at whose end it would be late, currency, amount) of all items."""
    return _asked(
        connection,
        f"""SELECT substr({_THERE}, 1, 7), {_LATE_FROM}, o.currency, sum(o.amount)
        FROM open_item o JOIN invoice i ON i.id = o.invoice_id
        WHERE {_THERE} <= :until {_of("i.client_id", client)} GROUP BY 1, 2, 3""",
        client,
        until=until,
    )


def settled_by_month(connection: Connection, until: str, client: int | None = None) -> Rows:
    """(month from which the item was there, first month at whose end it would be late, month of the allocation,
    currency, amount) of what was allocated."""
    return _asked(
        connection,
        f"""SELECT substr({_THERE}, 1, 7), {_LATE_FROM}, substr(a.dated, 1, 7), o.currency, sum(a.amount)
        FROM allocation a JOIN open_item o ON o.id = a.open_item_id JOIN invoice i ON i.id = a.invoice_id
        WHERE a.dated <= :until {_of("i.client_id", client)} GROUP BY 1, 2, 3, 4""",
        client,
        until=until,
    )


# Items that were settled by a day, not by credit, loss or plan alone; and when the last of it came.
_PAID = """(SELECT a.open_item_id AS id, max(a.dated) AS day, sum(a.amount) AS amount
  FROM allocation a WHERE a.dated <= :until GROUP BY a.open_item_id
  HAVING sum(CASE a.kind WHEN 'payment' THEN a.amount ELSE 0 END) > 0
    AND sum(CASE a.kind WHEN 'write_off' THEN a.amount ELSE 0 END) = 0)"""


def paid_by_month(connection: Connection, until: str, client: int | None = None) -> Rows:
    """(month in which it was settled, items, sum of days after the due date, sum of days after the issue date) of what
    was paid whole by a day; what was open when the book began tells nothing."""
    return _asked(
        connection,
        f"""SELECT substr(p.day, 1, 7), count(*), sum(CAST(julianday(p.day) - julianday(o.due_date) AS INTEGER)),
          sum(CAST(julianday(p.day) - julianday(i.issue_date) AS INTEGER))
        FROM {_PAID} p JOIN open_item o ON o.id = p.id AND o.amount = p.amount JOIN invoice i ON i.id = o.invoice_id
        WHERE i.kind <> 'opening' {_of("i.client_id", client)} GROUP BY 1""",
        client,
        until=until,
    )


def paid_by_client(connection: Connection, since: str, until: str, client: int | None = None) -> Rows:
    """(client's code and name, currency, items, sum and most of days after the due date, sum of days after the issue
    date, items paid by their due date, sum of their amounts) of what was paid whole in these days."""
    return _asked(
        connection,
        f"""SELECT c.code, c.name, o.currency, count(*),
          sum(CAST(julianday(p.day) - julianday(o.due_date) AS INTEGER)),
          max(CAST(julianday(p.day) - julianday(o.due_date) AS INTEGER)),
          sum(CAST(julianday(p.day) - julianday(i.issue_date) AS INTEGER)), sum(p.day <= o.due_date), sum(o.amount)
        FROM {_PAID} p JOIN open_item o ON o.id = p.id AND o.amount = p.amount JOIN invoice i ON i.id = o.invoice_id
        JOIN client h ON h.id = i.client_id JOIN client c ON c.id = coalesce(h.merged_into_id, h.id)
        WHERE p.day >= :since AND i.kind <> 'opening' {_of("i.client_id", client)} GROUP BY c.id, o.currency""",
        client,
        since=since,
        until=until,
    )


def disputed_by_month(connection: Connection, until: str, client: int | None = None) -> Rows:
    """(month of issue, currency, documents, their gross, of these disputed, disputed amount) of what was issued."""
    billed = _asked(
        connection,
        f"""SELECT substr(issue_date, 1, 7), currency, count(*), sum(gross) FROM invoice
        WHERE kind IN {_BILLED} AND issue_date <= :until {_of("client_id", client)} GROUP BY 1, 2""",
        client,
        until=until,
    )
    disputed = _asked(
        connection,
        f"""SELECT month, currency, count(*), sum(amount) FROM (
          SELECT substr(i.issue_date, 1, 7) AS month, i.currency, max(coalesce(d.amount, i.gross)) AS amount
          FROM dispute d JOIN invoice i ON i.id = d.invoice_id
          WHERE d.opened_on <= :until AND i.kind IN {_BILLED} {_of("i.client_id", client)} GROUP BY i.id)
        GROUP BY 1, 2""",
        client,
        until=until,
    )
    known = {(month, currency): (count, amount) for month, currency, count, amount in disputed}
    return [(*row, *known.get((row[0], row[1]), (0, 0))) for row in billed]


def billed_after(connection: Connection, until: str, client: int | None = None) -> Rows:
    """(month of issue, documents, sum of days from what they bill being done to their issue date).

    Done is the last day of what a document bills; of an agreement that is billed ahead, its first.
    """
    return _asked(
        connection,
        f"""SELECT substr(i.issue_date, 1, 7), count(*), sum(max(0, CAST(julianday(i.issue_date) - julianday(
            CASE WHEN a.timing = 'advance' AND a.billing = 'recurring' THEN i.period_start
            ELSE date(i.period_end, '-1 day') END) AS INTEGER)))
        FROM invoice i LEFT JOIN agreement a ON a.id = i.agreement_id
        WHERE i.kind IN {_BILLED} AND i.period_end IS NOT NULL AND i.issue_date <= :until
        {_of("i.client_id", client)} GROUP BY 1""",
        client,
        until=until,
    )


class RunQuality(NamedTuple):
    """Counts of drafts: held is what a rule stood against, even if it was approved then, failed what no approval lets
    through; edited were changed by hand. Right the first time is issued, neither held nor changed, and not corrected.
    """

    drafts: int
    held: int
    failed: int
    issued: int
    edited: int
    corrected: int
    right: int


def run_quality(connection: Connection, until: str, client: int | None = None) -> Rows:
    """(month of the run, the counts of RunQuality) of billing runs issued by a day; drafts that were thrown away are
    left out."""
    return _asked(
        connection,
        f"""SELECT substr(r.issue_date, 1, 7), count(*), sum(held), sum(x.state = 'failed' OR blocked), sum(issued),
          sum(edited), sum(issued AND corrected), sum(issued AND NOT held AND NOT blocked AND NOT edited
            AND NOT corrected)
        FROM (SELECT d.run_id, d.state, d.edited, d.state = 'issued' AS issued, coalesce(f.held, 0) AS held,
            coalesce(f.blocked, 0) AS blocked, k.id IS NOT NULL AS corrected
          FROM draft d LEFT JOIN (SELECT draft_id, max(severity = 'hold') AS held, max(severity = 'block') AS blocked
              FROM finding WHERE severity <> 'note' GROUP BY draft_id) f ON f.draft_id = d.id
            LEFT JOIN (SELECT DISTINCT corrects_id AS id FROM invoice
              WHERE corrects_id IS NOT NULL AND kind = 'credit_note' AND issue_date <= :until) k ON k.id = d.invoice_id
          WHERE d.state <> 'discarded' {_of("d.client_id", client)}) x
        JOIN run r ON r.id = x.run_id
        WHERE r.kind = 'billing' AND r.state <> 'discarded' AND r.issue_date <= :until GROUP BY 1""",
        client,
        until=until,
    )


def received_by_month(connection: Connection, until: str, client: int | None = None) -> Rows:
    """(month, currency, amount) of payments; reversals and refunds lower it."""
    return _asked(
        connection,
        f"""SELECT substr(paid_on, 1, 7), currency, sum(amount) FROM payment
        WHERE paid_on <= :until {_of("client_id", client)} GROUP BY 1, 2""",
        client,
        until=until,
    )


def revenue_by_month(connection: Connection, until: str, client: int | None = None) -> Rows:
    """(month, currency, net) of what was billed, credit notes taken off; deposits count once they are deducted."""
    return _asked(
        connection,
        f"""SELECT month, currency, sum(net) FROM (
          SELECT substr(issue_date, 1, 7) AS month, currency, CASE kind WHEN 'credit_note' THEN -net ELSE net END AS net
          FROM invoice WHERE kind IN ('invoice', 'final', 'credit_note') AND issue_date <= :until
            {_of("client_id", client)}
          UNION ALL SELECT substr(i.issue_date, 1, 7), i.currency,
            CASE i.kind WHEN 'credit_note' THEN l.net ELSE -l.net END
          FROM invoice_line l JOIN invoice i ON i.id = l.invoice_id
          WHERE l.deducts_id IS NOT NULL AND i.issue_date <= :until {_of("i.client_id", client)})
        GROUP BY 1, 2""",
        client,
        until=until,
    )
