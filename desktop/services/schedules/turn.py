"""One at a time: whose turn it is to do what is due of a book, within this process and beside others."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from db.lock import BookIsHeld
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.runs.scope import Report

_SECONDS_BETWEEN_LOOKS: Final = 0.2

# One process has the book, and in it one thread does what is due: a row that is under way otherwise is a dead one's.
_alone = threading.Lock()


def is_held(error: UserError) -> bool:
    """Whether a book could not be opened because somebody else has it, so that it pays to wait."""
    return isinstance(error.__cause__, BookIsHeld)


def under_way() -> bool:
    """Whether this process does something that was due at the moment."""
    return _alone.locked()


@contextmanager
def one_at_a_time(report: Report) -> Iterator[None]:
    """Wait for the thread of this process that has its turn; what `report` raises ends the waiting."""
    while not _alone.acquire(timeout=_SECONDS_BETWEEN_LOOKS):
        report(0, 0, _("Waiting for other work by the clock"))
    try:
        yield
    finally:
        _alone.release()
