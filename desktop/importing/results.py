"""What reading a file yields: rows that are good, rejections that say how to mend the others, and notes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Report = Callable[[int, int, str], None]


class Note(NamedTuple):
    """Something read in a way that a person may want to know of. Row 0 speaks of the whole file."""

    row: int
    column: str
    text: str


class Rejection(NamedTuple):
    """Why a row is not taken. `row` is the line at which it starts in the file, `column` the file's own heading."""

    row: int
    column: str
    value: str
    problem: str
    remedy: str


class Row(NamedTuple):
    """One good record: a value for every field of its kind, None where the file says nothing.

    Amounts and prices are Decimals of major units, percentages are percent ("19"), dates are days as written: an end
    and a charged-through date are the last day that counts. `digest` depends on the values alone, not on order,
    spelling or place of the columns. Equal rows are told apart by `occurrence`, 0 for the first in the file; those that
    also have the same id are the same thing said twice. An agreement carries its `lines`, each a value for every line
    field, and all `rows` of the file that it was read from; others have neither.
    """

    row: int
    values: Mapping[str, Any]
    digest: str
    occurrence: int = 0
    lines: tuple[Mapping[str, Any], ...] = ()
    rows: tuple[int, ...] = ()
    notes: tuple[Note, ...] = ()
