"""What billing needs to know: the firm, the client, the catalogue, and what waits to be billed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from desktop.domain.billing.einvoicing import SellerFacts
from desktop.domain.billing.lines import Line
from desktop.domain.einvoice_form import einvoice_form
from desktop.domain.pricing import PriceBook
from desktop.domain.tax_parts import Parts

_NOTHING_TOLD = SellerFacts()


@dataclass(frozen=True, slots=True)
class FirmFacts:
    name: str
    country: str
    currency: str
    language: str
    terms: str
    small_business: bool = False
    tax_id: str = ""
    delivery: str = "pdf"
    template_id: int | None = None
    region: str = ""
    regime: str = "auto"
    tax_currency: str = ""
    einvoice: str = "none"
    seller: SellerFacts = _NOTHING_TOLD


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """A client with what it inherits filled in: terms, language and delivery come from client, segment or firm.

    `einvoice` is the form of e-invoice that it asks for itself, empty for none of its own, `einvoice_inherited` that of
    segment or firm: what lies between them, the delivery, may be the agreement's.
    """

    id: int
    code: str
    name: str
    country: str
    currency: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    tax_id: str = ""
    is_business: bool = True
    tax_treatment: str = "auto"
    segment_id: int | None = None
    terms: str = ""
    language: str = "en"
    delivery: str = "pdf"
    template_id: int | None = None
    tax_code: str = ""
    combine: bool = False
    po_required: bool = False
    buyer_reference: str = ""
    buyer_reference_required: bool = False
    credit_limit: int | None = None
    on_hold: bool = False
    hold_reason: str = ""
    disputed: bool = False
    email: str = ""
    region: str = ""
    place_of_supply: str = ""
    tax_certificate: str = ""
    einvoice: str = ""
    einvoice_inherited: str = "none"
    contact: str = ""
    street2: str = ""

    def einvoice_for(self, delivery: str) -> str:
        """The form of e-invoice of a document that goes out by this delivery."""
        return einvoice_form(self.einvoice, delivery, self.einvoice_inherited, "")


@dataclass(frozen=True, slots=True)
class ItemFacts:
    id: int
    code: str
    name: str
    unit: str
    kind: str
    tax_code: str
    hsn_sac: str = ""


@dataclass(frozen=True, slots=True)
class TaxEntry:
    """A tax code; `rates` are (first day, fraction times 10**6), oldest first.

    Where it is made of taxes with names, `parts` are (first day, the taxes of that day), and the rates their sums.
    """

    id: int
    code: str
    category: str
    exemption_code: str
    exemption_text: str
    rates: tuple[tuple[date, int], ...]
    parts: tuple[tuple[date, Parts], ...] = ()


class TaxRule(NamedTuple):
    """The code that a place bears for items of a class (their own code); an empty text fits everything.

    `region` may be one of states.PLACES instead of a state.
    """

    country: str
    region: str
    item_code: str
    code: str


class TimeEntry(NamedTuple):
    """Hours worked, not billed yet; `item_id` and `rate` may be the agreement's or the card's."""

    id: int
    agreement_id: int | None
    item_id: int | None
    day: date
    person: str
    hours: int
    rate: int | None
    note: str


@dataclass(frozen=True, slots=True)
class OneOff:
    """A charge, a discount (negative quantity) or a deposit to bill once, from `day` on."""

    id: int
    agreement_id: int | None
    item_id: int | None
    kind: str
    day: date
    description: str
    quantity: int
    unit_price: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Deposit:
    """What was received on a deposit invoice and is not deducted yet, by tax group.

    A group is (basis, category, rate, code id, parts of the rate as its lines name them). `open` is what of it is still
    asked for, gross in minor units.
    """

    invoice_id: int
    number: str
    issue_date: date
    currency: str
    groups: tuple[tuple[int, str, int, int | None, str], ...]
    open: int = 0


@dataclass(frozen=True, slots=True)
class ChargedSpan:
    """What is billed of an agreement line: all of [start, end), unless `spans` lists it piece by piece."""

    start: date
    end: date
    spans: tuple[tuple[date, date], ...] = ()


class Used(NamedTuple):
    """Unbilled use that a usage line's meter counted, of the rows whose last day is in [start, end).

    `units` is their sum, `rows` their count, `days` the sum of their lengths, `mark` the highest id among them. Of
    readings `first` and `last` are the span of them all, half-open; of events `repeats` tells how many say the very
    same as another.
    """

    start: date
    end: date
    units: int
    rows: int
    days: int
    first: date
    last: date
    mark: int
    repeats: int = 0


class UsageCharged(NamedTuple):
    """What is billed of a usage line for one period: units, net amount, and the highest sequence of its charges.

    `minimum` is what of the amount its minimum asked for, `parts` the units by the first day of each part where the
    period was cut. `in_order` is false where a credit note freed something before the last of it. `reached` is the
    first day after all that was counted, None where the period was billed to its end.
    """

    start: date
    end: date
    units: int
    amount: int
    sequence: int
    minimum: int = 0
    in_order: bool = True
    reached: date | None = None
    parts: tuple[tuple[date, int], ...] = ()


class TierBilled(NamedTuple):
    """Hours of an item that stand billed in the tier up to `high` of a graduated card, in the period around `day`."""

    item_id: int
    day: date
    high: int | None
    units: int


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone done and not billed; a net amount in minor units or a fraction (times 10**6) of the scope."""

    id: int
    item_id: int | None
    name: str
    amount: int | None
    fraction: int | None
    done: date


@dataclass(frozen=True, slots=True)
class Scope:
    """A fixed price: what was agreed with its approved changes, and what its fraction milestones come to so far.

    `changes` are (effective day, net in minor units); `fractions` is the sum of the fractions billed, `billed` their
    net, `latest` the last day on which one of them was done. `others` is the net of the amounts billed.
    """

    agreed: int
    changes: tuple[tuple[date, int], ...] = ()
    fractions: int = 0
    billed: int = 0
    latest: date | None = None
    others: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """A standing charge of a recurring line with its invoice line: what unused days of it are credited by.

    `line` is the invoice line as it was frozen, `line_id` its id, `invoice_id` and `number` its invoice. `room` is what
    is left to credit of the line's tax group, net, where a part of it was credited without saying of which days;
    `line_room` what is left of the line itself, where a credit note took it back, whole or in part.
    """

    charge_id: int
    start: date
    end: date
    sequence: int
    quantity: int
    amount: int
    line: Line
    line_id: int
    invoice_id: int
    number: str
    currency: str
    room: int | None = None
    line_room: int | None = None


@dataclass(frozen=True, slots=True)
class Commitment:
    """The least a client spends over [start, end), net; `spent` is what counts towards it so far.

    Of a shortfall `billed` is what stands billed, `asked` what a person set it to before, None where nobody did.
    """

    id: int
    start: date
    end: date
    amount: int
    description: str
    item_id: int | None
    spent: int
    billed: int = 0
    asked: int | None = None
    sequence: int = 0


@dataclass(slots=True)
class Work:
    """What waits to be billed under one agreement, and what was billed; by id of the agreement line where it has one.

    `usage_lines` tells whether it has a meter at all. `standing` holds the charges that reach beyond the life of their
    line, or into a pause. `worked` is the net billed of an agreement with a budget, without deposits ahead, `tiers`
    what stands billed of hours that wait for more in graduated tiers.
    """

    charged: dict[int, ChargedSpan] = field(default_factory=dict)
    time: list[TimeEntry] = field(default_factory=list)
    one_offs: list[OneOff] = field(default_factory=list)
    deposits: list[Deposit] = field(default_factory=list)
    time_billed: int = 0
    tiers: list[TierBilled] = field(default_factory=list)
    usage_lines: bool = False
    used: dict[int, list[Used]] = field(default_factory=dict)
    usage_charged: dict[int, list[UsageCharged]] = field(default_factory=dict)
    milestones: list[Milestone] = field(default_factory=list)
    scope: Scope | None = None
    worked: int = 0
    standing: dict[int, list[Standing]] = field(default_factory=dict)
    commitments: list[Commitment] = field(default_factory=list)


@dataclass(slots=True)
class Billing:
    """The setting of one run: dates, firm, taxes, catalogue and prices.

    `unreadable` are templates that cannot be read as they stand, each with its name and why, as stored sentences;
    `chosen_templates` are those that somebody chose for a kind or a language.
    `rounding` is the smallest step, in minor units, that what is payable in a currency is rounded to; `exchange` the
    units of firm currency, times 10**6, for one unit of each currency that has a rate on the issue date, and
    `exchange_days` the day that each of these is of.
    """

    through: date
    issue_date: date
    firm: FirmFacts
    taxes: dict[str, TaxEntry]
    items: dict[int, ItemFacts]
    prices: PriceBook
    tax_rules: tuple[TaxRule, ...] = ()
    rounding: dict[str, int] = field(default_factory=dict)
    exchange: dict[str, int] = field(default_factory=dict)
    unreadable: dict[int, tuple[str, str]] = field(default_factory=dict)
    chosen_templates: frozenset[int] = frozenset()
    exchange_days: dict[str, date] = field(default_factory=dict)
    taxes_by_id: dict[int, TaxEntry] = field(init=False)
    classified: bool = field(init=False)

    def __post_init__(self) -> None:
        self.taxes_by_id = {entry.id: entry for entry in self.taxes.values()}
        self.classified = any(item.hsn_sac for item in self.items.values())
