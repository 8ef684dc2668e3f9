"""Collection effectiveness: how much of what could have been collected in a period was."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def effectiveness(beginning: int, sales: int, ending: int, ending_current: int) -> Decimal | None:
    """The collection effectiveness index in percent, to a tenth.

    (receivables at the beginning + credit sales - receivables at the end) / (the same - what of the end is not yet due
    in place of all of it) x 100, in minor units of one currency. None where nothing could have been collected. Unused
    credit may have been taken off the receivables: what is not yet due cannot exceed them, and where it is more than
    all that is open, everything was collected and no more.
    """
    ending = max(ending, 0)
    ending_current = min(ending_current, ending)
    could = beginning + sales - ending_current
    if could <= 0:
        return None
    return (Decimal(beginning + sales - ending) * 100 / could).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
