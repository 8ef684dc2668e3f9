"""The code points that documents can show, asked of the fonts: `python -m tests.documents.printable_points` prints them
as `desktop/domain/printable.py` keeps them."""

import sys
import textwrap

from desktop.documents import embedding, fonts
from desktop.paths import resource

_SURROGATES = range(0xD800, 0xE000)
# Where characters have no shape, or may have one; beyond, only what a font names is asked for.
_PLACES = (range(0x20000), range(0xE0000, 0xE1001))


def printable(point: int) -> bool:
    """Whether a font has the character, or it has no shape and needs none."""
    return point in _SURROGATES or fonts.missing([chr(point)]) == ""


def ranges() -> list[tuple[int, int]]:
    """The first and last point of each span."""
    found: list[tuple[int, int]] = []
    named = {
        point
        for file in resource("fonts").glob("*.ttf")
        for point in embedding.face(file.name).charToGlyph
        if point <= sys.maxunicode
    }
    for point in sorted(named.union(*_PLACES)):
        if printable(point):
            if found and found[-1][1] == point - 1:
                found[-1] = (found[-1][0], point)
            else:
                found.append((point, point))
    return found


def written(spans: list[tuple[int, int]]) -> str:
    """In hexadecimal, “first-last” or the only one, with spaces between."""
    return " ".join(f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in spans)


if __name__ == "__main__":
    print("\n".join(textwrap.wrap(written(ranges()), 116, break_on_hyphens=False)))
