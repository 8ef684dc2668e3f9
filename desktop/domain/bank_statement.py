"""A bank statement as plain data, whatever its file was: what the bank says, nothing added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

FORMATS: Final = ("camt", "mt940", "mt942", "ofx", "qif", "csv")


@dataclass(frozen=True, slots=True)
class Balance:
    """What stood on the account at the end of a day (for an opening balance: before its first entry). Signed."""

    on: date | None
    amount: int
    currency: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement, as small as the bank tells it. `amount` in minor units of `currency`, above zero for what came in.

    `party` is the other side, `party_account` its IBAN or number as written without spaces. `reference` is the
    structured reference of the remittance, `text` the rest of it. `bank_reference` is the bank's own name of the
    movement (AcctSvcrRef, FITID), `batch` that of the batch entry it was opened from. `code` is the bank's code of the
    kind of movement. `returns` marks the reversal or return of an earlier movement, `return_reason` its code or words.
    `original` is (minor units, currency) of what was asked for elsewhere, `charges` what banks kept back, in
    `currency`. `place` says where in the file it stands, for messages: a line number or a path.
    """

    booked_on: date
    amount: int
    currency: str
    valued_on: date | None = None
    party: str = ""
    party_account: str = ""
    party_bic: str = ""
    text: str = ""
    reference: str = ""
    end_to_end: str = ""
    mandate: str = ""
    bank_reference: str = ""
    code: str = ""
    batch: str = ""
    returns: bool = False
    return_reason: str = ""
    charges: int | None = None
    original: tuple[int, str] | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """What one file says of one account. `account` is its IBAN or number as written without spaces, "" where unsaid.

    Days are inclusive. A preliminary one (camt.052, MT942) states what may still change. `problems` are sentences on
    what of it could not be read or does not add up; they never stop the rest.
    """

    format: str
    account: str
    currency: str
    entries: tuple[Entry, ...]
    bank: str = ""
    number: str = ""
    from_day: date | None = None
    to_day: date | None = None
    opening: Balance | None = None
    closing: Balance | None = None
    preliminary: bool = False
    problems: tuple[str, ...] = ()
