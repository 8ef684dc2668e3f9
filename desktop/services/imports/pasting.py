"""Cells that a spreadsheet put on the clipboard, as a table with headings."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from desktop.errors import UserError
from desktop.i18n import _
from desktop.importing.kinds import kind_named
from desktop.importing.mapping import header_score, map_columns
from desktop.importing.options import TableOptions
from desktop.importing.records import Dialect, read_records
from desktop.importing.trackers import tracker_profile

_BREAK = re.compile(r"\r\n|[\r\n]")


class Pasted(NamedTuple):
    """The bytes of a file, and how they are read so that rows count as they stood in the spreadsheet."""

    content: bytes
    options: TableOptions


def pasted_table(text: str, kind: str, titles: Sequence[str], fixed: Mapping[str, str]) -> Pasted:
    """The cells under their own headings, else under these titles.

    `fixed` are fields that every row gets where no column is called so. UserError where there are no rows.
    """
    rows = pasted_cells(text)
    filled = [row for row in rows if any(map(str.strip, row))]
    if not filled or (len(filled) == 1 and len(filled[0]) == 1):
        raise UserError(
            _("There are no rows to paste."), _("Copy the rows in the spreadsheet, with or without their headings.")
        )
    width = max(map(len, rows))
    bare = not has_headings(kind, filled[0])
    if bare:
        rows.insert(0, [titles[place] if place < len(titles) else "" for place in range(width)])
    rows = [row + [""] * (width - len(row)) for row in rows]
    head = 0 if bare else rows.index(filled[0] + [""] * (width - len(filled[0])))
    for field, value in fixed.items():
        if field not in map_columns(rows[head], kind).columns:
            rows = [
                [*row, (field if place == head else value) if any(map(str.strip, row)) else ""]
                for place, row in enumerate(rows)
            ]
    out = io.StringIO()
    # A break within a cell must not count as a row.
    csv.writer(out, delimiter="\t").writerows([_BREAK.sub("\u2028", cell) for cell in row] for row in rows)
    return Pasted(out.getvalue().encode(), TableOptions(delimiter="\t", first_row=0 if bare else None))


def fitting_kind(text: str, kinds: Sequence[str]) -> str:
    """The one of the kinds whose fields the headings name best; the first where they tell nothing."""
    head = next((row for row in pasted_cells(text) if any(map(str.strip, row))), [])

    def fit(kind: str) -> tuple[bool, int]:
        mapping = map_columns(head, kind)
        return not mapping.missing, len(mapping.columns)

    named = [kind for kind in kinds if head and has_headings(kind, head)]
    # Of kinds that fit alike the page's own comes first.
    return max(named, key=fit, default=kinds[0])


def pasted_cells(text: str) -> list[list[str]]:
    """The rows of a clipboard's text; a cell of several lines is one cell. Empty rows at the end are none."""
    lines = text.rstrip("\r\n").splitlines(keepends=True)
    # Blank lines give no record of their own, but they are rows.
    filled = (line if line.strip("\r\n") else '""' + line for line in lines)
    return [record.cells for record in read_records(filled, Dialect("\t"))]


def has_headings(kind: str, cells: Sequence[str]) -> bool:
    """Most of the filled cells name fields of the kind, and no cell begins with a figure."""
    kind_named(kind)
    filled = [cell.strip() for cell in cells if cell.strip()]
    if any(cell[0].isdigit() for cell in filled):
        return False
    if tracker_profile(cells) is not None:
        return True
    known = header_score(kind)(filled)
    return known > 0 and (known * 2 >= len(filled) or not map_columns(filled, kind).missing)
