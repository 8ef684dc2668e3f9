"""What an e-invoice says of seller and buyer beside what every invoice says."""

from __future__ import annotations

from typing import NamedTuple


class SellerFacts(NamedTuple):
    """Of the firm; `accounts` are (IBAN or number, currency, an empty text for any) in their order, `bics` their BICs.

    UPI id and payment link make codes to pay by, on paper too.
    """

    contact: str = ""
    phone: str = ""
    email: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    tax_number: str = ""
    endpoint: str = ""
    endpoint_scheme: str = ""
    legal_id: str = ""
    legal_scheme: str = ""
    creditor_id: str = ""
    upi_id: str = ""
    link: str = ""
    accounts: tuple[tuple[str, str], ...] = ()
    bics: tuple[str, ...] = ()


class BuyerFacts(NamedTuple):
    """Of a client; `delivery_id` is the address that its goods go to, None where that is its own."""

    endpoint: str = ""
    endpoint_scheme: str = ""
    legal_id: str = ""
    legal_scheme: str = ""
    means: str = "transfer"
    mandate: str = ""
    iban: str = ""
    card: str = ""
    delivery_id: int | None = None
    delivery_postcode: str | None = ""
    delivery_city: str | None = ""
    delivery_country: str | None = ""
