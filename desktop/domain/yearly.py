"""What a price for every so many days, weeks, months or years comes to in a year."""

from __future__ import annotations

from desktop.domain.billing.lines import divide

# Of a year without a leap day: for comparing, not for billing.
_PERIODS = {"day": (365, 1), "week": (365, 7), "month": (12, 1), "year": (1, 1)}


def per_year(amount: int, count: int, unit: str) -> int:
    """An amount for each period of `count` units, times the periods in a year; rounded half away from zero."""
    times, over = _PERIODS[unit]
    return divide(amount * times, over * count)
