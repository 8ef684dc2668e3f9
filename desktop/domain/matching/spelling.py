"""How numbers stand in a text: runs of letters and of digits, whatever signs are between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

_RUN: Final = re.compile("[A-Z]+|[0-9]+")
# What may stand between the parts of one number: "INV / 2026 - 0007".
_GAP: Final = 3
_RUNS: Final = 8
# A number, or its digits, is told apart by its errors from this length on.
_TELLING: Final = 5
# Days and amounts, whose digits are no short number of an invoice.
_NO_NUMBER: Final = re.compile(
    r"(?<!\d)(?:\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{2,4})?|\d{4}-\d\d-\d\d|\d{1,2}/\d{1,2}/\d{2,4}"
    r"|\d{1,3}(?:[.,' ]\d{3})*[.,]\d{2}|\d+[.,]\d{2})(?![\d])|\d+\s?%"
)


_SERIES: Final = re.compile(r"(?<![A-Z0-9])\d{1,9}(?:\s?[/+,;&-]\s?\d{1,9})*(?![A-Z0-9])")
_STEPS: Final = re.compile(r"([/+,;&-]?)\s?(\d+)")
_FARTHEST: Final = 40


class Run(NamedTuple):
    """Letters or digits that stand together, in capitals; `start` and `end` are places in the plain text."""

    text: str
    start: int
    end: int


class Span(NamedTuple):
    """Runs that may be one number: `first` to before `last`, their signs, and with each zero in front left out."""

    first: int
    last: int
    signs: str
    loose: str


def plain(text: str) -> str:
    """Capitals without accents; digits of any script as 0 to 9."""
    text = text.upper()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text.replace("ß", "SS"))
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text if not unicodedata.combining(sign)
    )


def runs(text: str) -> list[Run]:
    """The runs of a plain text."""
    return [Run(found[0], found.start(), found.end()) for found in _RUN.finditer(text)]


def parts(text: str) -> list[str]:
    """The runs of any text without their places: INV, 2026, 0007."""
    found: list[str] = _RUN.findall(plain(text))
    return found


def signs(text: str) -> str:
    """Letters and digits alone: INV20260007."""
    return "".join(parts(text))


def digits(text: str) -> str:
    return "".join(sign for sign in text if sign in "0123456789")


def loose(found: Sequence[str]) -> str:
    """Runs with the zeros in front of each left out, kept apart: INV.2026.7."""
    return ".".join(part.lstrip("0") or "0" for part in found)


def spans(found: Sequence[Run], longest: int) -> Iterator[Span]:
    """Every stretch of neighbouring runs that may be one number of at most `longest` signs."""
    count = len(found)
    for first in range(count):
        together, apart, end = "", "", found[first].start
        for last in range(first, min(first + _RUNS, count)):
            run = found[last]
            if run.start - end > _GAP:
                break
            together += run.text
            if len(together) > longest:
                break
            apart += ("." if apart else "") + (run.text.lstrip("0") or "0")
            end = run.end
            yield Span(first, last + 1, together, apart)


def short_numbers(text: str) -> set[int]:
    """The digits that stand alone in a plain text, as numbers; neither days nor amounts nor percentages.

    What goes on after a sign changes the last digits: 1001/1002+3 are 1001, 1002 and 1003, and so are 1001-1003.
    """
    found: set[int] = set()
    for series in _SERIES.finditer(_NO_NUMBER.sub(" ", text)):
        before = ""
        for sign, number in _STEPS.findall(series[0]):
            whole = before[: len(before) - len(number)] + number
            if sign == "-" and before and 0 < int(whole) - int(before) <= _FARTHEST:
                found.update(range(int(before), int(whole)))
            found.update((int(number), int(whole)))
            before = whole
    return found


def error_between(written: str, meant: str) -> str:
    """What turns one into the other: swapped, missing, added or changed; empty where it takes more than one error."""
    if written == meant or OSA.distance(written, meant, score_cutoff=1) > 1:
        return ""
    if len(written) < len(meant):
        return "missing"
    if len(written) > len(meant):
        return "added"
    differing = sum(one != other for one, other in zip(written, meant, strict=True))
    return "swapped" if differing == 2 else "changed"


def nearest(meant: str, written: Sequence[str]) -> str:
    """What of the written differs from `meant` by one error; empty for none, and for what is too short to tell."""
    if len(meant) < _TELLING:
        return ""
    found = process.extractOne(meant, written, scorer=OSA.distance, processor=None, score_cutoff=1)
    return found[0] if found and found[0] != meant else ""


def neighbours(written: str) -> Iterator[str]:
    """What `written` may have been meant to be: one error of digits away."""
    for at, sign in enumerate(written):
        if at and sign != written[at - 1]:
            yield written[: at - 1] + sign + written[at - 1] + written[at + 1 :]
    for at, sign in enumerate(written):
        if sign.isdigit():
            yield written[:at] + written[at + 1 :]
            for other in "0123456789":
                if other != sign:
                    yield written[:at] + other + written[at + 1 :]
    for at in range(len(written) + 1):
        for other in "0123456789":
            yield written[:at] + other + written[at:]
