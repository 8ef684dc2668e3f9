"""The lines of a document as they will be frozen, what they charge, and their arithmetic."""

from __future__ import annotations

from typing import NamedTuple

from desktop.domain.money import SCALE, per_major

MISSING = "missing"
"""The price source of a line that nothing prices; it stands at 0 until somebody does, and the gate blocks it."""
DISCOUNT = "discount"
"""The price source of a one-off discount."""


class Line(NamedTuple):
    """A line as the book freezes it, in the order of sealing.LINE_FIELDS; period as ISO texts, half-open.

    `classification` (HSN or SAC) and `tax_parts` (tax_parts.parts_text) follow from item and tax code: `complete` fills
    them in.
    """

    position: int
    agreement_line_id: int | None
    item_id: int | None
    rate_id: int | None
    price_source: str
    description: str
    detail: str
    heading: str
    period_start: str | None
    period_end: str | None
    quantity: int
    unit: str
    unit_price: int
    base_quantity: int
    allowance: int
    allowance_reason: str
    charge: int
    net: int
    tax_code_id: int | None
    category: str
    rate: int
    deducts_id: int | None = None
    corrects_line_id: int | None = None
    classification: str = ""
    tax_parts: str = ""


class TaxLine(NamedTuple):
    """A tax group in the order of sealing.TAX_FIELDS; rate a fraction times 10**6, `name` where taxes share a basis."""

    category: str
    rate: int
    basis: int
    tax: int
    exemption_code: str
    exemption_text: str
    name: str = ""


class Charged(NamedTuple):
    """What a line bills: the id of its source by `kind`, the span half-open as ISO texts; `amount` net in minor units.

    Sources are an agreement line (recurring, usage), a time entry (time), a one_off, a milestone, a commitment, and for
    unused days credited the charge that they were charged by. `mark` is the highest usage id that was counted.
    """

    kind: str
    agreement_id: int | None
    source_id: int
    period_start: str
    period_end: str
    sequence: int
    position: int
    quantity: int
    amount: int
    mark: int = 0


def divide(numerator: int, denominator: int) -> int:
    """Quotient rounded half away from zero; the denominator is positive."""
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((-2 * numerator + denominator) // (2 * denominator))


def line_amount(quantity: int, unit_price: int, base_quantity: int, currency: str) -> int:
    """round(quantity x price / base quantity) in minor units, before allowances and charges (Peppol R120)."""
    return divide(quantity * unit_price * per_major(currency), base_quantity * SCALE)


def positive_price(quantity: int, unit_price: int) -> tuple[int, int]:
    """(quantity, price) with the sign at the quantity: BR-27 knows no negative price."""
    return (-quantity, -unit_price) if unit_price < 0 else (quantity, unit_price)


def part_of(amount: int, fraction: int) -> int:
    """A fraction (times 10**6) of an amount, rounded half away from zero."""
    return divide(amount * fraction, SCALE)
