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
