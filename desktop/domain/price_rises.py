"""Indexed rises of prices: by a percentage or by two figures of an index, capped and rounded to a step."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from desktop.i18n import _


@dataclass(frozen=True, slots=True)
class Rise:
    """`factor` is new over old: 1.025 for 2.5 %. `name` is the index, or empty for a plain percentage."""

    factor: Decimal
    name: str = ""

    @property
    def percent(self) -> Decimal:
        """Rounded to hundredths, for reading."""
        return ((self.factor - 1) * 100).quantize(Decimal("0.01"), ROUND_HALF_UP).normalize()


def by_percent(percent: Decimal, name: str = "") -> Rise:
    return Rise(1 + percent / 100, name)


def by_index(old: Decimal, new: Decimal, name: str = "") -> Rise:
    """ValueError for an index figure that is not above 0."""
    if old <= 0 or new <= 0:
        raise ValueError(_("An index figure is above 0."))
    return Rise(new / old, name)


def risen(price: Decimal, rise: Rise, cap: Decimal | None, step: Decimal) -> tuple[Decimal, bool]:
    """The new price, rounded half up to a multiple of `step`, and whether the cap (a fraction) held it back.

    What is held back is rounded down, so that the cap stays true to the cent.
    """
    capped = cap is not None and rise.factor > 1 + cap
    factor = 1 + cap if capped and cap is not None else rise.factor
    units = price * factor / step
    whole = units // 1 if capped else units.quantize(Decimal(1), ROUND_HALF_UP)
    # A cap never lowers what was agreed, though a coarse step rounds below it.
    return (max(whole * step, price) if capped else whole * step), capped
