"""What a bank is asked to do by one file: debits of what clients owe, or transfers of what they get back."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

KINDS: Final = ("sepa_debit", "ach_debit", "sepa_transfer")
FIRST, RECURRENT, ONE_OFF, FINAL = "FRST", "RCUR", "OOFF", "FNAL"
SEQUENCES: Final = (FIRST, RECURRENT, ONE_OFF, FINAL)
SCHEMES: Final = ("CORE", "B2B")
MANDATE_MONTHS: Final = 36
"""A mandate under which nothing was collected for so many months has lapsed (SEPA Direct Debit rulebooks, 4.1)."""

# What does not fall apart into a letter of the alphabet and a mark.
_WRITTEN: Final = str.maketrans(
    {
        "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Æ": "AE", "æ": "ae", "Ø": "O",
        "ø": "o", "Å": "A", "å": "a", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Œ": "OE", "œ": "oe", "ı": "i",
        "&": "+", "_": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "“": "'", "”": "'", "„": "'", '"': "'", "@": "(at)",
        ";": ",", "#": "/", "€": "EUR",
    }
)  # fmt: skip
_NOT_SEPA: Final = re.compile(r"[^A-Za-z0-9/\-?:().,'+ ]")
_SPACES: Final = re.compile(r" {2,}")


@dataclass(frozen=True, slots=True)
class OrderAccount:
    """The firm's account. `company_id` and `routing` are those of the United States."""

    holder: str
    iban: str = ""
    bic: str = ""
    creditor_id: str = ""
    bank: str = ""
    routing: str = ""
    account_number: str = ""
    company_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderItem:
    """One debit or transfer: minor units of the order's currency, and the other side's account.

    `text` is what it reads on its statement. `is_business` decides between CCD and PPD of an ACH debit.
    """

    amount: int
    end_to_end: str
    holder: str
    iban: str = ""
    bic: str = ""
    text: str = ""
    mandate: str = ""
    mandate_date: date | None = None
    scheme: str = "CORE"
    sequence: str = RECURRENT
    routing: str = ""
    account_number: str = ""
    account_kind: str = "checking"
    is_business: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """A file for the bank; `number` is the firm's name of it, by which the bank names it on its statements."""

    number: str
    made_at: datetime
    execute_on: date
    currency: str
    account: OrderAccount
    items: tuple[OrderItem, ...]

    @property
    def total(self) -> int:
        return sum(item.amount for item in self.items)


def sepa_text(text: str, longest: int) -> str:
    """A text in the signs that every SEPA bank takes (EPC217-08), cut to its length.

    What has no sign there becomes a space; an identifier must not begin or end with a slash, nor hold two in a row.
    """
    plain = unicodedata.normalize("NFKD", text.translate(_WRITTEN))
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return _SPACES.sub(" ", _NOT_SEPA.sub(" ", plain)).strip()[:longest].strip()


def sepa_identifier(text: str, longest: int = 35) -> str:
    """A text as an identifier of a file (EPC217-08): as `sepa_text`, without slashes at its edges and in a row."""
    return re.sub("/{2,}", "/", sepa_text(text, longest)).strip("/ ")


def routing_is_sound(number: str) -> bool:
    """Whether a routing number of the United States has nine digits and the right check digit (3-7-1, modulo 10)."""
    if len(number) != 9 or not (number.isascii() and number.isdecimal()) or number == "0" * 9:
        return False
    return sum(int(digit) * weight for digit, weight in zip(number, (3, 7, 1) * 3, strict=True)) % 10 == 0


def is_target_day(day: date) -> bool:
    """Whether banks settle in euro on that day: no weekend, none of the six closing days of TARGET."""
    sunday = easter(day.year)
    closed = {(1, 1), (5, 1), (12, 25), (12, 26)}
    return day.weekday() < 5 and (day.month, day.day) not in closed and (day - sunday).days not in (-2, 1)


def next_target_day(day: date) -> date:
    """That day, or the first day after it on which banks settle in euro."""
    while not is_target_day(day):
        day += timedelta(days=1)
    return day


def has_lapsed(last_used: date, on: date) -> bool:
    """Whether a mandate that was last used, or signed, on a day has lapsed on another (MANDATE_MONTHS)."""
    return on >= last_used + relativedelta(months=MANDATE_MONTHS)
