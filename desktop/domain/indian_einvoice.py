"""India's e-invoice: which documents the invoice registration portal wants, and what it refuses of them.

CGST Rules, rule 48(4); the portal's schema INV-01, version 1.1 (notification 60/2020 - Central Tax).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from desktop.domain.document import Document, Party
from desktop.domain.identifiers import check_tax_id
from desktop.domain.indian_figures import RUPEE, Booked, TooMuch, above_zero
from desktop.domain.states import INDIA, gstin_state
from desktop.domain.wording import Said, phrase

NOBODY: Final = "URP"
"""The GSTIN of a buyer who is not registered, as one abroad is."""
ABROAD: Final = "96"
ABROAD_PIN: Final = 999_999
_NUMBER: Final = re.compile(r"[1-9A-Za-z][0-9A-Za-z/-]{0,15}")
MOST_ITEMS: Final = 1000
"""Lines of one document, by the portal's own checks."""
_PIN: Final = re.compile(r"[1-9][0-9]{5}")
_HSN: Final = re.compile(r"(?:[0-9]{4}|[0-9]{6}|[0-9]{8})")
_SERVICES: Final = "99"
_TAXABLE: Final = ("S", "G", "AE")
_ZERO_RATED: Final = "G"
_FISCAL_START: Final = 4


def needs_registration(document: Document) -> bool:
    """Whether the portal must know it: a supply by a registered firm to a registered buyer or one abroad, which is
    taxable or zero rated. Supplies to consumers and bills of supply are none of its business."""
    seller, buyer = document.seller, document.buyer
    if seller.country != "IN" or not seller.tax_id or document.kind == "opening":
        return False
    taxable = any(line.category in _TAXABLE for line in document.lines)
    return taxable and (buyer.country != "IN" or bool(buyer.tax_id))


def gstin_of(party: Party) -> str:
    """As the portal spells it."""
    return "".join(party.tax_id.split()).upper()


def document_type(kind: str) -> str:
    return "CRN" if kind == "credit_note" else "INV"


def financial_year(day: date) -> str:
    """From April to March: 2026-27."""
    start = day.year if day.month >= _FISCAL_START else day.year - 1
    return f"{start}-{(start + 1) % 100:02d}"


def irn_of(gstin: str, day: date, kind: str, number: str) -> str:
    """The invoice reference number: SHA-256 of GSTIN, financial year, document type and number, without delimiters."""
    told = f"{gstin}{financial_year(day)}{document_type(kind)}{number}"
    return hashlib.sha256(told.encode()).hexdigest()


def is_service(classification: str) -> bool:
    return classification.startswith(_SERVICES)


def digits_of(classification: str) -> str:
    """An HSN or SAC without dots and spaces."""
    return "".join(sign for sign in classification if sign.isalnum())


def is_hsn(classification: str) -> bool:
    """4, 6 or 8 digits."""
    return bool(_HSN.fullmatch(digits_of(classification)))


def is_number(number: str) -> bool:
    """At most 16 letters, digits, slashes and dashes, not beginning with a zero, slash or dash."""
    return bool(_NUMBER.fullmatch(number))


def is_pin(postcode: str) -> bool:
    return bool(_PIN.fullmatch("".join(postcode.split())))


def supply_type(document: Document) -> str:
    """B2B, or an export with or without payment of tax.

    What is zero rated within India went to a unit in a special economic zone (IGST Act, section 16(1)(b)).
    """
    if document.buyer.country == "IN":
        return "SEZWOP" if any(line.category == _ZERO_RATED for line in document.lines) else "B2B"
    return "EXPWP" if any(group.tax for group in document.taxes) else "EXPWOP"


def problems_of_registration(document: Document, booked: Booked | None = None) -> tuple[Said, ...]:
    """What the portal would refuse of a document, or what INV-01 cannot say; nothing where it can be registered.

    One in another currency needs to be `booked` in rupees.
    """
    return tuple(_problems(document, booked))


def _problems(document: Document, booked: Booked | None) -> Iterator[Said]:
    if not is_number(document.number):
        yield phrase(
            "The number {number} is none for the portal: up to 16 letters, digits, / and -, the first no zero.",
            number=document.number,
        )
    if document.currency != RUPEE and booked is None:
        yield phrase(
            "The portal takes amounts in rupees, and {number} has no exchange rate from {currency}.",
            number=document.number,
            currency=document.currency,
        )
    if len(document.lines) > MOST_ITEMS:
        yield phrase(
            "The portal takes {most} lines at most, and this has {count}.", most=MOST_ITEMS, count=len(document.lines)
        )
    yield from _party_problems(document.seller)
    if document.buyer.country == "IN":
        yield from _party_problems(document.buyer)
    elif not (document.buyer.name and document.buyer.city and document.buyer.street):
        yield phrase("Street and town of {name} are missing.", name=document.buyer.name)
    for line in document.lines:
        if not is_hsn(line.classification):
            yield phrase(
                "Line {line} needs an HSN or SAC of 4, 6 or 8 digits, and has “{code}”.",
                line=line.position,
                code=line.classification,
            )
        if line.category == "AE" and document.buyer.country != "IN":
            yield phrase("Line {line} is under reverse charge, which an export cannot be.", line=line.position)
    try:
        above_zero(document)
    except TooMuch as problem:
        yield phrase(
            "Line {line} takes off more than the other lines at its rate come to, and the portal takes nothing below "
            "zero.",
            line=document.lines[problem.line].position,
        )


def _party_problems(party: Party) -> Iterator[Said]:
    if not check_tax_id("IN", party.tax_id).ok or gstin_state(party.tax_id) not in INDIA:
        yield phrase("The GSTIN {gstin} of {name} is not right.", gstin=party.tax_id, name=party.name)
    if not is_pin(party.postcode):
        yield phrase(
            "The PIN code of {name} has 6 digits and no zero at its beginning; “{postcode}” is none.",
            name=party.name,
            postcode=party.postcode,
        )
    if not (party.street or party.street2) or not party.city:
        yield phrase("Street and town of {name} are missing.", name=party.name)
