"""A client's account: what was booked for it and for those merged into it, and what settled what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from db.queries.families import family

_FAMILY = family(":client")

Rows = Sequence[Any]


def bookings(connection: Connection, client_id: int, until: str) -> Rows:
    """(date, rank, kind, source id, number, text, currency, amount, open) in order; a debit is positive.

    Documents and reversals rank before what settles them on the same day. Minor units.
    """
    return connection.exec_driver_sql(
        f"""SELECT * FROM (
          SELECT i.issue_date AS day, 0 AS rank, i.kind AS kind, i.id AS source, i.number, i.po_number, i.currency,
            i.payable, (SELECT coalesce(sum(o.open), 0) FROM open_item o WHERE o.invoice_id = i.id)
          FROM invoice i WHERE i.client_id IN {_FAMILY} AND i.kind <> 'credit_note'
          UNION ALL SELECT i.issue_date, 1, i.kind, i.id, i.number, i.reason, i.currency, -i.payable,
            -coalesce((SELECT k.open FROM open_credit k WHERE k.credit_note_id = i.id), 0)
          FROM invoice i WHERE i.client_id IN {_FAMILY} AND i.kind = 'credit_note'
          UNION ALL SELECT p.paid_on, CASE WHEN p.reverses_id IS NULL THEN 2 ELSE 3 END,
            CASE WHEN p.reverses_id IS NOT NULL THEN 'reversal' WHEN p.amount < 0 THEN 'refund' ELSE 'payment' END,
            p.id, p.number, CASE WHEN p.reverses_id IS NULL AND p.amount > 0 THEN p.reference ELSE p.note END,
            p.currency, -p.amount,
            -coalesce((SELECT k.open FROM open_credit k WHERE k.payment_id = p.id), 0)
          FROM payment p WHERE p.client_id IN {_FAMILY}
          UNION ALL SELECT a.dated, 4, 'discount', a.id, i.number, coalesce(p.number, ''), i.currency, -a.amount, 0
          FROM invoice i JOIN allocation a ON a.invoice_id = i.id LEFT JOIN payment p ON p.id = a.payment_id
          WHERE i.client_id IN {_FAMILY} AND a.kind = 'discount'
          UNION ALL SELECT w.dated, 5, 'write_off', w.id, i.number, w.reason, i.currency, -w.amount, 0
          FROM invoice i JOIN write_off w ON w.invoice_id = i.id WHERE i.client_id IN {_FAMILY})
        WHERE day <= :until ORDER BY day, rank, source""",
        {"client": client_id, "until": until},
    ).fetchall()


def settlements(connection: Connection, client_id: int, until: str) -> Rows:
    """(date, kind, payment id, payment number, credit note id, its number, invoice id, its number, amount).

    A payment plan settles nothing, it says anew when something is due."""
    return connection.exec_driver_sql(
        f"""SELECT a.dated, a.kind, a.payment_id, p.number, a.credit_note_id, n.number, a.invoice_id, i.number, a.amount
        FROM invoice i JOIN allocation a ON a.invoice_id = i.id LEFT JOIN payment p ON p.id = a.payment_id
        LEFT JOIN invoice n ON n.id = a.credit_note_id
        WHERE i.client_id IN {_FAMILY} AND a.kind <> 'plan' AND a.dated <= :until
        ORDER BY a.dated, a.id""",
        {"client": client_id, "until": until},
    ).fetchall()


def receivable_entries(connection: Connection, client_id: int, until: str) -> Rows:
    """(day, entry, kind, number, currency, amount, amount in the firm's currency or None, how many have none) of what
    the journal has on a client's receivables, in order; a debit is positive.

    `kind` is as `bookings` names it, or exchange for what a rate gained or lost. Minor units.
    """
    return connection.exec_driver_sql(
        f"""SELECT e.booked_on, e.id, CASE WHEN sum(abs(s.amount)) = 0 THEN 'exchange'
            WHEN p.reverses_id IS NOT NULL THEN 'reversal' WHEN p.amount < 0 THEN 'refund'
            WHEN p.id IS NOT NULL THEN 'payment' WHEN e.write_off_id IS NOT NULL THEN 'write_off'
            ELSE coalesce(a.kind, i.kind, e.kind) END,
          coalesce(i.number, p.number, w.number, x.number, ''), s.currency, sum(s.amount), sum(s.firm_amount),
          sum(s.firm_amount IS NULL)
        FROM posting s JOIN journal_entry e ON e.id = s.entry_id
        LEFT JOIN invoice i ON i.id = e.invoice_id LEFT JOIN payment p ON p.id = e.payment_id
        LEFT JOIN write_off l ON l.id = e.write_off_id LEFT JOIN invoice w ON w.id = l.invoice_id
        LEFT JOIN allocation a ON a.id = e.allocation_id LEFT JOIN invoice x ON x.id = a.invoice_id
        WHERE s.role = 'receivable' AND s.client_id IN {_FAMILY} AND e.booked_on <= :until
        GROUP BY e.id, s.currency ORDER BY e.booked_on, e.id""",
        {"client": client_id, "until": until},
    ).fetchall()


def journal(connection: Connection, as_of: str, since: str, client_id: int | None = None) -> Rows:
    """(entry, date, kind, document number, role, client code, currency, amount, firm amount, category, rate,
    period start, period end) of the entries booked in these days; an entry of a client has a receivable side, or is
    what was earned of its documents."""
    one = (
        f"AND (e.id IN (SELECT entry_id FROM posting WHERE role = 'receivable' AND client_id IN {_FAMILY})"
        f" OR g.client_id IN {_FAMILY})"
        if client_id is not None
        else ""
    )
    return connection.exec_driver_sql(
        f"""SELECT e.id, e.booked_on, e.kind, coalesce(i.number, p.number, w.number, x.number, g.number, k.number, ''),
          s.role,
          coalesce(c.code, ''), s.currency, s.amount, s.firm_amount, s.category, s.rate, s.period_start, s.period_end
        FROM journal_entry e JOIN posting s ON s.entry_id = e.id LEFT JOIN client c ON c.id = s.client_id
        LEFT JOIN invoice i ON i.id = e.invoice_id LEFT JOIN payment p ON p.id = e.payment_id
        LEFT JOIN write_off l ON l.id = e.write_off_id LEFT JOIN invoice w ON w.id = l.invoice_id
        LEFT JOIN allocation a ON a.id = e.allocation_id LEFT JOIN invoice x ON x.id = a.invoice_id
        LEFT JOIN recognition_schedule d ON d.id = e.schedule_id LEFT JOIN invoice g ON g.id = d.invoice_id
        LEFT JOIN cash_movement k ON k.id = e.cash_movement_id
        WHERE e.booked_on BETWEEN :since AND :as_of {one} ORDER BY e.booked_on, e.id, s.id""",
        {"as_of": as_of, "since": since, "client": client_id},
    ).fetchall()
