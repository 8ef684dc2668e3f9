"""The journal's entries as bookings for DATEV: a personal account against revenue, money or losses, tax within.

DATEV reckons the tax of an automatic account from the gross. Where that gives another tax than the document has, net
and tax are booked apart, so that its books come to the same as ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from desktop.documents.datev import Booking, writable
from desktop.domain.money import SCALE, round_half_away, scaled_to_percent
from desktop.domain.tax_catalogue import EU_COUNTRIES
from desktop.errors import UserError
from desktop.i18n import _, number_text
from desktop.services.archive.datev_accounts import TAXED, Account, Accounts, What
from desktop.services.archive.datev_general import NO_TAX, general_bookings

LAST_DEBTOR: Final = 69_999
# Categories that the recapitulative statement names the buyer's VAT ID for.
_BY_VAT_ID: Final = ("K", "AE")
_NOT_IN_IDS = re.compile(r"[^A-Z0-9]")
_LONGEST_ID = 15
# What a bookkeeper reads; the file is German whoever writes it.
_WORDS: Mapping[str, str] = {
    "revenue": "", "deposits": "Anzahlung", "discount": "Skonto", "bank": "Zahlung", "bad_debt": "Forderungsausfall",
    "rounding": "Rundung", "exchange": "Kursdifferenz", "opening": "Saldovortrag", "withholding": "Quellensteuer",
    "tax_payable": "Umsatzsteuer", "deferred_revenue": "Abgrenzung", "accrued_revenue": "Abgrenzung", "cash": "Kasse",
    "fees": "Bankgebühren",
}  # fmt: skip


@dataclass(slots=True)
class _Group:
    """What one entry posts to one role at one tax: net and tax, in the entry's and in the firm's minor units."""

    role: str
    category: str | None
    rate: int | None
    net: int = 0
    base_net: int = 0
    tax: int = 0
    base_tax: int = 0


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the journal; `groups` are its sides beside receivables."""

    kind: str
    booked_on: date
    client_id: int
    code: str
    name: str
    currency: str
    number: str
    due: date | None
    service: date | None
    country: str
    tax_id: str
    method: str
    small: bool
    money: int | None
    groups: list[_Group] = field(default_factory=list)


def bookings(
    rows: Sequence[Any],
    settled: Mapping[int, str],
    accounts: Accounts,
    *,
    home: str,
    home_currency: str,
    first_debtor: int,
) -> Iterator[Booking]:
    """Bookings of postings as `db.queries.archive.bookings_between` gives them, in their order.

    `settled` names the document that a payment settles, where it is one alone. UserError for an amount without an
    exchange rate, a role without an account, and where the clients outgrow the numbers of personal accounts.
    """
    for _key, some in groupby(rows, key=lambda row: row[0]):
        sides = list(some)
        if not any(side[3] == "receivable" for side in sides):
            yield from general_bookings(sides, accounts, home, home_currency)
            continue
        entry = _entry(sides, settled)
        debtor = _debtor(entry, first_debtor)
        for group in entry.groups:
            yield from _booked(entry, group, debtor, accounts, home, home_currency)


def _debtor(entry: _Entry, first: int) -> int:
    number = first + entry.client_id
    if number > LAST_DEBTOR:
        raise UserError(
            _("{client} would have the account {number}, but the last one for customers is {last}.").format(
                client=entry.code, number=number, last=LAST_DEBTOR
            ),
            _("Let personal accounts begin at a lower number: setting datev.first_debtor."),
        )
    return number


def _entry(rows: Sequence[Any], settled: Mapping[int, str]) -> _Entry:
    (_id, kind, booked_on, _role, client_id, code, name, currency) = rows[0][:8]
    number, due, tax_date, country, tax_id, method, payment_id, small = rows[0][12:20]
    entry = _Entry(
        kind,
        date.fromisoformat(booked_on),
        client_id,
        code,
        name,
        currency,
        settled.get(payment_id, number),
        date.fromisoformat(due) if due else None,
        date.fromisoformat(tax_date) if tax_date else None,
        country or "",
        tax_id or "",
        method or "",
        bool(small),
        next((row[21] for row in rows if row[21] is not None), None),
    )
    taxes: dict[tuple[str | None, int | None], tuple[int, int]] = {}
    groups: dict[tuple[str, str | None, int | None], _Group] = {}
    for row in rows:
        role, amount, base, category, rate = row[3], row[8], row[9], row[10], row[11]
        if base is None:
            raise UserError(
                _("{number} was booked in {currency} without an exchange rate, so DATEV has no amount for it.").format(
                    number=number, currency=currency
                ),
                _("Enter rates before documents are issued, and book this one by hand."),
            )
        if role == "receivable":
            continue
        if role == "tax_payable":
            tax, base_tax = taxes.get((category, rate), (0, 0))
            taxes[category, rate] = tax + amount, base_tax + base
            continue
        group = groups.setdefault((role, category, rate), _Group(role, category, rate))
        group.net += amount
        group.base_net += base
    for (category, rate), (tax, base_tax) in taxes.items():
        bearing = [groups[key] for role in TAXED if (key := (role, category, rate)) in groups]
        if not bearing:
            bearing = [groups.setdefault(("tax_payable", category, rate), _Group("tax_payable", category, rate))]
        _share(bearing, tax, base_tax)
    entry.groups.extend(groups.values())
    return entry


def _share(groups: Sequence[_Group], tax: int, base_tax: int) -> None:
    """Give groups of one rate the tax of their nets; the first takes what rounding leaves."""
    for group in groups[1:]:
        assert group.rate is not None
        group.tax = round_half_away(Decimal(group.net * group.rate) / SCALE)
        group.base_tax = round_half_away(Decimal(group.base_net * group.rate) / SCALE)
    groups[0].tax = tax - sum(group.tax for group in groups[1:])
    groups[0].base_tax = base_tax - sum(group.base_tax for group in groups[1:])


def _booked(
    entry: _Entry, group: _Group, debtor: int, accounts: Accounts, home: str, home_currency: str
) -> Iterator[Booking]:
    def what(role: str) -> What:
        return What(
            role,
            group.category,
            group.rate,
            entry.country,
            home,
            small=entry.small,
            money=entry.money,
            method=entry.method,
            gain=group.base_net < 0,
        )

    def book(amount: int, base: int, account: Account, role: str) -> Iterator[Booking]:
        if not base and not amount:
            return
        foreign = entry.currency != home_currency and writable(entry.currency) and amount * base > 0
        if not foreign and not base:
            return
        vat_id, eu_rate = _abroad(entry, group, home) if role in TAXED else ("", None)
        yield Booking(
            abs(amount if foreign else base),
            base < 0,
            entry.currency if foreign else home_currency,
            abs(base) if foreign else None,
            debtor,
            account.number,
            account.key,
            entry.booked_on,
            entry.number,
            entry.due,
            _text(entry, role),
            vat_id,
            eu_rate,
            entry.service,
        )

    if group.role == "tax_payable":
        yield from book(
            group.tax, group.base_tax, accounts.account(what("tax_payable"), entry.booked_on), "tax_payable"
        )
        return
    account = accounts.account(what(group.role), entry.booked_on)
    if not group.base_tax and (not group.rate or group.role not in TAXED):
        yield from book(group.net, group.base_net, account, group.role)
    elif group.rate and _reckoned(group.base_net + group.base_tax, group.rate) == group.base_tax:
        yield from book(group.net + group.tax, group.base_net + group.base_tax, account, group.role)
    else:
        untaxed = Account(account.number, "" if account.key else NO_TAX)
        yield from book(group.net, group.base_net, untaxed, group.role)
        yield from book(
            group.tax, group.base_tax, accounts.account(what("tax_payable"), entry.booked_on), "tax_payable"
        )


def _reckoned(gross: int, rate: int) -> int:
    """The tax that DATEV finds in a gross amount of an automatic account."""
    return round_half_away(Decimal(gross * rate) / (SCALE + rate))


def _abroad(entry: _Entry, group: _Group, home: str) -> tuple[str, Decimal | None]:
    """The VAT ID that a statement to the state wants, or the state whose rate was charged and that rate."""
    if entry.country == home or entry.country not in EU_COUNTRIES:
        return "", None
    if group.category in _BY_VAT_ID:
        number = _NOT_IN_IDS.sub("", entry.tax_id.upper())
        if number and not number[:2].isalpha():
            number = ("EL" if entry.country == "GR" else entry.country) + number
        return number[:_LONGEST_ID], None
    if group.rate and home == "DE" and group.rate not in (190_000, 70_000):
        return entry.country, scaled_to_percent(group.rate)
    return "", None


def _text(entry: _Entry, role: str) -> str:
    words = _WORDS[role]
    if role == "revenue" and entry.kind == "credit_note":
        words = "Gutschrift"
    return f"{words} {entry.name}" if words else entry.name


def most_bookings(count: int, most: int) -> UserError:
    return UserError(
        _("DATEV takes {most} bookings in one file; these are {count}.").format(
            most=number_text(most), count=number_text(count)
        ),
        _("Choose fewer days."),
    )
