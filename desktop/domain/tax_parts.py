"""The named taxes that one rate is made of: CGST and SGST, a state's and a county's.

A line bears their sum and names them in a short text, so that whatever copies the line copies its taxes; a document
shows each of them once, on all that bears it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

# (name, fraction times 10**6), in the order in which a document shows them
Parts = tuple[tuple[str, int], ...]

# What the short text is made of cannot stand in a name.
RESERVED = "=;"


def parts_text(parts: Parts) -> str:
    """As it stands on a line: `CGST=90000;SGST=90000`; nothing for one tax without a name."""
    if len(parts) == 1 and not parts[0][0]:
        return ""
    return ";".join(f"{name}={rate}" for name, rate in parts)


@lru_cache(maxsize=4096)
def parse_parts(text: str) -> Parts:
    """The inverse of parts_text; ValueError for a text that it did not make."""
    if not text:
        return ()
    pairs = (part.rpartition("=") for part in text.split(";"))
    return tuple((name, int(rate)) for name, _equals, rate in pairs)


def taxes_of(rate: int, text: str) -> Parts:
    """The taxes of a line by its rate and its parts; one without a name where it has no parts."""
    return parse_parts(text) or (("", rate),)


def by_tax(bases: Iterable[tuple[tuple[str, int, str], int]]) -> dict[tuple[str, int, str], int]:
    """The basis of each (category, rate, name) of a document, from those of its (category, rate, parts text).

    Two rates that share a tax, a state's beneath two counties, bear it on the sum of both.
    """
    found: dict[tuple[str, int, str], int] = {}
    for (category, rate, text), basis in bases:
        for name, part in taxes_of(rate, text):
            key = (category, part, name)
            found[key] = found.get(key, 0) + basis
    return found


def dated_parts(rows: Iterable[tuple[str, date, int]]) -> tuple[tuple[date, Parts], ...]:
    """The taxes of each day on which one of them changes, of (name, first day, fraction times 10**6) rows.

    Before its first day a tax is not levied; one at 0 is levied no more and leaves the list, unless all are at 0.
    Names stand in the order of the rows.
    """
    by_name: dict[str, dict[date, int]] = {}
    for name, day, rate in rows:
        by_name.setdefault(name, {})[day] = rate
    days = sorted({day for rates in by_name.values() for day in rates})
    found = []
    for day in days:
        since = [(name, rates, [first for first in rates if first <= day]) for name, rates in by_name.items()]
        now = [(name, rates[max(known)]) for name, rates, known in since if known]
        levied = [(name, rate) for name, rate in now if rate]
        found.append((day, tuple(levied or now)))
    return tuple(found)


def parts_at(dated: Sequence[tuple[date, Parts]], rate: int, day: date | None) -> Parts:
    """The taxes whose sum is this rate: those of the day, else of the nearest time when they came to it; () if never.

    A deposit of last year keeps its rate when it is deducted after a change.
    """
    fitting = [(since, parts) for since, parts in dated if sum(part for _, part in parts) == rate]
    if not fitting:
        return ()
    if day is not None:
        until = [parts for since, parts in fitting if since <= day]
        return until[-1] if until else fitting[0][1]
    return fitting[-1][1]
