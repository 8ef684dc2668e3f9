"""One tab of the pane: it asks the book only while it is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.actions import Actions
from desktop.ui.desk import Desk
from desktop.ui.latest import Latest

Question = Callable[[], object]


class StoryTab(QWidget):
    """A tab of its own overrides `question`, `take`, and `leave` where something unsaved must be kept."""

    counted = Signal(object)  # how many there are, for the title of the tab

    def __init__(self, desk: Desk, subject: str) -> None:
        super().__init__()
        self.desk = desk
        self.shell = desk.shell
        self.subject = subject
        self.thing: int | None = None
        self._stale = True
        self._latest = Latest(desk.shell.jobs, self)
        self.acts = Actions(desk.shell.theme, self)
        self.acts.failed.connect(desk.shell.notices.show_error)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        desk.shell.jobs.changed.connect(self._hear)

    def show_thing(self, one: int | None) -> None:
        """Show the thing with this id, or nothing; also when it may have changed."""
        if one != self.thing:
            self.leave()
            self.thing = one
            self.enter()
            self.acts.refresh()
        self._stale = True
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Ask the book anew."""
        self._stale = False
        if self.thing is None:
            self._latest.drop()
            self.take(None)
        else:
            self._latest.ask(self.question(self.thing), self.take)

    def question(self, one: int) -> Question:
        """What to ask of the book for the thing with this id; a worker runs it."""
        raise NotImplementedError

    def take(self, answer: object) -> None:
        """Show the answer; None where nothing is chosen."""
        raise NotImplementedError

    def leave(self) -> None:
        """Another thing is shown next."""

    def enter(self) -> None:
        """Another thing is shown now."""

    def focus_first(self) -> None:
        """Where the work in this tab begins."""
        self.setFocus()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _hear(self, changes: object) -> None:
        if changes:
            self._stale = True
            if self.isVisible():
                self.refresh()
