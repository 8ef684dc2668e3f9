"""Where Python clears away what refers to itself: in the thread of the window, and nowhere else."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 500


class Garbage(QObject):
    """A closed dialog is such a ring of references. Left to itself Python clears it in whichever thread happens to
    allocate next, and a widget that dies in a worker takes the program with it."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self, interval=_EVERY_MS)
        self._timer.timeout.connect(self.clear)
        self._timer.start()

    def clear(self) -> None:
        """As far as Python itself would have by now: the young often, everything only seldom."""
        counts, limits = gc.get_count(), gc.get_threshold()
        due = [age for age in range(len(counts)) if counts[age] > limits[age]]
        if due:
            gc.collect(max(due))

    def stop(self) -> None:
        """Give it back to Python, once there is neither a window nor a worker."""
        self._timer.stop()
        gc.enable()
