"""A cell whose value a spreadsheet knows: a figure or a day that needs no guess at its decimal sign or order."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

_STEP = Decimal("0.000001")
# A spreadsheet keeps 15 digits; those beyond are noise of its binary fractions.
_DIGITS = 15
# Below this many, a person wrote the decimals; above, a formula made them.
_WRITTEN_DECIMALS = 9
# A duration of more than a day that is formatted as a time of day looks like a day of these years.
_FIRST_DAY = datetime(1899, 12, 31)
_FIRST_DATE = datetime(1900, 3, 1)


class Typed(str):
    """A value in plain form: a point for the decimals, ISO dates, h:mm:ss. It is never equal to a text.

    A text “1.234” may mean thousands, a typed 1.234 cannot; what was read of one must not answer for the other.
    """

    __slots__ = ()

    def __hash__(self) -> int:
        return ~str.__hash__(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Typed) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other


def cell_text(value: object) -> str:
    """A cell of a spreadsheet as the readers of cells take it; texts stay texts."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return Typed("true" if value else "false")
    if isinstance(value, int | float):
        return Typed(number_text(value))
    if isinstance(value, datetime):
        if value < _FIRST_DATE:
            return Typed(_duration_text(value - _FIRST_DAY))
        return Typed(value.isoformat(" ", "seconds"))
    if isinstance(value, date):
        return Typed(value.isoformat())
    if isinstance(value, time):
        return Typed(f"{value.hour}:{value.minute:02}:{value.second:02}")
    if isinstance(value, timedelta):
        return Typed(_duration_text(value))
    return "" if value is None else str(value)


def percent_text(value: float) -> str:
    """A fraction that the sheet shows as a percentage."""
    return Typed(_plain(_decimal(value) * 100) + "%")


def number_text(value: float) -> str:
    """The number as the spreadsheet shows it in full; what a formula divided is rounded to six decimals."""
    return _plain(_decimal(value))


def _decimal(value: float) -> Decimal:
    exact = Decimal(f"{value:.{_DIGITS}g}")
    exponent = exact.as_tuple().exponent
    if isinstance(exponent, int) and -exponent > _WRITTEN_DECIMALS:
        exact = exact.quantize(_STEP)
    return exact


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _duration_text(value: timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
