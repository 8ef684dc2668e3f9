"""The printers of this computer, as the window and the commands ask for them."""

from __future__ import annotations

from desktop.delivery.printer import LONG_EDGE, ONE_SIDED, SHORT_EDGE, SIDES, Queue, available, queues

__all__ = ["LONG_EDGE", "ONE_SIDED", "SHORT_EDGE", "SIDES", "Queue", "available", "queues"]
