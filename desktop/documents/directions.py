"""The order in which text of both directions is drawn: Unicode's bidirectional algorithm (UAX #9) for one line.

Explicit embeddings and overrides are no part of it: they have no place in a name, and can make it read as another.
"""

from __future__ import annotations

import re
from unicodedata import bidirectional

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]")

_PAIRS = (
    "()",
    "[]",
    "{}",
    "⁅⁆",
    "⁽⁾",
    "₍₎",
    "⌈⌉",
    "⌊⌋",
    "⟦⟧",
    "⟨⟩",
    "⟪⟫",
    "〈〉",
    "《》",
    "「」",
    "『』",
    "【】",
    "〔〕",
)
_CLOSING = {pair[0]: pair[1] for pair in _PAIRS}
_OPENING = {pair[1]: pair[0] for pair in _PAIRS}
MIRRORED = {
    sign: other
    for pair in (*_PAIRS, "<>", "«»", "‹›", "≤≥", "≪≫", "≮≯", "≰≱", "⊂⊃", "⊆⊇")
    for sign, other in ((pair[0], pair[1]), (pair[1], pair[0]))
}
"""The sign that stands for another where text runs from right to left."""

_NEUTRAL = frozenset({"B", "S", "WS", "ON", "BN"})
_NUMBERS = frozenset({"EN", "AN"})
_DEEPEST = 63


def _kind(sign: str) -> str:
    """The class of a character; one that is not assigned runs as its neighbours do."""
    return bidirectional(sign) or ("R" if RIGHT_TO_LEFT.match(sign) else "L")


def base_direction(text: str) -> str:
    """R or L, by the first letter that has a direction (rules P2 and P3)."""
    for sign in text:
        kind = _kind(sign)
        if kind in ("R", "AL"):
            return "R"
        if kind == "L":
            return "L"
    return "L"


def drawn_runs(text: str) -> list[tuple[str, bool]]:
    """The text in runs of one direction from left to right as they are drawn; each run is in the order of reading,
    and says whether that is from right to left."""
    levels = _levels(text)
    starts = [at for at, level in enumerate(levels) if not at or levels[at - 1] != level]
    ends = [*starts[1:], len(text)]
    pieces = [(text[start:end], levels[start]) for start, end in zip(starts, ends, strict=False)]
    for level in range(max(levels, default=0), 0, -1):
        at = 0
        while at < len(pieces):
            end = at
            while end < len(pieces) and pieces[end][1] >= level:
                end += 1
            pieces[at:end] = pieces[at:end][::-1]
            at = max(end, at + 1)
    return [(piece, level % 2 == 1) for piece, level in pieces]


def _levels(text: str) -> list[int]:
    base = base_direction(text)
    original = [_kind(sign) for sign in text]
    kinds = _weak(original, base)
    _brackets(text, original, kinds, base)
    _neutral(kinds, base)
    level = int(base == "R")
    levels = [level + _STEPS[level][kind] for kind in kinds]
    # Spaces at the end of the line and separators stand at the level of the whole (rule L1).
    trailing = True
    for at in range(len(text) - 1, -1, -1):
        kind = original[at]
        trailing = kind in ("B", "S") or (trailing and kind in ("WS", "BN"))
        if trailing:
            levels[at] = level
    return levels


# Rules I1 and I2.
_STEPS = ({"L": 0, "R": 1, "EN": 2, "AN": 2}, {"R": 0, "L": 1, "EN": 1, "AN": 1})


def _weak(original: list[str], base: str) -> list[str]:
    """Rules W1 to W7."""
    kinds = []
    strong = previous = base
    for kind in original:
        if kind == "NSM":
            kind = previous
        elif kind == "EN" and strong == "AL":
            kind = "AN"
        if kind in ("L", "R", "AL"):
            strong = kind
        previous = kind
        kinds.append(kind)
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for at in range(1, len(kinds) - 1):
        before, kind, after = kinds[at - 1 : at + 2]
        if before == after and ((kind == "ES" and before == "EN") or (kind == "CS" and before in _NUMBERS)):
            kinds[at] = before
    _terminators(kinds)
    strong = base
    for at, kind in enumerate(kinds):
        if kind in ("ES", "ET", "CS"):
            kinds[at] = "ON"
        elif kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            kinds[at] = "L"
    return kinds


def _terminators(kinds: list[str]) -> None:
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] in ("ET", "BN"):
            end += 1
        if end > at and "EN" in (kinds[at - 1] if at else "", kinds[end] if end < len(kinds) else ""):
            kinds[at:end] = ["EN"] * (end - at)
        at = max(end, at + 1)


def _brackets(text: str, original: list[str], kinds: list[str], base: str) -> None:
    """Rule N0: a pair of brackets goes with what it holds, or with what stands before it."""
    other = "L" if base == "R" else "R"
    for start, end in _bracket_pairs(text, kinds):
        inside = {_strong(kind) for kind in kinds[start + 1 : end]}
        if base in inside:
            found = base
        elif other in inside:
            before = [kind for kind in map(_strong, kinds[:start]) if kind]
            found = other if (before[-1] if before else base) == other else base
        else:
            continue
        for place in (start, end):
            kinds[place] = found
            for after in range(place + 1, len(kinds)):
                if original[after] not in ("NSM", "BN"):
                    break
                kinds[after] = found


def _strong(kind: str) -> str:
    return "R" if kind in _NUMBERS else kind if kind in ("L", "R") else ""


def _bracket_pairs(text: str, kinds: list[str]) -> list[tuple[int, int]]:
    open_ones: list[tuple[str, int]] = []
    pairs = []
    for at, sign in enumerate(text):
        if kinds[at] != "ON":
            continue
        if sign in _CLOSING:
            if len(open_ones) == _DEEPEST:
                return []
            open_ones.append((sign, at))
        elif sign in _OPENING:
            for place in range(len(open_ones) - 1, -1, -1):
                if open_ones[place][0] == _OPENING[sign]:
                    pairs.append((open_ones[place][1], at))
                    del open_ones[place:]
                    break
    return sorted(pairs)


def _neutral(kinds: list[str], base: str) -> None:
    """Rules N1 and N2."""
    at = 0
    while at < len(kinds):
        end = at
        while end < len(kinds) and kinds[end] in _NEUTRAL:
            end += 1
        if end > at:
            before = _strong(kinds[at - 1]) if at else base
            after = _strong(kinds[end]) if end < len(kinds) else base
            kinds[at:end] = [before if before == after else base] * (end - at)
        at = max(end, at + 1)
