"""What of an open item a payment may be: the whole of it, less a discount, less what is withheld, less a small rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from desktop.domain.matching.facts import Line, OpenInvoice, Policy, Share
from desktop.domain.money import SCALE

EXACT: Final = "exact"
DISCOUNT: Final = "discount"
LATE_DISCOUNT: Final = "late discount"
WITHHOLDING: Final = "withholding"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to settle an item whole: what of the payment it takes, and what settles the rest."""

    item: OpenInvoice
    amount: int
    discount: int = 0
    withheld: int = 0
    late: bool = False

    @property
    def kind(self) -> str:
        if self.discount:
            return LATE_DISCOUNT if self.late else DISCOUNT
        return WITHHOLDING if self.withheld else EXACT

    def share(self) -> Share:
        return Share(self.item.id, self.amount, discount=self.discount, withheld=self.withheld)


@dataclass(frozen=True, slots=True)
class Target:
    """What a line may be meant to pay. `charges` is how much of it the bank kept back beyond what it says."""

    amount: int
    currency: str
    charges: int = 0
    converted: bool = False


def targets(line: Line) -> list[Target]:
    """The likeliest first: what was paid before the conversion, with the charges that the bank states, without."""
    found = []
    if line.original is not None and line.original[1] != line.currency and line.original[0]:
        found.append(Target(abs(line.original[0]), line.original[1], -line.charges, converted=True))
    if line.charges > 0:
        found.append(Target(line.amount + line.charges, line.currency))
    found.append(Target(line.amount, line.currency, -line.charges))
    return found


def ways(item: OpenInvoice, on: date, policy: Policy) -> Iterator[Way]:
    """All ways to settle what is open of an item, the plainest first."""
    yield Way(item, item.open)
    discount = min(item.discount, item.open)
    if discount <= 0:
        if 0 < item.withholding < item.open:
            yield Way(item, item.open - item.withholding, withheld=item.withholding)
        return
    until = item.discount_until
    late = until is not None and on > until + timedelta(days=policy.discount_grace)
    if discount < item.open:
        yield Way(item, item.open - discount, discount=discount, late=late)
    if 0 < item.withholding < item.open:
        yield Way(item, item.open - item.withholding, withheld=item.withholding)
        if discount + item.withholding < item.open:
            yield Way(item, item.open - discount - item.withholding, discount, item.withholding, late)


def tolerated(shortfall: int, is_open: int, currency: str, policy: Policy) -> bool:
    """Whether the firm writes off such a rest."""
    return 0 < shortfall <= _tolerance(is_open, currency, policy)


def let_go(is_open: int, currency: str, policy: Policy) -> int:
    """The largest shortfall that the firm lets go, by whatever name."""
    return max(_tolerance(is_open, currency, policy), policy.charges_up_to.get(currency, 0))


def _tolerance(is_open: int, currency: str, policy: Policy) -> int:
    limits = []
    if policy.tolerance.get(currency):
        limits.append(policy.tolerance[currency])
    if policy.tolerance_share:
        limits.append(is_open * policy.tolerance_share // SCALE)
    return min(limits, default=0)


def bank_kept(shortfall: int, currency: str, policy: Policy) -> bool:
    """Whether the firm takes such a shortfall for charges of banks on the way."""
    return 0 < shortfall <= policy.charges_up_to.get(currency, 0)


def with_rest_written_off(shares: Sequence[Share], shortfall: int) -> tuple[Share, ...]:
    """The rest goes where most is open, so that no invoice is settled by a write-off alone."""
    largest = max(shares, key=lambda share: share.amount)
    rest = replace(largest, amount=largest.amount - shortfall, write_off=shortfall)
    return tuple(rest if share is largest else share for share in shares)
