"""Kills runs at random points, resumes them, and compares the books with an undisturbed run's.

python -m tests.e2e.killed_run BOOK FOLDER SEED COUNT prints one JSON object.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.book_files import open_book
from db.engine import PLAIN, Book, Driver
from desktop.services.check import check
from desktop.services.runs import issuing_runs, planning, resume
from tests.contracts import ANNE, Contracts, rows, value
from tests.e2e.killing import killed, traced
from tests.whole_books import told

THROUGH = "2026-01-31"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def opened(path: Path, driver: Driver = PLAIN) -> Book:
    book = open_book(path, driver=driver)
    book.clock = lambda: NOON
    return book


def go(book: Book) -> None:
    """Begin the run, or go on with it where it was begun."""
    runs = rows(book, "SELECT number FROM run")
    if runs:
        resume(book, runs[0][0], actor=ANNE, now=book.now)
    else:
        Contracts(book).bill(THROUGH)


def killed_at(path: Path, at: int, seconds: float | None = None) -> bool:
    """Run until statement `at`, or for so many seconds; whether it was killed before its end."""
    return killed(lambda step: opened(path, traced(step)), go, at, seconds)


def undisturbed(path: Path) -> tuple[int, float, dict[str, Any]]:
    """(statements of a run, its seconds, the books after it)."""
    statements: list[str] = []
    with opened(path, traced(statements.append)) as book:
        statements.clear()
        started = time.perf_counter()
        go(book)
        took = time.perf_counter() - started
        count = len(statements)
        assert check(book).problems == ()
        return count, took, told(book)


def main() -> None:
    source, folder, seed, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    planning.CHUNK, issuing_runs.CHUNK = 25, 10
    chance = random.Random(seed)
    statements, took, whole = undisturbed(Path(shutil.copyfile(source, folder / "undisturbed.sheaf")))
    kills, stages, wrong = 0, dict[str, int](), list[str]()
    for k in range(count):
        path = Path(shutil.copyfile(source, folder / f"victim-{k}.sheaf"))
        # Every fifth by the clock, which also meets a commit half-way; every third is killed again while it resumes.
        at = 0 if k % 5 == 0 else chance.randint(1, statements)
        kills += killed_at(path, at, chance.random() * took if not at else None)
        if k % 3 == 0:
            kills += killed_at(path, chance.randint(1, statements))
        with opened(path) as book:
            stage = value(book, "SELECT max(state) FROM run") or "not begun"
            stages[stage] = stages.get(stage, 0) + 1
            problems = check(book).problems
            go(book)
            if problems or check(book).problems:
                wrong.append(f"statement {at}: {problems} {check(book).problems}")
            after = told(book)
            wrong += [f"statement {at}: {table}" for table in whole if after[table] != whole[table]]
        path.unlink()
    print(json.dumps({"kills": kills, "statements": statements, "stages": stages, "wrong": wrong}))


if __name__ == "__main__":
    main()
