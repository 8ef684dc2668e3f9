"""Kills `sheaf due` at random points, calls it again, and compares the books with those of an undisturbed call.

python -m tests.e2e.killed_due BOOK FOLDER SEED COUNT prints one JSON object.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.book_files import open_book
from db.engine import PLAIN, Book, Driver
from desktop.services.check import check
from desktop.services.runs import issuing_runs, planning
from desktop.services.schedules.carrying_out import carry_out
from tests.contracts import ANNE, rows
from tests.e2e.killing import killed, traced
from tests.whole_books import told

NOW = datetime(2026, 2, 2, 9)


def opened(path: Path, driver: Driver = PLAIN) -> Book:
    book = open_book(path, driver=driver)
    book.clock = lambda: NOW.replace(tzinfo=UTC)
    return book


def due(book: Book) -> None:
    carry_out(book, now=lambda: NOW, actor=ANNE)


def killed_at(path: Path, at: int) -> bool:
    """Call it and kill it before statement `at`; whether it was killed before its end."""
    return killed(lambda step: opened(path, traced(step)), due, at)


def whole(book: Book) -> dict[str, Any]:
    """What must come out the same: the books, and one row for each time."""
    times = rows(book, "SELECT schedule_id, due_at, state, run_id FROM schedule_result ORDER BY schedule_id, due_at")
    runs = rows(book, "SELECT number, state, through, issue_date, scope FROM run ORDER BY id")
    return told(book) | {"times": times, "runs": runs}


def main() -> None:
    source, folder, seed, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    planning.CHUNK, issuing_runs.CHUNK = 10, 5
    chance = random.Random(seed)
    statements: list[str] = []
    with opened(Path(shutil.copyfile(source, folder / "undisturbed.sheaf")), traced(statements.append)) as book:
        statements.clear()
        due(book)
        total, wanted = len(statements), whole(book)
        assert check(book).problems == ()
    kills, stages, wrong = 0, dict[str, int](), list[str]()
    for number in range(count):
        path = Path(shutil.copyfile(source, folder / f"victim-{number}.sheaf"))
        at = chance.randint(1, total)
        kills += killed_at(path, at)
        if number % 3 == 0:
            kills += killed_at(path, chance.randint(1, total // 2))
        with opened(path) as book:
            left = rows(
                book,
                """SELECT s.schedule_id, coalesce(r.state, 'not begun') FROM schedule_result s
                LEFT JOIN run r ON r.id = s.run_id WHERE s.state = 'running'""",
            )
            stage = f"{left[0][0]} {left[0][1]}" if left else "between"
            stages[stage] = stages.get(stage, 0) + 1
            problems = check(book).problems
            due(book)
            after = whole(book)
            if problems or check(book).problems:
                wrong.append(f"statement {at}: {problems} {check(book).problems}")
            wrong += [f"statement {at}: {table}" for table in wanted if after[table] != wanted[table]]
            due(book)
            if whole(book) != after:
                wrong.append(f"statement {at}: a call with nothing due did something")
        path.unlink()
    print(json.dumps({"kills": kills, "statements": total, "stages": stages, "wrong": wrong}))


if __name__ == "__main__":
    main()
