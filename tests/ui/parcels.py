"""A listing over SQLite that counts what it is asked: the invoices of a firm that sends parcels."""

import sqlite3
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from threading import Lock

STATES = ("open", "paid", "overdue", "held")
CURRENCIES = ("EUR", "EUR", "EUR", "USD")


class Parcels:
    def __init__(self, count: int) -> None:
        self.asked_for_ids = 0
        self.asked_for_rows: list[int] = []
        self._lock = Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False)
        self._db.execute(
            "CREATE TABLE parcel (id INTEGER PRIMARY KEY, number TEXT, client TEXT, issued TEXT, gross INTEGER,"
            " currency TEXT, state TEXT)"
        )
        self.add(range(1, count + 1))

    def add(self, ids: Sequence[int]) -> None:
        first = date(2026, 1, 1)
        with self._lock:
            self._db.executemany(
                "INSERT INTO parcel VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        one,
                        f"INV-2026-{one:06d}",
                        f"Client {one * 7919 % 1009:04d}",
                        (first + timedelta(days=one % 365)).isoformat(),
                        one * 1237 % 100_000 - 500,
                        CURRENCIES[one % 4],
                        STATES[one % 4],
                    )
                    for one in ids
                ),
            )

    def change(self, sql: str, *values: object) -> None:
        with self._lock:
            self._db.execute(sql, values)

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        order = f"{sort or 'id'} {'DESC' if descending else 'ASC'}, id"
        marks = ",".join("?" * len(filters))
        states = f"AND state IN ({marks})" if filters else ""
        with self._lock:
            self.asked_for_ids += 1
            found = self._db.execute(
                f"SELECT id FROM parcel WHERE (number || client) LIKE ? {states} ORDER BY {order}",
                (f"%{search}%", *sorted(filters)),
            )
            return [row[0] for row in found]

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        with self._lock:
            self.asked_for_rows.append(len(ids))
            marks = ",".join("?" * len(ids))
            found = self._db.execute(f"SELECT * FROM parcel WHERE id IN ({marks})", list(ids))
            names = [one[0] for one in found.description]
            return {row[0]: dict(zip(names, row, strict=True)) for row in found}

    def close(self) -> None:
        self._db.close()
