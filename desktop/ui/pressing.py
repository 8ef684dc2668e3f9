"""Counts what is for today and what wants mending, and shows it in the rails of all windows of a book."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from desktop.jobs import Job, Jobs, Lane
from desktop.services.overview import pressing
from desktop.ui.desk import Desk
from desktop.ui.main_window import MainWindow


class Pressing(QObject):
    """In a lane where nobody waits; one question at a time, the last change counts."""

    def __init__(self, jobs: Jobs, windows: Callable[[], Sequence[MainWindow]], parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._windows = windows
        self._counting: Job | None = None
        self._again: Desk | None = None

    def ask(self, desk: Desk) -> None:
        """Count anew for the book of this desk."""
        if self._counting is not None:
            self._again = desk
            return
        book, day, now = desk.book, desk.today(), desk.now
        self._counting = self._jobs.ask(lambda: pressing(book, day, now), self._show, lane=Lane.LATER)
        self._counting.ended.connect(self._asked)

    def _show(self, counts: object) -> None:
        assert isinstance(counts, dict)
        for window in self._windows():
            if window.rail is not None:
                for name, count in counts.items():
                    window.rail.count(name, count)

    def _asked(self, _job: object) -> None:
        self._counting = None
        if self._again is not None:
            desk, self._again = self._again, None
            self.ask(desk)
