"""The journal of a span of days as a table, or as text for Beancount or Ledger, with the accounts of the chart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Final

from db.engine import Book
from desktop.documents.text_ledgers import Account, Entry, Side, beancount, ledger
from desktop.domain.money import to_major
from desktop.errors import UserError
from desktop.i18n import _, pgettext, span_text
from desktop.services.accounting.journal import Asked, JournalRow, journal
from desktop.services.accounting.mapping import LedgerAccount
from desktop.services.accounting.trial_balance import TrialBalance, trial_balance
from desktop.services.table_files import Value, check_ending, replaced, write_table

FORMATS: Final = ("csv", "datev", "beancount", "ledger")
_DAY: Final = timedelta(days=1)
_OPENING: Final = "opening"


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written: so many entries of these days."""

    path: Path
    entries: int
    first: date
    last: date


def write_journal_table(book: Book, path: Path, first: date, last: date) -> Exported:
    """A row of each posting, as CSV or a workbook by the file's ending. UserError where nothing was booked."""
    check_ending(path)
    rows = _booked(book, first, last)
    home = trial_balance(book, last, last).currency
    names = (
        _("Entry"), _("Date"), _("Kind"), _("Document"), _("Account"), _("Name of the account"), _("Client"),
        _("Name of the client"), _("Text"), _("Currency"), pgettext("ledger", "Debit"), pgettext("ledger", "Credit"),
        _("Debit in {currency}").format(currency=home), _("Credit in {currency}").format(currency=home),
    )  # fmt: skip
    write_table(path, _("Journal"), names, (_row(row, home) for row in rows))
    return Exported(path, len({row.entry for row in rows}), first, last)


def write_beancount(book: Book, path: Path, first: date, last: date) -> Exported:
    """As text for Beancount, with what accounts opened with. UserError where nothing was booked."""
    return _write(book, path, first, last, beancount)


def write_ledger(book: Book, path: Path, first: date, last: date) -> Exported:
    """As text for Ledger and hledger, with what accounts opened with. UserError where nothing was booked."""
    return _write(book, path, first, last, ledger)


def _write(
    book: Book,
    path: Path,
    first: date,
    last: date,
    lines: Callable[[str, str, Iterable[Entry]], Iterator[str]],
) -> Exported:
    rows = _booked(book, first, last)
    opening = trial_balance(book, first, first)
    with book.reading() as session:
        firm = str(session.connection().exec_driver_sql("SELECT name FROM firm").scalar_one())
    title = _("{firm}, journal of {days}").format(firm=firm, days=span_text(first, last + _DAY))
    entries = [*_opening(opening, first), *_entries(rows)]
    with replaced(path) as unfinished, unfinished.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(f"{line}\n" for line in lines(title, opening.currency, entries))
    return Exported(path, len({row.entry for row in rows}), first, last)


def _booked(book: Book, first: date, last: date) -> list[JournalRow]:
    if first > last:
        raise UserError(_("The first day lies after the last one."), _("Turn the days round."))
    rows = journal(book, Asked(first, last))
    if not rows:
        raise UserError(_("Nothing was booked on these days."), _("Choose other days."))
    return rows


def _opening(balances: TrialBalance, first: date) -> Iterator[Entry]:
    """One entry of all that accounts opened with, on the day before."""
    sides = tuple(
        Side(_account(row.account), currency, balance.opening, row.valued[currency].opening)
        for row in balances.rows
        for currency, balance in row.currencies.items()
        if balance.opening or row.valued[currency].opening
    )
    if sides:
        yield Entry(_OPENING, first - _DAY, "", _("Opening balances"), "", sides)


def _entries(rows: Iterable[JournalRow]) -> Iterator[Entry]:
    for key, some in groupby(rows, key=lambda row: row.entry):
        sides = list(some)
        head = sides[0]
        yield Entry(
            str(key),
            head.booked_on,
            next((side.client_name for side in sides if side.client_name), ""),
            " ".join(part for part in (head.called, head.document, head.text) if part),
            head.document,
            tuple(Side(_account(one.account), one.currency, one.amount, one.firm_amount) for one in sides),
        )


def _account(account: LedgerAccount) -> Account:
    return Account(account.number, account.name, account.kind)


def _row(row: JournalRow, home: str) -> tuple[Value, ...]:
    def side(amount: int | None, currency: str, sign: int) -> Decimal | None:
        return to_major(abs(amount), currency) if amount is not None and amount * sign > 0 else None

    return (
        Decimal(row.entry),
        row.booked_on,
        row.called,
        row.document,
        row.account.number,
        row.account.name,
        row.client,
        row.client_name,
        row.text,
        row.currency,
        side(row.amount, row.currency, 1),
        side(row.amount, row.currency, -1),
        side(row.firm_amount, home, 1),
        side(row.firm_amount, home, -1),
    )
