"""Explains bank lines one at a time against what is open now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from desktop.domain.matching.facts import Explanation, Line, OpenInvoice, PastPayment, Payer, Policy
from desktop.domain.matching.numbers import Named, NumberIndex
from desktop.domain.matching.open_items import OpenItems
from desktop.domain.matching.payers import PayerIndex
from desktop.domain.matching.readings import readings, readings_of
from desktop.domain.matching.returns import ReturnIndex
from desktop.domain.matching.scene import Reading, Scene
from desktop.domain.matching.weighing import Weighing, explanations
from desktop.domain.wording import day, phrase

# Texts with so many numbers are no place to look for errors, and more guesses than these help nobody.
_WRITTEN_MOST: Final = 40
_GUESSES: Final = 5


class Matcher:
    """Indexes open items, payers and past payments once; each line then costs the same however many there are.

    `settled` are the numbers of invoices that are issued and no longer open, with their clients' ids: a text that names
    one of them does not mean another one with a typing error. A line of after `today` is never sure.
    """

    def __init__(
        self,
        items: Iterable[OpenInvoice],
        payers: Iterable[Payer],
        past: Iterable[PastPayment] = (),
        policy: Policy | None = None,
        *,
        today: date,
        settled: Mapping[str, int] | None = None,
    ) -> None:
        items, payers = list(items), list(payers)
        self.policy = policy or Policy()
        self._today = today
        self.items = OpenItems(items, self.policy)
        self._numbers = NumberIndex(items, payers, settled or {})
        self._payers = PayerIndex(payers)
        self._returns = ReturnIndex(past, self._payers)

    def settled(self, item_id: int, amount: int) -> None:
        """A line took `amount` of an item (discount, write-off and withheld included); below zero gives it back."""
        self.items.settle(item_id, amount)

    def taken_back(self, payment_id: int) -> None:
        """A return took this payment back: no other one can."""
        self._returns.taken(payment_id)

    def explain(self, line: Line) -> tuple[Explanation, ...]:
        """At most five ways to read the line, best first; empty where nothing is known."""
        found = self._explained(line)
        if line.booked_on <= self._today:
            return found
        said = phrase("Is dated {day}, which is yet to come", day=day(line.booked_on))
        return tuple(replace(one, sure=False, reasons=(*one.reasons, said)) for one in found)

    def _explained(self, line: Line) -> tuple[Explanation, ...]:
        if line.amount == 0:
            return (Explanation(line.id, "nothing", 0, None, reasons=(phrase("An amount of zero settles nothing"),)),)
        if line.amount < 0:
            return self._returns.explain(line, self.policy)
        named = self._numbers.read(line)
        for mention in named.mentions:
            if mention.needed and not any(self.items.get(row) for row in mention.items):
                item = self.items.any(min(mention.items))
                named.settled[item.number] = item.client_id
        payers = self._payers.who(line, named)
        scene = Scene(line, named, payers, self.items, self.policy)
        found = list(readings(scene))
        if not found or not (named.mentions or payers.known):
            found += self._misspelled(scene, named)
        weighing = Weighing(scene, self._numbers)
        weighed = [weighing.weigh(reading) for reading in found]
        ranked = explanations(line.id, weighed, self.policy.threshold, oldest_first=self.policy.oldest_first)
        return ranked or self._elsewhere(line, named)

    def _misspelled(self, scene: Scene, named: Named) -> list[Reading]:
        """Items whose number is nearly what is written, where nothing is named outright."""
        if named.mentions or len(named.written) > _WRITTEN_MOST:
            return []
        items = [item for row in self._numbers.may_be(named) if (item := self.items.get(row)) is not None]
        return [reading for item in items[:_GUESSES] for reading in readings_of(scene, item)]

    def _elsewhere(self, line: Line, named: Named) -> tuple[Explanation, ...]:
        """What is named and asks for another currency: the bank does not say how much of that was paid."""
        items = [item for mention in named.mentions for row in mention.items if (item := self.items.get(row))]
        if not items:
            return ()
        said = phrase(
            "Names {name}, which is in {currency}: the bank does not say how much of that was paid",
            name=items[0].name,
            currency=items[0].currency,
        )
        return (Explanation(line.id, "nothing", 0, items[0].client_id, reasons=(said,)),)
