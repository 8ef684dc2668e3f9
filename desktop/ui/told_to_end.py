"""The system asks the program to end: at a shutdown, at the end of a session, or by Ctrl+C where it was started."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Final

_ASKING: Final = (signal.SIGINT, signal.SIGTERM)


def end_when_told(end: Callable[[], None]) -> None:
    """Call `end` in the main thread once a signal asks for it; who asks again is not kept waiting.

    `end` must ask nothing: nobody may be there to answer.

    Python looks at signals when it next runs, and the window's timers let it run twice a second.
    """

    def asked(_signal: int, _frame: FrameType | None) -> None:
        for one in _ASKING:
            signal.signal(one, signal.SIG_DFL)
        end()

    for one in _ASKING:
        signal.signal(one, asked)
