"""The sandbox from the window: made with one click, opened in a window of its own, compared, discarded."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QProcess
from PySide6.QtWidgets import QWidget

from desktop.i18n import _
from desktop.jobs import Job, Lane
from desktop.services.sandbox.making import Sandbox, discard_sandbox, make_sandbox
from desktop.ui.configuration.changed import CONFIGURATION
from desktop.ui.configuration.comparison_page import ask_comparison
from desktop.ui.desk import Desk
from desktop.ui.dialog import Question


class SandboxSteps:
    """`found` gives the sandbox beside the book as the page knows it."""

    def __init__(self, desk: Desk, parent: QWidget, found: Callable[[], Sandbox | None]) -> None:
        self._desk, self._parent, self._found = desk, parent, found

    def make_or_open(self) -> None:
        """Make one where there is none; then a window of its own shows it."""
        sandbox = self._found()
        if sandbox is not None:
            open_beside(sandbox.path)
            return
        book, actor = self._desk.book, self._desk.actor
        self._desk.shell.jobs.start(
            Job(
                _("Making the sandbox"),
                lambda report: make_sandbox(book, actor=actor, report=report),
                CONFIGURATION,
            ),
            self._made,
        )

    def _made(self, sandbox: object) -> None:
        assert isinstance(sandbox, Sandbox)
        self._desk.shell.notices.say(
            _("The sandbox is made: {name}.").format(name=sandbox.path.name),
            _("Try things out in it; it sends nothing. Its window is marked red."),
            offers=[(_("Open the sandbox"), lambda: open_beside(sandbox.path))],
        )

    def compare(self) -> None:
        """Its run beside the real book's."""
        sandbox = self._found()
        assert sandbox is not None
        ask_comparison(self._desk, self._parent, sandbox.path)

    def discard(self) -> None:
        """Ask, then delete it."""
        sandbox = self._found()
        assert sandbox is not None
        Question(
            self._parent,
            _("Discard the sandbox?"),
            _("The file {name} is deleted, with all that was tried out in it. The book itself stays as it is.").format(
                name=sandbox.path.name
            ),
            _("Discard the sandbox"),
            lambda: self._discard(sandbox),
        ).open()

    def _discard(self, sandbox: Sandbox) -> None:
        book = self._desk.book
        self._desk.shell.jobs.start(
            Job(
                _("Discarding the sandbox"),
                lambda _report: discard_sandbox(sandbox.path, who=book.signed_in, driver=book.driver),
                CONFIGURATION,
                lane=Lane.HAND,
                quiet=True,
            ),
            lambda _done: self._desk.shell.notices.say(_("The sandbox is discarded.")),
        )


def open_beside(path: Path) -> None:
    """A window of its own, in a process of its own: the two books never mix."""
    arguments = [str(path)] if getattr(sys, "frozen", False) else ["-m", "desktop", str(path)]
    QProcess.startDetached(sys.executable, arguments)
