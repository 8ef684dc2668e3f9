"""Milestones done: amounts, or fractions of a fixed price with its approved changes."""

from __future__ import annotations

from desktop.domain.agreement import Agreement
from desktop.domain.billing.facts import Billing, Work
from desktop.domain.billing.lines import Charged, Line
from desktop.domain.billing.taxing import Taxing


def add_milestones(
    agreement: Agreement, work: Work, billing: Billing, taxing: Taxing, lines: list[Line], charges: list[Charged]
) -> None:
    """Append a line for each milestone done by the through-date; that which completes the scope takes what is left."""
