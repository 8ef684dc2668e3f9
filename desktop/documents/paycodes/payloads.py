"""What codes to pay by say, byte for byte: EPC (SEPA credit transfer), the Swiss QR-bill, UPI and the firm's link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple
from urllib.parse import quote

from desktop.documents.einvoice.spelling import amounts
from desktop.documents.paycodes.qr import Symbol, TooLong, qr_symbol
from desktop.domain.document import BankAccount, Party
from desktop.domain.pay_codes import (
    EPC,
    LINK,
    LONGEST_NAME,
    SWISS_BILL,
    Paper,
    PayCode,
    has_swiss_address,
    pay_codes,
    permitted,
)
from desktop.domain.references import bare_iban, reference_kind, rf_is_valid

EPC_BYTES: Final = 331
EPC_VERSION: Final = 13
SWISS_VERSION: Final = 25
_LINK_VERSION: Final = 20
_LONGEST_TEXT: Final = 140
_LONGEST_NOTE: Final = 50
_LONGEST_UPI_REFERENCE: Final = 35
# The character sets of EPC069-12 by their number, Unicode first.
_EPC_SETS: Final = ("utf-8", "latin-1", "iso8859-2", "iso8859-4", "iso8859-5", "iso8859-7", "iso8859-10", "iso8859-15")
_HOUSE: Final = re.compile(r"(.*[^\d\s].*?)\s+(\d{1,5}\s?[A-Za-z]?)")
_UNSAFE: Final = re.compile("[^A-Za-z0-9]")


class Code(NamedTuple):
    """A code with its way to pay: `symbol` is None on drafts, which nobody shall pay, and `text` what a link reads."""

    pay: PayCode
    symbol: Symbol | None
    text: str = ""


class SwissAddress(NamedTuple):
    """A structured address as the QR-bill has it."""

    name: str
    street: str
    house: str
    postcode: str
    town: str
    country: str


def codes_for(paper: Paper) -> tuple[Code, ...]:
    """The codes to print on a paper, in their order; empty where none fits it."""
    return codes_of(paper, pay_codes(paper))


def codes_of(paper: Paper, ways: Sequence[PayCode]) -> tuple[Code, ...]:
    """The codes of its ways to pay, but those that would be too large."""
    found = []
    for pay in ways:
        try:
            found.append(_code(paper, pay))
        except TooLong:
            # A link of a thousand letters: the others are still good.
            continue
    return tuple(found)


def is_draft(paper: Paper) -> bool:
    """Letters have no drafts; an invoice is one until it has its number."""
    return not paper.number and paper.kind in ("invoice", "deposit", "final")


def _code(paper: Paper, pay: PayCode) -> Code:
    draft = is_draft(paper)
    if pay.kind == LINK:
        text = filled_link(paper, pay)
        return Code(pay, None if draft else qr_symbol(text.encode(), "M", _LINK_VERSION), text)
    if draft:
        return Code(pay, None)
    if pay.kind == SWISS_BILL:
        return Code(pay, qr_symbol(swiss_payload(paper, pay).encode(), "M", SWISS_VERSION))
    if pay.kind == EPC and pay.account and pay.amount:
        return Code(pay, qr_symbol(epc_payload(pay.account, paper.seller, pay.amount, pay.reference), "M", EPC_VERSION))
    return Code(pay, qr_symbol(upi_payload(paper, pay).encode(), "M", _LINK_VERSION))


def epc_payload(account: BankAccount, seller: Party, amount: int, reference: str) -> bytes:
    """EPC069-12, version 002; amount in cents. In Unicode, or in a character set of one byte where that is too long.

    A creditor reference goes where it belongs, anything else is text, of which 140 characters go along.
    """
    name = " ".join((account.holder or seller.name).split())[:LONGEST_NAME]
    plain = " ".join(reference.split())
    structured = plain.replace(" ", "").upper() if rf_is_valid(plain) else ""
    lines = [
        "BCD",
        "002",
        "",
        "SCT",
        bare_iban(account.bic),
        name,
        bare_iban(account.iban),
        f"EUR{amounts('EUR')(amount)}",
        "",
        structured,
        "" if structured else plain[:_LONGEST_TEXT],
    ]
    while not lines[-1]:
        lines.pop()
    for number, encoding in enumerate(_EPC_SETS, 1):
        lines[2] = str(number)
        try:
            payload = "\n".join(lines).encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(payload) <= EPC_BYTES:
            return payload
    # Signs of three bytes and more: the bank goes by the account, not by the end of the name.
    lines[2] = "1"
    while len("\n".join(lines).encode()) > EPC_BYTES:
        at = 5 if len(lines[5]) > 20 else len(lines) - 1
        lines[at] = lines[at][:-1]
    return "\n".join(lines).encode()


def swiss_payload(paper: Paper, pay: PayCode) -> str:
    """The content of a QR-bill's code: implementation guidelines 2.3, with structured addresses only."""
    kind = reference_kind(pay.reference)
    debtor = swiss_address(paper.buyer) if has_swiss_address(paper.buyer) else None
    lines = [
        "SPC",
        "0200",
        "1",
        bare_iban(pay.account.iban if pay.account else ""),
        *_address_lines(swiss_address(creditor(paper, pay))),
        *[""] * 7,
        "" if pay.amount is None else amounts(paper.currency)(pay.amount),
        paper.currency,
        *_address_lines(debtor),
        kind,
        "" if kind == "NON" else "".join(pay.reference.split()).upper(),
        swiss_message(paper, pay),
        "EPD",
    ]
    return "\n".join(lines)


def creditor(paper: Paper, pay: PayCode) -> Party:
    """Who is paid: the firm, under the name that the account has."""
    holder = permitted(pay.account.holder) if pay.account else ""
    return replace(paper.seller, name=holder) if holder else paper.seller


def swiss_message(paper: Paper, pay: PayCode) -> str:
    """What the payer may read: the number, or all that is named where there is no reference with check digits."""
    said = paper.number if reference_kind(pay.reference) != "NON" else pay.reference or paper.number
    return permitted(said)[:_LONGEST_TEXT]


def swiss_address(party: Party) -> SwissAddress:
    street = permitted(party.street or party.street2)
    house = ""
    if found := _HOUSE.fullmatch(street):
        street, house = found[1], found[2]
    return SwissAddress(
        permitted(party.name)[:LONGEST_NAME].rstrip(),
        street[:LONGEST_NAME].rstrip(),
        house,
        permitted(party.postcode),
        permitted(party.city),
        party.country,
    )


def _address_lines(address: SwissAddress | None) -> list[str]:
    return ["S", *address] if address else [""] * 7


def upi_payload(paper: Paper, pay: PayCode) -> str:
    """A payment link as NPCI's specification has it; the reference goes without signs that apps refuse."""
    values = {
        "pa": paper.upi_id,
        "pn": " ".join(paper.seller.name.split())[:LONGEST_NAME],
        "am": amounts("INR")(pay.amount or 0),
        "cu": "INR",
        "tr": _UNSAFE.sub("", pay.reference)[-_LONGEST_UPI_REFERENCE:],
        "tn": pay.reference[:_LONGEST_NOTE],
    }
    return "upi://pay?" + "&".join(f"{name}={quote(value, safe='@')}" for name, value in values.items() if value)


def filled_link(paper: Paper, pay: PayCode) -> str:
    """The firm's link with what it asks for filled in."""
    link = paper.link
    values = {
        "{number}": quote(paper.number, safe=""),
        "{amount}": amounts(paper.currency)(pay.amount or 0),
        "{currency}": paper.currency,
    }
    for field, value in values.items():
        link = link.replace(field, value)
    return link
