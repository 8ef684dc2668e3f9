"""The journal by posting, narrowed by days, account, client and document; and an account's sheet with its balance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from db.engine import Book
from db.queries import ledger as queries
from db.queries.ledger import Traits, Wanted
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.accounting.mapping import LedgerAccount, Mapping
from desktop.services.accounting.trial_balance import year_of
from desktop.services.accounting.words import entry_word

_DAY = timedelta(days=1)
# What each kind of entry comes from: the place where it is opened, and which column of a row names it there.
_PLACES = (("invoice_id", "invoices"), ("payment_id", "payments"), ("line_id", "bank"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What of the journal is wanted; everything narrows, and days are both included."""

    first: date | None = None
    last: date | None = None
    account_id: int | None = None
    client_id: int | None = None
    document: str = ""
    kinds: tuple[str, ...] = ()
    search: str = ""


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One posting; a debit is positive, minor units of `currency` and of the firm's.

    `place` and `place_id` are where what made it stands: invoices, payments or bank. `reversed_by` is the entry that
    took it back, `reverses` the one that it takes back.
    """

    id: int
    entry: int
    booked_on: date
    kind: str
    account: LedgerAccount
    currency: str
    amount: int
    firm_amount: int | None
    client: str
    client_name: str
    document: str
    text: str
    place: str
    place_id: int | None
    reverses: int | None
    reversed_by: int | None

    @property
    def called(self) -> str:
        """The kind of the entry as it reads."""
        return entry_word(self.kind)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A posting of an account's sheet with the account's balance after it, in the firm's minor units."""

    row: JournalRow
    balance: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One account from `first` to `last`, minor units of the firm's currency; opening and closing are signed."""

    account: LedgerAccount
    first: date
    last: date
    currency: str
    opening: int
    rows: tuple[SheetRow, ...]

    @property
    def debit(self) -> int:
        return sum(one.row.firm_amount for one in self.rows if (one.row.firm_amount or 0) > 0)  # type: ignore[misc]

    @property
    def credit(self) -> int:
        return -sum(one.row.firm_amount for one in self.rows if (one.row.firm_amount or 0) < 0)  # type: ignore[misc]

    @property
    def closing(self) -> int:
        return self.rows[-1].balance if self.rows else self.opening


def journal_ids(book: Book, asked: Asked, sort: str = "", descending: bool = False) -> list[int]:
    """Ids of the postings in order: that of the journal, or by date, entry, debit, credit, client or document."""
    with book.reading() as session:
        connection = session.connection()
        return queries.posting_ids(connection, _wanted(connection, asked), sort, descending)


def journal_rows(book: Book, ids: Iterable[int]) -> dict[int, JournalRow]:
    """The postings with these ids."""
    wanted = Wanted()
    wanted.postings(ids)
    with book.reading() as session:
        connection = session.connection()
        mapping = Mapping(connection)
        return {row.id: row for row in _rows(mapping, queries.posting_rows(connection, wanted))}


def journal(book: Book, asked: Asked) -> list[JournalRow]:
    """All of what is asked for, in the order of the journal."""
    with book.reading() as session:
        connection = session.connection()
        return _rows(Mapping(connection), queries.posting_rows(connection, _wanted(connection, asked)))


def entry_rows(book: Book, entry: int) -> list[JournalRow]:
    """The sides of one entry. UserError where there is none of that number."""
    wanted = Wanted()
    wanted.entries([entry])
    with book.reading() as session:
        connection = session.connection()
        rows = _rows(Mapping(connection), queries.posting_rows(connection, wanted))
    if not rows:
        raise UserError(_("There is no entry {number}.").format(number=entry), _("Look for it in the journal."))
    return rows


def account_sheet(book: Book, account_id: int, last: date, first: date | None = None) -> Sheet:
    """An account with its balance after each posting, by default from the beginning of the fiscal year of `last`.

    Income and expenses begin each fiscal year with nothing. UserError where the account is gone.
    """
    with book.reading() as session:
        connection = session.connection()
        mapping = Mapping(connection)
        account = mapping.by_id(account_id)
        if account is None:
            raise UserError(_("The account is not in the chart any more."), _("Choose another one."))
        first = min(first or year_of(connection, last), last)
        kinds = mapping.wanted_of(account_id)
        since = year_of(connection, first) if account.kind in ("income", "expense") else None
        opening = 0
        if since is None or since < first:
            opening = _sum(connection, mapping, account_id, since, first - _DAY)
        opening += _carried(connection, mapping, account, first)
        rows: list[SheetRow] = []
        if kinds:
            wanted = Wanted()
            wanted.days(first.isoformat(), last.isoformat())
            wanted.traits(kinds, mapping.days)
            balance = opening
            for row in _rows(mapping, queries.posting_rows(connection, wanted)):
                balance += row.firm_amount or 0
                rows.append(SheetRow(row, balance))
    return Sheet(account, first, last, mapping.home_currency, opening, tuple(rows))


def _carried(connection: Connection, mapping: Mapping, account: LedgerAccount, first: date) -> int:
    """What results of earlier years are carried to an account."""
    if mapping.result(first).id != account.id:
        return 0
    year = year_of(connection, first)
    return sum(
        figures[4]
        for traits, stretch, _currency, figures in queries.sums(
            connection, year=year.isoformat(), first=first.isoformat(), last=first.isoformat(), days=mapping.days
        )
        if mapping.of_traits(traits, stretch).kind in ("income", "expense")
    )


def _sum(connection: Connection, mapping: Mapping, account_id: int, first: date | None, last: date) -> int:
    start = (first or date.min).isoformat()
    found = queries.sums(connection, year=start, first=start, last=last.isoformat(), days=mapping.days)
    return sum(
        sum(figures[4:8]) - figures[4] if first is not None else sum(figures[4:8])
        for traits, stretch, _currency, figures in found
        if mapping.of_traits(traits, stretch).id == account_id
    )


def _wanted(connection: Connection, asked: Asked) -> Wanted:
    wanted = Wanted()
    wanted.days(asked.first.isoformat() if asked.first else None, asked.last.isoformat() if asked.last else None)
    if asked.account_id is not None:
        mapping = Mapping(connection)
        wanted.traits(mapping.wanted_of(asked.account_id), mapping.days)
    if asked.client_id is not None:
        wanted.client(asked.client_id)
    if asked.document:
        wanted.document(asked.document)
    if asked.kinds:
        wanted.kinds(asked.kinds)
    if asked.search:
        wanted.search(asked.search)
    return wanted


def _rows(mapping: Mapping, found: Sequence[tuple[Traits, dict[str, Any]]]) -> list[JournalRow]:
    rows = []
    for traits, row in found:
        place, place_id = next(((place, row[name]) for name, place in _PLACES if row[name] is not None), ("", None))
        rows.append(
            JournalRow(
                row["id"],
                row["entry"],
                date.fromisoformat(row["booked_on"]),
                row["kind"],
                mapping.on_day(traits, row["booked_on"]),
                row["currency"],
                row["amount"],
                row["firm_amount"],
                row["client"] or "",
                row["client_name"] or "",
                row["number"],
                row["text"],
                place,
                place_id,
                row["reverses"],
                row["reversed_by"],
            )
        )
    return rows
