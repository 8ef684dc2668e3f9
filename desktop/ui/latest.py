"""Questions of which only the latest counts: whoever walks down a table wants to see the row where he stops."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktop.jobs import Job, Jobs


class Latest(QObject):
    """Asks one thing at a time; a new question drops the one before, and its answer with it."""

    def __init__(self, jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._ticket = 0
        self._question: Job | None = None
        self._then: Callable[[object], object] | None = None

    def ask(self, work: Callable[[], object], then: Callable[[object], object]) -> None:
        self.drop()
        ticket, self._then = self._ticket, then
        # As a bound method it is let go with the page: an answer may come when that is gone.
        self._question = self._jobs.ask(lambda: (ticket, work()), self._take)

    def drop(self) -> None:
        """Forget what was asked."""
        self._ticket += 1
        if self._question is not None:
            self._question.cancel()
            self._question = None

    def _take(self, answer: object) -> None:
        assert isinstance(answer, tuple)
        ticket, found = answer
        if ticket == self._ticket and self._then is not None:
            self._then(found)
