"""Promises to pay: whether each was kept follows from the money that came, nobody ticks it off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

OPEN: Final = "open"
KEPT: Final = "kept"
BROKEN: Final = "broken"
WITHDRAWN: Final = "withdrawn"


class Word(NamedTuple):
    """What was promised by a day; `noted_at` is UTC text, minor units."""

    id: int
    amount: int
    promised_on: date
    noted_at: str
    withdrawn: bool = False


class Receipt(NamedTuple):
    """Money of the same client and currency that was not taken back since; `booked_at` is UTC text, minor units."""

    paid_on: date
    booked_at: str
    amount: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a promise stands, and how much of it came in time; minor units."""

    state: str
    came: int


def judge(promises: Iterable[Word], receipts: Iterable[Receipt], today: date) -> Mapping[int, Judgement]:
    """By the promise's id, for promises of one client in one currency.

    A receipt fills promises in the order of their days: those that were noted before it was booked and whose day had
    not passed when the money came. What it does not fill is left for the next. A promise is kept once it is full;
    broken when its day has passed before that, for good: what comes later keeps later promises. Withdrawn ones take
    nothing.
    """
    ordered = sorted(promises, key=lambda one: (one.promised_on, one.id))
    came = dict.fromkeys((one.id for one in ordered), 0)
    for receipt in sorted(receipts):
        left = receipt.amount
        for one in ordered:
            if one.withdrawn or receipt.paid_on > one.promised_on or receipt.booked_at < one.noted_at:
                continue
            share = min(left, one.amount - came[one.id])
            came[one.id] += share
            left -= share
    return {one.id: Judgement(_state(one, came[one.id], today), came[one.id]) for one in ordered}


def _state(one: Word, came: int, today: date) -> str:
    if one.withdrawn:
        return WITHDRAWN
    if came >= one.amount:
        return KEPT
    return BROKEN if today > one.promised_on else OPEN
