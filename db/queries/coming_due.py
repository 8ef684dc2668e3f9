"""What the next run would find: lines whose next period may be due, and work that waits for it."""

from __future__ import annotations

from sqlalchemy import Connection

from db.queries.rows import Rows, plain_rows

# The first day of a line that nothing has billed. A line's own charges count, also where its agreement says less.
_NEXT = """max(a.start_date, coalesce(l.start_date, ''), coalesce(a.trial_until, ''), coalesce(a.charged_through, ''),
  coalesce((SELECT max(h.period_end) FROM charge h WHERE h.agreement_line_id = l.id AND h.reversed_by IS NULL
    AND h.kind = 'recurring'), ''))"""


def lines_to_bill(connection: Connection, until: str) -> Rows:
    """Recurring lines of running agreements that no draft holds and whose next unbilled day is not after `until`:
    (agreement, next day, first day no longer in or null, timing, every count, every unit, alignment, anchor, bill day,
    fixed 30, quantity, unit price or null, discount, currency, item or null, client).

    A pause that holds the next day moves it to the first day billed again. The end is that of the line, the agreement
    or the term on whose renewal a person decides, whichever comes first.
    """
    return plain_rows(
        connection,
        f"""SELECT * FROM (SELECT x.agreement_id,
            coalesce((SELECT max(p.end_date) FROM pause p WHERE p.agreement_id = x.agreement_id
              AND p.start_date <= x.next AND p.end_date > x.next), x.next) AS next,
            x.ends, x.timing, x.every_count, x.every_unit, x.alignment, x.anchor, x.bill_day, x.fixed_30,
            x.quantity, x.unit_price, x.discount, x.currency, x.item_id, x.client_id
          FROM (SELECT a.id AS agreement_id, {_NEXT} AS next,
              nullif(min(coalesce(a.end_date, '9999'), coalesce(l.end_date, '9999'),
                CASE WHEN a.renewal = 'ask' THEN coalesce(a.term_end, '9999') ELSE '9999' END), '9999') AS ends,
              a.timing, a.every_count, a.every_unit, a.alignment, a.anchor, a.bill_day, a.fixed_30, l.quantity,
              coalesce((SELECT g.unit_price FROM price_change g WHERE g.agreement_line_id = l.id
                AND g.valid_from <= ? ORDER BY g.valid_from DESC LIMIT 1), l.unit_price) AS unit_price,
              CASE WHEN l.discount <> 0 THEN l.discount ELSE a.discount END AS discount, a.currency,
              l.item_id, a.client_id
            FROM agreement a JOIN agreement_line l ON l.agreement_id = a.id
            WHERE a.active AND l.kind = 'recurring' AND a.start_date <= ?
              AND (a.end_date IS NULL OR a.charged_through IS NULL OR a.end_date > a.charged_through)) x
          WHERE x.next <= ? AND (x.ends IS NULL OR x.next < x.ends)
            AND NOT EXISTS (SELECT 1 FROM pause p WHERE p.agreement_id = x.agreement_id AND p.start_date <= x.next
              AND p.end_date IS NULL)
            AND NOT EXISTS (SELECT 1 FROM outcome o WHERE o.agreement_id = x.agreement_id AND o.draft_id IS NOT NULL
              AND (o.state = 'ready' OR o.state = 'held' OR o.state = 'failed')))
        WHERE next <= ? AND (ends IS NULL OR next < ends)""",
        until,
        until,
        until,
        until,
    )


def work_to_bill(connection: Connection, today: str, month: str) -> Rows:
    """(entries of hours before this month, charges due, milestones done) that no draft holds; one row."""
    return plain_rows(
        connection,
        """SELECT (SELECT count(*) FROM time_entry WHERE invoice_id IS NULL AND draft_id IS NULL AND billable = 1
            AND agreement_id IS NOT NULL AND work_date < ?1),
          (SELECT count(*) FROM one_off WHERE invoice_id IS NULL AND draft_id IS NULL AND due_date <= ?2),
          (SELECT count(*) FROM milestone m JOIN agreement a ON a.id = m.agreement_id
            WHERE a.active AND m.invoice_id IS NULL AND m.draft_id IS NULL AND m.done_on <= ?2)""",
        month,
        today,
    )
