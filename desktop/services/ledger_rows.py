"""The rows that one transaction of the ledger gathers: their ids and numbers beforehand, then all at once."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

# In the order in which rows may refer to each other.
_COLUMNS: Final = {
    "payment": "id, number, client_id, paid_on, method, reference, currency, amount, firm_rate, firm_amount, "
    "reverses_id, refunds_payment_id, refunds_credit_note_id, account_id, charges, received, received_currency, note, "
    "file_id, actor, created_at",
    "cash_movement": "id, number, account_id, dated, kind, currency, amount, text, reverses_id, file_id, actor, "
    "created_at",
    "open_credit": "id, client_id, currency, payment_id, credit_note_id, dated, amount, open",
    "write_off": "id, invoice_id, dated, amount, reason, reverses_id, actor, created_at",
    "allocation": "id, kind, dated, open_item_id, invoice_id, payment_id, credit_note_id, write_off_id, plan_id, "
    "reverses_id, amount, actor, created_at",
    "journal_entry": "id, kind, booked_on, invoice_id, payment_id, write_off_id, allocation_id, cash_movement_id",
    "posting": "id, entry_id, role, client_id, currency, amount, firm_amount, category, rate, period_start, period_end",
}

# What an event in the log is about, and up to how many rows it holds them whole.
_SUBJECTS: Final = ("payment", "cash_movement", "write_off", "allocation")
_LOGGED_WHOLE: Final = 500


class LedgerRows:
    """Rows by table, in the order in which they were added."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: dict[str, list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
        self._next: dict[str, int] = {}
        self._sequences: dict[str, int] = {}

    def add(self, table: str, *values: Any) -> int:
        """Gather a row, of which the values are all but the id; that id."""
        key = self.next_id(table)
        self.put(table, key, *values)
        return key

    def put(self, table: str, key: int, *values: Any) -> None:
        """Gather a row whose id was taken before."""
        self._rows[table].append((key, *values))

    def next_id(self, table: str) -> int:
        """The id of a row that is put later."""
        following = self._next.get(table)
        if following is None:
            (highest,) = self._connection.exec_driver_sql(f"SELECT coalesce(max(id), 0) FROM {table}").one()
            following = int(highest) + 1
        self._next[table] = following + 1
        return following

    def number(self, table: str, letter: str, year: int) -> str:
        """P-2026-0001 and on. What has such numbers is never deleted, and a year's numbers rise with the ids."""
        series = f"{letter}-{year}-"
        last = self._sequences.get(series)
        if last is None:
            # The unary plus walks back from the newest row, which nearly always is of the year asked for.
            row = self._connection.exec_driver_sql(
                f"SELECT number FROM {table} WHERE +number GLOB ? ORDER BY id DESC LIMIT 1", (f"{series}*",)
            ).fetchone()
            last = int(row[0].rsplit("-", 1)[1]) if row else 0
        self._sequences[series] = last + 1
        return f"{series}{last + 1:04}"

    def told(self) -> tuple[str, int, dict[str, list[dict[str, Any]]]] | None:
        """What an event says of these rows: (subject, its id, rows by table); None where the chain seals many."""
        subject = next((table for table in _SUBJECTS if self._rows[table]), None)
        if subject is None or sum(len(self._rows[table]) for table in _SUBJECTS) > _LOGGED_WHOLE:
            return None
        rows = {table: [_named(table, row) for row in self._rows[table]] for table in _SUBJECTS if self._rows[table]}
        return subject, self._rows[subject][0][0], rows

    def write(self) -> None:
        """Insert what was gathered; ids and numbers are asked for anew afterwards."""
        for table, rows in self._rows.items():
            if rows:
                columns = _COLUMNS[table]
                marks = ", ".join("?" * (columns.count(",") + 1))
                self._connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)
                rows.clear()
        self._next.clear()
        self._sequences.clear()


def _named(table: str, row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(_COLUMNS[table].split(", "), row, strict=True))
