"""The typefaces of documents, cut by ReportLab into tiers of characters that are encoded once and then only copied.

Every character has one home: the basic tier, a European script, or its block of 256 in Inter or else in DejaVu Sans.
Any mixture of scripts thus takes the same fast way and looks the same.
"""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from desktop.documents.glyphs import (
    BASIC,
    BASIC_CHARACTERS,
    BASIC_SET,
    REPLACEMENT,
    FontObjects,
    Tier,
    is_basic,
    plain,
)
from desktop.paths import resource

_INTER = ("Inter-Regular.ttf", "Inter-SemiBold.ttf")
_FALLBACK = ("DejaVuSans.ttf", "DejaVuSans.ttf")
# Inter's digits of one width (its feature tnum) stand in this order and have no code points.
_TABULAR_ZERO = 1357
_SYMBOLIC = 4

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


@lru_cache(maxsize=1)
def _scripts() -> dict[str, str]:
    """The script tier of each character that has one."""
    inter = _face(_INTER[0]).charToGlyph
    return {
        sign: name for name, signs in _SCRIPTS.items() for sign in signs if sign not in BASIC_SET and ord(sign) in inter
    }


@lru_cache(maxsize=65536)
def _home(sign: str) -> str | None:
    """The name of the tier that shows the character, None if no font has it."""
    if sign in BASIC_SET:
        return BASIC
    with _lock:
        if name := _scripts().get(sign):
            return name
        for letter, files in (("i", _INTER), ("d", _FALLBACK)):
            if ord(sign) in _face(files[0]).charToGlyph:
                return f"{letter}{ord(sign) >> 8:x}"
    return None


def tiers_for(text: str) -> set[str]:
    """The names of the tiers beside the basic one that the text needs, the replacement sign's among them."""
    if is_basic(text):
        return set()
    signs = set(plain(text)) - BASIC_SET - {"\n"}
    return {_home(sign) or _home(REPLACEMENT) or BASIC for sign in signs} - {BASIC}


def missing(texts: Iterable[str]) -> str:
    """The characters that no font has, each once, in the order of their code points."""
    signs = {sign for text in texts if not is_basic(text) for sign in plain(text)} - {"\n"}
    return "".join(sorted(sign for sign in signs if _home(sign) is None))


@lru_cache(maxsize=64)
def tier(name: str) -> Tier:
    """The tier of that name, encoded. The first call loads ReportLab and the fonts."""
    with _lock:
        files = _FALLBACK if name.startswith("d") else _INTER
        table = _table(name, files[0])
        codes = {sign: code for code, sign in enumerate(table) if sign}
        widths = [tuple(round(_face(file).charWidths[ord(sign)]) if sign else 0 for sign in table) for file in files]
        fonts = [_encoded(file, name + str(weight), table) for weight, file in enumerate(files)]
    own = frozenset(sign for sign in codes if _home(sign) == name)
    return Tier(name, codes, own, (widths[0], widths[1]), (fonts[0], fonts[1]))


def _table(name: str, file: str) -> list[str]:
    """The character of each code, empty where a code stands for none."""
    if name == BASIC:
        return ["" if sign == "\ufffe" else sign for sign in BASIC_CHARACTERS]
    glyphs = _face(file).charToGlyph
    if name in _SCRIPTS:
        return [sign for sign in _SCRIPTS[name] if ord(sign) in glyphs]
    start = int(name[1:], 16) << 8
    return [sign for sign in map(chr, range(start, start + 256)) if _home(sign) == name]


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
