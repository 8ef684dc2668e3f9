"""The floor of writing: invoices of 8 lines with tax and ledger rows, bare sqlite3, one transaction."""

from __future__ import annotations

import random
import sqlite3
import tempfile
import time
from pathlib import Path

LINES = 8
_CUSTOMERS = 500
_DDL = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE number_sequence (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE invoice (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE,
 customer_id INTEGER NOT NULL REFERENCES customer (id), date TEXT NOT NULL, due TEXT NOT NULL, po TEXT,
 net INTEGER NOT NULL, tax INTEGER NOT NULL, gross INTEGER NOT NULL, open INTEGER NOT NULL, status TEXT NOT NULL);
CREATE INDEX ix_invoice_customer ON invoice (customer_id);
CREATE INDEX ix_invoice_due ON invoice (due);
CREATE TABLE invoice_line (id INTEGER PRIMARY KEY, invoice_id INTEGER NOT NULL REFERENCES invoice (id),
 pos INTEGER NOT NULL, descr TEXT NOT NULL, qty_milli INTEGER NOT NULL, price INTEGER NOT NULL,
 rate_bp INTEGER NOT NULL, net INTEGER NOT NULL);
CREATE INDEX ix_line_invoice ON invoice_line (invoice_id);
CREATE TABLE invoice_tax (id INTEGER PRIMARY KEY, invoice_id INTEGER NOT NULL REFERENCES invoice (id),
 rate_bp INTEGER NOT NULL, base INTEGER NOT NULL, tax INTEGER NOT NULL);
CREATE INDEX ix_tax_invoice ON invoice_tax (invoice_id);
CREATE TABLE ledger_entry (id INTEGER PRIMARY KEY, invoice_id INTEGER REFERENCES invoice (id), date TEXT NOT NULL,
 account INTEGER NOT NULL, customer_id INTEGER, debit INTEGER NOT NULL, credit INTEGER NOT NULL);
CREATE INDEX ix_ledger_account ON ledger_entry (account, date);
CREATE INDEX ix_ledger_invoice ON ledger_entry (invoice_id);
"""


def raw_insert(invoices: int) -> float:
    """Seconds, with write-ahead log, synchronous FULL and foreign keys on; the rows are made before the clock runs."""
    chance = random.Random(11)
    heads, lines, taxes, ledger = [], [], [], []
    for k in range(1, invoices + 1):
        customer = chance.randrange(_CUSTOMERS) + 1
        heads.append(
            (k, f"R-{k:06d}", customer, "2026-01-31", "2026-03-02", f"PO-{k}", 9_000, 1_300, 10_300, 10_300, "posted")
        )
        for p in range(1, LINES + 1):
            lines.append((k, p, f"Managed hosting, tier {p}", chance.randrange(1, 9_000), 1_250, 1_000, 1_125))
        taxes += [(k, rate, 3_000, 3_000 * rate // 10_000) for rate in (2_000, 1_000, 500)]
        ledger += [
            (k, "2026-01-31", 1200, customer, 10_300, 0),
            (k, "2026-01-31", 4000, None, 0, 9_000),
            (k, "2026-01-31", 2200, None, 0, 1_300),
        ]
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
        connection.executescript(_DDL)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO customer VALUES (?, 'Acme')", [(k + 1,) for k in range(_CUSTOMERS)])
        connection.execute("INSERT INTO number_sequence VALUES ('inv', 1)")
        connection.execute("COMMIT")
        started = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(f"INSERT INTO invoice VALUES ({', '.join('?' * 11)})", heads)
        connection.executemany(
            """INSERT INTO invoice_line (invoice_id, pos, descr, qty_milli, price, rate_bp, net)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            lines,
        )
        connection.executemany("INSERT INTO invoice_tax (invoice_id, rate_bp, base, tax) VALUES (?, ?, ?, ?)", taxes)
        connection.executemany(
            """INSERT INTO ledger_entry (invoice_id, date, account, customer_id, debit, credit)
            VALUES (?, ?, ?, ?, ?, ?)""",
            ledger,
        )
        connection.execute("UPDATE number_sequence SET next = next + ? WHERE name = 'inv'", (invoices,))
        connection.execute("COMMIT")
        took = time.perf_counter() - started
        connection.close()
    return took
