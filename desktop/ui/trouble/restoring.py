"""Puts a backup in the place of a book and opens it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from desktop.i18n import _
from desktop.jobs import Job
from desktop.services import books
from desktop.starts import Start
from desktop.ui.main_window import MainWindow


class Restores(Protocol):
    @property
    def window(self) -> MainWindow: ...
    def open(self, path: Path) -> None: ...
    def greet(self) -> None: ...
    def start_another(self, start: Start) -> None: ...
    def quit(self) -> None: ...


def restore_and_open(program: Restores, backup: Path, book: Path, *, is_open: bool) -> None:
    """A book that is open here is closed first: this process ends, and another one restores it."""
    if is_open:
        program.start_another(Start(book, restore=backup))
        program.quit()
        return
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def work(report: Callable[[int, int, str], None]) -> Path | None:
        from desktop.services.showing import wait_until_closed

        wait_until_closed(book)
        return books.restore(backup, book, now=now, report=report)

    def done(kept: object) -> None:
        program.window.clear()
        program.open(book)
        if kept is not None:
            program.window.notices.say(
                _("The backup is in its place."), _("What stood there is kept in {path}.").format(path=kept)
            )

    def failed(error: object) -> None:
        if program.window.page is None:
            program.greet()
        program.window.notices.show_error(error)

    program.window.shell.jobs.start(Job(_("Restoring {name}").format(name=book.stem), work), done, failed)
