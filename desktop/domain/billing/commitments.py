"""Commitments: what a client spent less than it committed to is billed when the span is over."""

from __future__ import annotations

from desktop.domain.agreement import Agreement
from desktop.domain.billing.facts import Billing, Work
from desktop.domain.billing.lines import Charged, Line
from desktop.domain.billing.taxing import Taxing


def add_commitments(
    agreement: Agreement, work: Work, billing: Billing, taxing: Taxing, lines: list[Line], charges: list[Charged]
) -> None:
    """Append the shortfall of each commitment whose span is over; `lines` so far count towards it."""
