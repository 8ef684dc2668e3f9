"""A line with all that is known of it, the readings of it, and how its amount agrees with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop.domain.matching.amounts import DISCOUNT, EXACT, LATE_DISCOUNT, WITHHOLDING, Target, Way, ways
from desktop.domain.matching.facts import Line, OpenInvoice, Policy, Share
from desktop.domain.matching.numbers import Named
from desktop.domain.matching.open_items import OpenItems
from desktop.domain.matching.payers import Payers

WRITE_OFF: Final = "write-off"
BANK_KEPT: Final = "charges"
ALL_OPEN: Final = "all"
OLDEST_DUE: Final = "first"
ONE_MONTH: Final = "month"
SUBSET: Final = "subset"
PARTIAL: Final = "partial"
SHORT: Final = "short"
OVER: Final = "over"
ON_ACCOUNT: Final = "on account"
PREPAID: Final = "prepaid"

# How far an amount that agrees so leaves it open what is paid; fractions times 10**6, above it for no agreement.
DOUBTS: Final = {
    EXACT: 100_000,
    DISCOUNT: 120_000,
    WITHHOLDING: 150_000,
    LATE_DISCOUNT: 400_000,
    WRITE_OFF: 250_000,
    BANK_KEPT: 300_000,
    ALL_OPEN: 120_000,
    OLDEST_DUE: 150_000,
    ONE_MONTH: 150_000,
    SUBSET: 200_000,
    PARTIAL: 3_000_000,
    SHORT: 4_000_000,
    OVER: 3_500_000,
    ON_ACCOUNT: 4_000_000,
    PREPAID: 4_500_000,
}
# What a person has to decide, however clear it is whose money it is.
UNDECIDED: Final = frozenset([SHORT, ON_ACCOUNT, PREPAID, LATE_DISCOUNT])


@dataclass(frozen=True, slots=True)
class Reading:
    """Shares of a line and how its amount agrees (`fit`). `firm`: may book itself where the rest is clear."""

    shares: tuple[Share, ...]
    fit: str
    target: Target
    group: int
    surplus: int = 0
    charges: int = 0
    doubt: int = 0
    firm: bool = True


@dataclass(slots=True)
class Scene:
    """A line with what it names and whom it may be from."""

    line: Line
    named: Named
    payers: Payers
    items: OpenItems
    policy: Policy

    def pool(self, group: int, currency: str) -> list[OpenInvoice]:
        return [item for item in self.items.of_group(group, currency) if item.open > 0]

    def ways(self, item: OpenInvoice) -> list[Way]:
        """How the line may settle an item whole, the plainest first."""
        return list(ways(item, self.line.booked_on, self.policy))

    def reduced(self, item: OpenInvoice) -> Way:
        """The least that settles an item in time, all discounts taken."""
        if not item.discount and not item.withholding:
            return Way(item, item.open)
        return next((way for way in reversed(self.ways(item)) if not way.late), Way(item, item.open))
