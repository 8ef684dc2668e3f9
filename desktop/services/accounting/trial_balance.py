"""The trial balance: of each account what it opened with, its debits and credits, and what it closes with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from db.engine import Book
from db.queries import ledger as queries
from desktop.services.accounting.mapping import LedgerAccount, Mapping


@dataclass(frozen=True, slots=True)
class Balance:
    """Minor units of one currency. Opening and closing are signed, a debit positive; debit and credit are not."""

    opening: int = 0
    debit: int = 0
    credit: int = 0

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit

    def __add__(self, other: Balance) -> Balance:
        return Balance(self.opening + other.opening, self.debit + other.debit, self.credit + other.credit)


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One account: `firm` in the firm's currency, and of each currency that was booked there its own and, as `valued`,
    what that is in the firm's."""

    account: LedgerAccount
    firm: Balance
    currencies: dict[str, Balance]
    valued: dict[str, Balance]


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """From `first` to `last`, both included. What income and expenses came to in fiscal years before that of `first`
    stands in the account of the results of earlier years.

    `unvalued` counts postings in a currency of which no rate was known: they are missing from the firm's figures.
    """

    first: date
    last: date
    currency: str
    rows: tuple[TrialRow, ...]
    unvalued: int = 0

    @property
    def total(self) -> Balance:
        """All accounts together: opening and closing are nothing, debits and credits the same."""
        return sum((row.firm for row in self.rows), Balance())

    @property
    def totals(self) -> dict[str, Balance]:
        """As `total`, by currency."""
        found: dict[str, Balance] = {}
        for row in self.rows:
            for currency, balance in row.currencies.items():
                found[currency] = found.get(currency, Balance()) + balance
        return dict(sorted(found.items()))


def fiscal_year(day: date, month: int) -> date:
    """The first day of the fiscal year, which begins with a month, that a day lies in."""
    return date(day.year if day.month >= month else day.year - 1, month, 1)


def year_of(connection: Connection, day: date) -> date:
    """The first day of the firm's fiscal year that a day lies in."""
    month = connection.exec_driver_sql("SELECT fiscal_start_month FROM firm").scalar_one()
    return fiscal_year(day, month)


def trial_balance(book: Book, last: date, first: date | None = None) -> TrialBalance:
    """Through a day, by default from the beginning of its fiscal year. Accounts on which nothing was ever booked are
    left out."""
    with book.reading() as session:
        return trial_balance_in(session.connection(), last, first)


def trial_balance_in(connection: Connection, last: date, first: date | None = None) -> TrialBalance:
    """As `trial_balance`, within a transaction."""
    mapping = Mapping(connection)
    first = min(first or year_of(connection, last), last)
    year = year_of(connection, first)
    result = mapping.result(first)
    currencies: dict[int, dict[str, Balance]] = {}
    valued: dict[int, dict[str, Balance]] = {}
    accounts: dict[int, LedgerAccount] = {}
    unvalued = 0
    found = queries.sums(
        connection, year=year.isoformat(), first=first.isoformat(), last=last.isoformat(), days=mapping.days
    )
    for traits, stretch, currency, figures in found:
        account = mapping.of_traits(traits, stretch)
        unvalued += figures[-1]
        for target, own, base in _shared(account, result, figures):
            accounts[target.id] = target
            for sums, balance in ((currencies, own), (valued, base)):
                by_currency = sums.setdefault(target.id, {})
                by_currency[currency] = by_currency.get(currency, Balance()) + balance
    rows = [
        TrialRow(
            account,
            sum(valued[account.id].values(), Balance()),
            dict(sorted(currencies[account.id].items())),
            valued[account.id],
        )
        for account in sorted(accounts.values(), key=in_order)
    ]
    return TrialBalance(first, last, mapping.home_currency, tuple(rows), unvalued)


def in_order(account: LedgerAccount) -> tuple[bool, str, int]:
    """Accounts by number; what has none comes last, in the order of the roles."""
    return (not account.assigned, account.number, -account.id)


def _shared(
    account: LedgerAccount, result: LedgerAccount, figures: tuple[int, ...]
) -> Iterable[tuple[LedgerAccount, Balance, Balance]]:
    """(account, balance in its currency, in the firm's): years that are over leave income and expenses."""
    before, since, debit, credit, firm_before, firm_since, firm_debit, firm_credit = figures[:8]
    if account.kind not in ("income", "expense"):
        yield (
            account,
            Balance(before + since, debit, -credit),
            Balance(firm_before + firm_since, firm_debit, -firm_credit),
        )
        return
    if since or debit or credit or firm_since or firm_debit or firm_credit:
        yield account, Balance(since, debit, -credit), Balance(firm_since, firm_debit, -firm_credit)
    if before or firm_before:
        yield result, Balance(before), Balance(firm_before)
