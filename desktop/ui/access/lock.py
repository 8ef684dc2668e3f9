"""Locks the windows of a book after idle minutes or by a key; whoever signs in goes on, or takes over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from db.engine import Book
from desktop.domain.access import SignedIn
from desktop.services.access.idling import idle_minutes
from desktop.ui.access.sign_in import SignInPage
from desktop.ui.main_window import MainWindow

_DEEDS: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)
_MINUTE_MS: Final = 60_000


class Lock(QObject):
    """Covers every window with the page at the door; `taken_over` hears of another person than before."""

    def __init__(
        self,
        book: Book,
        windows: Callable[[], Sequence[MainWindow]],
        taken_over: Callable[[SignedIn], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._book = book
        self._windows = windows
        self._taken_over = taken_over
        self._before: SignedIn | None = None
        self.locked = False
        self._idle = QTimer(self, singleShot=True)
        self._idle.timeout.connect(self.lock)
        self._watching = False
        self.count_anew()

    def count_anew(self) -> None:
        """Begin to count the idle minutes, as they are set now."""
        minutes = idle_minutes(self._book) if self._book.guarded and self._book.signed_in is not None else 0
        self._watch(minutes > 0)
        self._idle.setInterval(minutes * _MINUTE_MS)
        self._idle.stop()
        if minutes and not self.locked:
            self._idle.start()

    def follow(self, changes: object) -> None:
        """Heed a change of the setting, and the first passphrase of the book."""
        assert isinstance(changes, frozenset)
        if "firm" not in changes or self.locked:
            return
        if self._book.guarded and self._book.signed_in is None:
            # A command beside the window has given the book its first passphrase.
            self.lock()
        else:
            self.count_anew()

    def _watch(self, on: bool) -> None:
        # Each event of the program comes by here, so only while somebody can be idle.
        app = QApplication.instance()
        if on == self._watching or app is None:
            return
        self._watching = on
        if on:
            app.installEventFilter(self)
        else:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _DEEDS and self._idle.isActive():
            self._idle.start()
        return super().eventFilter(watched, event)

    def lock(self) -> None:
        """Cover the windows until somebody signs in; work that is under way goes on in the hands of who began it."""
        if self.locked or not self._book.guarded:
            return
        self.locked = True
        self._before = self._book.signed_in
        last = "" if self._before is None else self._before.name
        self._idle.stop()
        for window in self._windows():
            page = SignInPage(window.shell, self._book, last, locked=True)
            page.signed_in.connect(self._opened)
            window.cover(page)

    def _opened(self, who: object) -> None:
        assert isinstance(who, SignedIn)
        self.locked = False
        before, self._before = self._before, None
        same = before is not None and before.person_id == who.person_id and before.role == who.role
        for window in self._windows():
            window.uncover(keep=same)
        self.count_anew()
        if not same:
            self._taken_over(who)
