"""The statements that the book holds: what each brought, and whether it goes on where the one before ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from db.engine import Book
from desktop.services.bank.accounts import own_accounts
from desktop.services.bank.gaps import Gap, gaps


@dataclass(frozen=True, slots=True)
class StatementRow:
    """Days inclusive, balances signed minor units, `taken_at` UTC text. Of its `lines`, `booked` are booked. `batch` is
    the file that it came with, None for one that no file brought; `gap` is what keeps it from following the one before.
    """

    id: int
    account_id: int
    account: str
    format: str
    number: str
    currency: str
    from_day: date | None
    to_day: date | None
    opening: int | None
    closing: int | None
    lines: int
    booked: int
    came_in: int
    went_out: int
    file_name: str
    taken_at: str
    actor: str
    batch: int | None
    gap: Gap | None


def statement_rows(book: Book) -> tuple[StatementRow, ...]:
    """All statements, the newest days first."""
    with book.reading() as session:
        connection = session.connection()
        labels = {one.id: one.label for one in own_accounts(connection)}
        found = {one.statement_id: one for one in gaps(connection)}
        rows = connection.exec_driver_sql(
            "SELECT s.id, s.account_id, s.format, s.number, s.currency, s.from_day, s.to_day, s.opening, s.closing,"
            " count(l.id), coalesce(sum(l.state = 'booked'), 0), coalesce(sum(max(l.amount, 0)), 0),"
            " coalesce(sum(min(l.amount, 0)), 0), s.file_name, s.taken_at, s.actor, s.batch_id"
            " FROM bank_statement s LEFT JOIN bank_line l ON l.statement_id = s.id"
            " GROUP BY s.id ORDER BY s.to_day DESC, s.id DESC"
        ).fetchall()
    return tuple(_row(row, labels.get(row[1], ""), found.get(row[0])) for row in rows)


def _row(row: Sequence[Any], account: str, gap: Gap | None) -> StatementRow:
    number, account_id, form, name, currency, first, last, *rest = row
    return StatementRow(number, account_id, account, form, name, currency, _day(first), _day(last), *[*rest, gap])


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
