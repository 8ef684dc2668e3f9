"""How one ordered list of ids becomes another, so that a table can keep its selection and its place."""

from array import array
from collections.abc import Sequence
from typing import NamedTuple

# A view handles each run on its own; past this many a fresh start is quicker.
MOST_RUNS = 200


class Changes(NamedTuple):
    """Steps in the order in which to take them. Runs are half-open positions.

    `removed` are positions in the old list, the last run first. `order` is what remains in its new order, or None
    if that did not change. `inserted` are positions in the new list, the first run first.
    """

    removed: list[tuple[int, int]]
    order: "array[int] | None"
    inserted: list[tuple[int, int]]


def changes(old: Sequence[int], new: Sequence[int]) -> Changes | None:
    """The steps from old to new, or None where so much changed that a fresh start is better."""
    old_ids, new_ids = set(old), set(new)
    removed = _runs(old, new_ids)
    inserted = _runs(new, old_ids)
    if len(removed) + len(inserted) > MOST_RUNS:
        return None
    kept = array("q", (one for one in old if one in new_ids))
    order = array("q", (one for one in new if one in old_ids))
    return Changes(removed[::-1], None if order == kept else order, inserted)


def _runs(ids: Sequence[int], known: set[int]) -> list[tuple[int, int]]:
    """Runs of positions whose ids are not known."""
    found: list[tuple[int, int]] = []
    start = -1
    for place, one in enumerate(ids):
        if one not in known:
            if start < 0:
                start = place
        elif start >= 0:
            found.append((start, place))
            start = -1
    if start >= 0:
        found.append((start, len(ids)))
    return found
