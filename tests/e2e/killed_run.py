"""Kills runs at random points, resumes them, and compares the books with an undisturbed run's.

python -m tests.e2e.killed_run BOOK FOLDER SEED COUNT prints one JSON object. Each victim is a fork of this process,
which has everything imported and no book open, so that a kill costs a copy of the book and not a start of Python.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from db.book_files import open_book
from db.engine import PLAIN, Book, Driver
from desktop.services.check import check
from desktop.services.runs import issuing_runs, planning, resume
from tests.contracts import ANNE, Contracts, rows, value
from tests.whole_books import told

THROUGH = "2026-01-31"
NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def opened(path: Path, driver: Driver = PLAIN) -> Book:
    book = open_book(path, driver=driver)
    book.clock = lambda: NOON
    return book


def traced(statement: Callable[[str], None]) -> Driver:
    """A driver that tells each statement before SQLite takes it up, rows of bulk statements one by one."""

    def connect(path: Path, read_only: bool) -> sqlite3.Connection:
        connection = PLAIN.connect(path, read_only)
        connection.set_trace_callback(statement)
        return connection

    return Driver(connect=connect)


def go(book: Book) -> None:
    """Begin the run, or go on with it where it was begun."""
    runs = rows(book, "SELECT number FROM run")
    if runs:
        resume(book, runs[0][0], actor=ANNE, now=book.now)
    else:
        Contracts(book).bill(THROUGH)


def victim(path: Path, at: int) -> None:
    """Never returns: killed by its own hand before statement `at`, or gone with 0 after the whole run."""
    seen = 0

    def statement(_sql: str) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        book = opened(path, traced(statement))
        seen = 0
        go(book)
        book.close()
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def killed(path: Path, at: int, seconds: float | None) -> bool:
    """Run in a fork until statement `at`, or for so many seconds; whether it was killed before its end."""
    child = os.fork()
    if not child:
        victim(path, at)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the victim failed by itself"
    return False


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
        kills += killed(path, at, chance.random() * took if not at else None)
        if k % 3 == 0:
            kills += killed(path, chance.randint(1, statements), None)
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
