"""Journal entries of a transaction that no document or payment makes: gathered, then written at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection

from desktop.services.accounting.closing import closed_through, first_open

_ENTRY: Final = """INSERT INTO journal_entry (id, kind, booked_on, invoice_id, match_id, schedule_id, reverses_id, note)
 VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_POSTING: Final = """INSERT INTO posting (entry_id, role, client_id, currency, amount, firm_amount, category, rate,
 period_start, period_end, account_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_MIRROR: Final = """SELECT e.id, e.kind, e.booked_on, e.invoice_id, e.match_id, e.schedule_id FROM journal_entry e
 WHERE e.id = ?"""
_SIDES: Final = """SELECT role, client_id, currency, -amount, -firm_amount, category, rate, period_start, period_end,
 account_id FROM posting WHERE entry_id = ? ORDER BY id"""


class Side(NamedTuple):
    """One side, a debit positive; minor units of its currency and of the firm's, which is None where no rate is
    known."""

    role: str
    currency: str
    amount: int
    firm_amount: int | None
    account_id: int | None = None
    client_id: int | None = None


class Entries:
    """Call `write` at the end, before anything else asks for ids of the journal."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._next: int | None = None
        self._entries: list[tuple[Any, ...]] = []
        self._sides: list[tuple[Any, ...]] = []
        self._closed = closed_through(connection)

    def open_day(self, wanted: date) -> date:
        """That day, or the first on which the books are open."""
        return first_open(self._closed, wanted)

    def add(
        self,
        kind: str,
        booked_on: date,
        sides: Iterable[Side],
        *,
        match_id: int | None = None,
        note: str | None = None,
    ) -> int:
        """Gather an entry on exactly this day; its id."""
        key = self._take_id()
        self._entries.append((key, kind, booked_on.isoformat(), None, match_id, None, None, note))
        self._sides += [
            (key, one.role, one.client_id, one.currency, one.amount, one.firm_amount, None, None, None, None,
             one.account_id)
            for one in sides
        ]  # fmt: skip
        return key

    def mirror(self, entry_id: int, on: date | None = None, note: str | None = None) -> int:
        """Gather what takes a written entry back, on that day or on its own, where the books are open; its id."""
        row = self._connection.exec_driver_sql(_MIRROR, (entry_id,)).one()
        key = self._take_id()
        day = self.open_day(on or date.fromisoformat(row[2]))
        self._entries.append((key, row[1], day.isoformat(), row[3], row[4], row[5], entry_id, note))
        self._sides += [(key, *side) for side in self._connection.exec_driver_sql(_SIDES, (entry_id,))]
        return key

    def write(self) -> None:
        if self._entries:
            self._connection.exec_driver_sql(_ENTRY, self._entries)
            self._connection.exec_driver_sql(_POSTING, self._sides)
        self._entries, self._sides, self._next = [], [], None

    def _take_id(self) -> int:
        if self._next is None:
            found = self._connection.exec_driver_sql("SELECT coalesce(max(id), 0) FROM journal_entry").scalar()
            self._next = int(found or 0) + 1
        key = self._next
        self._next += 1
        return key
