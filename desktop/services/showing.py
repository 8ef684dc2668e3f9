"""A second start finds the first one's window; and what a window in safe mode does not do for others."""

from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Final

from db.lock import BookIsHeld, BookLock
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.handover import Command, hand_over

# No command of a person begins like this.
SHOW: Final = ["--show-window"]
# What works by the clock would do by itself what safe mode leaves alone.
_BY_ITSELF: Final = ["due"]
_SECONDS_TO_CLOSE: Final = 60.0


def bring_forward(book: Path) -> bool:
    """Ask the window that has the book open to come to the front; False where there is none."""
    try:
        return hand_over(book, SHOW, out=io.StringIO(), err=io.StringIO(), folder=book.parent) == 0
    except (UserError, OSError):
        return False


def is_refused_in_safe_mode(command: Command) -> bool:
    """Says so to whoever handed it over."""
    if command.argv[:1] != _BY_ITSELF:
        return False
    command.err.write(
        _("The book is open in safe mode, where nothing runs by the clock. It is done once it is opened as usual.")
        + "\n"
    )
    return True


def wait_until_closed(book: Path) -> None:
    """Until the process that is closing a book has let go of it, or a minute long; whoever opens it then says so."""
    end = time.monotonic() + _SECONDS_TO_CLOSE
    while time.monotonic() < end:
        try:
            BookLock(book).release()
        except BookIsHeld:
            time.sleep(0.1)
        except OSError:
            return
        else:
            return
