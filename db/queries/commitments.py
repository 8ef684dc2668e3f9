"""What was agreed beside the lines: years paid ahead, and the least that is spent. Ids come as one JSON text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection


def prepayments(connection: Connection, ids: str) -> Sequence[Any]:
    """(agreement, due, start, end, discount, reason), the earliest due first."""
    return connection.exec_driver_sql(
        """SELECT agreement_id, due_date, start_date, end_date, discount, reason FROM prepayment
        WHERE agreement_id IN (SELECT value FROM json_each(?)) ORDER BY due_date, id""",
        (ids,),
    ).fetchall()


def commitments(connection: Connection, ids: str, through: str) -> Sequence[Any]:
    """(agreement, client, id, start, end, amount, description, item, net billed, what a person set it to or null, next
    sequence) of those over by a day; where a credit note gave up a shortfall, nothing of it is reckoned again."""
    return connection.exec_driver_sql(
        """SELECT m.agreement_id, a.client_id, m.id, m.start_date, m.end_date, m.amount, m.description, m.item_id,
        coalesce(sum(c.amount), 0), (SELECT f.amount FROM charge f JOIN invoice_line l ON l.invoice_id = f.invoice_id
          AND l.position = f.position AND l.price_source = 'hand' WHERE f.commitment_id = m.id
          AND f.reversed_by IS NULL ORDER BY f.sequence LIMIT 1), coalesce(max(c.sequence) + 1, 0)
        FROM commitment m JOIN agreement a ON a.id = m.agreement_id
        LEFT JOIN charge c ON c.commitment_id = m.id AND c.reversed_by IS NULL
        WHERE m.agreement_id IN (SELECT value FROM json_each(?)) AND m.end_date <= date(?, '+1 day')
        AND NOT EXISTS (SELECT 1 FROM charge g JOIN invoice n ON n.corrects_id = g.invoice_id
          AND n.kind = 'credit_note' WHERE g.commitment_id = m.id AND g.reversed_by IS NULL)
        GROUP BY m.id ORDER BY m.agreement_id, m.start_date, m.id""",
        (ids, through),
    ).fetchall()


def spent(connection: Connection, agreement_id: int, client_id: int, start: str, end: str) -> Sequence[Any]:
    """(start, end, net) of all that stands charged of an agreement and meets [start, end): no deposits, which later
    charges use up, and no shortfalls. Days credited as unused are off: what is left of their charge stands."""
    return connection.exec_driver_sql(
        """SELECT c.period_start, c.period_end, c.amount FROM invoice i JOIN charge c ON c.invoice_id = i.id
        LEFT JOIN one_off o ON o.id = c.one_off_id
        WHERE i.client_id IN (SELECT id FROM client WHERE id = ? OR merged_into_id = ?) AND c.agreement_id = ?
        AND c.reversed_by IS NULL AND c.kind NOT IN ('unused', 'commitment') AND coalesce(o.kind, '') <> 'deposit'
        AND c.period_end > ? AND c.period_start < ?""",
        (client_id, client_id, agreement_id, start, end),
    ).fetchall()
