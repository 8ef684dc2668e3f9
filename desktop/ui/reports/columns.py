"""A report's table in the terms of the window: its columns with widths from what they hold, its codes in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Literal

from desktop.services.reports import Column as ReportColumn
from desktop.services.reports import Report
from desktop.services.reports.words import CODED, code_words
from desktop.ui.columns import Column, cell_text
from desktop.ui.few_rows import FewRows
from desktop.ui.listing import Row

_FIRM = "firm_currency"
_LETTER = 7.4
_LEAST, _MOST = 64, 280
# Enough rows to know how wide a column must be.
_SAMPLE = 300
_SECONDARY = frozenset({"name", "client_name", "text", "description", "reason", "outcome", "title"})
_KINDS: dict[str, Literal["text", "date", "money", "number"]] = {
    "text": "text",
    "date": "date",
    "amount": "money",
    "number": "number",
}


class ReportRows(FewRows):
    """Rows of a report; a cell without anything stands last in either order."""

    def __init__(self, load: Callable[[], Iterable[Row]]) -> None:
        super().__init__(load)

    def ids(self, search: str, filters: frozenset[str], sort: str, descending: bool) -> Sequence[int]:
        found = super().ids(search, filters, sort, descending)
        if not sort:
            return found
        rows = self.rows(found)
        empty = [one for one in found if rows[one].get(sort) is None]
        return [one for one in found if rows[one].get(sort) is not None] + empty


def shown_rows(made: Report, rows: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Rows as a table takes them: codes in words, the firm's currency beside the row's own, no zeros among ages."""
    words = code_words()
    coded = [column.key for column in made.columns if column.key in CODED]
    quiet = [column.key for column in made.columns if column.kind == "amount"] if made.name == "aging" else []
    shown: list[Row] = []
    for place, row in enumerate(rows, 1):
        told = {key: words.get(str(row[key]), row[key]) for key in coded}
        told |= {key: row[key] or None for key in quiet}
        shown.append({**row, **told, "id": place, _FIRM: made.firm_currency})
    return shown


def columns_of(made: Report, rows: Sequence[Row], sums: Sequence[Row], home: str) -> list[Column]:
    """The columns that hold anything, as wide as what stands in them; those for which there is no room are hidden.

    Amounts name their currency themselves, so its own column is hidden, too.
    """
    sample = [*islice(rows, _SAMPLE), *sums]
    found = []
    for place, column in enumerate(made.columns):
        if rows and all(row[column.key] in (None, "") for row in rows):
            continue
        plain = _column(column, place)
        letters = max((len(cell_text(plain, row, home)) for row in sample), default=0)
        width = round((max(letters, len(column.title)) + 3) * _LETTER)
        found.append(replace(plain, width=min(max(_LEAST, width), _MOST)))
    if not any(one.wide for one in found):
        wide = next((place for place, one in enumerate(found) if one.kind == "text" and not one.hidden), 0)
        found[wide] = replace(found[wide], wide=True)
    return found


def _column(column: ReportColumn, place: int) -> Column:
    return Column(
        column.key,
        column.title,
        _LEAST,
        _KINDS[column.kind],
        sort_key=column.key,
        currency_key=_FIRM if column.key.startswith("firm_") else "currency",
        strong=place == 0,
        secondary=column.key in _SECONDARY,
        wide=column.key in _SECONDARY and not column.more,
        hidden=column.more or column.key == "currency",
    )
