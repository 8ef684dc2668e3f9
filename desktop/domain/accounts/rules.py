"""Which account takes a posting: dated rules by name, the closest name first."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

from desktop.domain.accounts.names import What, names


class AccountRules:
    """Rules as (name, day from which it counts, id of the account)."""

    def __init__(self, rules: Iterable[tuple[str, date, int]]) -> None:
        self._by_name: dict[str, tuple[list[date], list[int]]] = {}
        days = set()
        for name, valid_from, account in sorted(rules, key=lambda one: one[1]):
            starts, accounts = self._by_name.setdefault(name, ([], []))
            starts.append(valid_from)
            accounts.append(account)
            days.add(valid_from)
        self.days: tuple[date, ...] = tuple(sorted(days))
        """On each of these another account may begin to take something."""

    def named(self, name: str, on: date) -> int | None:
        """The account that takes a name on a day, where any does."""
        starts, accounts = self._by_name.get(name, ([], []))
        place = bisect_right(starts, on)
        return accounts[place - 1] if place else None

    def account(self, what: What, on: date) -> int | None:
        """The account of a posting booked on a day, by the closest name that any account takes."""
        return next((found for name in names(what) if (found := self.named(name, on)) is not None), None)
