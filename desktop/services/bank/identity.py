"""Which entries of a statement are in the book already, whatever file or format told them first.

A statement tells each movement once, so its entries are paired with known lines one to one: what two files of the same
days both tell is one movement, what one of them tells twice is two.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from rapidfuzz import fuzz

from desktop.domain.bank_statement import Entry
from desktop.domain.references import iban_is_sound

# Banks write these where there is no reference.
_NO_REFERENCE: Final = frozenset({"", "NONREF", "NOREF", "NOTPROVIDED", "NOTAVAILABLE", "NONREFERENCE", "0"})
_NOT_PLAIN: Final = re.compile(r"[\W_]+")
# Beyond this many pairs of one day and amount they are paired in their order: a subscription's thousands are alike.
_MOST_PAIRS: Final = 40_000
_LOOKED_AT: Final = 50
# Similarity in percent. The same words come out of one format all but equal; two formats cut and join them.
_SAME_FORMAT: Final = 60
_OTHER_FORMAT: Final = 45
_PARTY: Final = 50
_OTHER_DAY: Final = 70
_OTHER_REFERENCE: Final = 75
_DAYS_APART: Final = 5
_DIGITS_OF_AN_ID: Final = 6


@dataclass(slots=True)
class Movement:
    """An entry or a known line in the form that is compared; `line_id` is None for what only this file tells."""

    day: date
    amount: int
    format: str
    line_id: int | None = None
    statement_id: int = 0
    valued_on: date | None = None
    party: str = ""
    account: str = ""
    words: str = ""
    spaced: str = ""
    bank_reference: str = ""
    end_to_end: str = ""
    reference: str = ""


@dataclass(slots=True)
class Sorted:
    """`pairs` is known movement by place of the entry; `reworded` are places whose words are others than before."""

    pairs: dict[int, Movement] = field(default_factory=dict)
    reworded: list[int] = field(default_factory=list)


def movement(
    day: date,
    amount: int,
    format: str,
    *,
    valued_on: date | None = None,
    party: str = "",
    account: str = "",
    text: str = "",
    reference: str = "",
    end_to_end: str = "",
    bank_reference: str = "",
    line_id: int | None = None,
    statement_id: int = 0,
) -> Movement:
    spaced = " ".join(part for part in (_spaced(party), _spaced(text), _spaced(reference), _spaced(end_to_end)) if part)
    return Movement(
        day,
        amount,
        format,
        line_id,
        statement_id,
        valued_on,
        _plain(party),
        _plain(account).upper(),
        spaced.replace(" ", ""),
        spaced,
        _id(bank_reference),
        _id(end_to_end),
        _id(reference),
    )


def of_entry(entry: Entry, format: str) -> Movement:
    return movement(
        entry.booked_on,
        entry.amount,
        format,
        valued_on=entry.valued_on,
        party=entry.party,
        account=entry.party_account,
        text=entry.text,
        reference=entry.reference,
        end_to_end=entry.end_to_end,
        bank_reference=entry.bank_reference,
    )


def identity_base(one: Movement) -> str:
    """What the identity of a line is made of before equal ones are counted: its day, its amount and what it says."""
    said = "\x1f".join((one.bank_reference, one.end_to_end, one.reference, one.account, one.words))
    return f"{one.day.isoformat()}/{one.amount}/{hashlib.blake2b(said.encode(), digest_size=8).hexdigest()}"


def sort_out(
    entries: Sequence[Movement],
    known: Iterable[Movement],
    *,
    apart: frozenset[int],
    days: tuple[date, date],
    told: Sequence[tuple[date, date]] = (),
    preliminary: bool = False,
    same_statement: bool = False,
) -> Sorted:
    """Pair the entries of one statement with known lines.

    `apart` are statements that are proved to tell other movements: their lines are not looked at. `days` are the first
    and last that the statement speaks of, `told` those of known statements in other formats. Where the `same_statement`
    is known, words do not part what amount and day join.
    """
    pool = [one for one in known if one.statement_id not in apart]
    pairing = _Pairing(entries, pool, unstable=_unstable(entries, pool, days), lenient=same_statement)
    pairing.by_key(lambda one: (one.bank_reference, one.day, one.amount, one.words) if one.bank_reference else None)
    pairing.by_key(lambda one: (one.bank_reference, one.day, one.amount) if one.bank_reference else None)
    pairing.by_key(lambda one: (one.day, one.amount, one.words, one.account))
    pairing.by_day_and_amount()
    pairing.by_unique_id()
    pairing.by_other_day(days, told, preliminary)
    return pairing.result


class _Pairing:
    def __init__(self, entries: Sequence[Movement], pool: Sequence[Movement], *, unstable: bool, lenient: bool) -> None:
        self.entries = entries
        self.pool = pool
        self.unstable = unstable
        self.lenient = lenient
        self.free = set(range(len(pool)))
        self.left = set(range(len(entries)))
        self.result = Sorted()

    def join(self, place: int, line: int) -> None:
        self.left.discard(place)
        self.free.discard(line)
        self.result.pairs[place] = self.pool[line]
        one, other = self.entries[place], self.pool[line]
        if one.format == other.format and one.words != other.words and _alike(one, other) < _SAME_FORMAT:
            self.result.reworded.append(place)

    def distinct(self, one: Movement, other: Movement) -> bool:
        """Whether two movements of one day and amount are told to be two."""
        same_format = one.format == other.format
        if same_format and not self.unstable and _differ(one.bank_reference, other.bank_reference):
            return True
        if _differ_cut(one.end_to_end, other.end_to_end) or _differ_cut(one.reference, other.reference):
            # What one format calls a reference may be another's own number.
            return not self.lenient and (same_format or _alike(one, other) < _OTHER_REFERENCE)
        if _other_account(one.account, other.account, same_format):
            return not self.lenient
        if self.lenient:
            return False
        if same_format:
            return min(len(one.words), len(other.words)) >= 6 and _alike(one, other) < _SAME_FORMAT
        if min(len(one.party), len(other.party)) < 4 or fuzz.partial_ratio(one.party, other.party) >= _PARTY:
            return False
        return _alike(one, other) < _OTHER_FORMAT

    def by_key(self, key: Callable[[Movement], object]) -> None:
        waiting: dict[object, list[int]] = defaultdict(list)
        for line in sorted(self.free, reverse=True):
            found = key(self.pool[line])
            if found is not None:
                waiting[found].append(line)
        for place in sorted(self.left):
            found = key(self.entries[place])
            lines = waiting.get(found, []) if found is not None else []
            for at in range(len(lines) - 1, max(len(lines) - _LOOKED_AT, -1), -1):
                if not self.distinct(self.entries[place], self.pool[lines[at]]):
                    self.join(place, lines.pop(at))
                    break

    def by_day_and_amount(self) -> None:
        """As many pairs as there can be, the most alike first: a pair made too early would leave a line doubled."""
        places, lines = _grouped(self.entries, self.left), _grouped(self.pool, self.free)
        for key, mine in places.items():
            theirs = lines.get(key, [])
            if not theirs:
                continue
            if len(mine) * len(theirs) > _MOST_PAIRS:
                self._in_order(mine, theirs)
                continue
            fits = {
                place: sorted(
                    (line for line in theirs if not self.distinct(self.entries[place], self.pool[line])),
                    key=lambda line: -_alike(self.entries[place], self.pool[line]),
                )
                for place in mine
            }
            taken: dict[int, int] = {}
            for place in sorted(mine, key=lambda place: -self._best(place, fits[place])):
                _augment(place, fits, taken, set())
            for line, place in taken.items():
                self.join(place, line)

    def _best(self, place: int, lines: Sequence[int]) -> float:
        return _alike(self.entries[place], self.pool[lines[0]]) if lines else -1

    def _in_order(self, mine: Sequence[int], theirs: Sequence[int]) -> None:
        """By their words in order, one after the other."""
        rest = sorted(theirs, key=lambda line: self.pool[line].words, reverse=True)
        for place in sorted(mine, key=lambda place: self.entries[place].words):
            for at in range(len(rest) - 1, max(len(rest) - _LOOKED_AT, -1), -1):
                if not self.distinct(self.entries[place], self.pool[rest[at]]):
                    self.join(place, rest.pop(at))
                    break

    def by_unique_id(self) -> None:
        """The bank's own name of a movement tells it on a neighbouring day too, where nothing else has that name."""
        mine: dict[tuple[str, int], list[int]] = defaultdict(list)
        theirs: dict[tuple[str, int], list[int]] = defaultdict(list)
        for group, movements, places in ((mine, self.entries, self.left), (theirs, self.pool, self.free)):
            for place in places:
                one = movements[place]
                if sum(sign.isdigit() for sign in one.bank_reference) >= _DIGITS_OF_AN_ID:
                    group[one.bank_reference, one.amount].append(place)
        for key, named in mine.items():
            lines = theirs.get(key, [])
            if len(named) == len(lines) == 1:
                one, other = self.entries[named[0]], self.pool[lines[0]]
                if abs(one.day - other.day) <= timedelta(_DAYS_APART) and not self.distinct(one, other):
                    self.join(named[0], lines[0])

    def by_other_day(self, days: tuple[date, date], told: Sequence[tuple[date, date]], preliminary: bool) -> None:
        """A table may give the value day where a statement gives the day of booking; what is announced moves too.

        A day that nothing spoke of so far can well have a movement like that of the next day.
        """
        lines: dict[int, list[int]] = defaultdict(list)
        for line in sorted(self.free):
            lines[self.pool[line].amount].append(line)
        for place in sorted(self.left):
            one = self.entries[place]
            spoken = any(first <= one.day <= last for first, last in told)
            found = [
                line
                for line in lines.get(one.amount, ())
                if line in self.free and self._moved(one, self.pool[line], days, spoken, preliminary)
            ]
            if found:
                self.join(place, max(found, key=lambda line: (_alike(one, self.pool[line]), -line)))

    def _moved(self, one: Movement, other: Movement, days: tuple[date, date], spoken: bool, preliminary: bool) -> bool:
        loose = preliminary or other.format == "mt942"
        if not loose and (one.format == other.format or not spoken):
            return False
        if one.day == other.day:
            return False
        if abs(one.day - other.day) > timedelta(_DAYS_APART):
            return False
        crossing = one.valued_on == other.day or other.valued_on == one.day
        if not (crossing or loose) or self.distinct(one, other):
            return False
        if one.end_to_end and one.end_to_end == other.end_to_end:
            return True
        # A line of a day that the file does not speak of is most likely another one.
        needed = _OTHER_DAY if days[0] <= other.day <= days[1] else 90
        return min(len(one.words), len(other.words)) >= 6 and _alike(one, other) >= needed


def _augment(place: int, fits: Mapping[int, list[int]], taken: dict[int, int], seen: set[int]) -> bool:
    for line in fits[place]:
        if line in seen:
            continue
        seen.add(line)
        if line not in taken or _augment(taken[line], fits, taken, seen):
            taken[line] = place
            return True
    return False


def _grouped(movements: Sequence[Movement], places: Iterable[int]) -> dict[tuple[date, int], list[int]]:
    groups: dict[tuple[date, int], list[int]] = defaultdict(list)
    for place in sorted(places):
        groups[movements[place].day, movements[place].amount].append(place)
    return groups


def _unstable(entries: Sequence[Movement], pool: Sequence[Movement], days: tuple[date, date]) -> bool:
    """Whether the bank numbers anew with each download: the same days say the same, and no reference comes back."""
    format = entries[0].format if entries else ""
    known = [one for one in pool if one.format == format and one.bank_reference and days[0] <= one.day <= days[1]]
    mine = [one for one in entries if one.bank_reference]
    if len(known) < 2 or len(mine) < 2 or {one.bank_reference for one in known} & {one.bank_reference for one in mine}:
        return False
    told = Counter((one.day, one.amount, one.words) for one in mine)
    kept = Counter((one.day, one.amount, one.words) for one in known)
    # One or two alike may be chance, and equal movements have equal words.
    return len(told) > 1 and (told <= kept or kept <= told)


def _alike(one: Movement, other: Movement) -> float:
    """0 to 100. Formats cut words in the middle and join what others part, so both forms are held together."""
    if one.words == other.words:
        return 100.0
    return max(fuzz.token_set_ratio(one.spaced, other.spaced), fuzz.partial_ratio(one.words, other.words))


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and one != other


def _differ_cut(one: str, other: str) -> bool:
    """References that a format may have cut short."""
    if not one or not other or one == other:
        return False
    short, long = sorted((one, other), key=len)
    return len(short) < 8 or short not in long


def _other_account(one: str, other: str, same_format: bool) -> bool:
    if not one or not other or one == other:
        return False
    if one.lstrip("0") in other or other.lstrip("0") in one:
        return False
    return same_format or (iban_is_sound(one) and iban_is_sound(other))


def _spaced(text: str) -> str:
    plain = text.casefold()
    if not plain.isascii():
        split = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in split if not unicodedata.combining(sign))
    return " ".join(_NOT_PLAIN.sub(" ", plain).split())


def _plain(text: str) -> str:
    return _spaced(text).replace(" ", "")


def _id(text: str) -> str:
    plain = _NOT_PLAIN.sub("", text).upper()
    return "" if plain in _NO_REFERENCE else plain
