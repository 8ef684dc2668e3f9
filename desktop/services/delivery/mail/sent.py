"""What came of sending, and the way to a server that sending is given."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from desktop.delivery.mail.message import Mail
from desktop.delivery.mail.server import Answer

Report = Callable[[int, int, str], None]


class Post(Protocol):
    """A connection to one account's server."""

    def send(self, mail: Mail) -> Answer:
        """Hand one mail over. Raises NotSent, Unclear, or UserError where nothing was handed over."""

    def cut(self) -> None:
        """From another thread: let `send` end soon, whatever it waits for, and nothing go by this line any more."""


PostFor = Callable[[int], AbstractContextManager[Post]]
"""The way out of an account, by its id. Calling it and entering it may raise UserError or NotSent."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What kept an account from sending, in words; None is that no account is set up. It goes on at `until` (UTC text),
    or at once when a person says so; empty where it goes on by itself never."""

    account_id: int | None
    sentence: str
    remedy: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """Counts of documents: `sent` by this call; failed, waiting and uncertain as they stand after it.

    `messages` went out. `next_at` is when the next one that waits is due (UTC text), empty where none is.
    """

    sent: int
    failed: int
    waiting: int
    uncertain: int
    messages: int = 0
    problems: tuple[Problem, ...] = ()
    next_at: str = ""
