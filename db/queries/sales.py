"""What was billed line by line, what of it is disputed, and how sales and receivables moved by month.

Deposits are no revenue until an invoice deducts them, so neither they nor the lines that deduct them count as sold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection

from db.queries.families import family

Rows = Sequence[Any]

_FAMILY = family(":client")


# What revenue is grouped by: what tells the groups apart, and their names; an empty key is what has none.
_GROUPS: Final = {
    "month": ("substr(i.issue_date, 1, 7)", "''"),
    "client": ("c.code", "c.name"),
    "segment": ("coalesce(s.name, '')", "''"),
    "item": ("coalesce(t.code, '')", "coalesce(t.name, '')"),
}
# The client is the one it was merged into, the segment that of the agreement or else of the client, as they are now.
_LINES = """FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id
  JOIN client h ON h.id = i.client_id JOIN client c ON c.id = coalesce(h.merged_into_id, h.id)
  LEFT JOIN agreement a ON a.id = i.agreement_id
  LEFT JOIN segment s ON s.id = coalesce(a.segment_id, c.segment_id)
  LEFT JOIN item g ON g.id = l.item_id LEFT JOIN item t ON t.id = coalesce(g.merged_into_id, g.id)
  WHERE i.issue_date BETWEEN :since AND :until AND i.kind IN ('invoice', 'final', 'credit_note')
  AND l.deducts_id IS NULL {narrowed}"""


def sold_by(connection: Connection, by: str, since: str, until: str, client_id: int | None = None) -> Rows:
    """(group, its name, currency, documents, net billed, net credited, which is below zero) of the documents issued in
    these days, by month, client, segment or item."""
    key, name = _GROUPS[by]
    lines = _LINES.format(narrowed=f"AND i.client_id IN {_FAMILY}" if client_id is not None else "")
    return connection.exec_driver_sql(
        f"""SELECT {key}, {name}, i.currency, count(DISTINCT i.id),
          sum(CASE i.kind WHEN 'credit_note' THEN 0 ELSE l.net END),
          sum(CASE i.kind WHEN 'credit_note' THEN -l.net ELSE 0 END)
        {lines} GROUP BY 1, 3 ORDER BY 1, 3""",
        {"since": since, "until": until, "client": client_id},
    ).fetchall()


def nets_by(connection: Connection, by: str, since: str, until: str, client_id: int | None = None) -> Rows:
    """(group, its name, invoice id, whether it is a credit note, currency, net, rate to the firm's currency) of every
    line that `sold_by` adds up, in the order of the groups; credit notes below zero."""
    key, name = _GROUPS[by]
    lines = _LINES.format(narrowed=f"AND i.client_id IN {_FAMILY}" if client_id is not None else "")
    return connection.exec_driver_sql(
        f"""SELECT {key}, {name}, i.id, i.kind = 'credit_note', i.currency,
          CASE i.kind WHEN 'credit_note' THEN -l.net ELSE l.net END, i.firm_rate
        {lines} ORDER BY 1""",
        {"since": since, "until": until, "client": client_id},
    ).fetchall()


def lines_sold(
    connection: Connection, since: str, until: str, client_id: int | None = None, by: str = "", only: str = ""
) -> Rows:
    """(invoice id, number, issue date, client's code and name, segment, item's code, description, currency, net, rate
    to the firm's currency) of the lines behind `sold_by`, or behind one group of it; credit notes below zero."""
    narrowed = f"AND i.client_id IN {_FAMILY}" if client_id is not None else ""
    if by:
        narrowed += f" AND {_GROUPS[by][0]} = :only"
    return connection.exec_driver_sql(
        f"""SELECT i.id, i.number, i.issue_date, c.code, c.name, coalesce(s.name, ''), coalesce(t.code, ''),
          l.description, i.currency, CASE i.kind WHEN 'credit_note' THEN -l.net ELSE l.net END,
          i.firm_rate
        {_LINES.format(narrowed=narrowed)} ORDER BY i.issue_date, i.id, l.position""",
        {"since": since, "until": until, "client": client_id, "only": only},
    ).fetchall()


def disputes(connection: Connection, since: str, until: str, client_id: int | None = None) -> Rows:
    """(invoice id, number, client's code and name, currency, opened on, reason, disputed amount or None for all of it,
    closed on, outcome, residual of the invoice at the end of the last day) of what was disputed in these days."""
    one = f"AND i.client_id IN {_FAMILY}" if client_id is not None else ""
    return connection.exec_driver_sql(
        f"""SELECT i.id, i.number, c.code, c.name, i.currency, d.opened_on, d.reason, d.amount, d.closed_on, d.outcome,
          (SELECT coalesce(sum(o.amount - (SELECT coalesce(sum(a.amount), 0) FROM allocation a
            WHERE a.open_item_id = o.id AND a.dated <= :until)), 0)
            FROM open_item o WHERE o.invoice_id = i.id AND (o.since IS NULL OR o.since <= :until))
        FROM dispute d JOIN invoice i ON i.id = d.invoice_id
        JOIN client h ON h.id = i.client_id JOIN client c ON c.id = coalesce(h.merged_into_id, h.id)
        WHERE d.opened_on <= :until AND (d.closed_on IS NULL OR d.closed_on > :since) {one}
        ORDER BY d.opened_on, d.id""",
        {"since": since, "until": until, "client": client_id},
    ).fetchall()


def receivables_moved(connection: Connection, until: str, client_id: int | None = None) -> Rows:
    """(month as YYYY-MM, currency, by how much receivables moved in it) up to a day, as the journal has it."""
    one = f"AND p.client_id IN {_FAMILY}" if client_id is not None else ""
    return connection.exec_driver_sql(
        f"""SELECT substr(e.booked_on, 1, 7), p.currency, sum(p.amount)
        FROM posting p JOIN journal_entry e ON e.id = p.entry_id
        WHERE p.role = 'receivable' AND e.booked_on <= :until {one} GROUP BY 1, 2""",
        {"until": until, "client": client_id},
    ).fetchall()


def sold_by_month(connection: Connection, until: str, client_id: int | None = None) -> Rows:
    """(month as YYYY-MM, currency, gross) of what was invoiced up to a day, credit notes taken off; what was open when
    the book began was sold before it."""
    one = f"AND client_id IN {_FAMILY}" if client_id is not None else ""
    return connection.exec_driver_sql(
        f"""SELECT substr(issue_date, 1, 7), currency, sum(CASE kind WHEN 'credit_note' THEN -gross ELSE gross END)
        FROM invoice WHERE kind <> 'opening' AND issue_date <= :until {one} GROUP BY 1, 2""",
        {"until": until, "client": client_id},
    ).fetchall()
