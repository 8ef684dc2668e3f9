"""Metered use as a run reads it: summed up in SQL, from the index of what is unbilled alone."""

from __future__ import annotations

from sqlalchemy import Connection

from db.queries.rows import Rows, plain_rows

_SPANS = """WITH span AS MATERIALIZED (SELECT key AS k, json_extract(value, '$[0]') AS agreement_id,
 json_extract(value, '$[1]') AS item_id, json_extract(value, '$[2]') AS first, json_extract(value, '$[3]') AS last,
 json_extract(value, '$[4]') AS mark FROM json_each(?))"""

_WAITING = """usage u WHERE u.agreement_id = span.agreement_id AND u.item_id = span.item_id
 AND u.end_date > span.first AND u.end_date <= span.last AND u.invoice_id IS NULL"""


def first_unbilled(connection: Connection, spans: str) -> Rows:
    """The earliest end of an unbilled row in each span (agreement, item, first, last, highest id or null) of a meter.

    Rows end after the first day and at the latest on the last.
    """
    return plain_rows(
        connection, f"{_SPANS} SELECT (SELECT min(u.end_date) FROM {_WAITING}) FROM span ORDER BY k", spans
    )


def unbilled(connection: Connection, spans: str, *, marked: bool) -> Rows:
    """Of each span as in `first_unbilled` a JSON array of its rows: units, count, days, highest id; `marked` looks at
    the highest id of the spans."""
    known = " AND (span.mark IS NULL OR u.id <= span.mark)" if marked else ""
    # An array for each span, since a join would sort the million rows that the index holds in order already.
    return plain_rows(
        connection,
        f"""{_SPANS} SELECT (SELECT json_array(sum(u.quantity), count(*), sum(u.days), max(u.id))
        FROM {_WAITING}{known}) FROM span ORDER BY k""",
        spans,
    )


def edges(connection: Connection, spans: str, *, marked: bool) -> Rows:
    """Of each span as in `first_unbilled` the end and the days of its first row, and the end of its last."""
    rows = _WAITING + (" AND (span.mark IS NULL OR u.id <= span.mark)" if marked else "")
    return plain_rows(
        connection,
        f"""{_SPANS} SELECT (SELECT min(u.end_date) FROM {rows}),
        (SELECT u.days FROM {rows} ORDER BY u.end_date LIMIT 1), (SELECT max(u.end_date) FROM {rows})
        FROM span ORDER BY k""",
        spans,
    )


def repeated(connection: Connection, spans: str, *, marked: bool) -> Rows:
    """Of each span as in `first_unbilled`, how many of its rows say the very same as another: days and units."""
    known = " AND (span.mark IS NULL OR u.id <= span.mark)" if marked else ""
    return plain_rows(
        connection,
        f"""{_SPANS} SELECT (SELECT coalesce(sum(more), 0) FROM (SELECT count(*) - 1 AS more FROM {_WAITING}{known}
        GROUP BY u.end_date, u.quantity, u.days HAVING count(*) > 1)) FROM span ORDER BY k""",
        spans,
    )


def charged(connection: Connection, lines: str) -> Rows:
    """What stands charged of usage lines, given with the day after which their periods end, by line and period:
    (line, start, end, units, amount, highest sequence, count, amount of minimums, first day after what was counted)."""
    return plain_rows(
        connection,
        """SELECT c.agreement_line_id, c.period_start, c.period_end, sum(c.quantity), sum(c.amount), max(c.sequence),
        count(*), sum(CASE c.mark WHEN 0 THEN c.amount ELSE 0 END), max(l.period_end)
        FROM json_each(?) s JOIN charge c ON c.agreement_line_id = json_extract(s.value, '$[0]')
        AND c.kind = 'usage' AND c.reversed_by IS NULL AND c.period_end > json_extract(s.value, '$[1]')
        JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position
        GROUP BY c.agreement_line_id, c.period_start, c.period_end""",
        lines,
    )


def closed(connection: Connection, agreement_ids: str) -> Rows:
    """(agreement, line, first day after the last period that was billed to its end) of usage lines."""
    return plain_rows(
        connection,
        """SELECT g.agreement_id, g.id, max(c.period_end) FROM json_each(?) s
        JOIN agreement_line g ON g.agreement_id = s.value AND g.kind = 'usage'
        JOIN charge c ON c.agreement_line_id = g.id AND c.kind = 'usage' AND c.reversed_by IS NULL
        JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position AND l.period_end = c.period_end
        GROUP BY g.id""",
        agreement_ids,
    )


def billed_parts(connection: Connection, parts: str) -> Rows:
    """Units billed of the rows that end in each part of a charged period: parts are (line, period start, period end,
    first, last)."""
    return plain_rows(
        connection,
        """WITH part AS MATERIALIZED (SELECT key AS k, json_extract(value, '$[0]') AS line_id,
        json_extract(value, '$[1]') AS period_start, json_extract(value, '$[2]') AS period_end,
        json_extract(value, '$[3]') AS first, json_extract(value, '$[4]') AS last FROM json_each(?))
        SELECT (SELECT coalesce(sum(u.quantity), 0) FROM agreement_line g
        JOIN (SELECT c.invoice_id, min(l.period_start) AS since, max(l.period_end) AS until FROM charge c
          JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position
          WHERE c.agreement_line_id = part.line_id AND c.period_start = part.period_start
          AND c.period_end = part.period_end AND c.kind = 'usage' AND c.reversed_by IS NULL GROUP BY c.invoice_id) b
        JOIN usage u ON u.invoice_id = b.invoice_id AND u.agreement_id = g.agreement_id AND u.item_id = g.item_id
          AND u.end_date > max(part.first, b.since) AND u.end_date <= min(part.last, b.until)
        WHERE g.id = part.line_id) FROM part ORDER BY k""",
        parts,
    )


def drafted_marks(connection: Connection, draft_ids: str) -> Rows:
    """(line, highest usage id counted, whether it waits for a record) of the usage that stored drafts bill."""
    return plain_rows(
        connection,
        """SELECT json_extract(c.value, '$[2]'), max(json_extract(c.value, '$[9]')),
        max(json_extract(c.value, '$[9]') = 0 AND json_extract(c.value, '$[8]') = 0)
        FROM draft d JOIN json_each(d.body, '$.charges') c
        WHERE d.id IN (SELECT value FROM json_each(?)) AND json_extract(c.value, '$[0]') = 'usage' GROUP BY 1""",
        draft_ids,
    )


def unbilled_rows(connection: Connection, agreement_ids: str, last: str) -> Rows:
    """(agreement, item, count) of the unbilled rows that end on a day at the latest."""
    return plain_rows(
        connection,
        """SELECT u.agreement_id, u.item_id, count(*) FROM json_each(?) s JOIN usage u ON u.agreement_id = s.value
        AND u.invoice_id IS NULL AND u.end_date <= ? GROUP BY u.agreement_id, u.item_id""",
        agreement_ids,
        last,
    )
