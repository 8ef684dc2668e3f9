"""Bank statements as tables: each row a movement, read by the profile of its bank."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Final

from desktop.domain.bank_statement import Balance, Entry, Statement
from desktop.errors import UserError
from desktop.i18n import _, date_text, ngettext
from desktop.importing.bank.amounts import known_currency, minor_of_decimal
from desktop.importing.bank.bank_file import BankFile
from desktop.importing.bank.csv_banks import recognised
from desktop.importing.bank.csv_columns import Columns, Row
from desktop.importing.bank.csv_guess import guessed, words_known
from desktop.importing.bank.csv_preamble import preamble
from desktop.importing.bank.csv_profiles import CsvProfile
from desktop.importing.bank.csv_signs import Signs, find_signs
from desktop.importing.bank.return_words import tells_return
from desktop.importing.bank.sources import Source
from desktop.importing.options import TableOptions
from desktop.importing.results import Rejection, Report
from desktop.importing.tables import Table, open_table
from desktop.importing.values import UnreadableError
from desktop.importing.values.dates import parse_date
from desktop.importing.values.numbers import parse_amount

_EVERY: Final = 2_000
_UNSAID: Final = frozenset({"notprovided", "not provided", "nonref", "n/a", "-"})


class UnknownTableError(UserError):
    """A table whose columns nobody has told yet. `guess` is what their headings say, lacking something."""

    def __init__(self, name: str, header: tuple[str, ...], guess: CsvProfile) -> None:
        super().__init__(
            _("Sheaf does not know the columns of “{name}”: {columns}.").format(
                name=name, columns=", ".join(one for one in header if one)[:300]
            ),
            _("Say once which column is the day and which the amount; that is kept for the next file of this bank."),
        )
        self.header = header
        self.guess = guess


@dataclass(slots=True)
class _Movement:
    entry: Entry
    balance: int | None


@dataclass(slots=True)
class _Read:
    """Movements by account and currency, in the file's order."""

    movements: dict[tuple[str, str], list[_Movement]] = field(default_factory=dict)
    rejected: list[Rejection] = field(default_factory=list)
    waiting: int = 0


def read_csv(
    source: Source, profile: CsvProfile | None = None, report: Report | None = None, *, currency: str = ""
) -> BankFile:
    """The movements of a bank's table. Without a profile it is told by its header.

    `currency` counts where neither a column nor a heading names one. UnknownTableError where the columns are not known,
    UserError where a profile does not fit or the file writes days that may be read in two ways.
    """
    content = source.content()
    table = open_bank_table(content, source.name, profile)
    chosen = profile or recognised(table.header)
    if chosen is None:
        chosen = guessed(table.header)
        if chosen.lacks:
            raise UnknownTableError(source.name, table.header, chosen)
    columns = Columns(table.header, chosen, source.name)
    above = preamble(content, table)
    signs = find_signs(table, columns, chosen, source.name)
    told = _Teller(columns, chosen, signs, above.account, above.currency or currency)
    read = _Read()
    for done, record in enumerate(table.records()):
        if report is not None and done % _EVERY == 0:
            report(record.row, table.lines, source.name)
        told.take(columns.row(record), read)
    statements = tuple(_statement(account, code, movements) for (account, code), movements in read.movements.items())
    if not statements:
        if read.rejected:
            first = read.rejected[0]
            raise UserError(
                _("No row of “{name}” can be read. Row {row}: {problem}").format(
                    name=source.name, row=first.row, problem=first.problem
                ),
                first.remedy,
            )
        statements = (Statement("csv", above.account, above.currency or currency, ()),)
    return BankFile("csv", statements, _problems(table, read), tuple(read.rejected))


def open_bank_table(content: bytes, name: str, profile: CsvProfile | None = None) -> Table:
    """The table with its header found by the words that banks use. UserError where it is none."""
    options = TableOptions()
    if profile is not None:
        options = TableOptions(encoding=profile.encoding, delimiter=profile.delimiter, header_row=profile.header_row)
    return open_table(content, options, words_known, name)


def _problems(table: Table, read: _Read) -> tuple[str, ...]:
    said = [] if table.encoding_sure else [note.text for note in table.notes]
    if read.waiting:
        said.append(
            ngettext(
                "{count} row that the bank has not booked yet is left out.",
                "{count} rows that the bank has not booked yet are left out.",
                read.waiting,
            ).format(count=read.waiting)
        )
    return tuple(said)


class _Teller:
    """Turns the rows of one table into movements."""

    def __init__(self, columns: Columns, profile: CsvProfile, signs: Signs, account: str, currency: str) -> None:
        self._columns = columns
        self._profile = profile
        self._signs = signs
        self._account = account
        self._currency = profile.currency or columns.currency or currency
        self._states = {state.casefold() for state in profile.states}
        self._debit = {word.casefold() for word in profile.debit_words}

    def take(self, row: Row, read: _Read) -> None:
        if self._states and row.first("state").casefold() not in self._states:
            read.waiting += bool(row.first("booked_on"))
            return
        if not self._moves(row):
            return
        try:
            movement, key = self._movement(row)
        except _CellError as error:
            heading, value = error.heading, error.value
            read.rejected.append(Rejection(row.number, heading, value, error.problem, error.remedy))
        else:
            read.movements.setdefault(key, []).append(movement)

    def _moves(self, row: Row) -> bool:
        """Whether it is a movement at all: titles, sums and balances have no day, or no amount."""
        amounts = any(row.first(name) for name in ("amount", "debit", "credit"))
        if row.first("booked_on") and amounts:
            return True
        return amounts and row.filled * 2 > self._columns.width

    def _movement(self, row: Row) -> tuple[_Movement, tuple[str, str]]:
        booked = self._day(row, "booked_on")
        if booked is None:
            raise _CellError(self._columns.heading("booked_on"), "", _("The row has no day."), _("Fill in the day."))
        amount, currency = self._amount(row)
        party = row.joined("party") or row.first("payer" if amount > 0 else "payee")
        end_to_end = row.first("end_to_end")
        code = row.joined("code")
        original = self._original(row)
        charges = self._minor(row, "charges", currency)
        entry = Entry(
            booked_on=booked,
            amount=amount,
            currency=currency,
            valued_on=self._day(row, "valued_on", lenient=True),
            party=party,
            party_account="".join(row.first("party_account").split()),
            party_bic=row.first("party_bic"),
            text=row.joined("text"),
            reference=row.joined("reference"),
            end_to_end="" if end_to_end.casefold() in _UNSAID else end_to_end,
            mandate=row.first("mandate"),
            bank_reference=row.first("bank_reference"),
            code=code,
            returns=tells_return(code),
            charges=abs(charges) if charges else None,
            original=original if original and original != (amount, currency) else None,
            place=str(row.number),
        )
        account = "".join(row.first("account").split()) or self._profile.account or self._account
        return _Movement(entry, self._minor(row, "balance", currency, lenient=True)), (account, currency)

    def _day(self, row: Row, name: str, *, lenient: bool = False) -> date | None:
        text = row.first(name)
        if not text:
            return None
        try:
            return parse_date(text, self._signs.order)
        except UnreadableError as error:
            if lenient:
                return None
            raise _CellError(self._columns.heading(name), text, error.problem, error.remedy) from None

    def _amount(self, row: Row) -> tuple[int, str]:
        currency = row.first("currency").upper() or self._currency
        if currency and not known_currency(currency):
            raise _CellError(
                self._columns.heading("currency"),
                currency,
                _("“{text}” is no currency.").format(text=currency),
                _("Write the three letters, such as EUR."),
            )
        found = self._minor(row, "amount", currency)
        if found is None:
            credit, debit = self._minor(row, "credit", currency), self._minor(row, "debit", currency)
            # Some banks write what went out with a minus, others without.
            found = (credit or 0) - abs(debit or 0)
        else:
            marker = row.first("marker").casefold()
            if marker:
                found = -abs(found) if marker in self._debit else abs(found)
        if self._profile.negate:
            found = -found
        fee = self._minor(row, "fee", currency)
        return found - (fee or 0), currency

    def _minor(self, row: Row, name: str, currency: str, *, lenient: bool = False) -> int | None:
        text = row.first(name)
        if not text:
            return None
        try:
            value, named = parse_amount(text, self._signs.decimal)
        except UnreadableError as error:
            if lenient:
                return None
            raise _CellError(self._columns.heading(name), text, error.problem, error.remedy) from None
        minor = minor_of_decimal(value, currency)
        wrong = named and currency and named != currency
        if (minor is None or wrong or minor.rounded) and not lenient:
            raise _CellError(
                self._columns.heading(name),
                text,
                (
                    _("“{text}” is no amount in {currency}.").format(text=text, currency=currency)
                    if currency
                    else _("“{text}” is no amount with two decimals.").format(text=text)
                ),
                _("Correct the amount, or download the file again."),
            )
        return None if minor is None or wrong else minor.minor

    def _original(self, row: Row) -> tuple[int, str] | None:
        text = row.first("original_amount")
        currency = row.first("original_currency").upper() or row.first("currency").upper()
        if not text or not known_currency(currency):
            return None
        with suppress(UnreadableError):
            minor = minor_of_decimal(parse_amount(text, self._signs.decimal).value, currency)
            if minor is not None and minor.minor:
                return minor.minor, currency
        return None


class _CellError(Exception):
    def __init__(self, heading: str, value: str, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.heading, self.value, self.problem, self.remedy = heading, value, problem, remedy


def _statement(account: str, currency: str, movements: list[_Movement]) -> Statement:
    """In the order of time. The balances beside the rows tell that order and prove that no row is missing."""
    downward, upward = _breaks(movements), _breaks(movements[::-1])
    days = [one.entry.booked_on for one in movements]
    balanced = all(one.balance is not None for one in movements)
    newest_first = upward < downward if balanced else days[0] > days[-1]
    ordered = movements[::-1] if newest_first else movements
    problems: list[str] = []
    opening = closing = None
    if balanced:
        broken = min(downward, upward)
        first, last = ordered[0], ordered[-1]
        if not broken and first.balance is not None and last.balance is not None:
            opening = Balance(None, first.balance - first.entry.amount, currency)
            closing = Balance(last.entry.booked_on, last.balance, currency)
        elif broken * 10 <= len(movements):
            problems.append(_break(ordered))
    return Statement(
        "csv",
        account,
        currency,
        tuple(one.entry for one in ordered),
        from_day=min(days),
        to_day=max(days),
        opening=opening,
        closing=closing,
        problems=tuple(problems),
    )


def _breaks(movements: list[_Movement]) -> int:
    """How often a balance does not follow from the one above it."""
    return sum(1 for _one in _broken(movements))


def _broken(movements: list[_Movement]) -> Iterator[_Movement]:
    for before, one in pairwise(movements):
        if before.balance is None or one.balance is None or before.balance + one.entry.amount != one.balance:
            yield one


def _break(ordered: list[_Movement]) -> str:
    one = next(_broken(ordered))
    return _(
        "The balance of row {row} ({day}) does not follow from the one before: rows are missing or changed."
    ).format(row=one.entry.place, day=date_text(one.entry.booked_on))
