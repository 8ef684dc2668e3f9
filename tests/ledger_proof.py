"""What must be true of the money in any book, at every date on which anything happened."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries.receivables import items_at, receivables_by_journal
from desktop.services.accounts import account
from desktop.services.aging import aging_at, aging_from_allocations
from desktop.services.check import check

Balances = dict[tuple[int, str], int]


def prove(book: Book) -> list[date]:
    """Assert it all; the dates that were looked at."""
    assert check(book).problems == ()
    with book.reading() as session:
        connection = session.connection()
        _open_amounts(connection)
        _balanced(connection)
        days = _days(connection)
        for day in days:
            rows = aging_from_allocations(connection, day)
            by_aging = {(row.client_id, row.currency): row.total for row in rows if row.total}
            assert by_aging == _journal(connection, day), day
            assert all(row.credit >= 0 for row in rows), day
            assert all(item[3] > 0 for item in items_at(connection, day.isoformat())), day
    with book.reading() as session:
        clients = [row[0] for row in _rows(session.connection(), "SELECT id FROM client")]
    for day in days:
        by_account = {
            (page.client_id, page.currency): page.balance
            for client in clients
            for page in account(book, client, until=day)
            if page.balance
        }
        with book.reading() as session:
            assert by_account == _journal(session.connection(), day), day
            assert aging_at(book, day) == aging_from_allocations(session.connection(), day), day
    return days


def _rows(connection: Connection, sql: str) -> list[Any]:
    return list(connection.exec_driver_sql(sql).fetchall())


def _open_amounts(connection: Connection) -> None:
    assert not _rows(
        connection,
        "SELECT * FROM open_item o WHERE open <> amount - "
        "(SELECT coalesce(sum(a.amount), 0) FROM allocation a WHERE a.open_item_id = o.id)",
    )
    assert not _rows(
        connection,
        """SELECT * FROM open_credit c WHERE open <> amount
        - (SELECT coalesce(sum(a.amount), 0) FROM allocation a
           WHERE a.kind IN ('payment', 'credit')
           AND (a.payment_id = c.payment_id OR a.credit_note_id = c.credit_note_id))
        + (SELECT coalesce(sum(p.amount), 0) FROM payment p WHERE p.reverses_id = c.payment_id)
        + (SELECT coalesce(sum(f.amount), 0) FROM payment f LEFT JOIN payment o ON o.id = f.reverses_id
           WHERE f.refunds_payment_id = c.payment_id OR o.refunds_payment_id = c.payment_id
           OR f.refunds_credit_note_id = c.credit_note_id OR o.refunds_credit_note_id = c.credit_note_id)""",
    )


def _balanced(connection: Connection) -> None:
    assert not _rows(
        connection,
        "SELECT entry_id FROM posting GROUP BY entry_id "
        "HAVING sum(amount) <> 0 OR sum(coalesce(firm_amount, 0)) <> 0 OR count(DISTINCT currency) > 1",
    )
    assert not _rows(
        connection, "SELECT id FROM journal_entry e WHERE NOT EXISTS (SELECT 1 FROM posting p WHERE p.entry_id = e.id)"
    )


def _days(connection: Connection) -> list[date]:
    rows = _rows(
        connection,
        "SELECT issue_date FROM invoice UNION SELECT due_date FROM open_item UNION SELECT dated FROM allocation "
        "UNION SELECT paid_on FROM payment UNION SELECT booked_on FROM journal_entry ORDER BY 1",
    )
    return [date.fromisoformat(row[0]) for row in rows]


def _journal(connection: Connection, day: date) -> Balances:
    return {(row[0], row[1]): row[2] for row in receivables_by_journal(connection, day.isoformat())}


def firm_receivable(book: Book) -> int:
    """What the firm is owed in its own currency, by the journal."""
    with book.reading() as session:
        (total,) = (
            session.connection()
            .exec_driver_sql("SELECT coalesce(sum(firm_amount), 0) FROM posting WHERE role = 'receivable'")
            .one()
        )
        return int(total)
