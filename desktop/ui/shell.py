"""What the window gives to each of its pages."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from desktop.domain.access import SignedIn
from desktop.jobs import Jobs
from desktop.services.access.second_pair import SecondNeeded
from desktop.ui.actions import Actions
from desktop.ui.memory import Memory
from desktop.ui.notice import NoticeBar
from desktop.ui.rights import refusal
from desktop.ui.theme import Theme


@runtime_checkable
class ShowsQuery(Protocol):
    """A place that can be opened on the rows behind a figure."""

    def show_query(self, filters: frozenset[str], search: str = "") -> None: ...


@runtime_checkable
class ActsOnRow(Protocol):
    """A place where an action can be begun on one row as soon as that is there."""

    def act_on(self, one: int, act: str) -> None: ...


@runtime_checkable
class MayStay(Protocol):
    """A page with work that is not saved yet."""

    def may_leave(self, leave: Callable[[], object]) -> bool:
        """Whether it can go at once; if not, it asks the person, and calls `leave` when that is the answer."""
        ...


@dataclass
class Shell:
    """`go(place)` shows a place of the rail, `go(place, id)` one thing in it, `go(place, filters=…, search=…)` the
    rows behind a figure; `push(page)` shows a page above it."""

    theme: Theme
    memory: Memory
    jobs: Jobs
    notices: NoticeBar
    actions: Actions
    go: Callable[..., object]
    push: Callable[[QWidget], object]
    back: Callable[[], object]
    home_currency: str = ""
    help: Callable[[QWidget], object] | None = None  # opens the help at the place of a window or dialog
    restore: Callable[[Path], object] | None = None  # puts a backup in the place of the open book
    encryption: Callable[[], object] | None = None  # closes the open book and shows what can be done about its key
    agree: Callable[[QWidget, SecondNeeded, Callable[[], object]], object] | None = None  # a second person, at once
    who: Callable[[], SignedIn | None] = lambda: None  # who has signed in
    desk: object = None  # the Desk of the open book, which itself stands on the shell

    def refusal(self, action_id: str) -> str:
        """Why who is signed in may not do the action of this id; empty where they may."""
        return refusal(self.who(), action_id)
