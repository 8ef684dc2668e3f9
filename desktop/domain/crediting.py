"""How much of an invoice a credit note takes back: by lines or a gross amount, at the original rates, to the cent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from desktop.domain.billing.lines import part_of
from desktop.domain.money import round_half_away, spread
from desktop.domain.tax_parts import by_tax, taxes_of


class Group(NamedTuple):
    """Lines that bear the same taxes: rate a fraction times 10**6, `parts` the taxes it is made of (tax_parts)."""

    category: str
    rate: int
    parts: str = ""


class TaxSum(NamedTuple):
    """One tax of a credit note, on all that bears it; minor units."""

    category: str
    rate: int
    name: str
    basis: int
    tax: int


class Part(NamedTuple):
    """A line of a credit note: `key` is the invoice line that it takes back, None for a sum out of a tax group."""

    key: int | None
    group: Group
    net: int


@dataclass(frozen=True, slots=True)
class Left:
    """What of an invoice is not credited yet, minor units: lines still whole, the basis of each group, the payable."""

    lines: tuple[Part, ...]
    groups: Mapping[Group, int]
    payable: int


@dataclass(frozen=True, slots=True)
class CreditFigures:
    """The figures of a credit note, positive as printed; payable = net + tax + rounding (BR-CO-16)."""

    parts: tuple[Part, ...]
    groups: Mapping[Group, int]
    taxes: tuple[TaxSum, ...]
    net: int
    tax: int
    rounding: int
    payable: int


def credit_whole(left: Left) -> CreditFigures:
    """Everything that is left: line by line, or one sum a tax group where an amount was credited before."""
    by_line: dict[Group, int] = {}
    for part in left.lines:
        by_line[part.group] = by_line.get(part.group, 0) + part.net
    if {group: net for group, net in by_line.items() if net} == {g: net for g, net in left.groups.items() if net}:
        parts = left.lines
    else:
        parts = tuple(Part(None, group, net) for group, net in left.groups.items() if net)
    return _figures(parts, left.payable)


def credit_lines(left: Left, keys: Sequence[int]) -> CreditFigures:
    """Whole lines, all of which are left. The last of them take the last cent of the payable with them."""
    wanted = set(keys)
    parts = tuple(part for part in left.lines if part.key in wanted)
    figures = _figures(parts)
    taken = figures.groups
    if figures.payable > left.payable or all(taken.get(group, 0) == net for group, net in left.groups.items()):
        return _figures(parts, left.payable)
    return figures


def credit_amount(left: Left, amount: int) -> CreditFigures:
    """A gross amount, above zero and not above the payable left, spread over the tax groups in proportion.

    A gross that no net and tax add up to (1.22 at 19 %) gets the missing cent as rounding (BT-114), so that the tax
    stays what BR-CO-17 says.
    """
    if amount == left.payable:
        return credit_whole(left)
    groups = [(group, net) for group, net in left.groups.items() if net]
    shares = spread(amount, [net + _tax(group, net) for group, net in groups])
    nets = [
        _towards_zero(round_half_away(share / (1 + Decimal(group.rate) / 1_000_000)), net)
        for (group, net), share in zip(groups, shares, strict=True)
    ]
    nets = _without_residue(amount, groups, nets)
    parts = tuple(Part(None, group, net) for (group, _), net in zip(groups, nets, strict=True) if net)
    return _figures(parts, amount)


def beyond(left: Left, figures: CreditFigures) -> Group | None:
    """A tax group of which the credit takes more than is left, if there is one."""
    for group, basis in figures.groups.items():
        rest = left.groups.get(group, 0)
        if (basis > 0 and basis > max(rest, 0)) or (basis < 0 and basis < min(rest, 0)):
            return group
    return None


def leaves_less_than_nothing(left: Left, figures: CreditFigures) -> bool:
    """Whether only reductions would stay: the line of a fee without the line of its discount in another group."""
    taken = figures.groups
    rest = {group: basis - taken.get(group, 0) for group, basis in left.groups.items()}
    return gross_of(rest) < 0


def gross_of(groups: Mapping[Group, int]) -> int:
    """Net and tax of tax groups."""
    return sum(groups.values()) + sum(row.tax for row in _taxes(groups))


def _figures(parts: Sequence[Part], payable: int | None = None) -> CreditFigures:
    bases: dict[Group, int] = {}
    for part in parts:
        bases[part.group] = bases.get(part.group, 0) + part.net
    taxes = _taxes(bases)
    net, tax = sum(bases.values()), sum(row.tax for row in taxes)
    if payable is None:
        payable = net + tax
    return CreditFigures(tuple(parts), bases, taxes, net, tax, payable - net - tax, payable)


def _taxes(bases: Mapping[Group, int]) -> tuple[TaxSum, ...]:
    return tuple(
        TaxSum(category, rate, name, basis, part_of(basis, rate))
        for (category, rate, name), basis in by_tax(bases.items()).items()
    )


def _tax(group: Group, basis: int) -> int:
    """Of one group by itself; where it shares a tax with another, a unit may go with the sum."""
    return sum(part_of(basis, rate) for _name, rate in taxes_of(group.rate, group.parts))


def _towards_zero(net: int, limit: int) -> int:
    return max(0, min(net, limit)) if limit > 0 else min(0, max(net, limit))


def _without_residue(amount: int, groups: Sequence[tuple[Group, int]], nets: list[int]) -> list[int]:
    """A unit more or less in one group, where that makes the gross exact."""
    gross = [net + _tax(group, net) for (group, _), net in zip(groups, nets, strict=True)]
    residue = amount - sum(gross)
    if not residue:
        return nets
    for index, (group, limit) in enumerate(groups):
        for step in (-1, 1):
            net = nets[index] + step
            if net == _towards_zero(net, limit) and net + _tax(group, net) - gross[index] == residue:
                return [*nets[:index], net, *nets[index + 1 :]]
    return nets
