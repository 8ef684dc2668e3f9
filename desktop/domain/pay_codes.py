"""Which codes a paper is paid by, and why one that its firm would expect cannot be made.

By currency and bank account: a Swiss QR-bill, an EPC code (SEPA), a UPI code, and beside them the firm's payment link.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from desktop.domain.document import BankAccount, Document, Party
from desktop.domain.letter import Letter
from desktop.domain.references import bare_iban, iban_is_sound, is_qr_iban, payment_reference, reference_kind
from desktop.domain.wording import Said, phrase

Paper = Document | Letter

SWISS_BILL, EPC, UPI, LINK = "swiss_bill", "epc", "upi", "link"
MOST_BY_BANK: Final = 99_999_999_999
"""Cents: EPC069-12 and the guidelines of the QR-bill both end at 999,999,999.99."""
MOST_BY_UPI: Final = 10_000_000
"""Paise: 100,000 rupees, the general limit that NPCI sets for a UPI payment. Some trades and banks are let take more,
but a code that the payer's app then refuses is worse than none.
"""
LONGEST_NAME: Final = 70
LONGEST_TOWN: Final = 35
LONGEST_CODE: Final = 16

_EEA_CODES = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
_OTHER_CODES = "AD AL CH GB GI MC MD ME MK RS SM VA"
_EEA = frozenset(_EEA_CODES.split())
_SEPA = _EEA | frozenset(_OTHER_CODES.split())
_SWISS = ("CH", "LI")
_UNPAID_KINDS = frozenset({"credit_note", "receipt", "run_report", "cover_letter"})
# Permitted beside printable ASCII and Latin-1: Latin Extended-A, S and T with comma below, and the euro sign.
_SWISS_EXTRAS = frozenset("ȘșȚț€")


class PayCode(NamedTuple):
    """One way to pay: `amount` in minor units, None where each part of the amount is another."""

    kind: str
    account: BankAccount | None
    amount: int | None
    reference: str


def pay_codes(paper: Paper) -> tuple[PayCode, ...]:
    """The codes that the paper can carry, the bank's before the link; none where there is nothing to pay by them."""
    return tuple(found for found in _offered(paper) if isinstance(found, PayCode))


def slip_account(paper: Paper) -> BankAccount | None:
    """The account of the Swiss QR-bill, whose slip takes the foot of a page; None where the paper has none."""
    if not _is_for_slip(paper):
        return None
    return next((code.account for code in pay_codes(paper) if code.kind == SWISS_BILL), None)


def problems_of_codes(paper: Paper) -> tuple[Said, ...]:
    """Why a code is missing that the paper would carry otherwise. Nothing where none is wanted."""
    return tuple(found for found in _offered(paper) if isinstance(found, Said))


def has_nothing_to_pay(paper: Paper) -> bool:
    """Nothing is to be transferred: it is a credit, settled, or fetched by debit or card."""
    return paper.kind in _UNPAID_KINDS or paper.payable <= 0 or paper.means != "transfer"


def first_part(paper: Paper) -> tuple[int, int]:
    """(amount, number of parts): what is due first, in minor units, of a document in so many instalments, or all of it
    and 0; without what the buyer withholds for the state."""
    parts = paper.instalments if isinstance(paper, Document) else ()
    if parts:
        return parts[0][1], len(parts)
    if isinstance(paper, Document) and paper.buyer.withholding:
        from decimal import Decimal

        from desktop.domain.money import round_half_away

        return paper.payable - round_half_away(paper.net * Decimal(paper.buyer.withholding) / 100), 0
    return paper.payable, 0


def reference_of(paper: Paper) -> str:
    """What the payer names."""
    return payment_reference(paper) if isinstance(paper, Document) else paper.payment_reference


def permitted(text: str) -> str:
    """The text in the signs of a QR-bill; letters beyond them without their accents, empty if one is left over."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if all(map(_is_permitted, plain)):
        return plain
    bare = "".join(
        sign if _is_permitted(sign) else unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode("ascii")
        for sign in plain
    )
    # A sign that vanished was no accented letter.
    return bare if len(bare) >= len(plain) else ""


def _is_permitted(sign: str) -> bool:
    return " " <= sign <= "~" or "\xa0" <= sign <= "\u017f" or sign in _SWISS_EXTRAS


def has_swiss_address(party: Party) -> bool:
    """Whether the party can stand on a QR-bill: name, postcode, town and country, in permitted signs."""
    parts = (party.name, party.postcode, party.city)
    return (
        bool(party.country)
        and all(permitted(part) for part in parts)
        and (len(permitted(party.postcode)) <= LONGEST_CODE and len(permitted(party.city)) <= LONGEST_TOWN)
    )


def _offered(paper: Paper) -> Iterator[PayCode | Said]:
    if has_nothing_to_pay(paper):
        return
    if _is_for_slip(paper):
        yield from _swiss_bill(paper)
    elif paper.currency == "EUR":
        yield from _epc(paper)
    elif paper.currency == "INR":
        yield from _upi(paper)
    if paper.link:
        yield from _link(paper)


def _is_for_slip(paper: Paper) -> bool:
    return paper.currency == "CHF" or (
        paper.currency == "EUR" and paper.buyer.country in _SWISS and any(map(is_swiss, paper.bank))
    )


def is_swiss(account: BankAccount) -> bool:
    """Whether its IBAN is of Switzerland or Liechtenstein."""
    return bare_iban(account.iban)[:2] in _SWISS


def is_sepa(account: BankAccount) -> bool:
    """Whether its IBAN is of a country that takes part in SEPA."""
    return bare_iban(account.iban)[:2] in _SEPA


def _swiss_bill(paper: Paper) -> Iterator[PayCode | Said]:
    account = next(filter(is_swiss, paper.bank), None)
    reference = reference_of(paper)
    if account is None:
        yield phrase("A QR-bill needs an IBAN of Switzerland or Liechtenstein.")
    elif not iban_is_sound(account.iban):
        yield phrase("The IBAN {iban} is not right, so there is no code to pay by.", iban=account.iban)
    elif not has_swiss_address(paper.seller):
        yield phrase("A QR-bill needs the firm's name, postcode and town in Latin letters, the town in at most 35.")
    elif paper.payable > MOST_BY_BANK:
        yield phrase("The amount is above 999,999,999.99, the most that a code to pay by may have.")
    elif paper.number and (reference_kind(reference) == "QRR") != is_qr_iban(account.iban):
        yield (
            phrase("{iban} is a QR-IBAN, which needs a QR reference with right check digits.", iban=account.iban)
            if (is_qr_iban(account.iban))
            else phrase("A QR reference goes with a QR-IBAN only, and {iban} is none.", iban=account.iban)
        )
    else:
        amount, parts = first_part(paper)
        yield PayCode(SWISS_BILL, account, None if parts else amount, reference)


def _epc(paper: Paper) -> Iterator[PayCode | Said]:
    accounts = [account for account in paper.bank if is_sepa(account)]
    sound = [account for account in accounts if iban_is_sound(account.iban) and not is_qr_iban(account.iban)]
    # Beyond the European Economic Area a transfer still names the bank.
    named = [account for account in sound if account.bic or bare_iban(account.iban)[:2] in _EEA]
    if not accounts:
        yield phrase("A code for SEPA transfers needs an IBAN of a SEPA country.")
    elif not sound:
        yield phrase("{iban} takes no SEPA transfer, so there is no code to pay by.", iban=accounts[0].iban)
    elif not named:
        yield phrase("A transfer to {iban} from the European Economic Area needs the bank's BIC.", iban=sound[0].iban)
    elif paper.payable > MOST_BY_BANK:
        yield phrase("The amount is above 999,999,999.99, the most that a code to pay by may have.")
    else:
        amount, parts = first_part(paper)
        reference = reference_of(paper)
        if parts and reference == paper.number:
            reference = f"{reference}/1"
        yield PayCode(EPC, named[0], amount, reference)


def _upi(paper: Paper) -> Iterator[PayCode | Said]:
    amount, parts = first_part(paper)
    name, at, bank = paper.upi_id.partition("@")
    if not paper.upi_id:
        yield phrase("A UPI code needs the firm's UPI id.")
    elif not (name and at and bank and paper.upi_id.isascii() and " " not in paper.upi_id):
        yield phrase("“{upi}” is no UPI id; it looks like name@bank.", upi=paper.upi_id)
    elif amount > MOST_BY_UPI:
        yield phrase("The amount is above 100,000 rupees, the most that UPI takes at once.")
    else:
        yield PayCode(UPI, None, amount, f"{paper.number}/1" if parts and paper.number else reference_of(paper))


def _link(paper: Paper) -> Iterator[PayCode | Said]:
    if not is_link(paper.link):
        yield phrase("The payment link “{link}” does not begin with https://.", link=paper.link)
    else:
        yield PayCode(LINK, None, first_part(paper)[0], reference_of(paper))


def is_link(text: str) -> bool:
    """Whether a text is a link that a payer can trust: https, with a host and without spaces."""
    try:
        found = urlsplit(text)
    except ValueError:
        return False
    return found.scheme == "https" and bool(found.hostname) and not any(sign.isspace() for sign in text)
