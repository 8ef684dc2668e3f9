"""Credits for days that were charged and then fell out of a line's life: an end, a change, a pause."""

from __future__ import annotations

from desktop.domain.agreement import Agreement
from desktop.domain.billing.facts import Work
from desktop.domain.billing.lines import Charged, Line


def add_unused(agreement: Agreement, work: Work, lines: list[Line], charges: list[Charged]) -> None:
    """Append a negative line for each standing charge with unused days, at its own price and tax."""
