"""Kills reminder runs at random points, goes on with them, and compares the books with an undisturbed run's.

python -m tests.e2e.killed_reminders BOOK FOLDER SEED COUNT prints one JSON object.
"""

from __future__ import annotations

import json
import random
import shutil
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from db.book_files import open_book
from db.engine import PLAIN, Book, Driver
from desktop.services.check import check
from desktop.services.dunning import sending
from desktop.services.dunning.planning import plan_run
from desktop.services.dunning.runs import unsent_run
from desktop.services.dunning.sending import send_run
from tests.contracts import ANNE, rows, value
from tests.e2e.killing import killed, traced

AS_OF = date(2026, 2, 7)
NOON = datetime(2026, 2, 7, 12, tzinfo=UTC)


def opened(path: Path, driver: Driver = PLAIN) -> Book:
    book = open_book(path, driver=driver)
    book.clock = lambda: NOON
    return book


def go(book: Book) -> None:
    """Begin the run, or go on with it where it was begun."""
    waiting = unsent_run(book)
    run = waiting.number if waiting else plan_run(book, as_of=AS_OF, actor=ANNE).run
    if run:
        send_run(book, run, actor=ANNE)


def letters(book: Book) -> dict[str, list[Any]]:
    """What stands in the book of reminders and in the outbox, without keys and times."""
    return {
        "runs": rows(book, "SELECT number, as_of, state FROM reminder_run ORDER BY id"),
        "letters": rows(
            book,
            """SELECT c.code, r.level, r.amount, r.fee, r.interest, r.state, d.state, d.letter, f.sha256
            FROM reminder r JOIN client c ON c.id = r.client_id LEFT JOIN delivery d ON d.id = r.delivery_id
            LEFT JOIN file f ON f.id = d.file_id ORDER BY c.code""",
        ),
        "items": rows(book, "SELECT open_item_id, level, stands FROM reminder_item ORDER BY open_item_id, level"),
        "outbox": rows(
            book, "SELECT client_id, letter, count(*) FROM delivery WHERE letter <> '' GROUP BY 1, 2 ORDER BY 1, 2"
        ),
    }


def undisturbed(path: Path) -> tuple[int, float, dict[str, list[Any]]]:
    """(statements of a run, its seconds, what it left)."""
    statements: list[str] = []
    with opened(path, traced(statements.append)) as book:
        statements.clear()
        started = time.perf_counter()
        go(book)
        took = time.perf_counter() - started
        count = len(statements)
        assert check(book).problems == ()
        return count, took, letters(book)


def main() -> None:
    source, folder, seed, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    sending.CHUNK = 3  # type: ignore[misc]
    chance = random.Random(seed)
    statements, took, whole = undisturbed(Path(shutil.copyfile(source, folder / "undisturbed.sheaf")))
    kills, stages, wrong = 0, dict[str, int](), list[str]()
    for k in range(count):
        path = Path(shutil.copyfile(source, folder / f"victim-{k}.sheaf"))
        # Every fifth by the clock, which also meets a commit half-way; every third is killed again while it goes on.
        at = 0 if k % 5 == 0 else chance.randint(1, statements)
        begin = lambda step, path=path: opened(path, traced(step))  # noqa: E731
        kills += killed(begin, go, at, chance.random() * took if not at else None)
        if k % 3 == 0:
            kills += killed(begin, go, chance.randint(1, statements))
        with opened(path) as book:
            sent = value(book, "SELECT count(*) FROM reminder WHERE state = 'sent'")
            stage = "not begun" if not rows(book, "SELECT 1 FROM reminder_run") else "half" if sent else "planned"
            stages[stage] = stages.get(stage, 0) + 1
            problems = check(book).problems
            # A run that was over before the kill is not begun again.
            go(book)
            if problems or check(book).problems:
                wrong.append(f"statement {at}: {problems} {check(book).problems}")
            after = letters(book)
            wrong += [f"statement {at}: {name}" for name in whole if after[name] != whole[name]]
        path.unlink()
    print(json.dumps({"kills": kills, "statements": statements, "stages": stages, "wrong": wrong}))


if __name__ == "__main__":
    main()
