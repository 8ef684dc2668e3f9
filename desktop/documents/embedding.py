"""Fonts cut down to at most 256 glyphs and encoded as the objects of a PDF. The first call loads ReportLab."""

from __future__ import annotations

import hashlib
import threading
import zlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from desktop.documents.glyphs import FontObjects
from desktop.paths import resource

INTER_FILES = ("Inter-Regular.ttf", "Inter-SemiBold.ttf")
# Inter's digits of one width (its feature tnum) stand in this order and have no code points.
_TABULAR_ZERO = 1357
_SYMBOLIC = 4
# Glyphs are asked for by a point of their own, above all characters.
_FIRST_GLYPH = 0x110000
# A viewer that is given a font asks neither for its names nor for what a desktop's menus show.
_UNNEEDED = frozenset({"name", "OS/2"})
# What tells a viewer how to fit letters to the dots of an old screen: most of a font that still has it.
_HINTS = frozenset({"cvt ", "fpgm", "prep"})
# The number of contours and the box.
_OUTLINE_HEAD = 10
lock = threading.RLock()


@lru_cache(maxsize=16)
def face(file: str) -> Any:
    """A font as ReportLab reads it."""
    from reportlab.pdfbase.ttfonts import TTFontFace

    class Subsetting(TTFontFace):
        read = False
        hinted = False

        def get_table(self, tag: str) -> bytes:
            if self.read and (tag in _UNNEEDED or tag in _HINTS):
                raise KeyError(tag)
            found: bytes = super().get_table(tag)
            return _unhinted(found, self.glyphPos) if tag == "glyf" and self.hinted else found

    found = Subsetting(str(resource("fonts") / file))
    found.hinted = "fpgm" in found.table
    found.read = True
    if file in INTER_FILES:
        _set_tabular(found)
    return found


def _unhinted(glyphs: bytes, places: Sequence[int]) -> bytes:
    """The outlines with their programs blank: as long as before, so that all stays in its place, and packed to nothing.

    Only the PDF is to be smaller; the font in the program stays as its licence wants it, unchanged under its name.
    """
    blank = bytearray(glyphs)
    for start, end in pairwise(places):
        contours = int.from_bytes(blank[start : start + 2], "big", signed=True)
        if end - start > _OUTLINE_HEAD and contours > 0:
            length = start + _OUTLINE_HEAD + 2 * contours
            size = int.from_bytes(blank[length : length + 2], "big")
            blank[length + 2 : length + 2 + size] = bytes(size)
    return bytes(blank)


def _set_tabular(found: Any) -> None:
    """Give a face of Inter digits of one width, so that figures stand under figures."""
    for digit in range(10):
        glyph = _TABULAR_ZERO + digit
        found.charToGlyph[ord("0") + digit] = glyph
        found.charWidths[ord("0") + digit] = found.hmetrics[glyph][0] * 1000 / found.unitsPerEm


def has(file: str, sign: str) -> bool:
    return ord(sign) in face(file).charToGlyph


def point_of(file: str, glyph: int) -> int:
    """What stands for a glyph where a character's point is wanted."""
    found = face(file)
    point = _FIRST_GLYPH + glyph
    if point not in found.charToGlyph:
        found.charToGlyph[point] = glyph
        found.charWidths[point] = found.hmetrics[glyph][0] * 1000 / found.unitsPerEm
    return point


def width(file: str, point: int) -> int:
    """In thousandths of the type size."""
    return round(face(file).charWidths[point])


def encoded(file: str, seed: str, points: Sequence[int], texts: Sequence[str]) -> FontObjects:
    """The font with the points at the codes from 0 on, and the text that each stands for; a point of 0 is none."""
    found = face(file)
    program = found.makeSubset(points)
    tag = "".join(chr(ord("A") + byte % 26) for byte in hashlib.sha256(seed.encode()).digest()[:6])
    name = f"{tag}+{found.name.decode('ascii')}"
    box = " ".join(str(round(edge)) for edge in found.bbox)
    widths = " ".join(str(width(file, point)) if point else "0" for point in points)
    descriptor = (
        f"<</Type/FontDescriptor/FontName/{name}/Flags {_SYMBOLIC}/FontBBox[{box}]/ItalicAngle 0"
        f"/Ascent {round(found.ascent)}/Descent {round(found.descent)}/CapHeight {round(found.capHeight)}"
        f"/StemV {round(found.stemV)}/FontFile2 %d 0 R>>"
    )
    font = (
        f"<</Type/Font/Subtype/TrueType/BaseFont/{name}/FirstChar 0/LastChar {len(points) - 1}/Widths[{widths}]"
        "/FontDescriptor %d 0 R/ToUnicode %d 0 R>>"
    )
    return FontObjects(
        file=_stream(program, f"/Length1 {len(program)}"),
        unicode=_stream(_to_unicode(name, texts)),
        descriptor=descriptor.encode("ascii"),
        font=font.encode("ascii"),
    )


def _stream(content: bytes, entries: str = "") -> bytes:
    packed = zlib.compress(content, 9)
    head = f"<</Filter/FlateDecode/Length {len(packed)}{entries}>>stream\n"
    return head.encode("ascii") + packed + b"\nendstream"


def _to_unicode(name: str, texts: Sequence[str]) -> bytes:
    """The map that lets text be searched and copied. ReportLab's own has more than 100 entries a section, which the
    PDF reference forbids, and cannot name characters beyond the first plane."""
    ranges, singles = _runs_of(texts)
    parts = [
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo <</Registry (Adobe)/Ordering (UCS)/Supplement 0>> def\n"
        f"/CMapName /{name} def\n/CMapType 2 def\n1 begincodespacerange\n<00> <FF>\nendcodespacerange"
    ]
    for kind, entries in (("range", ranges), ("char", singles)):
        for start in range(0, len(entries), 100):
            section = entries[start : start + 100]
            parts += [f"{len(section)} beginbf{kind}", *section, f"endbf{kind}"]
    parts.append("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend")
    return "\n".join(parts).encode("ascii")


def _runs_of(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Entries for runs of codes whose characters follow one another, and for the others."""
    ranges, singles = [], []
    code = 0
    while code < len(texts):
        first = texts[code]
        last = code + 1
        # A range may not leave the 256 characters that it begins in.
        while len(first) == 1 and last < len(texts) and texts[last] == chr(ord(first) + last - code):
            if not (ord(first) + last - code) % 256:
                break
            last += 1
        written = first.encode("utf-16-be").hex().upper()
        if last - code > 1:
            ranges.append(f"<{code:02X}> <{last - 1:02X}> <{written}>")
        elif first:
            singles.append(f"<{code:02X}> <{written}>")
        code = last
    return ranges, singles
