"""What letters to clients tell: open items and credits one by one as of a day, and what a payment settled.

All of a client's family, the clients merged into it with their own. Minor units.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from db.queries.families import family
from db.queries.rows import ids_text

_FAMILY = family(":client")
_SETTLED = "(SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.open_item_id = o.id AND a.dated <= :as_of)"
# The instalments of a payment plan are there from the day on which it was agreed.
_THERE = "(o.since IS NULL OR o.since <= :as_of)"
_SEVERAL = "(SELECT max(m.instalment) FROM open_item m WHERE m.invoice_id = i.id) > 1"

Rows = Sequence[Any]


def items_at(connection: Connection, client_id: int, currency: str, as_of: str) -> Rows:
    """(invoice id, number, instalment, whether there are several, kind, issue date, due date, amount, residual,
    PO number, whether a payment plan asks for it, item) of what was open at the end of a day, the oldest due first."""
    return connection.exec_driver_sql(
        f"""SELECT i.id, i.number, o.instalment, {_SEVERAL}, i.kind, i.issue_date, o.due_date, o.amount,
          o.amount - {_SETTLED}, i.po_number, o.plan_id IS NOT NULL, o.id
        FROM open_item o JOIN invoice i ON i.id = o.invoice_id
        WHERE i.client_id IN {_FAMILY} AND i.currency = :currency AND i.issue_date <= :as_of AND {_THERE}
          AND o.amount <> {_SETTLED}
        ORDER BY o.due_date, o.id""",
        {"client": client_id, "currency": currency, "as_of": as_of},
    ).fetchall()


def disputes_at(connection: Connection, invoice_ids: Sequence[int], as_of: str) -> Rows:
    """(invoice id, disputed amount or null for all) of the disputes that were open at the end of a day."""
    return connection.exec_driver_sql(
        """SELECT invoice_id, amount FROM dispute WHERE opened_on <= :as_of
          AND (closed_on IS NULL OR closed_on > :as_of) AND invoice_id IN (SELECT value FROM json_each(:ids))""",
        {"ids": ids_text(invoice_ids), "as_of": as_of},
    ).fetchall()


def credits_at(connection: Connection, client_id: int, currency: str, as_of: str) -> Rows:
    """(payment or credit, number, day, amount, what was left of it) of credits not used at the end of a day.

    A payment that was returned has left what its reversal did not take back, and of each credit what was not refunded.
    """
    return connection.exec_driver_sql(
        f"""SELECT * FROM (
          SELECT 'payment', p.number AS number, p.paid_on AS day, p.amount, p.amount
            + coalesce((SELECT sum(r.amount) FROM payment r WHERE r.reverses_id = p.id AND r.paid_on <= :as_of), 0)
            + (SELECT coalesce(sum(f.amount), 0) FROM payment f WHERE f.paid_on <= :as_of
              AND (f.refunds_payment_id = p.id OR f.reverses_id IN
                (SELECT g.id FROM payment g WHERE g.refunds_payment_id = p.id)))
            - (SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.kind = 'payment' AND a.dated <= :as_of
              AND a.payment_id IN (SELECT p.id UNION ALL SELECT r.id FROM payment r WHERE r.reverses_id = p.id)) AS left
          FROM payment p WHERE p.client_id IN {_FAMILY} AND p.currency = :currency AND p.paid_on <= :as_of
            AND p.reverses_id IS NULL AND p.amount > 0
          UNION ALL SELECT 'credit', n.number, n.issue_date, n.payable, n.payable
            + (SELECT coalesce(sum(f.amount), 0) FROM payment f WHERE f.paid_on <= :as_of
              AND ((f.refunds_credit_note_id = n.id AND f.amount < 0) OR f.reverses_id IN
                (SELECT g.id FROM payment g WHERE g.refunds_credit_note_id = n.id AND g.amount < 0)))
            - (SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.kind = 'credit' AND a.dated <= :as_of
              AND a.credit_note_id = n.id)
          FROM invoice n WHERE n.kind = 'credit_note' AND n.client_id IN {_FAMILY} AND n.currency = :currency
            AND n.issue_date <= :as_of)
        WHERE left <> 0 ORDER BY day, number""",
        {"client": client_id, "currency": currency, "as_of": as_of},
    ).fetchall()


def currencies_at(connection: Connection, client_id: int, as_of: str) -> list[str]:
    """The currencies of what was booked for a client until a day."""
    rows = connection.exec_driver_sql(
        f"""SELECT currency FROM invoice WHERE client_id IN {_FAMILY} AND issue_date <= :as_of
        UNION SELECT currency FROM payment WHERE client_id IN {_FAMILY} AND paid_on <= :as_of ORDER BY 1""",
        {"client": client_id, "as_of": as_of},
    )
    return [currency for (currency,) in rows]


def payment(connection: Connection, number: str) -> Any:
    """(id, client, paid on, method, reference, currency, amount, what it reverses, the day it was returned)."""
    return connection.exec_driver_sql(
        """SELECT p.id, coalesce(c.merged_into_id, c.id), p.paid_on, p.method, p.reference, p.currency, p.amount,
          (SELECT o.number FROM payment o WHERE o.id = p.reverses_id),
          (SELECT r.paid_on FROM payment r WHERE r.reverses_id = p.id)
        FROM payment p JOIN client c ON c.id = p.client_id WHERE p.number = ?""",
        (number,),
    ).fetchone()


def settled_by(connection: Connection, payment_id: int, as_of: str) -> Rows:
    """(number, instalment, whether there are several, kind, issue date, amount due, paid by it, discount taken with it,
    residual) of each item that a payment settled until the end of a day."""
    return connection.exec_driver_sql(
        f"""SELECT i.number, o.instalment, {_SEVERAL}, i.kind, i.issue_date, o.amount,
          sum(CASE s.kind WHEN 'payment' THEN s.amount ELSE 0 END),
          sum(CASE s.kind WHEN 'discount' THEN s.amount ELSE 0 END), o.amount - {_SETTLED}
        FROM allocation s JOIN open_item o ON o.id = s.open_item_id JOIN invoice i ON i.id = o.invoice_id
        WHERE s.payment_id = :payment AND s.dated <= :as_of
        GROUP BY o.id HAVING sum(s.amount) <> 0 ORDER BY i.issue_date, i.id, o.instalment""",
        {"payment": payment_id, "as_of": as_of},
    ).fetchall()


def planned(connection: Connection, number: str, as_of: str) -> Rows:
    """(client, currency, issue date, instalment, due date, amount, residual at the end of a day, the day the plan was
    agreed or null, its day of ending or null, what a plan took over of it) of all parts of an invoice."""
    return connection.exec_driver_sql(
        f"""SELECT coalesce(c.merged_into_id, c.id), i.currency, i.issue_date, o.instalment, o.due_date, o.amount,
          o.amount - {_SETTLED}, l.agreed_on, l.cancelled_on,
          (SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.open_item_id = o.id AND a.kind = 'plan'
            AND a.dated <= :as_of)
        FROM open_item o JOIN invoice i ON i.id = o.invoice_id JOIN client c ON c.id = i.client_id
        LEFT JOIN payment_plan l ON l.id = o.plan_id
        WHERE i.number = :number AND {_THERE} ORDER BY o.due_date, o.instalment""",
        {"number": number, "as_of": as_of},
    ).fetchall()


def documents(connection: Connection, client_id: int, numbers: Sequence[str], run_id: int | None) -> Rows:
    """(number, kind, issue date, due date, payable, currency) of a client's documents: those named, or of a run."""
    chosen = "i.number IN (SELECT value FROM json_each(:numbers))" if run_id is None else "i.run_id = :run"
    return connection.exec_driver_sql(
        f"""SELECT i.number, i.kind, i.issue_date, i.due_date, i.payable, i.currency FROM invoice i
        WHERE i.client_id IN {_FAMILY} AND i.kind <> 'opening' AND {chosen} ORDER BY i.issue_date, i.id""",
        {"client": client_id, "numbers": json.dumps(list(numbers)), "run": run_id},
    ).fetchall()
