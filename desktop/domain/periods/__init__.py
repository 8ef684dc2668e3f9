"""When an agreement is billed, for which span, and what part of a full period that span is.

Spans are half-open `[start, end)`. Cycle dates are counted from the anchor each time and never chained,
so that 31 January bills 28 or 29 February and 31 March again.
"""

from desktop.domain.periods.cadence import (
    Alignment,
    Cadence,
    bill_date_after,
    bill_date_from,
    bill_date_in_month,
)
from desktop.domain.periods.due import Pause, Timing, carved, due_periods, periods, periods_between
from desktop.domain.periods.interval import Interval, Unit
from desktop.domain.periods.period import Period, split, split_amount

__all__ = [
    "Alignment",
    "Cadence",
    "Interval",
    "Pause",
    "Period",
    "Timing",
    "Unit",
    "bill_date_after",
    "bill_date_from",
    "bill_date_in_month",
    "carved",
    "due_periods",
    "periods",
    "periods_between",
    "split",
    "split_amount",
]
