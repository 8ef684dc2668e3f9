"""What billing needs to know: the firm, the client, the catalogue, and what waits to be billed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from desktop.domain.pricing import PriceBook


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


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """A client with what it inherits filled in: terms, language and delivery come from client, segment or firm."""

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


@dataclass(frozen=True, slots=True)
class ItemFacts:
    id: int
    code: str
    name: str
    unit: str
    kind: str
    tax_code: str


@dataclass(frozen=True, slots=True)
class TaxEntry:
    """A tax code; `rates` are (first day, fraction times 10**6), oldest first."""

    id: int
    code: str
    category: str
    exemption_code: str
    exemption_text: str
    rates: tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True)
class TimeEntry:
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
    """What was received on a deposit invoice and is not deducted yet, by tax group (basis, category, rate, code id).

    `open` is what of it is still asked for, gross in minor units.
    """

    invoice_id: int
    number: str
    issue_date: date
    currency: str
    groups: tuple[tuple[int, str, int, int | None], ...]
    open: int = 0


@dataclass(frozen=True, slots=True)
class ChargedSpan:
    """What is billed of an agreement line: all of [start, end), unless `spans` lists it piece by piece."""

    start: date
    end: date
    spans: tuple[tuple[date, date], ...] = ()


@dataclass(slots=True)
class Work:
    """What waits to be billed under one agreement, and what was billed."""

    charged: dict[int, ChargedSpan] = field(default_factory=dict)
    time: list[TimeEntry] = field(default_factory=list)
    one_offs: list[OneOff] = field(default_factory=list)
    deposits: list[Deposit] = field(default_factory=list)
    time_billed: int = 0


@dataclass(slots=True)
class Billing:
    """The setting of one run: dates, firm, taxes, catalogue and prices."""

    through: date
    issue_date: date
    firm: FirmFacts
    taxes: dict[str, TaxEntry]
    items: dict[int, ItemFacts]
    prices: PriceBook
    taxes_by_id: dict[int, TaxEntry] = field(init=False)

    def __post_init__(self) -> None:
        self.taxes_by_id = {entry.id: entry for entry in self.taxes.values()}
