"""Puts a backup in the place of a book and opens it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from db.engine import Book
from desktop.domain.access import SignedIn
from desktop.i18n import _
from desktop.jobs import Job
from desktop.services import books
from desktop.services.showing import wait_until_closed
from desktop.starts import Start
from desktop.ui.access.owner_door import guarded_book, sign_owner_in
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

    def look(_report: object) -> Book | None:
        wait_until_closed(book)
        return guarded_book(book, backup) if book.exists() else None

    def looked(guarded: object) -> None:
        if isinstance(guarded, Book):
            sign_owner_in(program, guarded, book, lambda who: _restore(program, backup, book, who))
        else:
            _restore(program, backup, book, None)

    program.window.shell.jobs.start(
        Job(_("Waiting until the book is closed"), look, quiet=True), looked, _failed(program)
    )


def _restore(program: Restores, backup: Path, book: Path, who: SignedIn | None) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def work(report: Callable[[int, int, str], None]) -> Path | None:
        return books.restore(backup, book, now=now, who=who, report=report)

    def done(kept: object) -> None:
        program.window.clear()
        program.open(book)
        if kept is not None:
            program.window.notices.say(
                _("The backup is in its place."), _("What stood there is kept in {path}.").format(path=kept)
            )

    program.window.shell.jobs.start(Job(_("Restoring {name}").format(name=book.stem), work), done, _failed(program))


def _failed(program: Restores) -> Callable[[object], None]:
    def failed(error: object) -> None:
        if program.window.page is None:
            program.greet()
        program.window.notices.show_error(error)

    return failed
