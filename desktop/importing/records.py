"""CSV records with the line at which each starts, and a quotation mark that never closes kept from eating the rest."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

# No text of a table holds it: the reader strips NULs from what it is fed.
_END = "\0end of table\0"
# Longer than any cell that a person wrote over several lines.
_LONGEST = 1000
# How many lines may be read again after open quotes, so that a file full of them still takes linear time.
_AGAIN = 200_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are separated and enclosed. `escape` is empty where a quote inside a cell is doubled."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""

    def arguments(self) -> dict[str, Any]:
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote,
            "escapechar": self.escape or None,
            "doublequote": True,
            "skipinitialspace": self.delimiter != " ",
        }


class Record(NamedTuple):
    """`flaw` is "" for a sound record, "quote" where a quotation mark opens and never closes, "long" for a cell
    of more than 131,072 characters. The cells of a flawed record are those of its first line."""

    row: int
    cells: list[str]
    flaw: str = ""


def read_records(lines: Iterable[str], dialect: Dialect, width: int = 0, first: int = 1) -> Iterator[Record]:
    """Records of lines that keep their ends. Blank lines give none.

    `width` is how many cells a record should have, 0 while unknown; `first` is the number of the first line.
    A record over several lines is doubted: if it does not follow the rules of quoting, or has another width while
    its first line alone has the right one, the quotation mark is taken as never closed and reading goes on at the
    next line.
    """
    source = iter(lines)
    again: deque[str] = deque()
    taken: list[str] = []
    longest, budget = _LONGEST, _AGAIN

    def feed() -> Iterator[str]:
        while len(taken) < longest:
            line = again.popleft() if again else next(source, _END)
            taken.append(line)
            yield line
            if line is _END:
                return
        # Too long for one record: ending the input makes the reader give what it has.

    row = first
    reader = csv.reader(feed(), **dialect.arguments())
    while True:
        flaw = ""
        try:
            cells = next(reader)
        except StopIteration:
            if not taken or taken[0] is _END:
                return
            cells, flaw = [], "quote"
        except csv.Error:
            cells, flaw = [], "long"
        if len(taken) == 1 and not flaw:
            if taken[0] is _END:
                return
            if cells:
                yield Record(row, cells)
            row += 1
            taken.clear()
            continue
        if not flaw and _is_sound(taken, cells, dialect, width):
            yield Record(row, cells)
            row += len(taken)
            taken.clear()
            continue
        if flaw != "long" or len(taken) > 1:
            flaw = "quote"
        yield Record(row, _bare(taken[0], dialect), flaw)
        row += 1
        back = [line for line in taken[1:] if line is not _END]
        budget -= len(back)
        if budget < 0:
            longest = 3
        again.extendleft(reversed(back))
        taken.clear()
        reader = csv.reader(feed(), **dialect.arguments())


def _is_sound(taken: list[str], cells: list[str], dialect: Dialect, width: int) -> bool:
    if taken[-1] is _END or not cells:
        return False
    try:
        strict = list(csv.reader(taken, strict=True, **dialect.arguments()))
    except csv.Error:
        return False
    if len(strict) != 1:
        return False
    return not width or len(cells) == width or len(_bare(taken[0], dialect)) != width


def _bare(line: str, dialect: Dialect) -> list[str]:
    """The cells of one line, with quotation marks as ordinary signs."""
    return [cell.strip() for cell in line.rstrip("\r\n").split(dialect.delimiter)]
