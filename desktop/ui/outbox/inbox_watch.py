"""Reads by itself what came back while the window is open, in the inboxes that open without asking anybody."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.jobs import Job, Lane
from desktop.services.delivery.mail.bounces import Looked, read_open_inboxes
from desktop.ui.desk import Desk
from desktop.ui.outbox.deciding import OUTBOX
from desktop.ui.outbox.returned import tell_returned

_EVERY_MS = 15 * 60_000
# The book is opened in peace first.
_FIRST_MS = 60_000


class InboxWatch(QObject):
    """Belongs to one window of the book. Nothing is said while nothing came back."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._window = window
        self._looking: Job | None = None
        self._before: frozenset[str] = frozenset()
        self._told: frozenset[str] = frozenset()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.look)
        if not desk.book.read_only:
            self._timer.start()
            QTimer.singleShot(_FIRST_MS, self, self.look)

    def look(self) -> None:
        """Read what is new."""
        if self._looking is not None or not self._desk.may("change"):
            return
        book, actor = self._desk.book, self._desk.actor
        job = Job("", lambda report: read_open_inboxes(book, actor=actor, report=report), lane=Lane.MAIL, quiet=True)
        self._looking = self._desk.shell.jobs.start(job, self._take)
        job.ended.connect(self._ended)

    def _ended(self, _job: object) -> None:
        self._looking = None

    def _take(self, found: object) -> None:
        assert isinstance(found, Looked)
        fresh = any(one.fresh for one in found.matched)
        if fresh:
            self._desk.shell.jobs.announce(OUTBOX)
        troubles = frozenset(one.sentence for one in found.problems)
        # A network that is away for a moment is nobody's business; what stands at the next look as well is told, once.
        lasting = (troubles & self._before) - self._told
        if fresh or lasting:
            self._told = troubles
            tell_returned(self._desk, self._window, found)
        else:
            self._told &= troubles
        self._before = troubles
