"""What a report shows as a picture: a value for each month or week, with what is usual or likely for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

from desktop.domain.figures.scale import bar_ticks, line_ticks
from desktop.domain.money import to_major
from desktop.i18n import money_text, month_text, number_text, percent_text, short_month_text
from desktop.services.figures.measures import Unit
from desktop.services.figures.months import Span

TENTHS = 10


class Mark(NamedTuple):
    """A value with its limits, or its range: minor units, or tenths of days or percents; None where there is none.

    `label` stands below it, `words` say all of it; a `signal` is more than chance.
    """

    label: str
    words: str
    size: int | None
    low: int | None = None
    centre: int | None = None
    high: int | None = None
    signal: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """`shape` is a line with limits, or bars of which each may have a range."""

    title: str
    shape: Literal["line", "bars"]
    unit: Unit
    currency: str
    marks: Sequence[Mark]

    @property
    def says_anything(self) -> bool:
        return any(mark.size if self.shape == "bars" else mark.size is not None for mark in self.marks)

    @property
    def ticks(self) -> list[int]:
        """The sizes that stand at the side."""
        sizes = [size for mark in self.marks for size in (mark.size, mark.low, mark.high) if size is not None]
        return bar_ticks(sizes) if self.shape == "bars" else line_ticks(sizes)

    def text(self, size: int) -> str:
        """A size as it stands at an axis: short, without the smaller unit of money."""
        return unit_text(self.unit, size, self.currency, whole=True)


def tenths(value: Decimal | None) -> int | None:
    return None if value is None else int(value * TENTHS)


def unit_text(unit: Unit, size: int, currency: str, *, whole: bool = False) -> str:
    """A size of a mark in words."""
    if unit == "amount":
        return number_text(to_major(size, currency).to_integral_value()) if whole else money_text(size, currency)
    value = Decimal(size) / TENTHS
    value = value.to_integral_value() if value == value.to_integral_value() else value
    return percent_text(value) if unit == "percent" else number_text(value)


def line(title: str, unit: Unit, spans: Sequence[Span], values: Sequence[Decimal | None], currency: str = "") -> Chart:
    """Values of months as a line without limits."""
    marks = []
    for span, value in zip(spans, values, strict=True):
        size = tenths(value) if unit != "amount" or value is None else int(value)
        text = "–" if size is None else unit_text(unit, size, currency)
        month = month_text(span.first)
        marks.append(Mark(short_month_text(span.first), f"{month}: {text}", size))
    return Chart(title, "line", unit, currency, marks)
