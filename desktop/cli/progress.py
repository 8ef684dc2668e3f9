"""Where a command says how far it is, and where Ctrl+C takes effect: between items, never inside a transaction."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

# Often enough to see that it moves; a log file gets a line less often.
_SECONDS_ON_A_SCREEN = 0.1
_SECONDS_IN_A_FILE = 2.0


class Stopped(BaseException):
    """The person asked to stop; its text, if any, says what is safe and how to go on.

    Not an Exception, so that no `except Exception` around a chunk swallows it.
    """


class Progress:
    """A report (done, total, text) for the services. Call it from the thread of the command.

    `stop` is set by whoever wants it to stop.
    """

    def __init__(self, stream: TextIO, *, shown: bool, screen: bool, stop: threading.Event | None = None) -> None:
        self._stream = stream
        self._shown = shown
        self._screen = screen
        self._next = 0.0
        self._width = 0
        self._stop = stop or threading.Event()

    def __call__(self, done: int, total: int, text: str) -> None:
        """Raises Stopped once the person asked for it. `total` is 0 where it is not known."""
        if self._stop.is_set():
            raise Stopped
        if not self._shown:
            return
        now = time.monotonic()
        if now < self._next and not 0 < total <= done:
            return
        self._next = now + (_SECONDS_ON_A_SCREEN if self._screen else _SECONDS_IN_A_FILE)
        line = f"{text} {done:,}/{total:,}" if total else f"{text} {done:,}" if done else text
        if self._screen:
            self._stream.write("\r" + line.ljust(self._width))
            self._width = len(line)
        else:
            self._stream.write(line + "\n")
        self._stream.flush()

    def stop(self) -> None:
        """Ask for a stop at the next report."""
        self._stop.set()

    def clear(self) -> None:
        """Leave an empty line for what is said next."""
        if self._width:
            self._stream.write("\r" + " " * self._width + "\r")
            self._stream.flush()
            self._width = 0


@contextmanager
def stopped_by_ctrl_c(progress: Progress) -> Iterator[None]:
    """The first Ctrl+C asks the command to stop between two items; a second one ends it where it is.

    Even that leaves the book whole: a transaction that is not committed did not happen.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        progress.stop()

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    except KeyboardInterrupt:
        raise Stopped from None
    finally:
        signal.signal(signal.SIGINT, before)
