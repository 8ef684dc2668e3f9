"""How soon the window shows, and whether it stays fluid while 2,000 are billed or mailed behind it."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPEATS = 5

_EMPTY = """
import sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication(sys.argv[:1])
window = QMainWindow()
window.resize(1440, 840)
window.show()
QTimer.singleShot(0, app.quit)
app.exec()
"""

_SHEAF = """
import sys
from PySide6.QtCore import QTimer
from desktop.app import Program
from PySide6.QtWidgets import QApplication
app = QApplication(sys.argv[:1])
program = Program(app)
program.window.show()
QTimer.singleShot(0, app.quit)
app.exec()
"""


def _process(code: str, folder: str) -> float:
    environment = os.environ | {"QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    environment |= {"XDG_CONFIG_HOME": folder, "XDG_STATE_HOME": folder, "XDG_DATA_HOME": folder}
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, capture_output=True)
    return time.perf_counter() - started


def start() -> dict[str, float]:
    """Seconds from starting Python to a window shown and drawn once, against an empty QMainWindow."""
    with tempfile.TemporaryDirectory() as folder:
        for code in (_EMPTY, _SHEAF):
            _process(code, folder)
        empty, sheaf = [], []
        for _ in range(REPEATS):
            empty.append(_process(_EMPTY, folder))
            sheaf.append(_process(_SHEAF, folder))
    floor, own = statistics.median(empty), statistics.median(sheaf)
    return {"empty_window_s": floor, "window_s": own, "window_over_empty": own / floor}


def fluid(count: int, *, sending: bool) -> dict[str, float]:
    """The longest and the 99th of 100 events of the window's thread, in milliseconds, while a run is billed, or while
    its documents are mailed and the outbox is shown."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication

    from db.book_files import open_book
    from desktop.app import Program
    from desktop.jobs import Job
    from desktop.services.runs import bill
    from desktop.ui.desk import Desk
    from desktop.ui.outbox.sending import start_sending
    from tests.books import new_book
    from tests.perf.mail import outbox
    from tests.perf.run import THROUGH, fill
    from tests.servers.sink import sink

    took: list[float] = []
    timing = False

    class Timed(QApplication):
        def notify(self, receiver: QObject, event: QEvent) -> bool:
            begun = time.perf_counter()
            done = super().notify(receiver, event)
            if timing:
                took.append((time.perf_counter() - begun) * 1000)
            return done

    app = Timed(sys.argv[:1])
    with tempfile.TemporaryDirectory() as folder, sink(Path(folder) / "sink") as server:
        if sending:
            book = open_book(outbox(Path(folder), count))
            with book.writing() as session:
                session.connection().exec_driver_sql("UPDATE mail_account SET port = ?", (server.port,))
        else:
            book = new_book(Path(folder))
            fill(book, count)
        program = Program(app, Path(folder) / "window.ini")
        program.window.show()
        program.furnish(book)
        desk = program.desk
        assert isinstance(desk, Desk)

        def work() -> Job:
            if sending:
                return start_sending(desk)
            billing = Job(
                "Billing",
                lambda report: bill(
                    book, through=THROUGH, issue_date=THROUGH, actor="bench", now=book.now, report=report
                ),
                {"runs", "invoices"},
            )
            return program.jobs.start(billing)

        def begin() -> None:
            nonlocal timing
            timing = True
            work().ended.connect(lambda _job: QTimer.singleShot(500, end))

        def end() -> None:
            # Closing the window is not part of the run.
            nonlocal timing
            timing = False
            app.quit()

        # What a person does meanwhile: the table is drawn again and again.
        busy = QTimer()
        busy.timeout.connect(program.window.update)
        busy.start(16)
        program.window.go("outbox" if sending else "today")
        QTimer.singleShot(1500, begin)
        app.exec()
        program.end()
    took.sort()
    return {
        "events": float(len(took)),
        "event_max_ms": took[-1],
        "event_p99_ms": took[int(len(took) * 0.99)],
        "over_50_ms": float(sum(one > 50 for one in took)),
    }


def measure() -> dict[str, float]:
    figures = start()
    for what, prefix in (("--fluid", ""), ("--sending", "sending_")):
        done = subprocess.run(
            [sys.executable, "-m", "tests.perf.window", what, "2000"], capture_output=True, text=True, check=True
        )
        figures |= {f"{prefix}{name}": value for name, value in json.loads(done.stdout).items()}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fluid", type=int, metavar="N", help="bill so many in the window and time its events")
    parser.add_argument("--sending", type=int, metavar="N", help="mail so many in the window and time its events")
    chosen = parser.parse_args()
    count = chosen.fluid or chosen.sending
    figures = fluid(count, sending=bool(chosen.sending)) if count else measure()
    print(json.dumps({key: round(value, 4) for key, value in figures.items()}))


if __name__ == "__main__":
    main()
