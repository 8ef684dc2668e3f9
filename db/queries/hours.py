"""Hours that stand billed, as a run reads them to go on from there."""

from __future__ import annotations

from sqlalchemy import Connection

from db.queries.rows import Rows, plain_rows


def in_tiers(connection: Connection, agreement_ids: str) -> Rows:
    """(agreement, item, first day, upper end of the tier or null, hours) of what graduated cards priced.

    An entry over several tiers is charged by the first of their lines alone; the lines behind it, of the same item and
    days, are its agreement's too.
    """
    return plain_rows(
        connection,
        """WITH own AS MATERIALIZED (SELECT DISTINCT c.agreement_id, c.invoice_id, c.position, l.item_id,
          l.period_start, l.period_end FROM json_each(?) s JOIN charge c ON c.agreement_id = s.value AND c.kind = 'time'
          AND c.reversed_by IS NULL
          JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position
          JOIN rate r ON r.id = l.rate_id AND r.mode = 'graduated')
        SELECT o.agreement_id, o.item_id, o.period_start, r.up_to,
          sum(CASE i.kind WHEN 'credit_note' THEN -l.quantity ELSE l.quantity END)
        FROM own o JOIN invoice i ON i.id = o.invoice_id
        JOIN invoice_line l ON l.invoice_id = o.invoice_id AND l.item_id = o.item_id AND l.period_start = o.period_start
          AND l.period_end = o.period_end AND l.position >= o.position
        JOIN rate r ON r.id = l.rate_id AND r.mode = 'graduated'
        WHERE l.position = o.position OR (NOT EXISTS (SELECT 1 FROM charge c WHERE c.invoice_id = l.invoice_id
            AND c.position = l.position)
          AND NOT EXISTS (SELECT 1 FROM charge c JOIN invoice_line k ON k.invoice_id = c.invoice_id
            AND k.position = c.position AND k.item_id = o.item_id AND k.period_start = o.period_start
            AND k.period_end = o.period_end WHERE c.invoice_id = o.invoice_id AND c.position > o.position
            AND c.position < l.position))
        GROUP BY o.agreement_id, o.item_id, o.period_start, r.up_to""",
        agreement_ids,
    )
