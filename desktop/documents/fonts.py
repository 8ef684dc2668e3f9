"""The typefaces of documents, cut by ReportLab into tiers of characters that are encoded once and then only copied.

In each typeface every character has one home: the basic tier, a European script, or its block of 256 in that typeface,
or else in Inter or in DejaVu Sans. Any mixture of scripts thus takes the same fast way and looks the same.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from desktop.documents.glyphs import (
    BASIC_CHARACTERS,
    BASIC_SET,
    INTER,
    REPLACEMENT,
    FontObjects,
    Tier,
    basic_tier,
    is_basic,
    plain,
)
from desktop.paths import resource

_INTER = ("Inter-Regular.ttf", "Inter-SemiBold.ttf")
_DEJAVU = ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf")
_SERIF = ("NotoSerif-Regular.ttf", "NotoSerif-Bold.ttf")
# Inter's digits of one width (its feature tnum) stand in this order and have no code points.
_TABULAR_ZERO = 1357
_SYMBOLIC = 4
_BASIC_SCRIPT = "b"


class _Family(NamedTuple):
    """What the names of a typeface's tiers begin with: those of basic and script tiers, and those of blocks."""

    mark: str
    block: str
    files: tuple[str, str]


_FAMILIES = {
    INTER: _Family("", "i", _INTER),
    "dejavu": _Family("v", "v", _DEJAVU),
    "serif": _Family("t", "t", _SERIF),
}
# What no typeface has of its own, asked after Inter.
_FALLBACKS = {"d": _DEJAVU}

# Greek and Cyrillic bring spaces, digits and punctuation along, so that a name is one run.
_SHARED = "".join(map(chr, range(0x20, 0x41)))
_SCRIPTS = {
    "x": "".join(map(chr, range(0x100, 0x180))) + "ƒǍǎǦǧǪǫȘșȚțȲȳẀẁẂẃẄẅẞỲỳ",
    "g": _SHARED + "".join(map(chr, range(0x370, 0x400))),
    "c": _SHARED + "".join(map(chr, range(0x400, 0x460))) + "ҐґҒғҖҗҚқҢңҮүҰұҲҳҺһӘәӨө",
}
_lock = threading.RLock()


@lru_cache(maxsize=8)
def _face(file: str) -> Any:
    from reportlab.pdfbase.ttfonts import TTFontFace

    face = TTFontFace(str(resource("fonts") / file))
    if file in _INTER:
        set_tabular(face)
    return face


def set_tabular(face: Any) -> None:
    """Give a face of Inter digits of one width, so that figures stand under figures."""
    for digit in range(10):
        glyph = _TABULAR_ZERO + digit
        face.charToGlyph[ord("0") + digit] = glyph
        face.charWidths[ord("0") + digit] = face.hmetrics[glyph][0] * 1000 / face.unitsPerEm


@lru_cache(maxsize=len(_FAMILIES))
def _scripts(typeface: str) -> dict[str, str]:
    """The script tier of each character that has one."""
    family = _FAMILIES[typeface]
    glyphs = _face(family.files[0]).charToGlyph
    return {
        sign: family.mark + name
        for name, signs in _SCRIPTS.items()
        for sign in signs
        if sign not in BASIC_SET and ord(sign) in glyphs
    }


@lru_cache(maxsize=65536)
def _home(sign: str, typeface: str = INTER) -> str | None:
    """The name of the tier that shows the character, None if no font has it."""
    if sign in BASIC_SET:
        return basic_tier(typeface)
    family = _FAMILIES[typeface]
    with _lock:
        if name := _scripts(typeface).get(sign):
            return name
        for letter, files in ((family.block, family.files), *_FALLBACKS.items()):
            if letter in _FALLBACKS and typeface != INTER:
                return _home(sign)
            if ord(sign) in _face(files[0]).charToGlyph:
                return f"{letter}{ord(sign) >> 8:x}"
    return None


def tiers_for(text: str, typeface: str = INTER) -> set[str]:
    """The names of the tiers that the text needs in the typeface, the replacement sign's among them.

    Inter's basic tier, which every process has, is not named.
    """
    needed = {basic_tier(typeface)}
    if not is_basic(text):
        signs = set(plain(text)) - BASIC_SET - {"\n"}
        needed |= {_home(sign, typeface) or _home(REPLACEMENT, typeface) or "" for sign in signs}
    return needed - {basic_tier(INTER), ""}


def missing(texts: Iterable[str]) -> str:
    """The characters that no font has, each once, in the order of their code points."""
    signs = {sign for text in texts if not is_basic(text) for sign in plain(text)} - {"\n"}
    return "".join(sorted(sign for sign in signs if _home(sign) is None))


@lru_cache(maxsize=128)
def tier(name: str) -> Tier:
    """The tier of that name, encoded. The first call loads ReportLab and the fonts."""
    typeface, script, files = _parts(name)
    with _lock:
        table = _table(name, typeface, script, files[0])
        points = [ord(sign) for sign in table if sign]
        if not all(point in _face(files[1]).charToGlyph for point in points):
            # Without all of it in bold, no word shall be half bold.
            files = (files[0], files[0])
        codes = {sign: code for code, sign in enumerate(table) if sign}
        widths = [tuple(round(_face(file).charWidths[ord(sign)]) if sign else 0 for sign in table) for file in files]
        fonts = [_encoded(file, name + str(weight), table) for weight, file in enumerate(files)]
    own = frozenset(sign for sign in codes if _home(sign, typeface or INTER) == name)
    return Tier(name, codes, own, (widths[0], widths[1]), (fonts[0], fonts[1]), typeface)


def _parts(name: str) -> tuple[str, str, tuple[str, str]]:
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
        return ["" if sign == "\ufffe" else sign for sign in BASIC_CHARACTERS]
    glyphs = _face(file).charToGlyph
    if script:
        return [sign for sign in _SCRIPTS[script] if ord(sign) in glyphs]
    start = int(name[1:], 16) << 8
    return [sign for sign in map(chr, range(start, start + 256)) if _home(sign, typeface or INTER) == name]


def _encoded(file: str, seed: str, table: list[str]) -> FontObjects:
    face = _face(file)
    points = [ord(sign) if sign else 0 for sign in table]
    program = face.makeSubset(points)
    tag = "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(seed.encode()).digest()[:6])
    name = f"{tag}+{face.name.decode('ascii')}"
    box = " ".join(str(round(edge)) for edge in face.bbox)
    widths = " ".join(str(round(face.charWidths[point])) if point else "0" for point in points)
    descriptor = (
        f"<</Type/FontDescriptor/FontName/{name}/Flags {_SYMBOLIC}/FontBBox[{box}]/ItalicAngle 0"
        f"/Ascent {round(face.ascent)}/Descent {round(face.descent)}/CapHeight {round(face.capHeight)}"
        f"/StemV {round(face.stemV)}/FontFile2 %d 0 R>>"
    )
    font = (
        f"<</Type/Font/Subtype/TrueType/BaseFont/{name}/FirstChar 0/LastChar {len(table) - 1}/Widths[{widths}]"
        "/FontDescriptor %d 0 R/ToUnicode %d 0 R>>"
    )
    return FontObjects(
        file=_stream(program, f"/Length1 {len(program)}"),
        unicode=_stream(_to_unicode(name, table)),
        descriptor=descriptor.encode("ascii"),
        font=font.encode("ascii"),
    )


def _stream(content: bytes, entries: str = "") -> bytes:
    packed = zlib.compress(content, 9)
    head = f"<</Filter/FlateDecode/Length {len(packed)}{entries}>>stream\n"
    return head.encode("ascii") + packed + b"\nendstream"


def _to_unicode(name: str, table: list[str]) -> bytes:
    """The map that lets text be searched and copied. ReportLab's own has more than 100 entries a section, which the
    PDF reference forbids, and cannot name characters beyond the first plane."""
    entries = [f"<{code:02X}> <{sign.encode('utf-16-be').hex().upper()}>" for code, sign in enumerate(table) if sign]
    parts = [
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def\n"
        f"/CMapName /{name} def\n/CMapType 2 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange"
    ]
    for start in range(0, len(entries), 100):
        section = entries[start : start + 100]
        parts += [f"{len(section)} beginbfchar", *section, "endbfchar"]
    parts.append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
    return "\n".join(parts).encode("ascii")
