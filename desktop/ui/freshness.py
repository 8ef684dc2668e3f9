"""Keeps what a widget shows true without asking for what nobody sees: it loads when shown, and again after changes."""

from __future__ import annotations

from collections.abc import Callable, Collection

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from desktop.jobs import Jobs


class Freshness(QObject):
    """Loads a widget when it is shown for the first time, and after a write that it depends on: at once where it is
    seen, else when it is shown again.

    `depends` are the words of writes (`{"invoices"}`) that matter to it; without them each write does. `load` calls
    `loaded` when it begins to ask.
    """

    def __init__(
        self, widget: QWidget, jobs: Jobs, load: Callable[[], object], depends: Collection[str] | None = None
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._load = load
        self._depends = None if depends is None else frozenset(depends)
        self._stale = True
        widget.installEventFilter(self)
        jobs.changed.connect(self._hear)

    def loaded(self) -> None:
        self._stale = False

    def lost(self) -> None:
        """What is shown is no longer true."""
        self._stale = True
        if self._widget.isVisible():
            self._load()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and watched is self._widget and self._stale:
            self._load()
        return False

    def _hear(self, changes: object) -> None:
        assert isinstance(changes, frozenset)
        if changes if self._depends is None else changes & self._depends:
            self.lost()
