"""From what an invoice billed of a meter back to the records that were counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from desktop.domain.money import unscaled


@dataclass(frozen=True, slots=True)
class Counted:
    """A record of use that an invoice billed; the span half-open, `id` its own where it came from elsewhere."""

    id: str
    start: date
    end: date
    quantity: Decimal
    note: str


_ROWS = """SELECT c.position, coalesce(u.external_id, '#' || u.id), u.start_date, u.end_date, u.quantity, u.note
 FROM (SELECT min(c.position) AS position, c.agreement_line_id, min(l.period_start) AS first,
     max(l.period_end) AS last FROM charge c
   JOIN invoice_line l ON l.invoice_id = c.invoice_id AND l.position = c.position
   WHERE c.invoice_id = ?1 AND c.kind = 'usage' AND c.mark > 0 AND c.reversed_by IS NULL
   GROUP BY c.agreement_line_id, c.period_start, c.period_end) c
 JOIN agreement_line g ON g.id = c.agreement_line_id
 JOIN usage u ON u.invoice_id = ?1 AND u.agreement_id = g.agreement_id AND u.item_id = g.item_id
   AND u.end_date > c.first AND u.end_date <= c.last
 ORDER BY c.position, u.end_date, u.id"""


def counted(connection: Connection, invoice_id: int) -> dict[int, list[Counted]]:
    """The records behind an invoice, by the first line of the period that they are of; the tiers share them."""
    found: dict[int, list[Counted]] = {}
    for position, own, start, end, quantity, note in connection.exec_driver_sql(_ROWS, (invoice_id,)):
        record = Counted(own, date.fromisoformat(start), date.fromisoformat(end), unscaled(quantity), note)
        found.setdefault(position, []).append(record)
    return found
