"""Where Python clears away what refers to itself: in the thread of the window, and nowhere else."""

from __future__ import annotations

import gc
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

from desktop.ui.layout_items import forget_items

_EVERY_MS = 500


class Garbage(QObject):
    """A closed dialog is such a ring of references. Left to itself Python clears it in whichever thread happens to
    allocate next, and a widget that dies in a worker takes the program with it."""

    # One of two may end while the other still has a window and workers.
    _holding: ClassVar[int] = 0
    _found: ClassVar[bool] = False

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        if not Garbage._holding:
            Garbage._found = gc.isenabled()
        Garbage._holding += 1
        self._held = True
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.clear)
        self._timer.start()

    def clear(self) -> None:
        """As far as Python itself would have by now: the young often, everything only seldom."""
        counts, limits = gc.get_count(), gc.get_threshold()
        due = [age for age in range(len(counts)) if counts[age] > limits[age]]
        if due:
            forget_items()
            gc.collect(max(due))

    def stop(self) -> None:
        """Let go, once there is neither a window nor a worker; the last one leaves it as the first one found it."""
        if not self._held:
            return
        self._held = False
        self._timer.stop()
        Garbage._holding -= 1
        if not Garbage._holding and Garbage._found:
            gc.enable()
