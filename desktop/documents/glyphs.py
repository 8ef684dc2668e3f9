"""Text as coded glyphs with its width, without a font library: what a rendering process knows of fonts."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import NamedTuple

from desktop.documents.directions import RIGHT_TO_LEFT, base_direction
from desktop.documents.shaping import DEVANAGARI, FILES, Glyph, clusters, needs_shaping, pieces, shape

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
INTER = "inter"
BASIC = "b"
SLIP = "liberation"
"""The typeface of the Swiss QR-bill's slip, one of the four that its style guide allows. No template chooses it."""
_BASICS = {INTER: BASIC, "dejavu": "vb", "serif": "tb", SLIP: "lb"}

# Signs that CP1252 lacks and every language may need: they take codes that CP1252 leaves free.
_EXTRAS = "₹₺₽₴−\u202f\u2009\u2007\u2010\u2011→←≤≥≠≈№′″"
_FREE = [*range(0x01, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20)]
_MEMO = 8_192

# What has no shape on paper: controls, joiners, marks of direction, variation selectors, the soft hyphen.
# Skin colours and tags only change the sign before them.
_UNSEEN = (
    "\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u180b-\u180e\u200b\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
    "\ufff0-\ufff8\U0001f3fb-\U0001f3ff\U000e0000-\U000e0fff\ud800-\udfff"
)
_SHAPELESS = re.compile(f"[{_UNSEEN}\u200c-\u200f]")
_SHAPELESS_BUT_JOINERS = re.compile(f"[{_UNSEEN}]")
_BREAKS = str.maketrans({"\t": " ", "\r": "\n", "\v": "\n", "\f": "\n", "\u2028": "\n", "\u2029": "\n"})
_MARKS = {"R": "\N{RIGHT-TO-LEFT MARK}", "L": "\N{LEFT-TO-RIGHT MARK}"}
# The virama and the joiners.
_BINDING = "\u094d\u200c\u200d"
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
_LATIN = bytes([ord(sign) for sign in BASIC_SET if ord(sign) < 256])


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
    That of a joining script has, by weight, the code of each glyph number and the text that the glyph stands for.
    """

    name: str
    codes: dict[str, int]
    own: frozenset[str]
    widths: tuple[tuple[int, ...], tuple[int, ...]]
    fonts: tuple[FontObjects, FontObjects]
    typeface: str = ""
    glyphs: tuple[dict[int, tuple[int, str]], dict[int, tuple[int, str]]] | None = None


def basic_tier(typeface: str) -> str:
    """The name of the tier that a typeface needs for any text."""
    return _BASICS[typeface]


def plain(text: str, *, joiners: bool = False) -> str:
    """The text as it is set: composed letters, spaces for tabs, nothing shapeless; every kind of line break is \\n.

    `joiners` keeps what joins or parts letters or tells their direction.
    """
    one_kind = text.replace("\r\n", "\n").translate(_BREAKS)
    shapeless = _SHAPELESS_BUT_JOINERS if joiners else _SHAPELESS
    return unicodedata.normalize("NFC", shapeless.sub("", one_kind))


def is_basic(text: str) -> bool:
    """Whether the basic tier sets all of the text."""
    try:
        # Latin-1 without its controls is asked in a tenth of the time.
        return not text.encode("latin-1").translate(None, _LATIN)
    except UnicodeEncodeError:
        pass
    try:
        codecs.charmap_encode(text, "strict", _BASIC_MAP)
    except UnicodeEncodeError:
        return False
    return True


# A run of shown text: the font resource, the codes with the operator that shows them, how far above the line in
# thousandths of the type size. Without a font it is an operator that stands for itself.
Run = tuple[str, str, int]
# A piece of text ready to be shown: its escaped codes in the basic tier, its width in thousandths of the type size,
# and, where one tier does not do, the runs instead.
Glyphs = tuple[str, int, tuple[Run, ...] | None]


class _WordSetter:
    """Puts the glyphs of one word into runs: shifts between them where HarfBuzz wants other gaps than the font's."""

    def __init__(self, letter: str, weight: int) -> None:
        self._letter = letter
        self._weight = weight
        self._runs: list[Run] = []
        self._font = ""
        self._up = 0
        self._shown: list[str] = []
        self._codes: list[str] = []
        self._gap = 0
        self._saying = False
        self._width = 0

    def say(self, text: str) -> None:
        """What follows stands for this text; if empty, for what its glyphs say."""
        if self._saying or text:
            self._close()
        if self._saying:
            self._runs.append(("", "EMC", 0))
        if text:
            written = text.encode("utf-16-be", "replace").hex().upper()
            self._runs.append(("", f"/Span<</ActualText<FEFF{written}>>>BDC", 0))
        self._saying = bool(text)

    def put(self, tier: Tier, code: int, glyph: Glyph) -> None:
        font = self._letter + tier.name
        if (font, glyph.up) != (self._font, self._up):
            self._close()
            self._font, self._up = font, glyph.up
        self._shift(self._gap + glyph.right)
        self._codes.append(chr(code))
        self._gap = glyph.advance - glyph.right - tier.widths[self._weight][code]
        self._width += glyph.advance

    def take(self, width: int, runs: list[Run]) -> None:
        """Set what is no glyph of the script."""
        self._finish()
        self._runs += runs
        self._width += width

    def done(self) -> tuple[int, list[Run]]:
        self._finish()
        if self._saying:
            self._runs.append(("", "EMC", 0))
        return self._width, self._runs

    def _finish(self) -> None:
        if self._font:
            self._shift(self._gap)
            self._gap = 0
        self._close()

    def _shift(self, right: int) -> None:
        if right:
            self._end_string()
            self._shown.append(str(-right))

    def _end_string(self) -> None:
        if self._codes:
            self._shown.append(f"({''.join(self._codes).translate(_ESCAPES)})")
            self._codes = []

    def _close(self) -> None:
        self._end_string()
        if self._shown:
            single = len(self._shown) == 1 and self._shown[0].startswith("(")
            show = f"{self._shown[0]}Tj" if single else f"[{''.join(self._shown)}]TJ"
            self._runs.append((self._font, show, self._up))
        self._shown = []
        self._font = ""


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
        self._width_of = self._basic_tier.widths[weight].__getitem__
        self._home: dict[str, Tier] = {}
        self._numbered: dict[str, dict[int, tuple[Tier, int, str]]] = {script: {} for script in FILES}
        for tier in tiers.values():
            self.learn(tier)

    def learn(self, tier: Tier) -> None:
        """Take in a tier that came later. The typeface's own come first, whatever came before."""
        if tier.glyphs:
            numbered = self._numbered[tier.name[0]]
            numbered.update({number: (tier, *one) for number, one in tier.glyphs[self.weight].items()})
        if tier is self._basic_tier or tier.typeface not in (self.typeface, INTER, ""):
            return
        found = dict.fromkeys(tier.own, tier)
        self._home = self._home | found if tier.typeface == self.typeface else found | self._home

    def __missing__(self, text: str) -> Glyphs:
        try:
            # ASCII keeps its codes, controls aside.
            plain_ascii = text.isascii() and text.isprintable()
            coded = text.encode() if plain_ascii else codecs.charmap_encode(text, "strict", _BASIC_MAP)[0]
        except UnicodeEncodeError:
            glyphs = self._set(text)
        else:
            escaped = text if plain_ascii else coded.decode("latin-1")
            if "(" in text or ")" in text or "\\" in text:
                escaped = escaped.translate(_ESCAPES)
            glyphs = (escaped, sum(map(self._width_of, coded)), None)
        if len(self) >= _MEMO:
            self.clear()
        self[text] = glyphs
        return glyphs

    def _set(self, text: str) -> Glyphs:
        """Text that the basic tier alone does not set."""
        width, runs = 0, list[Run]()
        if not needs_shaping(text):
            width, runs = self._mixed(plain(text).replace("\n", " "))
            return "", width, tuple(runs)
        found = list(pieces(plain(text, joiners=True).replace("\n", " ")))
        for at, (script, piece) in enumerate(found):
            if script:
                # Readers lose a space between two texts that are said; within one they keep it.
                spaced = script == DEVANAGARI and at + 1 < len(found) and found[at + 1] == ("", " ")
                wide, more = self._word(script, piece, " " if spaced else "")
            elif piece == " " and at and found[at - 1][0] == DEVANAGARI:
                continue
            else:
                wide, more = self._mixed(plain(piece))
            width += wide
            runs += more
        return "", width, tuple(runs)

    def _mixed(self, text: str) -> tuple[int, list[Run]]:
        """Character by character: the width, and a run for each change of font."""
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
        return width, [(self._letter + t.name, f"({''.join(codes).translate(_ESCAPES)})Tj", 0) for t, codes in runs]

    def _word(self, script: str, word: str, space: str) -> tuple[int, list[Run]]:
        """A word by its glyphs, each in its place, and the space behind it; where they do not say what they stand for,
        or stand where readers would see a gap, the word does."""
        numbered = self._numbered[script]
        groups = clusters(word, shape(script, self.weight, word))
        found = [(text, [(numbered.get(glyph.number), glyph) for glyph in glyphs]) for text, glyphs in groups]
        setter = _WordSetter(self._letter, self.weight)
        if script == DEVANAGARI and any(_unclear(text, glyphs) for text, glyphs in found):
            setter.say(plain(word) + space)
        for one, glyph in [pair for _, glyphs in found for pair in glyphs]:
            if one:
                setter.put(one[0], one[1], glyph)
            else:
                setter.take(*self._mixed(REPLACEMENT))
        if space:
            setter.take(*self._mixed(space))
        return setter.done()

    def wrap(self, text: str, size: float, width: float) -> list[Glyphs]:
        """The text in lines no wider than `width` points; a word too wide for a line is broken where it must."""
        if "\n" not in text:
            glyphs = self[text]
            if glyphs[1] * size <= width * 1000:
                return [glyphs]
        limit = int(width * 1000 / size)
        lines: list[Glyphs] = []
        for paragraph in plain(text, joiners=True).split("\n"):
            direction = ""
            if RIGHT_TO_LEFT.search(paragraph):
                # Each line runs as the whole does, whatever it begins with.
                direction = _MARKS[base_direction(paragraph)]
            self._fill(paragraph, limit, lines, direction)
        return lines

    def _fill(self, paragraph: str, limit: int, lines: list[Glyphs], direction: str) -> None:
        space = self[" "][1]
        line, used = "", 0
        for word in paragraph.split(" "):
            wide = self[word][1]
            if line and used + space + wide <= limit:
                line, used = f"{line} {word}", used + space + wide
                continue
            if line:
                lines.append(self[direction + line])
            while wide > limit:
                cut = self._cut(word, limit)
                lines.append(self[direction + word[:cut]])
                word = word[cut:]
                wide = self[word][1]
            line, used = word, wide
        lines.append(self[direction + line])

    def _cut(self, word: str, limit: int) -> int:
        """How many characters of the word fit, at least one."""
        if needs_shaping(word):
            return self._cut_shaped(word, limit)
        used = 0
        for count, sign in enumerate(word):
            used += self[sign][1]
            if used > limit:
                return max(count, 1)
        return len(word)

    def _cut_shaped(self, word: str, limit: int) -> int:
        """The same where letters change beside others: only between what stands on its own."""
        ends = [at for at in range(1, len(word)) if _parts_before(word, at)] + [len(word)]
        low, high = 0, len(ends) - 1
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if self[word[: ends[middle]]][1] <= limit else (low, middle - 1)
        return ends[low]


def _unclear(text: str, glyphs: list[tuple[tuple[Tier, int, str] | None, Glyph]]) -> bool:
    """Whether a reader who goes by the glyphs would not find the text."""
    if plain(text) != "".join([one[2] for one, _ in glyphs if one]):
        return True
    return any(glyph.right or glyph.up or not glyph.advance for _, glyph in glyphs)


def _parts_before(word: str, at: int) -> bool:
    """Whether a word may be parted before a character: not within a syllable."""
    return (
        not unicodedata.category(word[at]).startswith("M") and word[at - 1] not in _BINDING and word[at] not in _BINDING
    )
