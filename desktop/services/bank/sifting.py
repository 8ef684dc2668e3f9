"""Holds the statements of a file against the book: which account, which lines are new, what cannot be right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from sqlalchemy import Connection

from desktop.domain.bank_statement import Entry, Statement
from desktop.i18n import _, date_text, money_text, ngettext
from desktop.services.bank.accounts import OwnAccount
from desktop.services.bank.identity import Movement, identity_base, movement, of_entry, sort_out
from desktop.services.bank.stretches import Stretch, apart, is_same, stretch_of
from desktop.services.bank.taken import Refusal

# A line may stand some days beside the day that another format gives it.
_AROUND: Final = timedelta(5)
_LINE: Final = (
    "SELECT id, statement_id, booked_on, valued_on, amount, party, party_account, text, reference, end_to_end,"
    " bank_reference, identity FROM bank_line WHERE account_id = ? AND booked_on BETWEEN ? AND ? ORDER BY id"
)
_STATEMENT: Final = (
    "SELECT id, format, number, from_day, to_day, opening, closing FROM bank_statement"
    " WHERE account_id = ? AND from_day <= ? AND to_day >= ? ORDER BY id"
)


@dataclass(slots=True)
class Planned:
    """One statement held against the book. `new` are its new entries with their identities. It is `kept` where the
    book has no statement yet that says the same."""

    statement: Statement
    account: OwnAccount
    stretch: Stretch | None
    new: list[tuple[Entry, str]] = field(default_factory=list)
    known: int = 0
    left_out: int = 0
    rejected: list[Refusal] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    kept: bool = True
    currency: str = ""


@dataclass(frozen=True, slots=True)
class _Beside:
    """A statement held against the book before, of which nothing is written yet."""

    account_id: int
    first: date
    last: date
    stretch: Stretch
    movements: list[Movement]


class Sieve:
    """One view of the book's lines and of what was planned beside it. What is planned counts as known, by the number
    below zero that its statement has until it is written."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._planned: list[_Beside] = []
        statements = connection.exec_driver_sql("SELECT id, format FROM bank_statement")
        self._formats: dict[int, str] = {row[0]: row[1] for row in statements}
        self._identities: dict[int, set[str]] = defaultdict(set)

    def hold(self, statement: Statement, account: OwnAccount, file: str, *, today: date) -> Planned:
        stretch = stretch_of(statement, -1 - len(self._planned))
        currency = statement.currency or account.currency or account.assumed
        planned = Planned(statement, account, stretch, currency=currency)
        entries = self._usable(planned, file)
        if stretch is None:
            planned.kept = False
            return planned
        booked = [one.booked_on for one in entries]
        low, high = min(booked, default=stretch.first), max(booked, default=stretch.last)
        low, high = min(low, stretch.first), max(high, stretch.last)
        stretches = self._stretches(account.id, low, high)
        known = self._known(
            account.id, min([low, *(one.first for one in stretches.values())]) - _AROUND, high + _AROUND
        )
        stretches = _with_moves(stretches, known)
        same = [one for one in stretches.values() if is_same(stretch, one)]
        movements = [of_entry(one, statement.format) for one in entries]
        found = sort_out(
            movements,
            known,
            apart=apart(stretch, stretches),
            days=(stretch.first, stretch.last),
            told=[(one.first, one.last) for one in stretches.values() if one.format != statement.format],
            preliminary=statement.preliminary,
            same_statement=bool(same),
        )
        fresh = [place for place in range(len(entries)) if place not in found.pairs]
        planned.known = len(found.pairs)
        if fresh and any(self._contradicts(stretch, one, known, found.pairs.values()) for one in same):
            # The bank neither adds to what its balances closed nor takes away what it told: somebody did.
            planned.rejected += [_edited(file, entries[place], currency) for place in fresh]
            fresh = []
        planned.problems += _remarks(planned, found.reworded, entries, currency, today)
        planned.problems += _missing(stretch, known, found.pairs.values(), same, currency)
        planned.kept = bool(fresh) or not any(_says_the_same(stretch, one) for one in stretches.values())
        mine = [movements[place] for place in fresh]
        for place, one in zip(fresh, mine, strict=True):
            planned.new.append((entries[place], self._identity(account.id, one)))
            one.statement_id = stretch.id
        self._planned.append(_Beside(account.id, low, high, stretch, mine))
        return planned

    def _usable(self, planned: Planned, file: str) -> list[Entry]:
        """The entries that move the account's money; what is in another currency is refused."""
        usable = []
        for one in planned.statement.entries:
            if one.currency and planned.currency and one.currency != planned.currency:
                problem = _("The amount is in {currency}, the account in {own}.").format(
                    currency=one.currency, own=planned.currency
                )
                remedy = _("Take in the statement that the bank gives for the account in {currency}.").format(
                    currency=one.currency
                )
                value = money_text(one.amount, one.currency)
                planned.rejected.append(Refusal(file, one.place, "", value, problem, remedy))
            elif one.amount:
                usable.append(one)
            else:
                planned.left_out += 1
        return usable

    def _stretches(self, account_id: int, low: date, high: date) -> dict[int, Stretch]:
        rows = self._connection.exec_driver_sql(_STATEMENT, (account_id, high.isoformat(), low.isoformat()))
        found = {
            row[0]: Stretch(row[0], row[1], row[2], date.fromisoformat(row[3]), date.fromisoformat(row[4]), *row[5:])
            for row in rows
        }
        found.update((one.stretch.id, one.stretch) for one in self._beside(account_id, low, high))
        return found

    def _known(self, account_id: int, low: date, high: date) -> list[Movement]:
        known = []
        for row in self._connection.exec_driver_sql(_LINE, (account_id, low.isoformat(), high.isoformat())):
            self._identities[account_id].add(row[11])
            known.append(
                movement(
                    date.fromisoformat(row[2]),
                    row[4],
                    self._formats[row[1]],
                    valued_on=None if row[3] is None else date.fromisoformat(row[3]),
                    party=row[5],
                    account=row[6],
                    text=row[7],
                    reference=row[8],
                    end_to_end=row[9],
                    bank_reference=row[10],
                    line_id=row[0],
                    statement_id=row[1],
                )
            )
        for one in self._beside(account_id, low, high):
            known += one.movements
        return known

    def _beside(self, account_id: int, low: date, high: date) -> list[_Beside]:
        return [one for one in self._planned if one.account_id == account_id and one.first <= high and low <= one.last]

    def _contradicts(
        self, new: Stretch, before: Stretch, known: Sequence[Movement], paired: Iterable[Movement]
    ) -> bool:
        """Whether a statement cannot be a later state of the one known under its number."""
        found = {id(one) for one in paired}
        if any(one.statement_id == before.id and id(one) not in found for one in known):
            return True
        if before.opening is None or before.closing is None or new.closing != before.closing:
            return False
        moved = sum(one.amount for one in known if before.first <= one.day <= before.last)
        return before.last == new.last and before.opening + moved == before.closing

    def _identity(self, account_id: int, one: Movement) -> str:
        base = identity_base(one)
        taken = self._identities[account_id]
        name, count = base, 1
        while name in taken:
            count += 1
            name = f"{base}/{count}"
        taken.add(name)
        return name


def _with_moves(stretches: Mapping[int, Stretch], known: Iterable[Movement]) -> dict[int, Stretch]:
    moves: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for one in known:
        moves[one.statement_id].append((one.day, one.amount))
    return {
        key: one
        if one.moves
        else Stretch(
            one.id, one.format, one.number, one.first, one.last, one.opening, one.closing, tuple(moves.get(key, ()))
        )
        for key, one in stretches.items()
    }


def _says_the_same(one: Stretch, other: Stretch) -> bool:
    return (one.format, one.number, one.first, one.last, one.opening, one.closing) == (
        other.format,
        other.number,
        other.first,
        other.last,
        other.opening,
        other.closing,
    )


def _edited(file: str, entry: Entry, currency: str) -> Refusal:
    return Refusal(
        file,
        entry.place,
        "",
        f"{date_text(entry.booked_on)} {money_text(entry.amount, currency)}",
        _("This statement was taken in before and did not have this line: the file was changed since."),
        _("Download it again from the bank. If the first file was wrong, undo taking it in, and take this one in."),
    )


def _remarks(
    planned: Planned, reworded: Sequence[int], entries: Sequence[Entry], currency: str, today: date
) -> list[str]:
    said = []
    for place in reworded[:5]:
        said.append(
            _("The line of {day} over {amount} has other words than when it was taken in; the first are kept.").format(
                day=date_text(entries[place].booked_on), amount=money_text(entries[place].amount, currency)
            )
        )
    if planned.left_out:
        said.append(
            ngettext(
                "{count} line of zero is left out: it moves nothing.",
                "{count} lines of zero are left out: they move nothing.",
                planned.left_out,
            ).format(count=planned.left_out)
        )
    late = sum(one.booked_on > today for one in entries)
    if late:
        said.append(
            ngettext(
                "{count} line is dated after today, {today}.", "{count} lines are dated after today, {today}.", late
            ).format(count=late, today=date_text(today))
        )
    return said


def _missing(
    stretch: Stretch,
    known: Sequence[Movement],
    paired: Iterable[Movement],
    same: Sequence[Stretch],
    currency: str,
) -> list[str]:
    """Lines of days that this statement tells whole, which it does not have."""
    if not stretch.adds_up:
        return []
    found = {id(one) for one in paired}
    ids = {one.id for one in same}
    sure: Callable[[Movement], bool] = lambda one: stretch.first < one.day < stretch.last or one.statement_id in ids  # noqa: E731
    lacking = [one for one in known if id(one) not in found and sure(one)]
    if not lacking:
        return []
    return [
        ngettext(
            "{count} line taken in before for these days is not in this file: {amount} on {day}.",
            "{count} lines taken in before for these days are not in this file, the first of {amount} on {day}.",
            len(lacking),
        ).format(count=len(lacking), amount=money_text(lacking[0].amount, currency), day=date_text(lacking[0].day))
    ]
