"""A window that is killed while it issues: python -m tests.ui.ways.killed_window BOOK COUNT.

It bills the month by its own buttons, and dies by SIGKILL before it writes that many invoices down.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from desktop.app import Program
from desktop.services.runs import issuing_runs
from desktop.ui.desk import Desk
from desktop.ui.runs.page import RunsPage
from desktop.ui.runs.review import ReviewPage
from tests.e2e.killed_run import opened
from tests.e2e.killing import traced
from tests.ui.program import TODAY

_PATIENCE_MS = 60_000


def until(holds: Callable[[], bool]) -> None:
    loop, waited = QEventLoop(), QTimer(interval=20)
    waited.timeout.connect(lambda: loop.quit() if holds() else None)
    QTimer.singleShot(_PATIENCE_MS, loop.quit)
    waited.start()
    loop.exec()
    assert holds()


def main() -> None:
    path, at = Path(sys.argv[1]), int(sys.argv[2])
    issuing_runs.CHUNK = 4
    seen = 0

    def statement(sql: str) -> None:
        nonlocal seen
        seen += sql.lstrip().startswith("INSERT INTO invoice ")
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)

    app = QApplication(sys.argv[:1])
    program = Program(app, path.with_suffix(".ini"))
    program.window.show()
    program.furnish(opened(path, traced(statement)))
    desk = program.desk
    assert isinstance(desk, Desk)
    desk.today, desk.actor = (lambda: TODAY), "test"
    runs = program.window.go("runs")
    assert isinstance(runs, RunsPage)
    runs.reload()
    until(lambda: not program.jobs.busy and runs.acts["runs.next"].text() == "Bill May")
    runs.acts["runs.next"].trigger()
    until(lambda: isinstance(program.window.page, ReviewPage) and not program.jobs.busy)
    review = program.window.page
    assert isinstance(review, ReviewPage)
    until(lambda: review.acts["review.issue"].isEnabled() and not program.jobs.busy)
    review.acts["review.issue"].trigger()
    until(lambda: not program.jobs.busy)
    # It was to be killed on the way.
    sys.exit(3)


if __name__ == "__main__":
    main()
