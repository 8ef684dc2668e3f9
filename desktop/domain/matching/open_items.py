"""The open items by id, group and amount, and what is left of each as lines take their part."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from desktop.domain.matching.amounts import ways
from desktop.domain.matching.facts import OpenInvoice, Policy


class OpenItems:
    def __init__(self, items: Iterable[OpenInvoice], policy: Policy) -> None:
        self._policy = policy
        self._items = {item.id: item for item in items}
        self._groups: dict[tuple[int, str], list[tuple[date, int]]] = {}
        self._amounts: dict[tuple[str, int], set[int]] = {}
        for item in self._items.values():
            self._enter(item)
        for known in self._groups.values():
            known.sort()

    def get(self, item_id: int) -> OpenInvoice | None:
        """The item with what is open of it now; None for one that is settled or unknown."""
        item = self._items.get(item_id)
        return item if item is not None and item.open else None

    def any(self, item_id: int) -> OpenInvoice:
        return self._items[item_id]

    def of_group(self, group: int, currency: str) -> list[OpenInvoice]:
        """What a group owes in a currency, the oldest due first."""
        return [self._items[row] for _due, row in self._groups.get((group, currency), ())]

    def of_amount(self, amount: int, currency: str, group: int | None = None) -> list[OpenInvoice]:
        """Items that such a payment settles whole in one of their ways, the oldest due first; of one group if given."""
        found = [self._items[row] for row in self._amounts.get((currency, amount), ())]
        return sorted((item for item in found if group is None or item.group == group), key=_order)

    def alike(self, amount: int, currency: str) -> int:
        return len(self._amounts.get((currency, amount), ()))

    def settle(self, item_id: int, amount: int) -> None:
        """Take an amount from what is open; below zero gives it back."""
        item = self._items[item_id]
        self._leave(item)
        left = replace(item, open=item.open - amount)
        self._items[item_id] = left
        self._enter(left, sort=True)

    def _enter(self, item: OpenInvoice, *, sort: bool = False) -> None:
        if not item.open:
            return
        known = self._groups.setdefault((item.group, item.currency), [])
        if sort:
            insort(known, _order(item))
        else:
            known.append(_order(item))
        for amount in self._ways(item):
            self._amounts.setdefault((item.currency, amount), set()).add(item.id)

    def _leave(self, item: OpenInvoice) -> None:
        if not item.open:
            return
        self._groups[item.group, item.currency].remove(_order(item))
        for amount in self._ways(item):
            self._amounts[item.currency, amount].discard(item.id)

    def _ways(self, item: OpenInvoice) -> set[int]:
        return {way.amount for way in ways(item, item.due, self._policy)}


def _order(item: OpenInvoice) -> tuple[date, int]:
    return item.due, item.id
