"""Statements as stretches of an account's days and balances, and the proof that two of them tell other movements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from desktop.domain.bank_statement import Statement


@dataclass(frozen=True, slots=True)
class Stretch:
    """A statement as it is held against others. Days inclusive; balances signed minor units. `moves` are the amounts of
    its entries by day, in the file's order; of a known statement those that it was the first to tell."""

    id: int
    format: str
    number: str
    first: date
    last: date
    opening: int | None
    closing: int | None
    moves: tuple[tuple[date, int], ...] = ()

    @property
    def adds_up(self) -> bool:
        if self.opening is None or self.closing is None:
            return False
        return self.opening + sum(amount for _day, amount in self.moves) == self.closing


def stretch_of(statement: Statement, number: int = 0) -> Stretch | None:
    """None for a statement that speaks of no day at all."""
    booked = [one.booked_on for one in statement.entries]
    stated = [balance.on for balance in (statement.opening, statement.closing) if balance and balance.on]
    first = statement.from_day or min(booked, default=None) or max(stated, default=None)
    last = statement.to_day or max(booked, default=None) or max(stated, default=None)
    if first is None or last is None:
        return None
    return Stretch(
        number,
        statement.format,
        statement.number,
        min(first, last),
        max(first, last),
        statement.opening.amount if statement.opening else None,
        statement.closing.amount if statement.closing else None,
        tuple((one.booked_on, one.amount) for one in statement.entries if one.amount),
    )


def is_same(one: Stretch, other: Stretch) -> bool:
    """Whether both are one statement by the bank's own number. What a day brought later may have been added to it.

    Days and balances alone do not tell: a file fetched before the day was over has them too, where the rest of the day
    comes to nothing.
    """
    if one.format != other.format or one.number != other.number or not _numbered(one.number):
        return False
    return one.opening is not None and (one.first, one.opening) == (other.first, other.opening)


def apart(new: Stretch, known: Mapping[int, Stretch]) -> frozenset[int]:
    """The known statements that share a day with the new one and are proved not to share a movement with it."""
    near = {key: one for key, one in known.items() if one.first <= new.last and new.first <= one.last}
    found = {key for key, one in near.items() if _pages(new, one) or _other_part(new, one)}
    after = _reached(new, near, _follows)
    before = _reached(new, near, lambda later, earlier: _follows(earlier, later))
    # What both precedes and follows goes round in a circle of equal balances and proves nothing.
    return frozenset(found | (before ^ after))


def _reached(new: Stretch, near: Mapping[int, Stretch], follows: Callable[[Stretch, Stretch], bool]) -> set[int]:
    found: set[int] = set()
    edge: Sequence[Stretch] = (new,)
    while edge:
        step = [
            key
            for key, one in near.items()
            if key not in found and any(one.id != at.id and follows(at, one) for at in edge)
        ]
        found.update(step)
        edge = [near[key] for key in step]
    return found


def _follows(earlier: Stretch, later: Stretch) -> bool:
    """Whether the later one begins where the earlier one ended, in the middle of one day.

    Two statements of whole days can meet in one balance too, where what both tell of that day comes to nothing: then
    the later one tells some of it again.
    """
    if earlier.closing is None or earlier.closing != later.opening or earlier.opening == later.opening:
        return False
    if earlier.last != later.first or not earlier.adds_up or not later.adds_up:
        return False
    told = Counter(amount for day, amount in later.moves if day == later.first)
    repeated: Counter[int] = Counter()
    total = 0
    of_the_day = [amount for day, amount in earlier.moves if day == earlier.last]
    for amount in reversed(of_the_day):
        total += amount
        repeated[amount] += 1
        if total == 0 and repeated <= told:
            return False
    return True


def _pages(one: Stretch, other: Stretch) -> bool:
    """Two sheets of one statement, as 5/1 and 5/2."""
    if one.format != other.format or "/" not in one.number or "/" not in other.number:
        return False
    number, _slash, sheet = one.number.partition("/")
    its_number, _slash, its_sheet = other.number.partition("/")
    return number == its_number and number.strip("0") != "" and sheet != its_sheet


def _other_part(one: Stretch, other: Stretch) -> bool:
    """Two numbered statements of one format of which at least one begins in the middle of the day they share."""
    if one.format != other.format or not _numbered(one.number) or not _numbered(other.number):
        return False
    if one.number == other.number or one.opening is None or other.opening is None:
        return False
    if not one.adds_up or not other.adds_up:
        return False
    shared = max(one.first, other.first)
    return _at_start(one, shared) != _at_start(other, shared)


def _numbered(number: str) -> bool:
    return bool(number.strip("0/ -"))


def _at_start(one: Stretch, day: date) -> int:
    assert one.opening is not None
    return one.opening + sum(amount for booked, amount in one.moves if booked < day)
