"""Makes the slimmed fonts of `resources/fonts` from the full ones: `python -m tests.documents.slim_fonts FOLDER`.

What documents never set goes: hints, small capitals, letters of scripts that another bundled font sets. The signs that
every document may need and Noto Serif lacks come from Noto Sans Math, the minus from the plus of its own weight.
"""

import sys
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

from fontTools.misc.transform import Transform
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from desktop.documents.glyphs import BASIC_SET
from desktop.paths import resource

_EUROPE = [
    *range(0x20, 0x250),
    *range(0x2B0, 0x530),
    *range(0x1E00, 0x2070),
    *range(0x2070, 0x2150),
    0xFFFD,
    *map(ord, BASIC_SET),
]
_MINUS = 0x2212


def slim(font: TTFont, points: Iterable[int] | None, features: list[str]) -> TTFont:
    """The font without hints and, if points are given, with their characters alone."""
    options = Options(
        hinting=False,
        layout_features=features,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        notdef_outline=True,
        glyph_names=False,
        legacy_kern=False,
        drop_tables=["DSIG", "FFTM", "GDEF", "kern", "MATH", "meta"] if not features else ["DSIG", "FFTM", "kern"],
    )
    subsetter = Subsetter(options)
    if points is None:
        subsetter.populate(glyphs=font.getGlyphOrder(), unicodes=font.getBestCmap())
    else:
        subsetter.populate(unicodes=set(points) & font.getBestCmap().keys())
    subsetter.subset(font)
    return font


def add_signs(font: TTFont, source: TTFont, points: Iterable[int]) -> None:
    """Give the font signs of another, at its own size."""
    glyphs, scale = source.getGlyphSet(), font["head"].unitsPerEm / source["head"].unitsPerEm
    for point in points:
        name = f"added{point:04X}"
        pen = TTGlyphPen(None)
        drawn = glyphs[source.getBestCmap()[point]]
        drawn.draw(TransformPen(pen, Transform().scale(scale)))
        _insert(font, point, name, pen.glyph(), round(drawn.width * scale))


def add_minus(font: TTFont) -> None:
    """A minus as wide and as strong as the plus, so that signed figures stand under each other."""
    plus = font.getBestCmap()[ord("+")]
    shape = font["glyf"][plus]
    dots, _, _ = shape.getCoordinates(font["glyf"])
    middle = (shape.yMin + shape.yMax) / 2
    # The bar ends at the leftmost dots.
    bar = [y for x, y in dots if x == shape.xMin and abs(y - middle) < 100]
    pen = TTGlyphPen(None)
    pen.moveTo((shape.xMin, min(bar)))
    for corner in ((shape.xMin, max(bar)), (shape.xMax, max(bar)), (shape.xMax, min(bar))):
        pen.lineTo(corner)
    pen.closePath()
    _insert(font, _MINUS, "added2212", pen.glyph(), font["hmtx"][plus][0])


def _insert(font: TTFont, point: int, name: str, glyph: Any, width: int) -> None:
    # The table of outlines takes the name into the order of glyphs, which it shares with the font.
    font["glyf"][name] = glyph
    font.setGlyphOrder(font["glyf"].glyphOrder)
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (width, glyph.xMin if glyph.numberOfContours else 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[point] = name


def serif(folder: Path) -> None:
    for weight in ("Regular", "Bold"):
        font = TTFont(folder / f"NotoSerif-{weight}.ttf")
        source = TTFont(folder / "NotoSansMath-Regular.ttf")
        add_signs(font, source, sorted(ord(sign) for sign in BASIC_SET if ord(sign) not in font.getBestCmap()))
        add_minus(font)
        whole = BytesIO()
        font.save(whole)
        _save(slim(TTFont(whole), _EUROPE, []), f"NotoSerif-{weight}.ttf")


def dejavu(folder: Path) -> None:
    """The bold with what joins and marks its letters; the regular keeps all of its letters."""
    regular = TTFont(folder / "DejaVuSans.ttf")
    _save(slim(regular, None, ["*"]), "DejaVuSans.ttf")
    font = TTFont(folder / "DejaVuSans-Bold.ttf")
    points = [*_EUROPE, *range(0x530, 0x700), *range(0x10A0, 0x1100), *range(0xFB00, 0xFFFE)]
    _save(slim(font, points, ["*"]), "DejaVuSans-Bold.ttf")


def devanagari(folder: Path) -> None:
    for weight in ("Regular", "Bold"):
        file = f"NotoSansDevanagari-{weight}.ttf"
        _save(slim(TTFont(folder / file), None, ["*"]), file)


def emoji(folder: Path) -> None:
    """Single signs: what is joined of several is set as its parts."""
    font = TTFont(folder / "NotoEmoji_400Regular.ttf")
    known = [TTFont(resource("fonts") / file).getBestCmap() for file in ("Inter-Regular.ttf", "DejaVuSans.ttf")]
    points = [point for point in font.getBestCmap() if point > 0xFF and not any(point in other for other in known)]
    slim(font, points, [])
    for table in ("vhea", "vmtx", "STAT", "GSUB", "gasp"):
        del font[table]
    _save(font, "NotoEmoji-Regular.ttf")


def _save(font: TTFont, file: str) -> None:
    font["head"].modified = font["head"].created
    font.recalcTimestamp = False
    path = resource("fonts") / file
    font.save(path)
    print(f"{file}: {path.stat().st_size} bytes, {len(font.getGlyphOrder())} glyphs")


_MAKERS = {"serif": serif, "dejavu": dejavu, "devanagari": devanagari, "emoji": emoji}

if __name__ == "__main__":
    _MAKERS[sys.argv[1]](Path(sys.argv[2]))
