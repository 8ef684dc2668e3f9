"""Words of scripts whose letters join or move: Devanagari, Arabic, Hebrew and their kin, as numbered glyphs in places.

HarfBuzz is loaded by the first such word, so that a process that sets none does not know it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from desktop.documents.directions import MIRRORED, RIGHT_TO_LEFT, drawn_runs
from desktop.paths import resource

DEVANAGARI, JOINING = "h", "a"
FILES = {
    DEVANAGARI: ("NotoSansDevanagari-Regular.ttf", "NotoSansDevanagari-Bold.ttf"),
    JOINING: ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
}
"""The fonts of each script by weight. What the names of its tiers begin with stands for a script."""

_DEVANAGARI = "\u0900-\u097f\u1cd0-\u1cff\ua8e0-\ua8ff"
_HEBREW = "\u0590-\u05ff\ufb1d-\ufb4f"
_ARABIC = "\u0600-\u08ff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
_JOINERS = "\u200c\u200d"
_SHAPED = re.compile(f"[{_DEVANAGARI}{_HEBREW}{_ARABIC}]")
_WORD = re.compile(
    f"([{_DEVANAGARI}][{_DEVANAGARI}{_JOINERS}]*)|[{_HEBREW}][{_HEBREW}{_JOINERS}]*|[{_ARABIC}][{_ARABIC}{_JOINERS}]*"
)
_DIRECTED = re.compile(f"[\u200e]|{RIGHT_TO_LEFT.pattern}")


class Glyph(NamedTuple):
    """One glyph by its number in the font, with the place in the word of the text that it belongs to. Advance and the
    offsets from its place are in thousandths of the type size."""

    number: int
    cluster: int
    advance: int
    right: int
    up: int


def needs_shaping(text: str) -> bool:
    """Whether any of the text must go through HarfBuzz or be drawn from right to left."""
    return _SHAPED.search(text) is not None or RIGHT_TO_LEFT.search(text) is not None


def script_of(sign: str) -> str:
    """The script whose words the character belongs to, empty if it is set as it is."""
    if not _SHAPED.match(sign):
        return ""
    return DEVANAGARI if _WORD.match(sign)[1] else JOINING  # type: ignore[index]


def words_of(text: str) -> Iterator[tuple[str, str]]:
    """The words of the text that must be shaped, each with its script."""
    for word in _WORD.finditer(text):
        yield (DEVANAGARI if word[1] else JOINING), word[0]


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """The text from left to right as it is drawn: words with their script, and what is set as it is without one."""
    runs = drawn_runs(text) if _DIRECTED.search(text) else [(text, False)]
    for run, backwards in runs:
        found = list(_split(run))
        for script, piece in reversed(found) if backwards else found:
            if backwards and not script:
                yield "", "".join([MIRRORED.get(sign, sign) for sign in reversed(piece)])
            else:
                yield script, piece


def _split(run: str) -> Iterator[tuple[str, str]]:
    at = 0
    for word in _WORD.finditer(run):
        if word.start() > at:
            yield "", run[at : word.start()]
        yield (DEVANAGARI if word[1] else JOINING), word[0]
        at = word.end()
    if at < len(run):
        yield "", run[at:]


@lru_cache(maxsize=20_000)
def shape(script: str, weight: int, word: str) -> tuple[Glyph, ...]:
    """The glyphs of a word from left to right; number 0 where the font has none."""
    return shape_once(script, weight, word)


def shape_once(script: str, weight: int, word: str) -> tuple[Glyph, ...]:
    """The same for a word that does not come back."""
    import uharfbuzz

    font, scale = _font(FILES[script][weight])
    buffer = uharfbuzz.Buffer()
    buffer.flags = uharfbuzz.BufferFlags.REMOVE_DEFAULT_IGNORABLES
    buffer.add_str(word)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer, {})
    return tuple(
        Glyph(
            info.codepoint,
            info.cluster,
            round(place.x_advance * scale),
            round(place.x_offset * scale),
            round(place.y_offset * scale),
        )
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    )


@lru_cache(maxsize=4)
def _font(file: str) -> tuple[Any, float]:
    import uharfbuzz

    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(resource("fonts") / file)))
    return uharfbuzz.Font(face), 1000 / face.upem


def clusters(word: str, glyphs: tuple[Glyph, ...]) -> list[tuple[str, list[Glyph]]]:
    """The glyphs in the groups that belong together, in the order in which they are drawn, with the text of each."""
    starts = sorted({glyph.cluster for glyph in glyphs})
    ends = dict(zip(starts, [*starts[1:], len(word)], strict=True))
    groups: list[tuple[str, list[Glyph]]] = []
    last = -1
    for glyph in glyphs:
        if glyph.cluster != last:
            last = glyph.cluster
            groups.append((word[last : ends[last]], []))
        groups[-1][1].append(glyph)
    if starts and starts[0] > 0:
        # What is not drawn at the beginning belongs to what is drawn first.
        at = 0 if groups[0][1][0].cluster == starts[0] else -1
        groups[at] = (word[: starts[0]] + groups[at][0], groups[at][1])
    return groups
