"""An agreement as billing sees it; quantities, prices and fractions are the book's integers, times 10**6."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from typing import NamedTuple

from desktop.domain.agreement_terms import Terms
from desktop.domain.periods import Cadence, Pause, Timing


class AgreementLine(NamedTuple):
    """One thing that an agreement bills: `kind` recurring, time or usage; a price of None is the rate card's.

    `prices` are changes agreed ahead as (first day, price), oldest first. Dates are half-open. Of usage, `included`
    units of a period cost nothing, `minimum` is charged for it at least and unbilled use worth `threshold` is billed
    before it ends, both net in minor units; `metering` is events or readings.
    """

    id: int
    position: int
    kind: str
    item_id: int | None
    description: str
    quantity: int
    unit_price: int | None
    discount: int = 0
    start: date | None = None
    end: date | None = None
    prices: tuple[tuple[date, int], ...] = ()
    included: int = 0
    minimum: int | None = None
    threshold: int | None = None
    metering: str = "events"

    def price_on(self, day: date) -> int | None:
        """The agreed unit price on a day; None where the rate card prices it."""
        if self.prices:
            index = bisect_right(self.prices, (day, 1 << 62)) - 1
            if index >= 0:
                return self.prices[index][1]
        return self.unit_price


class Prepayment(NamedTuple):
    """From `due` on, all recurring periods that begin in [start, end) are billed at this discount, a fraction."""

    due: date
    start: date
    end: date
    discount: int = 0
    reason: str = ""


class Agreement(NamedTuple):
    """A contract with a client. `end`, `trial_until` and `charged_through` are first days no longer in.

    `cap` is the most that its time lines bill in all, in minor units; `discount` is for lines without their own.
    `unused` says whether charged days that fall out of its life are credited, or kept. `agreed` is the net sum of a
    fixed price before change orders, `budget` what the client expects to spend. `end` is not after a `term` on whose
    renewal a person decides.
    """

    id: int
    code: str
    title: str
    client_id: int
    segment_id: int | None
    billing: str
    currency: str
    cadence: Cadence
    timing: Timing
    start: date
    end: date | None
    lines: tuple[AgreementLine, ...]
    trial_until: date | None = None
    charged_through: date | None = None
    pauses: tuple[Pause, ...] = ()
    grouping: str = "item"
    cap: int | None = None
    deposits: str = "next"
    is_final: bool = False
    po_number: str = ""
    po_limit: int | None = None
    po_expires: date | None = None
    buyer_reference: str = ""
    terms: str | None = None
    delivery: str | None = None
    template_id: int | None = None
    discount: int = 0
    discount_reason: str = ""
    active: bool = True
    unused: str = "credit"
    agreed: int | None = None
    budget: int | None = None
    prepayments: tuple[Prepayment, ...] = ()
    term: Terms | None = None
