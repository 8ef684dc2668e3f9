"""Keeps a window at the door until somebody signs in, and the windows in the name of who did."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from db.engine import Book
from desktop.i18n import _
from desktop.services.access.words import role_word
from desktop.ui.access.sign_in import SignInPage
from desktop.ui.desk import Desk
from desktop.ui.main_window import MainWindow
from desktop.ui.memory import Memory

_LAST = "signed_in"


def wait_at_the_door(
    window: MainWindow, book: Book, memory: Memory, other: Callable[[], object], opened: Callable[[object], object]
) -> None:
    """Show nothing of a book whose people sign in before one of them has."""
    page = SignInPage(window.shell, book, str(memory.get(_LAST, "")), other)
    page.signed_in.connect(lambda _who: opened(book))
    window.clear()
    window.push(page)


def follow_person(windows: Iterable[MainWindow], book: Book, memory: Memory) -> None:
    """Whoever has signed in is who works on every page, and stands in the rail."""
    who = book.signed_in
    if who is not None:
        memory.put(_LAST, who.name)
    words = "" if who is None else _("{name}, {role}").format(name=who.name, role=role_word(who.role))
    for window in windows:
        if who is not None and isinstance(window.shell.desk, Desk):
            window.shell.desk.actor = who.name
        if window.rail is not None:
            window.rail.show_person(words)
