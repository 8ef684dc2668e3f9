"""Makes the day's backup of a book that stays open, and looks for damage in it, where nobody waits for either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from PySide6.QtCore import QObject, QTimer

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.backups.making import back_up_by_itself, is_due
from desktop.services.backups.shelf import Why
from desktop.services.salvage.noticing import Damage, look_for_damage
from desktop.ui.desk import Desk

# Often enough for a book that is open day and night.
_HOUR_MS = 3_600_000
# The first minutes belong to the person who has just opened it.
_FIRST_MS = 300_000
_SOON_MS = 4_000


class BackupWatch(QObject):
    """Lives as long as its window; `damaged` is told what was found."""

    def __init__(self, desk: Desk, parent: QObject, damaged: Callable[[Damage], object]) -> None:
        super().__init__(parent)
        self._desk = desk
        self._damaged = damaged
        self._timer = QTimer(self, interval=_HOUR_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self._first = QTimer(self, singleShot=True, interval=_FIRST_MS)
        self._first.timeout.connect(self.look)
        self._first.start()
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self.look_for_damage)
        self._soon.start()

    def look_for_damage(self) -> None:
        """Read the whole file once; the pages do not wait for it."""
        book = self._desk.book
        self._desk.shell.jobs.ask(lambda: look_for_damage(book), self._looked, lane=Lane.LATER)

    def look(self) -> None:
        """Make today's backup where one is wanted."""
        book, now = self._desk.book, datetime.now(UTC)

        def work(report: Callable[[int, int, str], None]) -> None:
            if is_due(book, now=now):
                back_up_by_itself(book, Why.DAILY, now=now, report=report)

        job = Job(_("Backing up"), work, {"backups"}, lane=Lane.LATER, quiet=True)
        self._desk.shell.jobs.start(job)

    def _looked(self, found: object) -> None:
        if isinstance(found, Damage):
            self._damaged(found)
