"""Who is late, as the page of collections lists it: one row a client and currency with something past due."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from db.engine import Book
from desktop.services.late_payers import Late, habits, late
from desktop.services.lists.searching import named

# A row is a client in one currency; its id holds both, so that it stays the same while the list changes.
_CODES: Final = 26**3


def row_id(client_id: int, currency: str) -> int:
    """The id of a client's row in one currency (ISO 4217, three letters)."""
    first, second, third = (ord(letter) - ord("A") for letter in currency)
    return client_id * _CODES + (first * 26 + second) * 26 + third


def client_of(row: int) -> int:
    """The client of a row's id."""
    return row // _CODES


@dataclass(frozen=True, slots=True)
class LateFacts:
    """The list in figures: clients, and by filter how many rows and how much by currency; minor units.

    Segments and currencies are those of the rows.
    """

    clients: int
    counts: Mapping[str, int]
    amounts: Mapping[str, Mapping[str, int]]
    segments: Sequence[tuple[int, str]]
    currencies: Sequence[str]


_FILTERS: Final[Mapping[str, Callable[[Late, date], int | bool]]] = {
    "overdue": lambda one, _: one.overdue,
    "over_60": lambda one, _: one.over_60,
    "to_60": lambda one, _: not one.over_60,
    "disputed": lambda one, _: one.disputed,
    "promised": lambda one, _: one.promised,
    "broken": lambda one, _: one.missed,
    "step_due": lambda one, today: one.step_on is not None and one.step_on <= today,
    "silent": lambda one, _: one.contact_on is None,
    "on_hold": lambda one, _: one.on_hold,
}
# Filters that are an amount, and so a figure over the list.
_MONEY: Final = ("overdue", "over_60", "disputed", "promised", "broken")
_SORTS: Final[Mapping[str, Callable[[Late], Any]]] = {
    "client": lambda one: one.name.casefold(),
    "code": lambda one: one.code.casefold(),
    "segment": lambda one: one.segment.casefold() or None,
    "currency": lambda one: one.currency,
    "days": lambda one: one.days,
    "open": lambda one: one.open,
    "overdue": lambda one: one.overdue,
    "d1_30": lambda one: one.d1_30,
    "d31_60": lambda one: one.d31_60,
    "d61_90": lambda one: one.d61_90,
    "over_90": lambda one: one.over_90,
    "disputed": lambda one: one.disputed,
    "credit": lambda one: one.credit,
    "promise": lambda one: one.promise.promised_on if one.promise else None,
    "contact": lambda one: one.contact_on,
    "step": lambda one: one.step_on,
}


@dataclass
class CollectionList:
    """Rows by how late they are, the latest first. Filters, all of which must hold: overdue, over_60, to_60 (nothing
    is later), disputed, promised, broken (the latest promise), step_due (something is to be done by today), silent (no
    contact noted), on_hold, segment:ID, currency:CUR, client:ID. Once `ids` was asked, the rest answers from what stood
    there then.
    """

    book: Book
    today: date
    _rows: Mapping[int, Late] = field(default_factory=dict)

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        """Sorts: client, code, segment, currency, days, open, overdue, d1_30, d31_60, d61_90, over_90, disputed,
        credit, promise, contact, step, habit. The search finds parts of a name, code, segment, note or step."""
        self._rows = {row_id(one.client_id, one.currency): one for one in late(self.book, self.today)}
        words = search.casefold().split()
        found = [key for key, one in self._rows.items() if _has(one, words) and self._fits(one, filters)]
        found.sort(key=lambda key: (-self._rows[key].days, -self._rows[key].overdue, key))
        if sort == "habit":
            habits = self._habits(found)
            _sort(found, lambda key: habits.get(_key(self._rows[key])), descending)
        elif sort in _SORTS:
            _sort(found, lambda key: _SORTS[sort](self._rows[key]), descending)
        return found

    def late(self, row: int) -> Late | None:
        """What stands in a row."""
        return self._rows.get(row)

    def rows(self, ids: Sequence[int]) -> Mapping[int, Mapping[str, object]]:
        """The fields of Late and its sums, promise_state, promised_on and promise_amount, and `habit`: how many days
        after the due date the client paid in the last year, weighted by amount; None where it paid nothing."""
        there = [key for key in ids if key in self._rows]
        habits = self._habits(there)
        return {key: _row(one := self._rows[key], habits.get(_key(one))) for key in there}

    def totals(self, ids: Sequence[int]) -> Mapping[str, int]:
        """What is past due of these rows, minor units by currency."""
        return _sums((one, one.overdue) for key in ids if (one := self._rows.get(key)))

    def facts(self) -> LateFacts:
        """The figures over all rows."""
        rows = list(self._rows.values())
        fitting = {word: [one for one in rows if test(one, self.today)] for word, test in _FILTERS.items()}
        segments = {one.segment_id: one.segment for one in rows if one.segment_id is not None}
        return LateFacts(
            len({one.client_id for one in rows}),
            {word: len(found) for word, found in fitting.items()},
            {word: _sums((one, int(_FILTERS[word](one, self.today))) for one in rows) for word in _MONEY},
            sorted(segments.items(), key=lambda pair: pair[1].casefold()),
            sorted({one.currency for one in rows}),
        )

    def _fits(self, one: Late, filters: frozenset[str]) -> bool:
        for prefix, value in (("segment", one.segment_id), ("currency", one.currency), ("client", one.client_id)):
            chosen = named(filters, prefix)
            if chosen and str(value) not in chosen:
                return False
        return all(_FILTERS[word](one, self.today) for word in filters & _FILTERS.keys())

    def _habits(self, keys: Iterable[int]) -> Mapping[tuple[int, str], int]:
        with self.book.reading() as session:
            return habits(session.connection(), {client_of(key) for key in keys}, self.today)


def _row(one: Late, habit: int | None) -> dict[str, object]:
    promise = one.promise
    return {
        "client_id": one.client_id,
        "client": one.name,
        "code": one.code,
        "segment": one.segment,
        "currency": one.currency,
        "on_hold": one.on_hold,
        "open": one.open,
        "overdue": one.overdue,
        "d1_30": one.d1_30 or None,
        "d31_60": one.d31_60 or None,
        "d61_90": one.d61_90 or None,
        "over_90": one.over_90 or None,
        "over_60": one.over_60,
        "days": one.days,
        "credit": one.credit or None,
        "disputed": one.disputed or None,
        "contact_on": one.contact_on,
        "contact": one.contact,
        "step_on": one.step_on,
        "step": one.step,
        "promise_state": promise.state if promise else None,
        "promised_on": promise.promised_on if promise else None,
        "promise_amount": promise.amount if promise else None,
        "habit": habit,
    }


def _has(one: Late, words: Sequence[str]) -> bool:
    texts = [text.casefold() for text in (one.name, one.code, one.segment, one.contact, one.step)]
    return all(any(word in text for text in texts) for word in words)


def _sort(keys: list[int], value: Callable[[int], Any], descending: bool) -> None:
    """In place; what has no value stands last either way."""
    there = sorted((key for key in keys if value(key) is not None), key=value, reverse=descending)
    keys[:] = there + [key for key in keys if value(key) is None]


def _key(one: Late) -> tuple[int, str]:
    return one.client_id, one.currency


def _sums(amounts: Iterable[tuple[Late, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for one, amount in amounts:
        if amount:
            sums[one.currency] = sums.get(one.currency, 0) + amount
    return sums
