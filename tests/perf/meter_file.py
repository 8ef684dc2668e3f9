"""How long a file of meter records takes into the book, as a multiple of inserting the same rows with bare sqlite3.

Run it from the root of the project: `.venv/bin/python -m tests.perf.meter_file [ROWS]`. Once cold, once with every row
in the book already; memory is the most that the process ever held beyond what it began with.
"""

from __future__ import annotations

import csv
import random
import sqlite3
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from db.engine import Book
from desktop.services.changes import change
from desktop.services.imports import import_file
from tests.books import new_book

ROWS = 1_000_000
AGREEMENTS = 1_000
TODAY = date(2026, 4, 30)


def metered_book(folder: Path) -> Book:
    book = new_book(folder)
    for kind, text in (
        ("clients", "code,name,country,currency\n" + "".join(f"C{k},Client {k},DE,EUR\n" for k in range(AGREEMENTS))),
        ("items", "code,name,unit\nAPI,Calls,call\n"),
        (
            "agreements",
            "code,client,billing,item,quantity,unit_price,every,start\n"
            + "".join(f"A{k},C{k},recurring,API,1,1,monthly,2026-01-01\n" for k in range(AGREEMENTS)),
        ),
    ):
        assert not import_file(book, kind, text.encode(), actor="perf", today=TODAY).rejected
    with change(book, "perf", "meters") as made:
        made.connection.exec_driver_sql("UPDATE agreement_line SET kind = 'usage'")
    return book


def write_records(path: Path, count: int) -> None:
    dice = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "agreement", "item", "from", "to", "quantity"))
        for number in range(count):
            day = date(2026, 1, 1) + timedelta(days=number % 90)
            agreement, units = f"A{dice.randrange(AGREEMENTS)}", f"{dice.randrange(1, 100_000) / 100:.2f}"
            writer.writerow((f"U{number:08}", agreement, "API", day, day, units))


def floor(folder: Path, count: int) -> float:
    """The rows of the table and its indexes, without reading, checking or sealing anything."""
    connection = sqlite3.connect(folder / "floor.db")
    connection.execute(
        "CREATE TABLE usage (id INTEGER PRIMARY KEY, external_id TEXT UNIQUE, agreement_id INT, item_id INT,"
        " start_date TEXT, end_date TEXT, days INT, quantity INT, note TEXT, invoice_id INT, digest TEXT, batch_id INT)"
    )
    connection.execute("CREATE INDEX due ON usage (agreement_id, item_id, end_date, quantity, days)")
    connection.execute("CREATE INDEX batch ON usage (batch_id)")
    rows = [
        (f"U{k:08}", k % AGREEMENTS, 1, "2026-01-01", "2026-01-02", 1, k, "", None, "0" * 32, 1) for k in range(count)
    ]
    begun = time.perf_counter()
    with connection:
        connection.executemany(f"INSERT INTO usage VALUES (NULL{', ?' * 11})", rows)
    seconds = time.perf_counter() - begun
    connection.close()
    return seconds


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book, path = metered_book(folder), folder / "usage.csv"
        write_records(path, count)
        process = psutil.Process()
        before, most = process.memory_info().rss, 0

        def report(_done: int, _total: int, _text: str) -> None:
            nonlocal most
            most = max(most, process.memory_info().rss)

        for words in ("into an empty book", "once more"):
            begun = time.perf_counter()
            result = import_file(book, "usage", path, actor="perf", today=TODAY, report=report)
            seconds = time.perf_counter() - begun
            assert result.imported + result.unchanged == count
            print(f"{words:20}{seconds:7.1f} s {count / seconds:9,.0f} rows/s, {(most - before) / 1e6:.0f} MB")
        book.close()
        print(f"{'bare sqlite3':20}{floor(folder, count):7.1f} s")


if __name__ == "__main__":
    main()
