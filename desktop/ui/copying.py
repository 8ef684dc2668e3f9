"""Rows of a table as text that a spreadsheet takes."""

from collections.abc import Sequence

from desktop.ui.columns import Column, copied_text
from desktop.ui.listing import Listing

_CHUNK = 500


def tsv(listing: Listing, ids: Sequence[int], columns: Sequence[Column], *, headings: bool = False) -> str:
    """Tab-separated lines in the order of the ids, one row a line."""
    lines = ["\t".join(column.title for column in columns)] if headings else []
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        rows = listing.rows(some)
        lines += ["\t".join(copied_text(column, rows[one]) for column in columns) for one in some if one in rows]
    return "\n".join(lines)
