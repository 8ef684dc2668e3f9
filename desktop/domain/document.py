"""A document as it leaves the house: everything that paper and e-invoice show, and nothing that needs a look-up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from desktop.domain.template import USUAL_LAYOUT, Layout

EINVOICES: Final = ("none", "facturx", "xrechnung", "xrechnung_ubl", "peppol")
"""The forms that an invoice takes beside paper: Factur-X inside the PDF, XRechnung as CII or UBL, Peppol BIS 3."""
PAYMENT_MEANS: Final = ("transfer", "debit", "card")

# Reasons that billing gives on its own, frozen like this; a document says them in its language.
CAP_WORDS = "Cap of"
RESIDUE_WORDS = "Rounding of the parts"
PREPAID_WORDS = "Paid ahead"
INCLUDED_WORDS = "Included"
EARLIER_WORDS = "Earlier units"
RETURNED_WORDS = "Earlier units, by all of the period"
_MINIMUM = re.compile(r"Minimum (\d+(?:\.\d+)?) ([A-Z]{3})")
_COMMITTED = re.compile(r"Committed (-?\d+(?:\.\d+)?), spent (-?\d+(?:\.\d+)?)")
_UNUSED = re.compile(r"Unused (\d+) of (\d+) days, (.+)")


def unused_words(unused: int, charged: int, number: str) -> str:
    """What a line says that credits so many of the days that the invoice of that number charged."""
    return f"Unused {unused} of {charged} days, {number}"


def unused_days(detail: str) -> tuple[str, str, str] | None:
    """(days credited, days charged, number of the invoice) where a line's detail says that."""
    found = _UNUSED.fullmatch(detail)
    return (found[1], found[2], found[3]) if found else None


def minimum_words(amount: str, currency: str) -> str:
    """What a line says that fills a period up to its minimum; the amount in plain digits."""
    return f"Minimum {amount} {currency}"


def minimum_of(detail: str) -> tuple[str, str] | None:
    """(amount, currency) where a line's detail says that."""
    found = _MINIMUM.fullmatch(detail)
    return (found[1], found[2]) if found else None


def commitment_words(committed: str, spent: str) -> str:
    """What a line says that bills what lacks to a commitment; amounts in major units, with all their decimals."""
    return f"Committed {committed}, spent {spent}"


def commitment_amounts(detail: str) -> tuple[str, str] | None:
    """(committed, spent) where a line's detail says that."""
    found = _COMMITTED.fullmatch(detail)
    return (found[1], found[2]) if found else None


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer as frozen on the document; empty text where nothing is known. Country is ISO 3166 alpha-2.

    Of a buyer also: the place of supply where the law wants it named, the certificate by which it is exempt, and the
    percentage of the net that it withholds for the state ("10"), by a section of the law. `endpoint` is the electronic
    address (BT-34, BT-49) in a scheme of the EAS list, `legal_id` a number in a register (BT-30, BT-47).
    """

    name: str
    contact: str = ""
    street: str = ""
    street2: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    tax_id: str = ""
    tax_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    registration: str = ""
    code: str = ""
    place: str = ""
    certificate: str = ""
    withholding: str = ""
    section: str = ""
    endpoint: str = ""
    endpoint_scheme: str = ""
    legal_id: str = ""
    legal_scheme: str = ""


@dataclass(frozen=True, slots=True)
class BankAccount:
    holder: str
    iban: str
    bic: str = ""
    bank: str = ""


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """Quantity, price and base quantity as printed; rate in percent; allowance, charge and net in minor units.

    The service period is half-open; it is printed with its last day.
    """

    position: int
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net: int
    category: str
    rate: Decimal
    base_quantity: Decimal = Decimal(1)
    allowance: int = 0
    charge: int = 0
    allowance_reason: str = ""
    period_start: date | None = None
    period_end: date | None = None
    detail: str = ""
    group: str = ""
    classification: str = ""


@dataclass(frozen=True, slots=True)
class DocumentTax:
    """One tax; rate in percent, basis and tax in minor units, the exemption's words where tax is not charged.

    `name` is its own where several taxes lie on one basis (CGST, SGST); `exemption_code` is of the VATEX list.
    """

    category: str
    rate: Decimal
    basis: int
    tax: int
    exemption: str = ""
    name: str = ""
    exemption_code: str = ""


@dataclass(frozen=True, slots=True)
class Registration:
    """The answer of India's invoice registration portal; `signed_qr` is the text of the QR code to print."""

    irn: str
    ack_number: str
    ack_at: str
    signed_qr: str


@dataclass(frozen=True, slots=True)
class Document:
    """One invoice, credit note, deposit or final invoice (kind: invoice, credit_note, deposit, final).

    A draft has an empty number. Amounts in minor units of `currency`. On a credit note amounts are positive, and
    `corrects` and `corrects_date` name the invoice that it takes back. `discount_percent` is an early-payment
    discount until `discount_until`. `deposits` lists (number, issue date, net, tax, gross) of what a final invoice
    deducts by its negative lines; `instalments` (due date, amount) of one that is due in several parts. `einvoice` and
    `means` are of EINVOICES and PAYMENT_MEANS; a debit names `mandate`, `creditor_id` and the `debited` account.
    `contract` is the agreement's code (BT-12), `project` BT-11. `delivery` is where goods went, if not to the buyer.
    What a `sandbox` made says so across its pages.
    """

    kind: str
    number: str
    issue_date: date
    due_date: date
    currency: str
    language: str
    seller: Party
    buyer: Party
    lines: tuple[DocumentLine, ...]
    taxes: tuple[DocumentTax, ...]
    net: int
    tax: int
    gross: int
    payable: int
    prepaid: int = 0
    rounding: int = 0
    tax_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    po_number: str = ""
    buyer_reference: str = ""
    agreement: str = ""
    terms: str = ""
    discount_percent: Decimal | None = None
    discount_until: date | None = None
    bank: tuple[BankAccount, ...] = ()
    intro: str = ""
    closing: str = ""
    late_clause: str = ""
    footer: str = ""
    corrects: str = ""
    corrects_date: date | None = None
    reason: str = ""
    deposits: tuple[tuple[str, date, int, int, int], ...] = ()
    tax_currency: str = ""
    tax_in_tax_currency: int | None = None
    instalments: tuple[tuple[date, int], ...] = ()
    einvoice: str = "none"
    contract: str = ""
    project: str = ""
    delivery: Party | None = None
    means: str = "transfer"
    mandate: str = ""
    creditor_id: str = ""
    debited: str = ""
    card: str = ""
    upi_id: str = ""
    link: str = ""
    registration: Registration | None = None
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class TemplateVersion:
    """How documents look; frozen with the documents that it printed."""

    id: int
    name: str
    version: int
    layout: Layout = USUAL_LAYOUT
    logo: bytes = field(default=b"", repr=False)
