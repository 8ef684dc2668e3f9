"""Calls a person who has turned to something else back when long work is done."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon

from desktop.i18n import _
from desktop.jobs import Job, Jobs, State

# Work that takes longer than this is not waited for.
_LONG_SECONDS = 10.0
_MESSAGE_MS = 10_000


def come_forward(window: QMainWindow) -> None:
    """Bring a window before all others, also one that was made small."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


class Attention(QObject):
    """Watches the jobs of one window. Where the system shows messages one is shown, else the window asks for attention
    and its title says what is done until it is looked at."""

    def __init__(self, jobs: Jobs, window: QMainWindow, long_seconds: float = _LONG_SECONDS) -> None:
        super().__init__(window)
        self._window = window
        self._long = long_seconds
        self._begun: dict[int, float] = {}
        self._title = ""
        self._tray: QSystemTrayIcon | None = None
        self.said = ""
        jobs.started.connect(self._begin)
        jobs.ended.connect(self._end)
        window.installEventFilter(self)

    def _begin(self, job: object) -> None:
        assert isinstance(job, Job)
        if not job.quiet:
            self._begun[id(job)] = time.monotonic()

    def _end(self, job: object) -> None:
        assert isinstance(job, Job)
        begun = self._begun.pop(id(job), None)
        if begun is None or time.monotonic() - begun < self._long or QApplication.activeWindow() is not None:
            return
        if job.state is State.DONE:
            self._call(_("Done: {what}").format(what=job.title))
        elif job.state is State.FAILED:
            self._call(_("Stopped, and needs you: {what}").format(what=job.title))

    def call(self, sentence: str) -> None:
        """Tell a person who may be elsewhere what was done without them; whoever is here sees it on the pages."""
        if QApplication.activeWindow() is None:
            self._call(sentence)

    def _call(self, sentence: str) -> None:
        self.said = sentence
        QApplication.alert(self._window)
        self._title = self._title or self._window.windowTitle()
        self._window.setWindowTitle(f"{sentence} – {self._title}")
        if QSystemTrayIcon.isSystemTrayAvailable():
            tray = self._tray = self._tray or QSystemTrayIcon(self._window.windowIcon(), self)
            tray.messageClicked.connect(self._come_back)
            tray.show()
            tray.showMessage("Sheaf", sentence, QSystemTrayIcon.MessageIcon.Information, _MESSAGE_MS)

    def _come_back(self) -> None:
        self._window.raise_()
        self._window.activateWindow()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.WindowActivate and self._title:
            self._window.setWindowTitle(self._title)
            self._title = self.said = ""
            if self._tray is not None:
                self._tray.hide()
        return False
