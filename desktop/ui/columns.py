"""The columns of a table as data, and how their values read."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from babel.numbers import get_decimal_symbol

from desktop.domain.money import to_major
from desktop.domain.spreadsheet_text import harmless_to_paste
from desktop.i18n import MINUS, amount_text, current_locale, date_text, number_text, percent_text
from desktop.services.table_files import Value
from desktop.ui.listing import Row
from desktop.ui.tags import tag

Kind = Literal["text", "money", "date", "percent", "tag", "number", "score"]

# What stands where there is no figure, so that an empty cell is not taken for one that is still loading.
NONE = "–"

_FIGURES = ("money", "percent", "number")


@dataclass(frozen=True)
class Column:
    """One column. Its key names the value in a row; an empty sort key means that it cannot be sorted by.

    `wide` takes what room is left, `lines` may be 2 for wrapped text, `signed` shows a plus. A score is a state over a
    bar, as long as the fraction times 10**6 that the row has under `score`, None for no bar.
    """

    key: str
    title: str
    width: int = 120
    kind: Kind = "text"
    sort_key: str = ""
    currency_key: str = "currency"
    secondary: bool = False
    strong: bool = False
    wide: bool = False
    lines: Literal[1, 2] = 1
    signed: bool = False
    hidden: bool = False
    editable: bool = False

    @property
    def right(self) -> bool:
        return self.kind in _FIGURES

    @property
    def figures(self) -> bool:
        """Whether digits stand under digits."""
        return self.kind in _FIGURES or self.kind == "date"


def cell_text(column: Column, row: Row, home_currency: str = "") -> str:
    """A cell as it reads in the user's locale. An amount names its currency unless it is the firm's own."""
    value = row.get(column.key)
    if value is None:
        return NONE if column.right else ""
    if isinstance(value, str) and column.kind not in ("date", "tag", "score"):
        # A word may stand where a figure usually does: "new".
        return value
    if column.kind == "score":
        share = score_of(row)
        word = tag(str(value)).word
        return word if share is None else f"{word} {percent_text(share)}"
    if column.kind == "money" and isinstance(value, int):
        currency = row.get(column.currency_key)
        assert isinstance(currency, str), f"{column.key} has no currency"
        text = amount_text(value, currency)
        return text if currency == home_currency else f"{currency} {text}"
    text = _plain(column, value)
    if column.signed and isinstance(value, Decimal | int) and value > 0:
        text = "+" + text
    return text


def copied_text(column: Column, row: Row) -> str:
    """A cell as a spreadsheet of the same locale takes it: no currency, a plain minus, no group signs, one line."""
    value = row.get(column.key)
    if value is None:
        return ""
    if column.kind == "money" and isinstance(value, int):
        currency = row.get(column.currency_key)
        assert isinstance(currency, str), f"{column.key} has no currency"
        return _ungrouped(amount_text(value, currency))
    if isinstance(value, Decimal | int) and column.kind == "number":
        return _ungrouped(number_text(value))
    if isinstance(value, str) and column.kind not in ("date", "tag", "score"):
        return harmless_to_paste(" ".join(value.split()))
    text = _plain(column, value)
    return text.replace(MINUS, "-") if column.right else text


def exported(column: Column, row: Row) -> Value:
    """A cell as a file takes it: amounts in major units without their currency, percents as they read, days as days."""
    value = row.get(column.key)
    if value is None:
        return None
    if column.kind == "money" and isinstance(value, int):
        currency = row.get(column.currency_key)
        assert isinstance(currency, str), f"{column.key} has no currency"
        return to_major(value, currency)
    if column.kind == "date":
        return date.fromisoformat(value) if isinstance(value, str) else value if isinstance(value, date) else None
    if column.kind in ("tag", "score"):
        return tag(str(value)).word
    return Decimal(value) if column.right and isinstance(value, Decimal | int) else str(value)


def score_of(row: Row) -> int | None:
    """The score of a row in whole percent, rounded down: only what is certain shows a hundred."""
    value = row.get("score")
    return value // 10_000 if isinstance(value, int) else None


def _plain(column: Column, value: object) -> str:
    match column.kind:
        case "date":
            day = date.fromisoformat(value) if isinstance(value, str) else value
            assert isinstance(day, date), f"{column.key} is no day"
            return date_text(day)
        case "percent":
            assert isinstance(value, Decimal | int), f"{column.key} is no rate"
            return percent_text(value)
        case "number":
            assert isinstance(value, Decimal | int), f"{column.key} is no number"
            return number_text(value)
        case "tag" | "score":
            return tag(str(value)).word
    return str(value)


def _ungrouped(figure: str) -> str:
    decimal = get_decimal_symbol(current_locale())
    kept = "".join(sign for sign in figure if sign.isdigit() or sign in (decimal, MINUS))
    return kept.replace(MINUS, "-")
