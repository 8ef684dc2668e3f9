"""When a message that a server put off is tried again, and when it is given up."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# A greylisted message is taken within the first hour; what a full mailbox keeps out may take days.
_FIRST: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
)
_DAYS: Final = 5

TRIES: Final = len(_FIRST) + _DAYS
"""So many tries, over about five days, as mail servers themselves do (RFC 5321, 4.5.4.1)."""


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after so many tries, 1 or more; None once it is given up.

    Tries count and not days: a computer that sleeps over the weekend has tried nothing.
    """
    if tries >= TRIES:
        return None
    return _FIRST[tries - 1] if tries <= len(_FIRST) else timedelta(days=1)


def halt_after(times: int) -> timedelta:
    """How long an account rests that was refused so many times in a row, 1 or more: a wrong password that is offered
    every minute has the account locked."""
    return _FIRST[times - 1] if times <= len(_FIRST) else timedelta(days=1)
