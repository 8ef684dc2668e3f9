"""Metered use: what meters counted, priced in tiers, once a period is over or a threshold is crossed."""

from __future__ import annotations

from desktop.domain.agreement import Agreement
from desktop.domain.billing.facts import Billing, Work
from desktop.domain.billing.lines import Charged, Line
from desktop.domain.billing.taxing import Taxing


def add_usage(
    agreement: Agreement,
    client_id: int,
    work: Work,
    billing: Billing,
    taxing: Taxing,
    lines: list[Line],
    charges: list[Charged],
) -> None:
    """Append a line a tier of each period with unbilled use, and what its minimum asks for."""
