"""Processes that die by SIGKILL at a chosen step of their work, and the drivers that tests start for them.

A victim is a fork of a process that has everything imported and no book open: a kill then costs a copy of the book and
not a start of Python.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from db.engine import PLAIN, Book, Driver

ROOT = Path(__file__).parents[2]
Step = Callable[[str], None]


def traced(statement: Step) -> Driver:
    """A driver that tells each statement before SQLite takes it up, rows of bulk statements one by one."""

    def connect(path: Path, read_only: bool) -> sqlite3.Connection:
        connection = PLAIN.connect(path, read_only)
        connection.set_trace_callback(statement)
        return connection

    return Driver(connect=connect)


def killed(
    begin: Callable[[Step], Book], work: Callable[[Book], object], at: int, seconds: float | None = None
) -> bool:
    """Work in a fork that kills itself at a step, or is killed after so many seconds; whether it died before its end.

    `begin` opens the book and is given the step to tell; only those of `work` count.
    """
    # Closed in whatever the victim starts as soon as that is a program of its own.
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        _victim(begin, work, at)
    os.close(writing)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    # Until then a process that it was about to start holds the lock of its book.
    os.read(reading, 1)
    os.close(reading)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0, "the victim failed by itself"
    return False


def _victim(begin: Callable[[Step], Book], work: Callable[[Book], object], at: int) -> None:
    """Never returns: killed by its own hand, or gone with 0 after the whole work."""
    seen = 0

    def step(_what: str) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        book = begin(step)
        seen = 0
        work(book)
        book.close()
    except BaseException as error:
        print(repr(error), file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def driven(module: str, source: Path, folder: Path, *, seed: int, count: int) -> dict[str, Any]:
    """Start a driver of kills over copies of a book, a process of its own; the JSON object that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, str(source), str(folder), str(seed), str(count)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told
