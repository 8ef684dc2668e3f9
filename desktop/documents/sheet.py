"""One page as PDF operators: text in a few styles, and rules."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from desktop.documents.glyphs import BASIC, Face, Glyphs

MM = 72 / 25.4
INK = "#1B1F27"
QUIET = "#5B6472"
HAIRLINE = "#D9DDE4"
FAINT = "#EEF0F3"


@lru_cache(maxsize=64)
def colour(code: str) -> str:
    """The operands of a colour given as #RRGGBB."""
    return " ".join(f"{int(code[at : at + 2], 16) / 255:.3g}" for at in (1, 3, 5))


class Style:
    """A weight, size and colour of text; `per` is points of width for a thousandth of the type size."""

    __slots__ = ("face", "head", "leading", "per", "size")

    def __init__(self, face: Face, size: float, code: str, leading: float = 0) -> None:
        self.face = face
        self.size = size
        self.per = size / 1000
        self.leading = leading or round(size * 1.36, 2)
        self.head = f"/{'RS'[face.weight]}{BASIC} {size:g} Tf {colour(code)} rg"

    def width(self, text: str) -> float:
        return self.face[text][1] * self.per

    def wrap(self, text: str, width: float) -> list[Glyphs]:
        return self.face.wrap(text, self.size, width)


class Styles(NamedTuple):
    """All the styles of a document. Weight says what matters, colour what is secondary, never both."""

    text: Style
    strong: Style
    small: Style
    label: Style
    title: Style
    number: Style
    brand: Style
    payable: Style
    address: Style
    footer: Style
    sender: Style


def styles(regular: Face, strong: Face, accent: str) -> Styles:
    return Styles(
        text=Style(regular, 8.75, INK, 12.5),
        strong=Style(strong, 8.75, INK, 12.5),
        small=Style(regular, 7.5, QUIET, 10.5),
        label=Style(regular, 7.5, QUIET, 12.5),
        title=Style(strong, 19, INK, 24),
        number=Style(regular, 10, QUIET, 14),
        brand=Style(strong, 16, accent, 20),
        payable=Style(strong, 11.5, INK, 16),
        address=Style(regular, 9.5, INK, 12.6),
        footer=Style(regular, 6.75, QUIET, 9.5),
        sender=Style(regular, 6.25, QUIET, 8),
    )


class Sheet:
    """Collects what one page shows. Places are in points from the lower left corner; text stands on its baseline."""

    __slots__ = ("_rule_colour", "_rules", "_style", "_texts", "background", "fonts")

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._rules: list[str] = []
        self._rule_colour = ""
        self._style: Style | None = None
        self.background: list[str] = []
        self.fonts: set[str] = set()

    def place(self, style: Style, x: float, y: float, glyphs: Glyphs) -> None:
        """Put measured text with its left end at x."""
        codes, _, runs = glyphs
        if style is not self._style:
            self._style = style
            self._texts.append(style.head)
        if runs is None:
            self._texts.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm({codes})Tj")
        else:
            self._runs(style, f"1 0 0 1 {x:.2f} {y:.2f} Tm", runs)

    def end(self, style: Style, x: float, y: float, glyphs: Glyphs) -> None:
        """Put measured text with its right end at x."""
        self.place(style, x - glyphs[1] * style.per, y, glyphs)

    def row(self, style: Style, y: float, cells: list[tuple[float, Glyphs]]) -> None:
        """Put measured texts on one baseline, each with its right end at its x."""
        if style is not self._style:
            self._style = style
            self._texts.append(style.head)
        per = style.per
        base = f"{y:.2f}"
        for x, (codes, width, runs) in cells:
            if runs is None:
                self._texts.append(f"1 0 0 1 {x - width * per:.2f} {base} Tm({codes})Tj")
            else:
                self.place(style, x - width * per, y, (codes, width, runs))

    def left(self, style: Style, x: float, y: float, text: str) -> None:
        self.place(style, x, y, style.face[text])

    def right(self, style: Style, x: float, y: float, text: str) -> None:
        self.end(style, x, y, style.face[text])

    def rule(self, x: float, y: float, width: float, thickness: float, code: str = HAIRLINE) -> None:
        """A horizontal line hanging from y."""
        if code != self._rule_colour:
            self._rule_colour = code
            self._rules.append(f"{colour(code)} rg")
        self._rules.append(f"{x:.2f} {y - thickness:.2f} {width:.2f} {thickness:g} re f")

    def underlay(self, operators: str) -> None:
        """Draw beneath everything else."""
        self.background.append(operators)

    def _runs(self, style: Style, where: str, runs: tuple[tuple[str, str], ...]) -> None:
        self._texts.append(where)
        for font, codes in runs:
            self.fonts.add(font)
            self._texts.append(f"/{font} {style.size:g} Tf({codes})Tj")
        # The next text must name its font again.
        self._style = None

    def content(self) -> bytes:
        texts = ["BT", *self._texts, "ET"] if self._texts else []
        return "\n".join([*self.background, *self._rules, *texts]).encode("latin-1")
