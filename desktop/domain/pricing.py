"""What an item costs: the client's own card, then everyone's, then the list price; flat or in tiers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from desktop.domain.money import scaled

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class RateRow:
    """One line of the rate card. Rows of one item, client, currency and day are the tiers of one card.

    `up_to` is the last quantity of its tier, None for the open one; `client_id` None is everyone's.
    """

    id: int
    item_id: int
    client_id: int | None
    currency: str
    valid_from: date
    up_to: Decimal | None
    price: Decimal
    mode: str = "flat"


@dataclass(frozen=True, slots=True)
class Price:
    """A unit price and where it comes from: source is client, card or list; mode is flat, volume or graduated."""

    unit_price: Decimal
    rate_id: int | None
    source: str
    mode: str = "flat"


@dataclass(frozen=True, slots=True)
class Tier:
    """A part of a quantity at one price."""

    quantity: Decimal
    unit_price: Decimal
    rate_id: int | None
    source: str


class Step(NamedTuple):
    """A tier as billing counts it, times 10**6: the units above `low` up to `high`, None where it is open."""

    low: int
    high: int | None
    price: int
    rate_id: int | None
    source: str


@dataclass(frozen=True, slots=True)
class _Card:
    source: str
    mode: str
    bounds: tuple[Decimal, ...]  # last quantities of the bounded tiers, ascending; an open tier stands behind them
    prices: tuple[Decimal, ...]
    ids: tuple[int, ...]
    steps: tuple[Step, ...]


class PriceBook:
    """All rates of the book, for many look-ups. List prices are item id -> (currency, price).

    `graduated` are the items that any card prices in graduated tiers.
    """

    __slots__ = ("_cards", "_items", "_list", "graduated")

    def __init__(self, rates: Iterable[RateRow], list_prices: Mapping[int, tuple[str, Decimal]] | None = None) -> None:
        self._list = dict(list_prices or {})
        grouped: dict[tuple[int, int, str], dict[date, list[RateRow]]] = {}
        for row in rates:
            key = (row.item_id, row.client_id or 0, row.currency)
            grouped.setdefault(key, {}).setdefault(row.valid_from, []).append(row)
        self._cards: dict[tuple[int, int, str], tuple[list[date], list[_Card]]] = {}
        for key, by_day in grouped.items():
            days = sorted(by_day)
            self._cards[key] = (days, [_card(by_day[day]) for day in days])
        self._items = {item_id for item_id, _, _ in self._cards}
        self.graduated = frozenset(
            key[0] for key, (_, cards) in self._cards.items() if any(card.mode == "graduated" for card in cards)
        )

    def on_card(self, item_id: int) -> bool:
        """Whether any rate card, whoever's and whenever, names the item."""
        return item_id in self._items

    def price(
        self, item_id: int, client_id: int | None, currency: str, day: date, quantity: Decimal = Decimal(1)
    ) -> Price | None:
        """The unit price on a day: that of the tier which the quantity reaches.

        Of a graduated card it prices only the last units; `tiers` splits the quantity. None where nothing prices it,
        also where the quantity is beyond the last tier of the card: a price nobody agreed is not guessed.
        """
        card = self._find(item_id, client_id, currency, day)
        if card is None:
            listed = self._list.get(item_id)
            return Price(listed[1], None, "list") if listed and listed[0] == currency else None
        at = bisect_left(card.bounds, abs(quantity)) if card.bounds else 0
        if at == len(card.prices):
            return None
        return Price(card.prices[at], card.ids[at], card.source, card.mode)

    def tiers(
        self, item_id: int, client_id: int | None, currency: str, day: date, quantity: Decimal
    ) -> tuple[Tier, ...] | None:
        """The quantity with its price: in one part, or one part a tier of a graduated card. None as in `price`."""
        reached = self.price(item_id, client_id, currency, day, quantity)
        if reached is None:
            return None
        card = self._find(item_id, client_id, currency, day)
        if card is None or card.mode != "graduated":
            return (Tier(quantity, reached.unit_price, reached.rate_id, reached.source),)
        sign = -1 if quantity < 0 else 1
        size, below, parts = abs(quantity), _ZERO, []
        for at, price in enumerate(card.prices):
            top = min(size, card.bounds[at]) if at < len(card.bounds) else size
            parts.append(Tier(sign * (top - below), price, card.ids[at], card.source))
            below = top
            if top == size:
                break
        return tuple(parts)

    def steps(
        self, item_id: int, client_id: int | None, currency: str, day: date
    ) -> tuple[str, tuple[Step, ...]] | None:
        """The mode and the tiers of what prices an item on a day, the lowest first; None where nothing does."""
        card = self._find(item_id, client_id, currency, day)
        if card is not None:
            return card.mode, card.steps
        listed = self._list.get(item_id)
        return ("flat", (Step(0, None, scaled(listed[1]), None, "list"),)) if listed and listed[0] == currency else None

    def _find(self, item_id: int, client_id: int | None, currency: str, day: date) -> _Card | None:
        for owner in (client_id, 0) if client_id else (0,):
            found = self._cards.get((item_id, owner or 0, currency))
            if found:
                at = bisect_right(found[0], day)
                if at:
                    return found[1][at - 1]
        return None


def _card(rows: list[RateRow]) -> _Card:
    bounded = sorted((row for row in rows if row.up_to is not None), key=lambda row: row.up_to or _ZERO)
    ordered = bounded + [row for row in rows if row.up_to is None]
    first = ordered[0]
    source = "client" if first.client_id else "card"
    steps: list[Step] = []
    for row in ordered:
        high = None if row.up_to is None else scaled(row.up_to)
        steps.append(Step(steps[-1].high or 0 if steps else 0, high, scaled(row.price), row.id, source))
    return _Card(
        source=source,
        mode=first.mode,
        bounds=tuple(row.up_to for row in bounded if row.up_to is not None),
        prices=tuple(row.price for row in ordered),
        ids=tuple(row.id for row in ordered),
        steps=tuple(steps),
    )
