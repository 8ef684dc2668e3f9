"""Where the columns of a table are named: below titles, addresses and print dates, above the figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.options import TableOptions
from desktop.importing.records import Record

# Titles, addresses and print dates above the column names.
_WITHIN = 30
_FIGURE = re.compile(r"[-+(]?[0-9][0-9.,:/' -]*\)?")


def find_header(records: list[Record], options: TableOptions, score: Callable[[Sequence[str]], int], name: str) -> int:
    """The place of the header among the first records of a table. `score` says how many known names a row holds.

    UserError where there is none.
    """
    if options.header_row is not None:
        found = next((place for place, record in enumerate(records) if record.row == options.header_row), None)
        if found is None:
            raise UserError(
                _("Line {row} of “{name}” holds no column names.").format(row=options.header_row, name=name),
                _("Choose a line among the first {count} that is not empty.").format(count=len(records)),
            )
        return found
    filled = [place for place, record in enumerate(records[:_WITHIN]) if any(map(str.strip, record.cells))]
    if not filled:
        raise UserError(
            _("“{name}” has no line with column names.").format(name=name),
            _("Put the names of the columns in the first line."),
        )
    known = {place: score(records[place].cells) for place in filled}
    best = max(filled, key=lambda place: known[place])
    if known[best] > 1:
        return best
    usual = Counter(len(record.cells) for record in records).most_common(1)[0][0]
    named = {place: sum(map(bool, map(str.strip, records[place].cells))) for place in filled}
    likely = [place for place in filled if named[place] * 10 >= usual * 6]
    # A title may hold a delimiter or two; the names of the columns are as many as the columns.
    full = next((place for place in likely if len(records[place].cells) >= usual), None)
    if usual < 2 or full is None:
        return best
    if any(_FIGURE.fullmatch(cell.strip()) for cell in records[full].cells):
        # A row of data: the names above it are fewer.
        return max((place for place in likely if place < full), default=full)
    return full


def widened(records: list[Record], place: int) -> tuple[str, ...]:
    """The names in the header at this place, empty ones for columns beyond it that nearly every row has."""
    header = [str(cell).strip().lstrip("\ufeff").strip() for cell in records[place].cells]
    below = Counter(len(record.cells) for record in records[place + 1 :] if not record.flaw)
    if below:
        width, times = below.most_common(1)[0]
        if width > len(header) and times * 10 >= sum(below.values()) * 9:
            header += [""] * (width - len(header))
    return tuple(header)
