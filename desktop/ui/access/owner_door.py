"""An owner signs in to a closed book before it is changed as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from db.engine import Book
from desktop.domain.access import SignedIn
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services import books
from desktop.services.access.file_owner import asks_for_owner
from desktop.ui.access.sign_in import SignInPage
from desktop.ui.main_window import MainWindow


class Opens(Protocol):
    """The program, as far as this door needs it."""

    @property
    def window(self) -> MainWindow: ...
    def open(self, path: Path) -> None: ...
    def greet(self) -> None: ...


def guarded_book(*paths: Path) -> Book | None:
    """The book whose owner has to sign in, open; None where nobody has to. See access.file_owner.

    Only the first of them is written to, which keeps who came; a backup stays as it is.
    """
    path = asks_for_owner(*paths)
    if path is None:
        return None
    try:
        return books.open_(path, read_only=path != paths[0])
    except UserError:
        return books.open_(path, read_only=True)


def sign_owner_in(program: Opens, book: Book, path: Path, then: Callable[[SignedIn], object]) -> None:
    """Sign somebody in to `book` and close it; `then` goes on where it is an owner, else the book at `path` opens."""

    def leave() -> None:
        book.close()
        program.greet()

    def come(who: object) -> None:
        assert isinstance(who, SignedIn)
        book.close()
        program.window.clear()
        if who.may("people"):
            then(who)
            return
        program.open(path)
        program.window.notices.say(_("Only an owner of the book may do this."), tone="held")

    page = SignInPage(program.window.shell, book, other=leave)
    page.signed_in.connect(come)
    program.window.clear()
    program.window.push(page)
