"""How soon a person sees something after starting Sheaf on the large book: rows of Today, then rows of Invoices."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.perf.large_book import TODAY, copy_of_large_book

REPEATS = 5


def _look(path: Path, started: float) -> dict[str, float]:
    """Milliseconds since the process was started, and for Invoices since they were asked for."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    from desktop.app import Program
    from desktop.services.books import open_
    from desktop.ui.page import Page
    from desktop.ui.today.page import TodayPage

    app = QApplication(sys.argv[:1])
    program = Program(app, path.with_suffix(".ini"))
    program.window.show()
    app.processEvents()
    figures = {"window_ms": (time.time() - started) * 1000}
    begun = time.perf_counter()
    book = open_(path)
    figures["opening_book_ms"] = (time.perf_counter() - begun) * 1000
    program.furnish(book)
    assert program.desk is not None
    program.desk.today = lambda: TODAY
    app.processEvents()
    figures["furnished_ms"] = (time.time() - started) * 1000
    shown = program.window.page
    assert isinstance(shown, TodayPage)
    # Somebody who knows where to go does not wait for Today.
    at_once = os.environ.get("SHEAF_PERF_AT_ONCE") == "1"
    if not at_once:
        while not shown.list.model().rowCount():
            app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
        figures["today_rows_ms"] = (time.time() - started) * 1000
    begun = time.perf_counter()
    page = program.window.go("invoices")
    assert isinstance(page, Page)
    while page.model.query is None:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
    page.table.viewport().repaint()
    figures["invoices_at_once_ms" if at_once else "invoices_after_today_ms"] = (time.perf_counter() - begun) * 1000
    while program.jobs.busy:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
    figures["all_at_once_ms" if at_once else "all_ms"] = (time.time() - started) * 1000
    program.end()
    return figures


def measure() -> dict[str, float]:
    figures: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        book = copy_of_large_book(Path(folder))
        book.close()
        for at_once in ("0", "1"):
            environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "SHEAF_PERF_AT_ONCE": at_once}
            for _ in range(REPEATS):
                command = [sys.executable, "-m", "tests.perf.opening", str(book.path), str(time.time())]
                done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
                for key, value in json.loads(done.stdout).items():
                    figures.setdefault(key, []).append(value)
    return {key: statistics.median(values) for key, values in figures.items()}


def main() -> None:
    figures = _look(Path(sys.argv[1]), float(sys.argv[2])) if len(sys.argv) == 3 else measure()
    print(json.dumps({key: round(value, 1) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
