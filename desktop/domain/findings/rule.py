"""What a rule is, what it looks at, and how its switches are inherited."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NamedTuple

from desktop.domain.agreement import Agreement
from desktop.domain.billing import Billing, ClientFacts, Draft, Work
from desktop.domain.billing.einvoicing import BuyerFacts
from desktop.domain.billing.lines import divide
from desktop.domain.money import SCALE, per_major
from desktop.domain.wording import Said


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: severity block (cannot be issued), hold (needs approval) or note; `field` names what mends it.

    `field` reads `subject:id:column`, such as client:12:tax_id.
    """

    code: str
    severity: str
    message: Said
    remedy: Said
    field: str = ""


@dataclass(frozen=True, slots=True)
class LastInvoice:
    """The agreement's latest invoice, in minor units; by agreement line id its lines as (quantity, price, base)."""

    number: str
    issue_date: date
    due_date: date
    net: int
    payable: int
    open: int
    lines: Mapping[int, Sequence[tuple[int, int, int]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Similar:
    """An invoice of the same client close by."""

    number: str
    issue_date: date
    gross: int
    currency: str


class Sibling(NamedTuple):
    """A draft of the same client that goes before this one in the run; minor units, `gross_firm` the firm's.

    `clear` tells that nothing keeps it from being issued first.
    """

    gross: int
    net: int
    currency: str
    po_number: str
    gross_firm: int
    clear: bool


@dataclass(slots=True)
class Standing:
    """How the client and the agreement stand; amounts in minor units, `open_firm` in the firm's currency.

    `history` holds the nets of the agreement's last six invoices, newest first. `po_used` is the net billed by PO
    number. `series_last` is the last date in the series that the draft would take its number from.
    """

    open_firm: int = 0
    overdue_days: int = 0
    overdue_number: str = ""
    disputed: tuple[str, ...] = ()
    unapplied: int = 0
    history: Sequence[int] = ()
    last: LastInvoice | None = None
    po_used: Mapping[str, int] = field(default_factory=dict)
    similar: Sequence[Similar] = ()
    siblings: Sequence[Sibling] = ()
    series_last: date | None = None
    invoiced_before: bool = False
    rate: int | None = None


NOBODY: Final = BuyerFacts()
"""What is told of a buyer for whom no e-invoice asks."""


@dataclass(slots=True)
class Case:
    """One draft before the gate, with everything that rules may look at. `planning` is false at a later recheck."""

    draft: Draft
    client: ClientFacts
    agreements: Sequence[Agreement]
    work: Mapping[int, Work]
    standing: Standing
    billing: Billing
    unpriced_time: int = 0
    planning: bool = True
    buyer: BuyerFacts = NOBODY

    @property
    def agreement(self) -> Agreement | None:
        return self.agreements[0] if self.agreements else None

    def in_firm(self, minor: int) -> int:
        """An amount of the draft in the firm's minor units; one to one where no exchange rate is known."""
        return in_firm(minor, self.draft.currency, self.billing.firm.currency, self.standing.rate)


def in_firm(minor: int, currency: str, firm_currency: str, rate: int | None) -> int:
    """An amount in the firm's minor units; one to one where the rate (times 10**6) is not known."""
    if currency == firm_currency or rate is None:
        return minor
    return divide(minor * rate * per_major(firm_currency), SCALE * per_major(currency))


def parameter(parameters: Mapping[str, Any], name: str) -> Decimal:
    """A rule's number, as it was typed."""
    return _number(str(parameters[name]))


@lru_cache(maxsize=256)
def _number(text: str) -> Decimal:
    return Decimal(text)


RuleFunction = Callable[[Case, Mapping[str, Any]], Iterable[tuple[Said, Said, str]]]
"""Yields (message, remedy, field) for each thing found; the parameters are the rule's own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its function, and its row of defaults. `title` says in a few words what it looks at.

    One that is `electronic` looks at e-invoices alone.
    """

    code: str
    severity: str
    title: str
    look: RuleFunction
    parameters: Mapping[str, Any] = field(default_factory=dict)
    enabled: bool = True
    electronic: bool = False


EVERY_RULE = "*"
"""Stands for the code of a rule where a level names the owner and the hours of whatever has none of its own."""


@dataclass(frozen=True, slots=True)
class Effective:
    """A rule as it applies to one draft after firm, segment, client and agreement had their say.

    `owner_id` is the person who looks at what it holds, within `hours` of the plan.
    """

    rule: Rule
    enabled: bool
    severity: str
    parameters: Mapping[str, Any]
    owner_id: int | None = None
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """What one level says of a rule; None leaves a part as it is."""

    enabled: bool | None
    severity: str | None
    parameters: Mapping[str, Any]
    owner_id: int | None = None
    hours: int | None = None


def effective(rules: Iterable[Rule], levels: Sequence[Mapping[str, Override]]) -> tuple[Effective, ...]:
    """The rules after their overrides, given from the widest level (firm) to the narrowest (agreement).

    Owner and hours that no level says of the rule itself are those said of EVERY_RULE.
    """
    found: list[Effective] = []
    common = owner_and_hours([level[EVERY_RULE] for level in levels if EVERY_RULE in level])
    for rule in rules:
        enabled, severity, parameters = rule.enabled, rule.severity, rule.parameters
        overrides = [level[rule.code] for level in levels if rule.code in level]
        for override in overrides:
            enabled = enabled if override.enabled is None else override.enabled
            severity = override.severity or severity
            if override.parameters:
                parameters = {**parameters, **override.parameters}
        owner, hours = owner_and_hours(overrides) if overrides else (None, None)
        owner, hours = common[0] if owner is None else owner, common[1] if hours is None else hours
        found.append(Effective(rule, enabled, severity, parameters, owner, hours))
    return tuple(found)


def owner_and_hours(overrides: Sequence[Override]) -> tuple[int | None, int | None]:
    """The owner and the hours that the narrowest level names, given from the widest on."""
    owner = hours = None
    for override in overrides:
        owner = owner if override.owner_id is None else override.owner_id
        hours = hours if override.hours is None else override.hours
    return owner, hours
