"""Aging as of any date: from the open amounts where nothing came later, else from the dated allocations."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries import receivables
from desktop.domain.aging import BUCKET_ENDS, AgingRow, aging


def aging_at(book: Book, as_of: date, *, client_id: int | None = None) -> list[AgingRow]:
    """What clients owed at the end of a day, by client and currency; of one client where given."""
    with book.reading() as session:
        connection = session.connection()
        if receivables.moved_after(connection, as_of.isoformat()):
            return aging_from_allocations(connection, as_of, client_id)
        return _aging_now(connection, as_of, client_id)


def aging_from_allocations(connection: Connection, as_of: date, client_id: int | None = None) -> list[AgingRow]:
    """As aging_at, by the long way: the proof of the open amounts."""
    day = as_of.isoformat()
    items = [
        (client, currency, date.fromisoformat(due), residual)
        for client, currency, due, residual, _number in receivables.items_at(connection, day, client_id)
    ]
    return aging(
        as_of,
        items,
        _rows(receivables.credits_at(connection, day, client_id)),
        disputed_at(connection, as_of, client_id),
    )


def _aging_now(connection: Connection, as_of: date, client_id: int | None) -> list[AgingRow]:
    bounds = [(as_of - timedelta(days=end)).isoformat() for end in BUCKET_ENDS]
    figures: dict[tuple[int, str], list[int]] = {}
    for client, currency, *buckets in receivables.buckets_now(connection, bounds, client_id):
        row = figures.setdefault((client, currency), [0] * 7)
        for place, amount in enumerate(buckets):
            row[place] += amount
    for column, rows in (
        (5, _rows(receivables.credits_now(connection, client_id))),
        (6, disputed_at(connection, as_of, client_id)),
    ):
        for client, currency, amount in rows:
            figures.setdefault((client, currency), [0] * 7)[column] += amount
    return [AgingRow(client, currency, *row) for (client, currency), row in sorted(figures.items()) if any(row)]


def disputed_at(connection: Connection, as_of: date, client_id: int | None = None) -> list[tuple[int, str, int]]:
    """(client, currency, disputed amount) at the end of a day, never above what was open; minor units."""
    found = receivables.disputes_at(connection, as_of.isoformat(), client_id)
    return [
        (client, currency, residual if amount is None else min(amount, residual))
        for client, currency, amount, residual, _rate in found
    ]


def _rows(rows: Iterable[Any]) -> list[tuple[int, str, int]]:
    return [(client, currency, amount) for client, currency, amount in rows]
