"""Follows print jobs while the window is open, and finds those again that the program lost when it ended."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from desktop.i18n import _, ngettext, number_text
from desktop.jobs import Job, Lane
from desktop.services.delivery.paper.following import Followed, follow
from desktop.ui.desk import Desk
from desktop.ui.outbox.print_ways import CHANGED

_EVERY_MS = 2_000
# A queue that does not answer is not asked that often.
_REST_MS = 30_000


class PrintWatch(QObject):
    """Belongs to one window of the book. Asks nobody while nothing is in a queue."""

    def __init__(self, desk: Desk, window: QWidget) -> None:
        super().__init__(window)
        self._desk = desk
        self._asking: Job | None = None
        self._again = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        desk.shell.jobs.changed.connect(self._hear)
        self._timer.start(0)

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if "outbox" in changes:
            self._timer.start(0)

    def look(self) -> None:
        """Ask the queues what became of the jobs."""
        if not self._desk.may("change"):
            return
        if self._asking is not None:
            self._again = True
            return
        book = self._desk.book
        self._asking = self._desk.shell.jobs.ask(lambda: follow(book), self._take, lane=Lane.SIDE)
        self._asking.ended.connect(self._ended)

    def _ended(self, _job: object) -> None:
        self._asking = None
        if self._again:
            self._again = False
            self._timer.start(0)

    def _take(self, found: object) -> None:
        assert isinstance(found, Followed)
        if found.under_way:
            self._timer.start(_REST_MS if found.problems else _EVERY_MS)
        if found.changed:
            self._desk.shell.jobs.announce(CHANGED)
            self._say(found)

    def _say(self, found: Followed) -> None:
        notices = self._desk.shell.notices
        if found.failed or found.uncertain:
            words = ngettext(
                "{count} print job did not come to its end.",
                "{count} print jobs did not come to their end.",
                found.failed + found.uncertain,
            )
            state = "failed" if found.failed else "uncertain"
            notices.say(
                words.format(count=number_text(found.failed + found.uncertain)),
                _("Its documents may be printed in part. Nothing is printed twice by itself: say what you know."),
                [(_("Show them"), lambda: self._desk.shell.go("outbox", filters=frozenset({state})))],
                tone="held",
            )
        elif found.documents and not found.under_way:
            words = ngettext("{count} document is printed.", "{count} documents are printed.", found.documents)
            notices.say(words.format(count=number_text(found.documents)))
