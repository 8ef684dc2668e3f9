"""One tab of the pane: it asks the book only while it is looked at."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.actions import Actions
from desktop.ui.desk import Desk
from desktop.ui.freshness import Freshness
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
        self._latest = Latest(desk.shell.jobs, self)
        self.acts = Actions(desk.shell.theme, self, desk.shell.refusal)
        self.acts.failed.connect(desk.shell.notices.show_error)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(8)
        self._freshness = Freshness(self, desk.shell.jobs, self.refresh)

    def show_thing(self, one: int | None) -> None:
        """Show the thing with this id, or nothing; also when it may have changed."""
        if one != self.thing:
            self.leave()
            self.thing = one
            self.enter()
            self.acts.refresh()
        self._freshness.lost()

    def refresh(self) -> None:
        """Ask the book anew."""
        self._freshness.loaded()
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
