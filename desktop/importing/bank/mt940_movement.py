"""Field 61 of a SWIFT statement: day, sign, amount and references of one movement, as banks bend it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from dateutil.relativedelta import relativedelta

# Value day, entry day, mark, third letter of the currency, amount, kind, the owner's and the bank's reference.
_MOVEMENT: Final = re.compile(
    r"""\s*(?P<value>\d{6})\s?(?P<entry>\d{4})?\s*(?P<mark>[RE]?[CD])(?P<funds>[A-Z])?\s*
        (?P<amount>\d[\d.' ]*(?:,\d*)?|,\d+)
        \s*(?P<kind>[NFS][A-Z0-9 ]{3})?(?P<rest>.*)""",
    re.VERBOSE | re.DOTALL,
)
_LONG_YEAR: Final = re.compile(r"\s*(?:19|20)(\d{6})(?=\d{4}[RE]?[CD]|[RE]?[CD])")
NO_REFERENCE: Final = frozenset({"", "NONREF", "NOREF", "NOTPROVIDED", "EREF", "KREF", "KREF+", "EREF+"})
# SWIFT's codes of returns and reversals, and the ones that banks add.
_RETURNS: Final = frozenset({"RTI", "RTN", "RDT"})


@dataclass(frozen=True, slots=True)
class Movement:
    """`sign` is -1 for money going out. `reversal` marks RC and RD, which take back an earlier one."""

    booked_on: date
    valued_on: date
    sign: int
    reversal: bool
    amount: Decimal
    kind: str
    reference: str
    bank_reference: str
    supplement: str


def read_movement(lines: list[str]) -> Movement | None:
    """None where the field is none: no day, no mark or no amount in it."""
    first, rest = lines[0], lines[1:]
    found = _MOVEMENT.match(_LONG_YEAR.sub(r"\1", first))
    while (found is None or not found["kind"]) and rest:
        # Cut within the figures; the reference may be cut as well, which does no harm.
        joined = first + rest[0]
        again = _MOVEMENT.match(_LONG_YEAR.sub(r"\1", joined))
        if again is None or (found is not None and not again["kind"]):
            break
        found, first, rest = again, joined, rest[1:]
    if found is None:
        return None
    valued = short_day(found["value"])
    if valued is None:
        return None
    reference, _slashes, bank_reference = found["rest"].partition("//")
    mark = found["mark"]
    kind = (found["kind"] or "").strip()
    return Movement(
        booked_on=_booked(found["entry"], valued),
        valued_on=valued,
        # A reversed credit goes out.
        sign=1 if mark in ("C", "EC", "RD") else -1,
        reversal=mark.startswith("R") or kind[1:] in _RETURNS,
        amount=figure_of(found["amount"]),
        kind=kind,
        reference=_bare(reference),
        bank_reference=_bare(bank_reference),
        supplement=" ".join(line.strip() for line in rest if line.strip()),
    )


def figure_of(text: str) -> Decimal:
    """A figure with a decimal comma, as SWIFT writes it; a lone point before one or two last digits is one too."""
    plain = re.sub(r"[ ']", "", text)
    if "," not in plain and re.fullmatch(r"\d+\.\d{1,2}", plain):
        return Decimal(plain)
    return Decimal(plain.replace(".", "").replace(",", ".").strip(".") or "0")


def short_day(text: str) -> date | None:
    """YYMMDD; years are 1980 to 2079. The 30th of February, by which some banks count interest, is its last day."""
    if not re.fullmatch(r"\d{6}", text):
        return None
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:])
    year += 1900 if year >= 80 else 2000
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, 1) + relativedelta(months=1) - timedelta(1)


def _booked(entry: str | None, valued: date) -> date:
    """The entry day has no year: it is the one nearest to the value day."""
    if not entry:
        return valued
    days = []
    for year in (valued.year - 1, valued.year, valued.year + 1):
        day = short_day(f"{year % 100:02d}{entry}")
        if day is not None:
            days.append(day.replace(year=year) if (day.month, day.day) != (2, 29) else day)
    return min(days, key=lambda day: abs(day - valued), default=valued)


def _bare(text: str) -> str:
    bare = text.strip()
    return "" if bare.upper() in NO_REFERENCE else bare
