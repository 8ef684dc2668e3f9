"""The figures of a document as INV-01 can say them: in rupees, and no line below zero."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Final, NamedTuple

from desktop.domain.document import Document
from desktop.domain.money import SCALE, per_major, round_half_away

RUPEE: Final = "INR"
_PAISE: Final = 100


class Booked(NamedTuple):
    """A foreign document as it was booked: rupees per unit of its currency, times 10**6, and its sums in paise."""

    rate: int
    net: int
    tax: int
    gross: int


class TooMuch(ValueError):
    """A line takes off more than the lines at its rate bear; `line` is its place, from 0."""

    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def deductions(lines: Sequence[tuple[Hashable, int]]) -> list[int]:
    """What is to be taken off each line so that those below zero can go, from (tax, net) of each; minor units.

    A deposit that a final invoice deducts, or days that were not used, lessens the lines of its tax in proportion: the
    portal takes a discount, and nothing below zero. TooMuch where they do not bear it.
    """
    taken = [0] * len(lines)
    for key in dict.fromkeys(key for key, net in lines if net < 0):
        bearing = [place for place, (own, net) in enumerate(lines) if own == key and net > 0]
        below = [place for place, (own, net) in enumerate(lines) if own == key and net < 0]
        whole = -sum(lines[place][1] for place in below)
        if whole > sum(lines[place][1] for place in bearing):
            raise TooMuch(below[0])
        for place, part in zip(bearing, shares(whole, [lines[one][1] for one in bearing]), strict=True):
            taken[place] = part
    return taken


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """A total in proportion to weights, exactly: what rounding leaves goes to the largest remainders."""
    whole = sum(weights)
    if not whole:
        return [total, *[0] * (len(weights) - 1)] if weights else []
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda one: -(total * weights[one] % whole))
    for one in order[: total - sum(parts)]:
        parts[one] += 1
    return parts


def above_zero(document: Document) -> Document:
    """The document without lines below zero, which lessen the others; TooMuch where they cannot."""
    if all(line.net >= 0 for line in document.lines):
        return document
    taken = deductions([((line.category, line.rate), line.net) for line in document.lines])
    kept = tuple(
        replace(line, net=line.net - part, allowance=line.allowance + part)
        for line, part in zip(document.lines, taken, strict=True)
        if line.net >= 0
    )
    return replace(document, lines=kept)


def in_rupees(document: Document, booked: Booked) -> Document:
    """The document in rupees at the rate that it was booked at, its lines and taxes adding up to the booked sums."""
    rate = Decimal(booked.rate) / SCALE
    factor = rate * _PAISE / per_major(document.currency)

    def paise(minor: int) -> int:
        return round_half_away(minor * factor)

    # Differences of a paisa or two go where they weigh least.
    nets = _adding_up([paise(line.net) for line in document.lines], booked.net)
    taxes = _adding_up([paise(group.tax) for group in document.taxes], booked.tax)
    rounding = paise(document.rounding)
    return replace(
        document,
        currency=RUPEE,
        lines=tuple(
            replace(line, net=net, allowance=paise(line.allowance), unit_price=line.unit_price * rate)
            for line, net in zip(document.lines, nets, strict=True)
        ),
        taxes=tuple(
            replace(group, basis=paise(group.basis), tax=tax) for group, tax in zip(document.taxes, taxes, strict=True)
        ),
        net=booked.net,
        tax=booked.tax,
        gross=booked.gross,
        rounding=rounding,
        prepaid=paise(document.prepaid),
        payable=booked.gross + rounding - paise(document.prepaid),
    )


def _adding_up(parts: list[int], total: int) -> list[int]:
    if parts:
        largest = max(range(len(parts)), key=lambda place: abs(parts[place]))
        parts[largest] += total - sum(parts)
    return parts
