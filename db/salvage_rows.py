"""Reads what can be read of a broken table: around the pages that cannot, with its indexes as witnesses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from db.cipher import database_errors

# Rows asked for at once.
_STEP: Final = 4096
# Where nothing says how many rows there were, so many numbers without any row are the end of the table.
_EMPTY: Final = 8 * _STEP
# A page holds more rows than this: where the first, middle and last of so many are on a broken one, all are.
_NARROW: Final = 16

Row = tuple[Any, ...]


@dataclass
class TableRead:
    """What became of one table. `lost` are rows that an index still names, `gaps` are ranges of row numbers
    (first, last) that could not be read, whether or not rows were there."""

    table: str
    read: int = 0
    lost: set[int] = field(default_factory=set)
    gaps: list[tuple[int, int]] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not self.gaps and not self.lost

    def is_missing(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.gaps)


def read_rows(connection: sqlite3.Connection, table: str, columns: list[str], found: TableRead) -> Iterator[Row]:
    """The rows, each with its row number before its values; `found` is filled in on the way."""
    asked = f"SELECT rowid, {', '.join(_quoted(one) for one in columns)} FROM {_quoted(table)}"
    last = 0
    try:
        for row in connection.execute(f"{asked} NOT INDEXED ORDER BY rowid"):
            # A broken page may send the reader round in circles.
            if found.read and row[0] <= last:
                raise sqlite3.DatabaseError("rows out of order")
            last = row[0]
            found.read += 1
            yield row
    except database_errors():
        named, all_named = _named_by_indexes(connection, table)
        end = _end(connection, table, last)
        if end is None and all_named:
            end = max(named, default=0)
        seen: set[int] = set()
        first = last + 1
        while end is None or first <= end:
            until = first + _STEP - 1 if end is None else min(first + _STEP - 1, end)
            for row in _around(connection, asked, first, until, found):
                seen.add(row[0])
                found.read += 1
                yield row
            first = until + 1
            if end is None and first > max(last, *named, *seen, 0) + _EMPTY:
                break
        if end is None:
            _drop_the_empty_end(found, max(last, *named, *seen, 0))
        found.lost = {one for one in named if one > last and one not in seen and found.is_missing(one)}


def _around(connection: sqlite3.Connection, asked: str, first: int, last: int, found: TableRead) -> Iterator[Row]:
    rows = _between(connection, asked, first, last)
    if rows is not None:
        yield from rows
        return
    middle = (first + last) // 2
    if first == last or (
        last - first < _NARROW and all(_between(connection, asked, one, one) is None for one in {first, middle, last})
    ):
        if found.gaps and found.gaps[-1][1] == first - 1:
            found.gaps[-1] = (found.gaps[-1][0], last)
        else:
            found.gaps.append((first, last))
        return
    yield from _around(connection, asked, first, middle, found)
    yield from _around(connection, asked, middle + 1, last, found)


def _between(connection: sqlite3.Connection, asked: str, first: int, last: int) -> list[Row] | None:
    """The rows of these numbers, or None where the way to one of them is broken."""
    try:
        rows = connection.execute(f"{asked} WHERE rowid BETWEEN ? AND ? ORDER BY rowid", (first, last)).fetchall()
    except database_errors():
        return None
    return rows if all(first <= row[0] <= last for row in rows) else None


def _named_by_indexes(connection: sqlite3.Connection, table: str) -> tuple[set[int], bool]:
    """Every index holds the number of each row: those that are named, and whether one index named all."""
    named: set[int] = set()
    all_named = False
    try:
        indexes = [(row[1], row[4]) for row in connection.execute(f"PRAGMA index_list({_quoted(table)})")]
    except database_errors():
        return named, False
    for index, partial in indexes:
        try:
            for (number,) in connection.execute(f"SELECT rowid FROM {_quoted(table)} INDEXED BY {_quoted(index)}"):
                named.add(number)
            all_named = all_named or not partial
        except database_errors():
            # What it gave until then is true.
            continue
    return {one for one in named if isinstance(one, int) and 0 < one < 1 << 48}, all_named


def _end(connection: sqlite3.Connection, table: str, last: int) -> int | None:
    """The highest row number, as far as the end of the table can be read."""
    try:
        (highest,) = connection.execute(f"SELECT max(rowid) FROM {_quoted(table)} NOT INDEXED").fetchone()
    except database_errors():
        return None
    return highest if isinstance(highest, int) and last <= highest < 1 << 40 else None


def _drop_the_empty_end(found: TableRead, highest: int) -> None:
    """Numbers beyond the last row that anything knows of were only guessed; what a backup has of them is wanted all
    the same, since the reading broke off somewhere."""
    found.gaps = [(first, last) for first, last in found.gaps if first <= highest]
    found.gaps.append((highest + 1, 1 << 48))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
