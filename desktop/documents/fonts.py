"""The typefaces of documents, cut into tiers of characters or glyphs that are encoded once and then only copied.

In each typeface every character has one home: the basic tier, a European script, or its block in that typeface, or
else in Inter, DejaVu Sans or Noto Emoji. Words of joining scripts are set by glyphs, which are sorted into tiers too.
Any mixture of scripts thus takes the same fast way and looks the same.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from desktop.documents import embedding, shaping
from desktop.documents.glyphs import (
    BASIC_CHARACTERS,
    BASIC_SET,
    INTER,
    REPLACEMENT,
    SLIP,
    Tier,
    basic_tier,
    is_basic,
    plain,
)
from desktop.documents.paycodes.slip_words import CAPTION_SIGNS
from desktop.documents.shaping import clusters, needs_shaping, script_of, shape, shape_once, words_of
from desktop.documents.syllables import syllables

Files = tuple[str, str]

_DEJAVU = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_SERIF = ("NotoSerif-Regular.ttf", "NotoSerif-Bold.ttf")
_LIBERATION = ("LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf")
_EMOJI = ("NotoEmoji-Regular.ttf", "NotoEmoji-Regular.ttf")
_BASIC_SCRIPT = "b"
# The most common glyphs of a joining script come together, the others in small lots.
_COMMON, _LOT = 256, 24


class _Family(NamedTuple):
    """What the names of a typeface's tiers begin with: those of basic and script tiers, and those of blocks."""

    mark: str
    block: str
    files: Files


_FAMILIES = {
    INTER: _Family("", "i", embedding.INTER_FILES),
    "dejavu": _Family("v", "v", _DEJAVU),
    "serif": _Family("t", "t", _SERIF),
    SLIP: _Family("l", "l", _LIBERATION),
}
# What no typeface has of its own, asked after Inter.
_FALLBACKS = {"d": _DEJAVU, "e": _EMOJI}
# Pictures are large and come alone.
_BITS = {"e": 5}

# Greek and Cyrillic bring spaces, digits and punctuation along, so that a name is one run.
_SHARED = "".join(map(chr, range(0x20, 0x41)))
_SCRIPTS = {
    "x": "".join(map(chr, range(0x100, 0x180))) + "ƒǍǎǦǧǪǫȘșȚțȲȳẀẁẂẃẄẅẞỲỳ",
    "g": _SHARED + "".join(map(chr, range(0x370, 0x400))),
    "c": _SHARED + "".join(map(chr, range(0x400, 0x460))) + "ҐґҒғҖҗҚқҢңҮүҰұҲҳҺһӘәӨө",
}


@lru_cache(maxsize=len(_FAMILIES))
def _scripts(typeface: str) -> dict[str, str]:
    """The script tier of each character that has one."""
    family = _FAMILIES[typeface]
    return {
        sign: family.mark + name
        for name, signs in _SCRIPTS.items()
        for sign in signs
        if sign not in BASIC_SET and embedding.has(family.files[0], sign)
    }


@lru_cache(maxsize=65536)
def _home(sign: str, typeface: str = INTER) -> str | None:
    """The name of the tier that shows the character, None if no font has it; for a joining script its mark alone."""
    if sign in BASIC_SET:
        return basic_tier(typeface)
    with embedding.lock:
        if script := script_of(sign):
            return script if embedding.has(shaping.FILES[script][0], sign) else None
        family = _FAMILIES[typeface]
        if name := _scripts(typeface).get(sign):
            return name
        if embedding.has(family.files[0], sign):
            return _block(family.block, sign)
        if typeface != INTER:
            return _home(sign)
        return next((_block(mark, sign) for mark, files in _FALLBACKS.items() if embedding.has(files[0], sign)), None)


def _block(mark: str, sign: str) -> str:
    return f"{mark}{ord(sign) >> _BITS.get(mark, 8):x}"


def tiers_for(text: str, typeface: str = INTER) -> set[str]:
    """The names of the tiers that the text needs in the typeface, the replacement sign's among them.

    Inter's basic tier, which every process has, is not named.
    """
    needed = {basic_tier(typeface)}
    if not is_basic(text.replace("\n", " ")):
        homes = {_home(sign, typeface) or _home(REPLACEMENT, typeface) for sign in set(plain(text)) - {"\n"}}
        needed.update(name for name in homes if name and name not in shaping.FILES)
        if not homes.isdisjoint(shaping.FILES) or needs_shaping(text):
            for script, word in words_of(plain(text, joiners=True)):
                needed |= _tiers_of_word(script, word)
            needed.add(_home(REPLACEMENT, typeface) or "")
    return needed - {basic_tier(INTER), ""}


def missing(texts: Iterable[str]) -> str:
    """The characters that no font has, each once, in the order of their code points."""
    signs = {sign for text in texts if not is_basic(text) for sign in plain(text)} - {"\n"}
    return "".join(sorted(sign for sign in signs if _home(sign) is None))


@lru_cache(maxsize=128)
def tier(name: str) -> Tier:
    """The tier of that name, encoded. The first call loads ReportLab and the fonts."""
    with embedding.lock:
        return _shaped_tier(name) if name[0] in shaping.FILES else _plain_tier(name)


def _plain_tier(name: str) -> Tier:
    typeface, script, files = _parts(name)
    table = _table(name, typeface, script, files[0])
    if not all(embedding.has(files[1], sign) for sign in table if sign):
        # Without all of it in bold, no word shall be half bold.
        files = (files[0], files[0])
    codes = {sign: code for code, sign in enumerate(table) if sign}
    points = [[ord(sign) if sign and _is_set(name, weight, sign) else 0 for sign in table] for weight in (0, 1)]
    widths = [
        tuple(embedding.width(file, point) if point else 0 for point in own)
        for file, own in zip(files, points, strict=True)
    ]
    fonts = [embedding.encoded(file, name + str(weight), points[weight], table) for weight, file in enumerate(files)]
    own = frozenset(sign for sign in codes if _home(sign, typeface or INTER) == name)
    return Tier(name, codes, own, (widths[0], widths[1]), (fonts[0], fonts[1]), typeface)


def _is_set(name: str, weight: int, sign: str) -> bool:
    """Whether a sign is ever set in that weight: of the slip nothing but its captions is bold."""
    return not weight or name != basic_tier(SLIP) or sign in CAPTION_SIGNS


def _parts(name: str) -> tuple[str, str, Files]:
    """The typeface of a tier, its script if it is no block, and its files."""
    for typeface, family in _FAMILIES.items():
        script = name.removeprefix(family.mark) if name.startswith(family.mark) else ""
        if script == _BASIC_SCRIPT or script in _SCRIPTS:
            return typeface, script, family.files
        if name.startswith(family.block):
            return typeface, "", family.files
    return "", "", _FALLBACKS[name[0]]


def _table(name: str, typeface: str, script: str, file: str) -> list[str]:
    """The character of each code, empty where a code stands for none."""
    if script == _BASIC_SCRIPT:
        return [sign if sign != "\ufffe" and embedding.has(file, sign) else "" for sign in BASIC_CHARACTERS]
    if script:
        return [sign for sign in _SCRIPTS[script] if embedding.has(file, sign)]
    bits = _BITS.get(name[0], 8)
    start = int(name[1:], 16) << bits
    return [sign for sign in map(chr, range(start, start + (1 << bits))) if _home(sign, typeface or INTER) == name]


class _Sorted(NamedTuple):
    """The glyphs of a joining script in one weight: the tier of each by its number, and what each stands for."""

    tiers: dict[int, int]
    texts: dict[int, str]
    blocks: int


@lru_cache(maxsize=4)
def _sorted(script: str, weight: int) -> _Sorted:
    """Glyphs in the order in which common syllables use them, then by blocks of their numbers."""
    tiers: dict[int, int] = {}
    texts: dict[int, str] = {}
    first = 0
    for group in syllables(script):
        order: dict[int, None] = {}
        for syllable in group:
            glyphs = shape_once(script, weight, syllable)
            order.update(dict.fromkeys(glyph.number for glyph in glyphs if glyph.number not in tiers))
            for said, drawn in clusters(syllable, glyphs):
                _learn(texts, said, [glyph.number for glyph in drawn])
        order.pop(0, None)
        most = _LOT if first else _COMMON
        tiers.update({number: first + place // most for place, number in enumerate(order)})
        first += 1 + len(order) // most
    return _Sorted(tiers, texts, first)


def _learn(texts: dict[int, str], said: str, glyphs: list[int]) -> None:
    """Of the glyphs that a text is drawn with, the only one that is new stands for what the others do not say."""
    new = [glyph for glyph in glyphs if glyph not in texts]
    if len(new) == 1:
        rest = Counter(plain(said))
        for glyph in glyphs:
            rest.subtract(texts.get(glyph, ""))
        texts[new[0]] = "".join(sign * count for sign, count in rest.items() if count > 0)


def _tier_of_glyph(script: str, weight: int, number: int) -> str:
    found = _sorted(script, weight)
    place = found.tiers.get(number)
    return f"{script}{found.blocks + number // _LOT if place is None else place}"


@lru_cache(maxsize=20_000)
def _tiers_of_word(script: str, word: str) -> frozenset[str]:
    """The tiers of a word in both weights."""
    with embedding.lock:
        return frozenset(
            _tier_of_glyph(script, weight, glyph.number)
            for weight in (0, 1)
            for glyph in shape(script, weight, word)
            if glyph.number
        )


def _shaped_tier(name: str) -> Tier:
    script, place = name[0], int(name[1:])
    files = shaping.FILES[script]
    glyphs, widths, fonts = [], [], []
    for weight, file in enumerate(files):
        found = _sorted(script, weight)
        if place < found.blocks:
            numbers = [number for number, at in found.tiers.items() if at == place]
        else:
            start = (place - found.blocks) * _LOT
            end = min(start + _LOT, len(embedding.face(file).hmetrics))
            numbers = [number for number in range(start, end) if number and number not in found.tiers]
        named = _named(file)
        texts = [found.texts.get(number) or named.get(number, "") for number in numbers]
        if script == shaping.JOINING:
            # Readers turn what is drawn from right to left, and with it the letters of a ligature.
            texts = [text[::-1] for text in texts]
        points = [embedding.point_of(file, number) for number in numbers]
        glyphs.append({number: (code, texts[code]) for code, number in enumerate(numbers)})
        widths.append(tuple(embedding.width(file, point) for point in points))
        fonts.append(embedding.encoded(file, name + str(weight), points, texts))
    return Tier(name, {}, frozenset(), (widths[0], widths[1]), (fonts[0], fonts[1]), glyphs=(glyphs[0], glyphs[1]))


@lru_cache(maxsize=4)
def _named(file: str) -> dict[int, str]:
    """The text of each glyph that has a character of its own; for a letter's form, the letter."""
    found = embedding.face(file).charToGlyph
    return {
        glyph: unicodedata.normalize("NFKC", chr(point))
        for point, glyph in sorted(found.items(), reverse=True)
        if point < 0x110000
    }
