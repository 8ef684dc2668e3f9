"""The arithmetic of one document: lines, tax groups and totals by the rules of EN 16931."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from desktop.domain.money import round_half_away, unit

ONE = Decimal(1)
HUNDRED = Decimal(100)
ZERO = Decimal(0)


# The taxes with names that a rate is the sum of, (name, percent) each; none where it is a single tax.
Named = tuple[tuple[str, Decimal], ...]
# (category, rate in percent, net in minor units), with the taxes of the rate where it has several
Rated = tuple[str, Decimal, int] | tuple[str, Decimal, int, Named]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A document-level allowance or charge: minor units, always positive as written, with its tax group."""

    amount: int
    category: str
    rate: Decimal
    reason: str = ""
    taxes: Named = ()


@dataclass(frozen=True, slots=True)
class LineFigures:
    """What a line's net is computed from. Rate in percent; allowance and charge in minor units, rounded already."""

    quantity: Decimal
    unit_price: Decimal
    category: str
    rate: Decimal
    base_quantity: Decimal = ONE
    allowance: int = 0
    charge: int = 0


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """One (category, rate) of a document, or one named tax; basis and tax in minor units, rate in percent."""

    category: str
    rate: Decimal
    basis: int
    tax: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """Document totals in minor units (BT-106 to BT-115)."""

    line_total: int
    allowance_total: int
    charge_total: int
    net: int
    taxes: tuple[TaxGroup, ...]
    tax: int
    gross: int
    prepaid: int
    rounding: int
    payable: int


def line_net(line: LineFigures, currency: str) -> int:
    """round(quantity x price / base quantity), less its allowances, plus its charges (Peppol R120), minor units."""
    amount = line.quantity * line.unit_price * unit(currency)
    if line.base_quantity != ONE:
        amount /= line.base_quantity
    return round_half_away(amount) - line.allowance + line.charge


def tax_on(basis: int, rate: Decimal) -> int:
    """BR-CO-17: the tax of a group is its basis times its rate, rounded once; minor units, rate in percent."""
    return round_half_away(basis * rate / HUNDRED)


def tax_groups(parts: Iterable[Rated]) -> tuple[TaxGroup, ...]:
    """Sum what bears each tax and tax it once (BR-CO-14, BR-CO-17), in order of first appearance.

    A tax is a (category, rate), or one of the named taxes that a rate is the sum of.
    """
    bases: dict[tuple[str, Decimal, str], int] = {}
    for category, rate, net, *named in parts:
        for name, percent in (named[0] if named else ()) or (("", rate),):
            key = (category, percent, name)
            bases[key] = bases.get(key, 0) + net
    return tuple(
        TaxGroup(category, rate, basis, tax_on(basis, rate), name) for (category, rate, name), basis in bases.items()
    )


def totals(
    lines: Sequence[Rated],
    allowances: Sequence[Adjustment] = (),
    charges: Sequence[Adjustment] = (),
    prepaid: int = 0,
    rounding: int = 0,
) -> Totals:
    """Totals of a document, minor units (BR-CO-10 to BR-CO-16); lines are (category, rate, net, taxes if several)."""
    line_total = sum(line[2] for line in lines)
    allowance_total = sum(a.amount for a in allowances)
    charge_total = sum(c.amount for c in charges)
    parts: list[Rated] = [*lines, *((a.category, a.rate, -a.amount, a.taxes) for a in allowances)]
    parts += [(c.category, c.rate, c.amount, c.taxes) for c in charges]
    taxes = tax_groups(parts)
    net = line_total - allowance_total + charge_total
    tax = sum(group.tax for group in taxes)
    gross = net + tax
    return Totals(
        line_total=line_total,
        allowance_total=allowance_total,
        charge_total=charge_total,
        net=net,
        taxes=taxes,
        tax=tax,
        gross=gross,
        prepaid=prepaid,
        rounding=rounding,
        payable=gross - prepaid + rounding,
    )


def cash_rounding(amount: int, step: int) -> int:
    """The rounding amount (BT-114) that brings an amount to the nearest multiple of step minor units."""
    if step <= 1:
        return 0
    return round_half_away(Decimal(amount) / step) * step - amount
