"""What a page works on: the open book, who works on it, and what day it is."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime

from db.engine import Book
from desktop.domain.access import Right
from desktop.ui.shell import Shell


def _today() -> date:
    return datetime.now().date()


def _who() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "?"


@dataclass
class Desk:
    """Given to every page beside the shell. `today` is a function, since a window stays open over midnight."""

    shell: Shell
    book: Book
    today: Callable[[], date] = _today
    actor: str = field(default_factory=_who)

    def __post_init__(self) -> None:
        self.shell.desk = self
        self.shell.who = lambda: self.book.signed_in
        if self.book.signed_in is not None:
            self.actor = self.book.signed_in.name

    def may(self, right: Right) -> bool:
        """Whether who has signed in may do so; everyone may in a book where nobody does."""
        who = self.book.signed_in
        return who is None or who.may(right)

    @property
    def now(self) -> str:
        """The time as the book writes it, UTC."""
        return self.book.now
