"""From what is due to drafts: what each agreement bills, line by line, and why one bills nothing.

All quantities, prices and fractions here are the book's integers, times 10**6; amounts are minor units.
"""

from desktop.domain.billing.build import (
    ZERO_TOTAL,
    Built,
    Skip,
    build,
    build_one_offs,
    combine,
    recorded_nothing,
    worthless,
)
from desktop.domain.billing.draft import Draft, complete, recalculate
from desktop.domain.billing.facts import (
    Billing,
    ChargedSpan,
    ClientFacts,
    Deposit,
    FirmFacts,
    ItemFacts,
    OneOff,
    TaxEntry,
    TimeEntry,
    Work,
)
from desktop.domain.billing.lines import MISSING, Charged, Line, TaxLine, line_amount, part_of, positive_price

__all__ = [
    "MISSING",
    "ZERO_TOTAL",
    "Billing",
    "Built",
    "Charged",
    "ChargedSpan",
    "ClientFacts",
    "Deposit",
    "Draft",
    "FirmFacts",
    "ItemFacts",
    "Line",
    "OneOff",
    "Skip",
    "TaxEntry",
    "TaxLine",
    "TimeEntry",
    "Work",
    "build",
    "build_one_offs",
    "combine",
    "complete",
    "line_amount",
    "part_of",
    "positive_price",
    "recalculate",
    "recorded_nothing",
    "worthless",
]
