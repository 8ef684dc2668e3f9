"""A report's table in the terms of the window: its columns with widths from what they hold, its codes in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Literal, NamedTuple

from PySide6.QtGui import QFontMetrics

from desktop.services.reports import Column as ReportColumn
from desktop.services.reports import Report
from desktop.services.reports.words import CODED, code_words
from desktop.ui.cells import PAD
from desktop.ui.columns import Column, cell_text
from desktop.ui.few_rows import FewRows
from desktop.ui.listing import Row
from desktop.ui.theme import Theme

_FIRM = "firm_currency"
# Room for the arrow of the order beside a heading.
_ARROW = 12
# The text with the most letters need not be the widest.
_SLACK = 6
_LEAST, _MOST = 56, 280
# Enough rows to know how wide a column must be.
_SAMPLE = 300
_SECONDARY = frozenset({"signal", "name", "client_name", "text", "description", "reason", "outcome", "title"})
# What tells rows apart is never cut.
_STRONG = frozenset({"client", "number", "document", "group", "code", "month"})
# What a small window can do without.
_BESIDE = frozenset({"disputed", "firm_amount", "tax_category", "tax_rate", "period_start", "period_end"})
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


class Held(NamedTuple):
    """A column that holds anything, and the longest text of its first rows and of the sums."""

    column: ReportColumn
    longest: str


def held(made: Report, rows: Sequence[Row], sums: Sequence[Row], home: str) -> list[Held]:
    """The columns of a report in which there is anything; all of them where there are no rows."""
    sample = [*islice(rows, _SAMPLE), *sums]
    found = []
    for column in made.columns:
        if rows and all(row[column.key] in (None, "") for row in rows):
            continue
        plain = _column(column)
        texts = [cell_text(plain, row, home) for row in (sample if plain.right else sample[: len(rows)])]
        found.append(Held(column, max(texts, key=len, default="")))
    return found


def columns_of(found: Sequence[Held], theme: Theme) -> list[Column]:
    """As wide as what stands in them; what there is no room for is hidden, or goes first where a window is small.

    Amounts name their currency themselves, so its own column is hidden, too.
    """
    cells, heads = QFontMetrics(theme.font("body", strong=True)), QFontMetrics(theme.font("head", strong=True))
    columns = []
    for one in found:
        width = max(
            cells.horizontalAdvance(one.longest) + 2 * PAD + _SLACK,
            heads.horizontalAdvance(one.column.title) + 2 * PAD + _ARROW,
        )
        # Widths are given for the design's own font.
        columns.append(replace(_column(one.column), width=min(max(_LEAST, width * 1000 // theme.px(1000)), _MOST)))
    if {"client", "name"} <= {one.key for one in columns}:
        # Where a name stands beside it, a small window can do without the code.
        said = {"client": (False, True), "name": (True, False)}
        columns = [
            replace(one, strong=said[one.key][0], secondary=said[one.key][1]) if one.key in said else one
            for one in columns
        ]
    words = [place for place, one in enumerate(columns) if one.kind == "text" and not one.hidden]
    if columns and not any(one.wide for one in columns):
        wide = max(words, key=lambda place: columns[place].width, default=0)
        columns[wide] = replace(columns[wide], wide=True)
    return columns


def _column(column: ReportColumn) -> Column:
    return Column(
        column.key,
        column.title,
        _LEAST,
        _KINDS[column.kind],
        sort_key=column.key,
        currency_key=_FIRM if column.key.startswith("firm_") else "currency",
        strong=column.key in _STRONG,
        secondary=column.key in _SECONDARY | _BESIDE,
        wide=column.key in _SECONDARY and not column.more,
        hidden=column.more or column.key == "currency",
    )
