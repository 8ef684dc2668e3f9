"""Entries without a client as bookings for DATEV: tills, what the bank took aside, revenue earned, entries by hand.

DATEV books two accounts against each other: of more sides the largest stands against each of the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final

from desktop.documents.datev import Booking, writable
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.archive.datev_accounts import Account, Accounts, What

# The key that takes an automatic account's tax away.
NO_TAX: Final = "40"
# What a bookkeeper reads; the file is German whoever writes it.
_WORDS: Final = {
    "cash": "Kasse",
    "bank": "Bank",
    "recognition": "Abgrenzung",
    "adjustment": "Umbuchung",
    "allocation": "Kursdifferenz",
}


def general_bookings(rows: Sequence[Any], accounts: Accounts, home: str, home_currency: str) -> Iterator[Booking]:
    """Bookings of one entry's postings, rows as `db.queries.archive.bookings_between` gives them.

    UserError for an amount without an exchange rate, and for an account whose number DATEV cannot take.
    """
    sides = [(row, _account(row, accounts, home)) for row in rows if row[8] or row[9]]
    if not sides:
        return
    on = date.fromisoformat(rows[0][2])
    pivot, against = max(
        sides, key=lambda side: (not accounts.reckons(side[1].number, on), abs(_base(side[0])), -side[1].number)
    )
    for row, account in sides:
        if row is pivot:
            continue
        amount, base, currency = row[8], _base(row), row[7]
        if account.number == against.number or not base:
            continue
        foreign = currency != home_currency and writable(currency) and amount * base > 0
        key = account.key or (NO_TAX if accounts.reckons(account.number, on) else "")
        yield Booking(
            abs(amount if foreign else base),
            base < 0,
            currency if foreign else home_currency,
            abs(base) if foreign else None,
            against.number,
            account.number,
            key,
            on,
            row[12] or f"B{row[0]}",
            None,
            " ".join(part for part in (_WORDS.get(row[1], ""), row[22]) if part),
        )


def _base(row: Any) -> int:
    if row[9] is None:
        raise UserError(
            _(
                "Entry {number} was booked in {currency} without an exchange rate, so DATEV has no amount for it."
            ).format(number=row[0], currency=row[7]),
            _("Enter rates before money moves in other currencies, and book this one by hand."),
        )
    return int(row[9])


def _account(row: Any, accounts: Accounts, home: str) -> Account:
    chosen = row[20]
    if chosen is None:
        what = What(
            row[3], row[10], row[11], row[15] or "", home, bool(row[19]), row[21], row[17] or "", (row[9] or 0) < 0
        )
        return accounts.account(what, date.fromisoformat(row[2]))
    if not (chosen.isascii() and chosen.isdecimal() and len(chosen) == 4):
        raise UserError(
            _("Entry {number} is booked on account {account}, and DATEV’s have four digits.").format(
                number=row[0], account=chosen
            ),
            _("Give the account a number of four digits under Settings, Chart of accounts."),
        )
    return Account(int(chosen))
