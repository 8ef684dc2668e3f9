"""What matching knows and what it answers, as plain data. Minor units throughout, days inclusive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from desktop.domain.wording import Said

SURE: Final = 1_000_000
"""A score that leaves no doubt; scores are fractions times 10**6."""


@dataclass(frozen=True, slots=True)
class Line:
    """A bank line, or what is left of it. `amount` is signed and above zero for what came in.

    `text` is all that the remittance says, `reference` its structured reference. `original` is (minor units, currency)
    of what was paid before a bank converted it, `charges` what banks kept back of it. `returns` marks a return.
    """

    id: int
    amount: int
    currency: str
    booked_on: date
    party: str = ""
    party_account: str = ""
    text: str = ""
    reference: str = ""
    end_to_end: str = ""
    mandate: str = ""
    original: tuple[int, str] | None = None
    charges: int = 0
    returns: bool = False
    return_reason: str = ""


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """One open item. `number` is its invoice's, `name` what a payment names (INV-2026-0007/2 for an instalment).

    `discount` is what the payer may keep back until `discount_until`, `withholding` what it is expected to withhold for
    the state. `references` are those that it asks to be paid by, besides its number, and the end-to-end ids of orders.
    `group` is the head of the client's group: those pay for each other.
    """

    id: int
    invoice_id: int
    client_id: int
    group: int
    number: str
    name: str
    currency: str
    issued: date
    due: date
    amount: int
    open: int
    discount: int = 0
    discount_until: date | None = None
    withholding: int = 0
    po_number: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Payer:
    """What tells whose money it is: names and accounts, in use and learned, as people write them."""

    client_id: int
    group: int
    code: str
    names: tuple[str, ...]
    accounts: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastPayment:
    """A payment of the last months that a return may take back."""

    id: int
    number: str
    client_id: int
    currency: str
    amount: int
    paid_on: date
    party_account: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """What the firm lets the pass do. `threshold` is the score from which a line books itself, None for never.

    A difference is written off up to `tolerance` minor units of the line's currency (a mapping, currency -> amount) and
    up to the fraction `tolerance_share` (times 10**6) of the invoice: the lesser of the two that are set, nothing where
    neither is. Bank charges are taken for such up to `charges_up_to`. `most` invoices are joined for one payment. A
    discount counts as in time for `discount_grace` days more, which is how long money is under way. With `oldest_first`
    a payment that fits several invoices of one client alike goes to the oldest of them and is sure.
    """

    threshold: int | None = 950_000
    tolerance: Mapping[str, int] = field(default_factory=dict)
    tolerance_share: int = 0
    charges_up_to: Mapping[str, int] = field(default_factory=dict)
    most: int = 30
    discount_grace: int = 0
    oldest_first: bool = False


@dataclass(frozen=True, slots=True)
class Share:
    """What of a line goes to one open item, by its id; `discount`, `write_off` and `withheld` settle more of it."""

    item_id: int
    amount: int
    discount: int = 0
    write_off: int = 0
    withheld: int = 0


@dataclass(frozen=True, slots=True)
class PaidBack:
    """So much of a credit, by its id, that went back to its client."""

    credit_id: int
    client_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """One way to read a line. `kind` is payment, return, refund, or nothing; `score` a fraction times 10**6.

    What the shares take of it and the surplus add up to the line's amount and its charges, in the line's currency or
    in that of its `original`; `charges` is what the bank is taken to have kept back beyond what it says, and below zero
    where what it says is none of the payer's money. `surplus` becomes the client's credit.
    `returned` is the id of the payment that came back; what `paid_back` takes of credits adds up to what a refund
    took off the account. `reasons` are in the order of their weight. `sure` ones may book
    themselves; one that has an equal never does.
    """

    line_id: int
    kind: str
    score: int
    client_id: int | None
    shares: tuple[Share, ...] = ()
    surplus: int = 0
    charges: int = 0
    returned: int | None = None
    paid_back: tuple[PaidBack, ...] = ()
    reasons: tuple[Said, ...] = ()
    sure: bool = False
