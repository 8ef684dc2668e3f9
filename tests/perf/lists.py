"""How soon lists answer over 100,000 invoices, 5,000 clients and 800,000 lines: first rows, search, order, scrolling,
memory. A page's floor is one page of the same rows asked of SQLite by hand; measured is what a person waits for.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.perf.large_book import TODAY, copy_of_large_book

REPEATS = 5
PAGE = 100
# One page of each list, by hand: the order that the page comes in, and the columns of its own table.
FLOORS = {
    "clients": "SELECT id, code, name, city, country, currency FROM client WHERE active = 1 "
    "ORDER BY name COLLATE NOCASE, id LIMIT 100",
    "agreements": "SELECT a.id, a.code, a.title, c.name, a.billing, a.currency FROM agreement a "
    "JOIN client c ON c.id = a.client_id ORDER BY a.code COLLATE NOCASE, a.id LIMIT 100",
    "billables": "SELECT t.id, t.work_date, c.name, t.person, t.hours, t.rate, t.note FROM time_entry t "
    "JOIN client c ON c.id = t.client_id WHERE t.invoice_id IS NULL ORDER BY t.work_date DESC, t.id DESC LIMIT 100",
    "runs": "SELECT id, number, kind, state, through, issue_date FROM run ORDER BY id DESC LIMIT 100",
    "invoices": "SELECT i.id, i.number, i.kind, c.name, i.issue_date, i.due_date, i.net, i.gross, "
    "(SELECT sum(o.open) FROM open_item o WHERE o.invoice_id = i.id) FROM invoice i "
    "JOIN client c ON c.id = i.client_id ORDER BY i.issue_date DESC, i.id DESC LIMIT 100",
    "outbox": "SELECT d.id, d.title, c.name, d.channel, d.address, d.state, d.fate, d.tries, d.answer FROM delivery d "
    "JOIN client c ON c.id = d.client_id ORDER BY d.id DESC LIMIT 100",
    "payments": "SELECT p.id, p.number, c.name, p.paid_on, p.amount, p.reference FROM payment p "
    "JOIN client c ON c.id = p.client_id ORDER BY p.paid_on DESC, p.id DESC LIMIT 100",
    # A row is a client, so what it owes is summed before there is an order.
    "collections": "SELECT c.id, c.code, c.name, o.currency, sum(o.open) AS owed, min(o.due_date) AS due "
    "FROM open_item o JOIN client c ON c.id = o.client_id WHERE o.open > 0 GROUP BY c.id, o.currency "
    "ORDER BY due, c.id LIMIT 100",
    # Each row comes from a check of its own; by hand the plainest of them.
    "hygiene": "SELECT id, code, name FROM client WHERE active = 1 AND (city = '' OR email = '') "
    "ORDER BY name COLLATE NOCASE LIMIT 100",
}
FIRST_TIMES, FIRST_MORE_MS = 5, 50
SEARCH_MS, SORT_MS, SCROLL_MS, MEMORY_MB = 50, 300, 20, 300
# What people type: a part of a number, a name, a place, an amount, an order, what is not there.
SEARCHES = ("INV-2026-0123", "nordlicht", "köln", "1234", "PO-00042", "zzz", "studio 14", "e")


def floor_ms(book: Path, sql: str) -> float:
    connection = sqlite3.connect(book)
    took = []
    for _ in range(REPEATS + 1):
        begun = time.perf_counter()
        connection.execute(sql).fetchall()
        took.append((time.perf_counter() - begun) * 1000)
    connection.close()
    return statistics.median(took[1:])


def pages(names: list[str]) -> dict[str, object]:
    """Every figure of these pages, in milliseconds, as the window's own thread sees them."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt
    from PySide6.QtWidgets import QApplication

    from desktop.app import Program
    from desktop.ui.desk import Desk
    from desktop.ui.listing import Query
    from desktop.ui.page import Page

    took: list[float] = []

    class Timed(QApplication):
        def notify(self, receiver: QObject, event: QEvent) -> bool:
            begun = time.perf_counter()
            done = super().notify(receiver, event)
            took.append((time.perf_counter() - begun) * 1000)
            return done

    app = Timed(sys.argv[:1])
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as folder:
        book = copy_of_large_book(Path(folder))
        program = Program(app, Path(folder) / "window.ini")
        program.window.show()
        program.furnish(book)
        desk = program.desk
        assert isinstance(desk, Desk)
        desk.today = lambda: TODAY

        def settle() -> None:
            while program.jobs.busy:
                app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
            app.processEvents()

        def rest() -> None:
            for _ in range(20):
                settle()
                time.sleep(0.01)

        def wait_for(page: Page, act: Callable[[], object]) -> float:
            """Milliseconds from the act until the answer is drawn."""
            answered = False

            def hear(_query: object) -> None:
                nonlocal answered
                answered = True

            page.model.loaded.connect(hear)
            begun = time.perf_counter()
            act()
            while not answered:
                app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
            page.table.viewport().repaint()
            spent = (time.perf_counter() - begun) * 1000
            page.model.loaded.disconnect(hear)
            return spent

        for name in names:
            floor = floor_ms(book.path, FLOORS[name])
            begun = time.perf_counter()
            page = program.window.go(name)
            assert isinstance(page, Page)
            while page.model.query is None:
                app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)
            visit = (time.perf_counter() - begun) * 1000
            rest()
            asked, first = page.model.asked, []
            for _ in range(REPEATS):
                page.model.set_query(Query(search="nobody"))
                rest()
                first.append(wait_for(page, lambda page=page, asked=asked: page.model.set_query(asked)))  # type: ignore[misc]
                rest()
            searches: dict[str, float] = {}
            sorts: dict[str, float] = {}
            for text in SEARCHES:
                page.search.clear()
                rest()
                searches[text] = wait_for(page, lambda text=text, page=page: page.search.setText(text))  # type: ignore[misc]
            page.show_all()
            rest()
            for section, column in enumerate(page.model.columns):
                if column.sort_key:
                    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
                        spent = wait_for(page, lambda s=section, o=order: page.model.sort(s, o))  # type: ignore[misc]  # noqa: B023
                        sorts[column.sort_key] = max(spent, sorts.get(column.sort_key, 0.0))
                        rest()
            bar = page.table.verticalScrollBar()
            took.clear()
            for step in range(400):
                bar.setValue(bar.maximum() * step // 399)
                app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 10)
            rest()
            events = sorted(took)
            figures[name] = {
                "rows": page.model.rowCount(),
                "floor_ms": floor,
                "first_visit_ms": visit,
                "first_ms": statistics.median(first),
                "first_allowed_ms": FIRST_TIMES * floor + FIRST_MORE_MS,
                "search_worst_ms": max(searches.values()),
                "searches": searches,
                "sort_worst_ms": max(sorts.values(), default=0.0),
                "sorts": sorts,
                "scroll_p99_ms": events[int(len(events) * 0.99)],
            }
        program.end()
    figures["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return round(value, 2) if isinstance(value, float) else value


def measure() -> dict[str, object]:
    done = subprocess.run([sys.executable, "-m", "tests.perf.lists", "--here"], stdout=subprocess.PIPE, check=True)
    return dict(json.loads(done.stdout))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--here", action="store_true", help="in this process")
    parser.add_argument("--page", action="append", choices=[*FLOORS], help="only this page, in this process")
    chosen = parser.parse_args()
    figures = pages(chosen.page or [*FLOORS]) if chosen.here or chosen.page else measure()
    print(json.dumps(_rounded(figures), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
