"""Which sign separates the cells of a table: the one that gives the same number of them in every row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from desktop.importing.options import DELIMITERS, TableOptions
from desktop.importing.records import Dialect, Record, read_records

# Where Excel writes the delimiter itself.
_STATED = re.compile(r'\ufeff?"?sep=(.)"?\s*', re.IGNORECASE)
_DECIMAL_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9])")
_SINGLE_QUOTED = re.compile(r"(?:^|[,;\t|])'[^'\n]*'(?=[,;\t|\r\n])", re.MULTILINE)

Score = Callable[[Sequence[str]], int]


class _Choice(NamedTuple):
    rank: tuple[float, float, int]
    dialect: Dialect


def stated_delimiter(line: str) -> str:
    """The delimiter that a line `sep=;` names, else nothing."""
    found = _STATED.fullmatch(line)
    return found[1] if found else ""


def find_dialect(sample: list[str], options: TableOptions, score: Score) -> Dialect:
    """The dialect of the first lines of a file. `score` says how many known column names a row holds."""
    delimiters = options.delimiter or DELIMITERS
    text = "".join(sample)
    quotes = options.quote or ("\"'" if _SINGLE_QUOTED.search(text) else '"')
    escapes = [options.escape] if options.escape else ["", "\\"] if "\\" in text else [""]
    choices = []
    for delimiter in delimiters:
        for quote in quotes:
            for escape in escapes:
                if delimiter not in (quote, escape):
                    dialect = Dialect(delimiter, quote, escape)
                    choices.append(_Choice(_rank(sample, dialect, score), dialect))
    if not choices:
        return Dialect()
    # max keeps the first of equals, and the likelier signs come first.
    best = max(choices, key=lambda choice: choice.rank)
    if best.dialect.delimiter == "," and options.delimiter is None:
        best = _rival_of_decimal_commas(sample, choices, best, score)
    return best.dialect


def _rival_of_decimal_commas(sample: list[str], choices: list[_Choice], comma: _Choice, score: Score) -> _Choice:
    """Another delimiter that fits as well as the comma would if commas between digits are decimal commas."""
    others = [choice for choice in choices if choice.dialect.delimiter != ","]
    rival = max(others, key=lambda choice: choice.rank)
    masked = [_DECIMAL_COMMA.sub("\ue000", line) for line in sample]
    return rival if rival.rank[1] > 0 and rival.rank > _rank(masked, comma.dialect, score) else comma


def _rank(sample: list[str], dialect: Dialect, score: Score) -> tuple[float, float, int]:
    records = [record for record in read_records(sample, dialect) if any(record.cells)]
    if records and records[-1].flaw:
        # The sample may end inside a cell.
        records.pop()
    if not records:
        return (0.0, 0.0, 0)
    counts = Counter(len(record.cells) for record in records)
    width, times = max(counts.items(), key=lambda pair: (pair[1] if pair[0] > 1 else 0, pair[0]))
    names = max(score(record.cells) for record in records[:30])
    if names == 1:
        names = 0  # one word may stand anywhere
    if width < 2:
        return (float(names), 0.0, 0)
    share = times / len(records)
    before = next(place for place, record in enumerate(records) if len(record.cells) == width)
    doubts = sum(_is_doubtful(record, dialect) for record in records) / len(records)
    evenness = share * share * (1 - 1 / width) - 0.15 * min(before, 3) - doubts
    return (float(names), evenness, width)


def _is_doubtful(record: Record, dialect: Dialect) -> bool:
    """Whether a quotation mark at the edge of a cell shows that it was not understood as one."""
    other = "'" if dialect.quote == '"' else '"'
    return bool(record.flaw) or any(
        (len(cell) > 1 and cell[0] == cell[-1] == other) or cell.endswith(("\\", dialect.quote))
        for cell in record.cells
    )
