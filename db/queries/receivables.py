"""What clients owe, now and at any past date, and what the journal says of it.

Each row is of the client that its document's client was merged into, if it was; several rows may be of one then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from db.queries.families import family, folded

Rows = Sequence[Any]

_FAMILY = family(":client")
# What of an item was settled by a date.
_SETTLED = "(SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.open_item_id = o.id AND a.dated <= :as_of)"
# The instalments of a payment plan are there from the day on which it was agreed.
_THERE = "(o.since IS NULL OR o.since <= :as_of)"


def moved_after(connection: Connection, as_of: str) -> bool:
    """Whether anything is dated later; if not, the open amounts of now are those of that date."""
    found = connection.exec_driver_sql(
        "SELECT EXISTS (SELECT 1 FROM invoice WHERE issue_date > :as_of) "
        "OR EXISTS (SELECT 1 FROM allocation WHERE dated > :as_of) "
        "OR EXISTS (SELECT 1 FROM payment WHERE paid_on > :as_of)",
        {"as_of": as_of},
    ).scalar()
    return bool(found)


def buckets_now(connection: Connection, bounds: Sequence[str], client_id: int | None = None) -> Rows:
    """(client, currency, current, 1-30, 31-60, 61-90, over 90) of what is open; from one index alone.

    `bounds` are the earliest due dates of the first four buckets, the latest first.
    """
    first, second, third, fourth = bounds
    one = f"AND client_id IN {_FAMILY}" if client_id is not None else ""
    rows = connection.exec_driver_sql(
        f"""SELECT client_id, currency,
          sum(CASE WHEN due_date >= :first THEN open ELSE 0 END),
          sum(CASE WHEN due_date < :first AND due_date >= :second THEN open ELSE 0 END),
          sum(CASE WHEN due_date < :second AND due_date >= :third THEN open ELSE 0 END),
          sum(CASE WHEN due_date < :third AND due_date >= :fourth THEN open ELSE 0 END),
          sum(CASE WHEN due_date < :fourth THEN open ELSE 0 END)
        FROM open_item WHERE open > 0 {one} GROUP BY client_id, currency""",
        {"first": first, "second": second, "third": third, "fourth": fourth, "client": client_id},
    ).fetchall()
    return folded(connection, rows)


def credits_now(connection: Connection, client_id: int | None = None) -> Rows:
    """(client, currency, unapplied credit)."""
    one = f"AND client_id IN {_FAMILY}" if client_id is not None else ""
    rows = connection.exec_driver_sql(
        f"SELECT client_id, currency, sum(open) FROM open_credit WHERE open > 0 {one} GROUP BY client_id, currency",
        {"client": client_id},
    ).fetchall()
    return folded(connection, rows)


def items_at(connection: Connection, as_of: str, client_id: int | None = None) -> Rows:
    """(client, currency, due date, residual, number) of what was open at the end of a day, from the allocations."""
    one = f"AND i.client_id IN {_FAMILY}" if client_id is not None else ""
    rows = connection.exec_driver_sql(
        f"""SELECT * FROM (SELECT o.client_id, o.currency, o.due_date, o.amount - {_SETTLED} AS residual, i.number
          FROM open_item o JOIN invoice i ON i.id = o.invoice_id
          WHERE i.issue_date <= :as_of AND {_THERE} {one})
        WHERE residual <> 0""",
        {"as_of": as_of, "client": client_id},
    ).fetchall()
    return folded(connection, rows)


def instalments_at(connection: Connection, as_of: str, client_id: int | None = None) -> Rows:
    """(client, its code and name, currency, due date, residual, number, instalment, how many there are of the invoice,
    issue date, whether a payment plan asks for it, whether the invoice is disputed, its id, its rate to the firm's
    currency, what the earlier instalments of the invoice or of its plan come to), the oldest due first; one row each of
    what items_at gives."""
    one = f"AND i.client_id IN {_FAMILY}" if client_id is not None else ""
    return connection.exec_driver_sql(
        f"""SELECT c.id, c.code, c.name, o.currency, o.due_date, o.amount - {_SETTLED}, i.number, o.instalment,
          (SELECT max(m.instalment) FROM open_item m WHERE m.invoice_id = i.id), i.issue_date, o.plan_id IS NOT NULL,
          EXISTS (SELECT 1 FROM dispute d WHERE d.invoice_id = i.id AND d.opened_on <= :as_of
            AND (d.closed_on IS NULL OR d.closed_on > :as_of)), i.id, i.firm_rate,
          CASE o.instalment WHEN 1 THEN 0 ELSE (SELECT coalesce(sum(e.amount), 0) FROM open_item e
            WHERE e.invoice_id = o.invoice_id AND e.plan_id IS o.plan_id AND e.instalment < o.instalment) END
        FROM open_item o JOIN invoice i ON i.id = o.invoice_id JOIN client h ON h.id = o.client_id
        JOIN client c ON c.id = coalesce(h.merged_into_id, h.id)
        WHERE i.issue_date <= :as_of AND {_THERE} {one} AND o.amount <> {_SETTLED}
        ORDER BY o.due_date, o.id""",
        {"as_of": as_of, "client": client_id},
    ).fetchall()


def credits_at(connection: Connection, as_of: str, client_id: int | None = None) -> Rows:
    """(client, currency, unapplied credit) at the end of a day, from payments, credit notes and allocations."""
    one = f"AND client_id IN {_FAMILY}" if client_id is not None else ""
    own = f"AND i.client_id IN {_FAMILY}" if client_id is not None else ""
    rows = connection.exec_driver_sql(
        f"""SELECT client_id, currency, sum(amount) FROM (
          SELECT client_id, currency, amount FROM payment WHERE paid_on <= :as_of {one}
          UNION ALL SELECT client_id, currency, payable FROM invoice
            WHERE kind = 'credit_note' AND issue_date <= :as_of {one}
          UNION ALL SELECT i.client_id, i.currency, -a.amount
            FROM allocation a JOIN invoice i ON i.id = a.invoice_id
            WHERE a.kind IN ('payment', 'credit') AND a.dated <= :as_of {own})
        GROUP BY client_id, currency HAVING sum(amount) <> 0""",
        {"as_of": as_of, "client": client_id},
    ).fetchall()
    return folded(connection, rows)


def sources_at(connection: Connection, as_of: str, client_id: int | None = None) -> Rows:
    """(client, currency, what was unapplied, rate to the firm's currency) of each payment and credit note at the end of
    a day: as credits_at, one by one."""
    one = f"AND p.client_id IN {_FAMILY}" if client_id is not None else ""
    own = f"AND i.client_id IN {_FAMILY}" if client_id is not None else ""
    rows = connection.exec_driver_sql(
        f"""SELECT client_id, currency, sum(amount), max(rate) FROM (
          SELECT p.client_id, p.currency, p.amount,
            coalesce(p.refunds_payment_id, r.refunds_payment_id,
              CASE WHEN coalesce(p.refunds_credit_note_id, r.refunds_credit_note_id) IS NULL
                THEN coalesce(r.id, p.id) END) payment,
            coalesce(p.refunds_credit_note_id, r.refunds_credit_note_id) note,
            CASE WHEN p.amount > 0 AND r.id IS NULL THEN p.firm_rate END rate
          FROM payment p LEFT JOIN payment r ON r.id = p.reverses_id WHERE p.paid_on <= :as_of {one}
          UNION ALL SELECT i.client_id, i.currency, i.payable, NULL, i.id, i.firm_rate
            FROM invoice i WHERE i.kind = 'credit_note' AND i.issue_date <= :as_of {own}
          UNION ALL SELECT i.client_id, i.currency, -a.amount, a.payment_id, a.credit_note_id, NULL
            FROM allocation a JOIN invoice i ON i.id = a.invoice_id
            WHERE a.kind IN ('payment', 'credit') AND a.dated <= :as_of {own})
        GROUP BY payment, note, client_id, currency HAVING sum(amount) <> 0""",
        {"as_of": as_of, "client": client_id},
    ).fetchall()
    return folded(connection, rows)


def disputes_at(connection: Connection, as_of: str, client_id: int | None = None) -> Rows:
    """(client, currency, disputed amount or null for all, residual of the invoice, its rate to the firm's currency) at
    the end of a day."""
    one = f"AND i.client_id IN {_FAMILY}" if client_id is not None else ""
    rows = connection.exec_driver_sql(
        f"""SELECT i.client_id, i.currency, d.amount, sum(o.amount - {_SETTLED}), i.firm_rate
        FROM dispute d JOIN invoice i ON i.id = d.invoice_id JOIN open_item o ON o.invoice_id = i.id
        WHERE d.opened_on <= :as_of AND (d.closed_on IS NULL OR d.closed_on > :as_of) AND i.issue_date <= :as_of
          AND {_THERE} {one}
        GROUP BY d.id""",
        {"as_of": as_of, "client": client_id},
    ).fetchall()
    return folded(connection, rows)


def receivables_by_journal(connection: Connection, as_of: str, client_id: int | None = None) -> Rows:
    """(client, currency, receivable) at the end of a day as the journal has it; zeros left out."""
    one = f"AND p.client_id IN {_FAMILY}" if client_id is not None else ""
    rows = connection.exec_driver_sql(
        f"""SELECT p.client_id, p.currency, sum(p.amount) FROM posting p JOIN journal_entry e ON e.id = p.entry_id
        WHERE p.role = 'receivable' AND e.booked_on <= :as_of {one}
        GROUP BY p.client_id, p.currency HAVING sum(p.amount) <> 0""",
        {"as_of": as_of, "client": client_id},
    ).fetchall()
    sums: dict[tuple[int, str], int] = {}
    for client, currency, amount in folded(connection, rows):
        sums[client, currency] = sums.get((client, currency), 0) + amount
    return [(client, currency, amount) for (client, currency), amount in sums.items() if amount]


def client_groups(connection: Connection, by: str) -> Rows:
    """(client, name of its segment or of its salesperson) of those that have one."""
    table, column = {"segment": ("segment", "segment_id"), "salesperson": ("person", "salesperson_id")}[by]
    found = connection.exec_driver_sql(f"SELECT c.id, g.name FROM client c JOIN {table} g ON g.id = c.{column}")
    return found.fetchall()
