"""References that a payment carries: what an invoice asks its payer to name, by check digits where banks keep them.

The reference follows from the number alone, so that it is the same on paper, in a code and in an e-invoice, for ever.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, Protocol

_SEPARATORS: Final = re.compile(r"[-/._ #&+]")
_SIGNS: Final = re.compile("[A-Z0-9]+")
_RF_LONGEST: Final = 21
_RF_KEPT: Final = 12
_QR_DIGITS: Final = 26
_QR_KEPT: Final = 16
_CARRIES: Final = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
# Banks of these countries expect a reference with check digits where others take a text.
_STRUCTURED: Final = ("FI",)
_SWISS: Final = ("CH", "LI")
_QR_BANKS: Final = range(30_000, 32_000)


class _Account(Protocol):
    @property
    def iban(self) -> str: ...


class _Seller(Protocol):
    @property
    def country(self) -> str: ...


class Payable(Protocol):
    """What of an invoice or a letter decides by which reference it is paid."""

    @property
    def number(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def seller(self) -> _Seller: ...
    @property
    def buyer(self) -> _Seller: ...
    @property
    def bank(self) -> Sequence[_Account]: ...


def payment_reference(paper: Payable) -> str:
    """What a payer names, without spaces where it has check digits: a QR reference, an RF reference or the number.

    Paper, codes and e-invoice (BT-83) all take it from here. Empty where there is no number yet.
    """
    if not paper.number or paper.kind == "credit_note":
        return paper.number
    account = swiss_account(paper)
    if account:
        return qr_reference(paper.number) if is_qr_iban(account) else rf_reference(paper.number)
    if paper.seller.country in _STRUCTURED and paper.currency == "EUR" and paper.bank:
        return rf_reference(paper.number)
    return paper.number


def swiss_account(paper: Payable) -> str:
    """The IBAN that a Swiss QR-bill would name, empty where the paper is none.

    Francs are paid by QR-bill wherever the payer is, euros only by payers in Switzerland and Liechtenstein: others
    pay those by a SEPA transfer.
    """
    if paper.currency != "CHF" and not (paper.currency == "EUR" and paper.buyer.country in _SWISS):
        return ""
    found = (bare_iban(account.iban) for account in paper.bank)
    return next((iban for iban in found if iban[:2] in _SWISS), "")


def bare_iban(iban: str) -> str:
    return "".join(iban.split()).upper()


@lru_cache(maxsize=1024)
def iban_is_sound(iban: str) -> bool:
    """Whether form and check digits are right; the lengths of each country are the gate's to know."""
    bare = bare_iban(iban)
    right_form = bare.isascii() and bare.isalnum() and bare[:2].isalpha() and bare[2:4].isdecimal()
    return right_form and 15 <= len(bare) <= 34 and _modulo_97(bare[4:] + bare[:4]) == 1


def is_qr_iban(iban: str) -> bool:
    """Whether the account takes only payments with a QR reference: its bank's number is of 30000 to 31999."""
    bare = bare_iban(iban)
    return bare[:2] in _SWISS and bare[4:9].isdecimal() and int(bare[4:9]) in _QR_BANKS


def rf_reference(number: str) -> str:
    """The creditor reference (ISO 11649) of a document's number: RF, two check digits, at most 21 letters and digits.

    A number that the signs of a reference cannot tell from another keeps its end behind a digest of its whole.
    """
    plain = _SEPARATORS.sub("", number)
    if not _SIGNS.fullmatch(plain) or len(plain) > _RF_LONGEST:
        kept = "".join(_SIGNS.findall(plain.upper()))[-_RF_KEPT:]
        digest = _digest(number, 10 ** (_RF_LONGEST - _RF_KEPT))
        plain = f"{digest:0{_RF_LONGEST - _RF_KEPT}d}{kept}"
    return f"RF{98 - _modulo_97(plain + 'RF00'):02d}{plain}"


def rf_is_valid(reference: str) -> bool:
    """Whether it is a creditor reference with right check digits; spaces and small letters do not matter."""
    bare = _bare(reference)
    right_form = bare.isascii() and bare.isalnum() and bare[:2] == "RF" and bare[2:4].isdecimal() and len(bare) >= 5
    return right_form and len(bare) <= 4 + _RF_LONGEST and _modulo_97(bare[4:] + bare[:4]) == 1


def qr_reference(number: str) -> str:
    """The QR reference (27 digits) of a document's number: its digits behind a digest of its whole, and a check digit.

    The digest keeps apart numbers of two series that differ in their letters only.
    """
    digits = "".join(sign for sign in number if sign in "0123456789")[-_QR_KEPT:]
    kept = f"{_digest(number, 10 ** (_QR_DIGITS - _QR_KEPT)):0{_QR_DIGITS - _QR_KEPT}d}{digits:0>{_QR_KEPT}}"
    return kept + str(recursive_check(kept))


def qr_is_valid(reference: str) -> bool:
    """Whether it is a QR reference with a right check digit; spaces do not matter."""
    bare = _bare(reference)
    digits = len(bare) == _QR_DIGITS + 1 and bare.isascii() and bare.isdecimal()
    return digits and bare != "0" * len(bare) and recursive_check(bare[:-1]) == int(bare[-1])


def recursive_check(digits: str) -> int:
    """The check digit of modulo 10, recursive."""
    carry = 0
    for digit in digits:
        carry = _CARRIES[(carry + int(digit)) % 10]
    return (10 - carry) % 10


def reference_kind(reference: str) -> str:
    """QRR, SCOR or NON, as the Swiss QR-bill calls a QR reference, a creditor reference and none."""
    if qr_is_valid(reference):
        return "QRR"
    return "SCOR" if rf_is_valid(reference) else "NON"


def printed_reference(reference: str) -> str:
    """A reference in groups as banks print them; any other text as it is."""
    bare = _bare(reference)
    kind = reference_kind(reference)
    if kind == "QRR":
        return " ".join([bare[:2], *(bare[at : at + 5] for at in range(2, len(bare), 5))])
    if kind == "SCOR":
        return " ".join(bare[at : at + 4] for at in range(0, len(bare), 4))
    return reference


def _bare(reference: str) -> str:
    return "".join(reference.split()).upper()


def _digest(text: str, below: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16], "big") % below


def _modulo_97(text: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in text)) % 97
