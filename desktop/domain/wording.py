"""Amounts and days inside the sentences of findings and reasons."""

from __future__ import annotations

from datetime import date

from desktop.domain.money import exponent


def amount_words(minor: int, currency: str) -> str:
    """An amount inside a sentence: 1,234.50 EUR."""
    digits = exponent(currency)
    whole, part = divmod(abs(minor), 10**digits)
    sign = "−" if minor < 0 else ""
    decimals = f".{part:0{digits}d}" if digits else ""
    return f"{sign}{whole:,}{decimals} {currency}"


def day_words(day: date) -> str:
    """A day inside a sentence: 3 November 2026."""
    return f"{day.day} {day:%B %Y}"


def span_words(start: date, end: date) -> str:
    """A half-open span inside a sentence: January 2026, or 3 to 14 January 2026 with its last day."""
    last = date.fromordinal(end.toordinal() - 1)
    if start.day == 1 and end.day == 1 and (start.year, start.month) == (last.year, last.month):
        return f"{start:%B %Y}"
    if start == last:
        return day_words(start)
    if (start.year, start.month) == (last.year, last.month):
        return f"{start.day} to {day_words(last)}"
    return f"{day_words(start)} to {day_words(last)}"
