"""Kills passes over bank lines at random points, and what takes them back, and lets the next one go on.

python -m tests.e2e.killed_pass BOOK FOLDER SEED COUNT prints one JSON object.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from db.book_files import open_book
from db.engine import PLAIN, Book, Driver
from desktop.services.bank import reconciling, undoing
from desktop.services.bank.reconciling import run_pass
from desktop.services.bank.undoing import take_back
from desktop.services.check import check
from tests.contracts import ANNE, rows
from tests.e2e.killing import killed, traced

TODAY = date(2026, 3, 31)
NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
# What a pass books; the log and the number of passes that it took are each book's own.
_MADE = (
    "SELECT number, client_id, paid_on, amount, charges, reference FROM payment ORDER BY id",
    "SELECT kind, dated, open_item_id, payment_id, write_off_id, amount FROM allocation ORDER BY id",
    "SELECT payment_id, amount, open FROM open_credit ORDER BY id",
    "SELECT id, open FROM open_item ORDER BY id",
    "SELECT id, state FROM bank_line ORDER BY id",
    "SELECT line_id, kind, amount, client_id, payment_id, score, reasons FROM bank_match ORDER BY id",
    "SELECT role, client_id, amount FROM posting ORDER BY id",
)
_OPEN = ("SELECT id, open FROM open_item ORDER BY id", "SELECT id, state FROM bank_line ORDER BY id")


def opened(path: Path, driver: Driver = PLAIN) -> Book:
    book = open_book(path, driver=driver)
    book.clock = lambda: NOON
    return book


def book_all(book: Book) -> None:
    run_pass(book, actor=ANNE, today=TODAY)


def take_all_back(book: Book) -> None:
    lines = [line for (line,) in rows(book, "SELECT id FROM bank_line WHERE state = 'booked'")]
    if lines:
        take_back(book, line_ids=lines, actor=ANNE, today=TODAY, reason="Too early")


def told(book: Book, queries: tuple[str, ...] = _MADE) -> list[list[tuple[Any, ...]]]:
    return [rows(book, query) for query in queries]


def halves(book: Book) -> list[tuple[Any, ...]]:
    """Payments that no line names, which a line booked by half would leave."""
    return rows(
        book,
        """SELECT number FROM payment p WHERE reverses_id IS NULL AND method <> 'withholding'
        AND NOT EXISTS (SELECT 1 FROM bank_match m WHERE m.payment_id = p.id)""",
    )


def main() -> None:
    source, folder, seed, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    reconciling.CHUNK = undoing.CHUNK = 5  # type: ignore[misc]
    chance = random.Random(seed)
    steps: list[str] = []
    whole = Path(shutil.copyfile(source, folder / "undisturbed.sheaf"))
    with opened(whole, traced(steps.append)) as book:
        before = told(book, _OPEN)
        steps.clear()
        book_all(book)
        booking = len(steps)
        expected = told(book)
        assert check(book).problems == ()
    kept = Path(shutil.copyfile(whole, folder / "booked.sheaf"))
    with opened(whole, traced(steps.append)) as book:
        steps.clear()
        take_all_back(book)
        undone = len(steps)
        assert told(book, _OPEN) == before
        assert check(book).problems == ()
    kills, midway, wrong = 0, 0, list[str]()
    for k in range(count):
        path = Path(shutil.copyfile(source, folder / f"victim-{k}.sheaf"))
        at = chance.randint(1, booking)
        kills += killed(lambda step, path=path: opened(path, traced(step)), book_all, at)  # type: ignore[misc]
        with opened(path) as book:
            midway += 0 < len(rows(book, "SELECT id FROM bank_line WHERE state = 'booked'")) < len(expected[4])
            problems = [*check(book).problems, *halves(book)]
            book_all(book)
            if problems or check(book).problems or told(book) != expected:
                wrong.append(f"booking, statement {at}: {problems} {check(book).problems}")
        shutil.copyfile(kept, path)
        at = chance.randint(1, undone)
        kills += killed(lambda step, path=path: opened(path, traced(step)), take_all_back, at)  # type: ignore[misc]
        with opened(path) as book:
            problems = list(check(book).problems)
            take_all_back(book)
            if problems or check(book).problems or told(book, _OPEN) != before:
                wrong.append(f"taking back, statement {at}: {problems} {check(book).problems}")
        path.unlink()
    print(json.dumps({"kills": kills, "midway": midway, "wrong": wrong}))


if __name__ == "__main__":
    main()
