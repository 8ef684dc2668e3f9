"""Whether a row of cells names columns or is a row of values."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.importing.kinds import kind_named
from desktop.importing.mapping import header_score, map_columns
from desktop.importing.trackers import tracker_profile


def has_headings(kind: str, cells: Sequence[str]) -> bool:
    """Most of the filled cells name fields of the kind, and no cell is a figure. UserError for an unknown kind."""
    kind_named(kind)
    filled = [cell.strip() for cell in cells if cell.strip()]
    if any(cell[0].isdigit() for cell in filled):
        return False
    if tracker_profile(cells) is not None:
        return True
    known = header_score(kind)(filled)
    return known > 0 and (known * 2 >= len(filled) or not map_columns(filled, kind).missing)


def names_field(kind: str, cells: Sequence[str], field: str) -> bool:
    """Whether one of the headings is recognised as this field."""
    return field in map_columns(cells, kind).columns
