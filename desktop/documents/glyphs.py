"""Text as coded glyphs with its width, without a font library: what a rendering process knows of fonts."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
INTER = "inter"
BASIC = "b"
_BASICS = {INTER: BASIC, "dejavu": "vb", "serif": "tb"}

# Signs that CP1252 lacks and every language may need: they take codes that CP1252 leaves free.
_EXTRAS = "₹₺₽₴−\u202f\u2009\u2007\u2010\u2011→←≤≥≠≈№′″"
_FREE = [*range(0x01, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20)]
_MEMO = 20_000

# What has no shape on paper: controls, joiners, marks of direction, variation selectors, the soft hyphen.
_SHAPELESS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_BREAKS = str.maketrans({"\t": " ", "\r": "\n", "\v": "\n", "\f": "\n", "\u2028": "\n", "\u2029": "\n"})
_ESCAPES = str.maketrans({"\\": "\\\\", "(": "\\(", ")": "\\)", "\r": "\\r", "\n": "\\n"})


def _basic_characters() -> str:
    table = ["\ufffe"] * 256
    for code in (*range(0x20, 0x7F), *range(0x80, 0x100)):
        table[code] = bytes([code]).decode("cp1252", "replace").replace(REPLACEMENT, "\ufffe")
    table[0xAD] = "\ufffe"
    for code, sign in zip(_FREE, _EXTRAS, strict=False):
        table[code] = sign
    return "".join(table)


BASIC_CHARACTERS = _basic_characters()
"""The character of each code of the basic tier, U+FFFE where a code stands for none."""
BASIC_SET = frozenset(BASIC_CHARACTERS) - {"\ufffe"}
_BASIC_MAP = codecs.charmap_build(BASIC_CHARACTERS)


class FontObjects(NamedTuple):
    """One font of a PDF as encoded objects; `descriptor` and `font` have %d where they name the objects before them."""

    file: bytes
    unicode: bytes
    descriptor: bytes
    font: bytes


class Tier(NamedTuple):
    """At most 256 characters that are embedded together, in both weights.

    `codes` gives each character's code; `own` are those that no other tier is asked for. Widths are by code,
    in thousandths of the type size. A tier of no typeface of its own helps out in all of them.
    """

    name: str
    codes: dict[str, int]
    own: frozenset[str]
    widths: tuple[tuple[int, ...], tuple[int, ...]]
    fonts: tuple[FontObjects, FontObjects]
    typeface: str = ""


def basic_tier(typeface: str) -> str:
    """The name of the tier that a typeface needs for any text."""
    return _BASICS[typeface]


def plain(text: str) -> str:
    """The text as it is set: composed letters, spaces for tabs, nothing shapeless; every kind of line break is \\n."""
    one_kind = text.replace("\r\n", "\n").translate(_BREAKS)
    return unicodedata.normalize("NFC", _SHAPELESS.sub("", one_kind))


def is_basic(text: str) -> bool:
    """Whether the basic tier sets all of the text."""
    try:
        codecs.charmap_encode(text, "strict", _BASIC_MAP)
    except UnicodeEncodeError:
        return False
    return True


# A piece of text ready to be shown: its escaped codes in the basic tier, its width in thousandths of the type size,
# and, where one tier does not do, the runs (font resource, escaped codes) instead.
Glyphs = tuple[str, int, tuple[tuple[str, str], ...] | None]


class Face(dict[str, Glyphs]):
    """One weight of a typeface. `face[text]` codes and measures, and remembers: labels and descriptions come back by
    thousands. `font` is the name of the font of its basic tier."""

    def __init__(self, weight: int, tiers: dict[str, Tier], typeface: str = INTER) -> None:
        super().__init__()
        self.weight = weight
        self.typeface = typeface
        self._letter = "RS"[weight]
        self._basic_tier = tiers[basic_tier(typeface)]
        self.font = self._letter + self._basic_tier.name
        self._basic = self._basic_tier.widths[weight]
        self._home: dict[str, Tier] = {}
        for tier in tiers.values():
            self.learn(tier)

    def learn(self, tier: Tier) -> None:
        """Take in a tier that came later. The typeface's own come first, whatever came before."""
        if tier is self._basic_tier or tier.typeface not in (self.typeface, INTER, ""):
            return
        found = dict.fromkeys(tier.own, tier)
        self._home = self._home | found if tier.typeface == self.typeface else found | self._home

    def __missing__(self, text: str) -> Glyphs:
        try:
            coded = codecs.charmap_encode(text, "strict", _BASIC_MAP)[0]
        except UnicodeEncodeError:
            glyphs = self._mixed(plain(text).replace("\n", " "))
        else:
            escaped = coded.decode("latin-1")
            if "(" in text or ")" in text or "\\" in text:
                escaped = escaped.translate(_ESCAPES)
            glyphs = (escaped, sum(map(self._basic.__getitem__, coded)), None)
        if len(self) >= _MEMO:
            self.clear()
        self[text] = glyphs
        return glyphs

    def _mixed(self, text: str) -> Glyphs:
        basic = self._basic_tier
        runs: list[tuple[Tier, list[str]]] = []
        tier = basic
        width = 0
        for sign in text:
            code = tier.codes.get(sign)
            if code is None:
                tier = basic if sign in basic.codes else self._home.get(sign) or self._home.get(REPLACEMENT) or basic
                code = tier.codes.get(sign)
                if code is None:
                    code = tier.codes.get(REPLACEMENT, ord("?"))
            if not runs or runs[-1][0] is not tier:
                runs.append((tier, []))
            runs[-1][1].append(chr(code))
            width += tier.widths[self.weight][code]
        return "", width, tuple((self._letter + t.name, "".join(codes).translate(_ESCAPES)) for t, codes in runs)

    def wrap(self, text: str, size: float, width: float) -> list[Glyphs]:
        """The text in lines no wider than `width` points; a word too wide for a line is broken where it must."""
        if "\n" not in text:
            glyphs = self[text]
            if glyphs[1] * size <= width * 1000:
                return [glyphs]
        limit = int(width * 1000 / size)
        lines: list[Glyphs] = []
        for paragraph in plain(text).split("\n"):
            self._fill(paragraph, limit, lines)
        return lines

    def _fill(self, paragraph: str, limit: int, lines: list[Glyphs]) -> None:
        space = self[" "][1]
        line, used = "", 0
        for word in paragraph.split(" "):
            wide = self[word][1]
            if line and used + space + wide <= limit:
                line, used = f"{line} {word}", used + space + wide
                continue
            if line:
                lines.append(self[line])
            while wide > limit:
                cut = self._cut(word, limit)
                lines.append(self[word[:cut]])
                word = word[cut:]
                wide = self[word][1]
            line, used = word, wide
        lines.append(self[line])

    def _cut(self, word: str, limit: int) -> int:
        """How many characters of the word fit, at least one."""
        used = 0
        for count, sign in enumerate(word):
            used += self[sign][1]
            if used > limit:
                return max(count, 1)
        return len(word)
