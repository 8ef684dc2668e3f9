"""One page as PDF operators: text in a few styles, and rules."""

from __future__ import annotations

from functools import lru_cache

from desktop.documents.glyphs import Face, Glyphs, Run
from desktop.documents.tagging import END_MARK, MARK_ARTIFACT, Tags, mark, mark_again

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

    __slots__ = ("code", "face", "head", "leading", "per", "size")

    def __init__(self, face: Face, size: float, code: str, leading: float = 0) -> None:
        self.face = face
        self.code = code
        self.size = size
        self.per = size / 1000
        self.leading = leading or round(size * 1.36, 2)
        self.head = f"/{face.font} {size:g} Tf {colour(code)} rg"

    def smaller(self, part: float) -> Style:
        """The same in a size that is that part of it."""
        return Style(self.face, self.size * part, self.code, self.leading * part)

    def width(self, text: str) -> float:
        return self.face[text][1] * self.per

    def wrap(self, text: str, width: float) -> list[Glyphs]:
        # A width that was measured from the text itself must take it, whatever the last binary digit says.
        width += 0.01
        if "\n" not in text:
            glyphs = self.face[text]
            if glyphs[1] * self.size <= width * 1000:
                return [glyphs]
        return self.face.wrap(text, self.size, width)


# Whether it begins a cell, its style, its left end, its baseline as an operand, and its glyphs.
Piece = tuple[bool, Style, float, str, Glyphs]
# What no text is marked as yet: neither an element nor, like 0, decoration.
_UNMARKED = -1


class Sheet:
    """Collects what one page shows. Places are in points from the lower left corner; text stands on its baseline.

    With `tags` it is the page of a document, of that index: all it shows belongs to an open element or is decoration.
    Without, it is a form, which is marked as a whole where it is drawn.
    """

    __slots__ = (
        "_backgrounds",
        "_marked",
        "_page",
        "_pictures",
        "_pieces",
        "_rule_colour",
        "_rules",
        "_style",
        "_tagged",
        "_tags",
        "_texts",
        "fonts",
    )

    def __init__(self, tags: Tags | None = None, page: int = 0) -> None:
        self._texts: list[str] = []
        self._rules: list[str] = []
        self._rule_colour = ""
        self._style: Style | None = None
        self._backgrounds: list[str] = []
        self._pictures: list[str] = []
        self._tagged = tags is not None
        self._tags = tags or Tags()
        self._marked = _UNMARKED if self._tagged else 0
        self._page = page
        self._pieces = 0
        self.fonts: set[str] = set()

    def place(self, style: Style, x: float, y: float, glyphs: Glyphs) -> None:
        """Put measured text with its left end at x."""
        codes, _, runs = glyphs
        if self._marked != self._tags.now:
            self._mark()
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

    def row(self, style: Style, y: float, cells: list[tuple[float, Glyphs]], role: str = "") -> None:
        """Put measured texts on one baseline, each with its right end at its x; an element each if there is a role."""
        tags = self._tags
        for x, glyphs in cells:
            if role:
                tags.begin(role)
                self.place(style, x - glyphs[1] * style.per, y, glyphs)
                tags.end()
            else:
                self.place(style, x - glyphs[1] * style.per, y, glyphs)

    def cells(self, role: str, pieces: list[Piece]) -> None:
        """Put the pieces of a row of cells, an element each; what a document does most is done here in one go."""
        tags, texts = self._tags, self._texts
        now, number = self._style, self._pieces
        # The first piece may have none before it to end.
        again = self._marked != _UNMARKED
        for begins, style, x, base, (codes, _, runs) in pieces:
            line = f"1 0 0 1 {x:.2f} {base} Tm({codes})Tj" if runs is None else ""
            if style is not now:
                now = style
                line = f"{style.head}\n{line}"
            if begins:
                line = f"{mark_again(number) if again else mark(number)}\n{line}"
                again = True
                number += 1
            if runs is None:
                texts.append(line)
                continue
            if line:
                texts.append(line.removesuffix("\n"))
            self._runs(style, f"1 0 0 1 {x:.2f} {base} Tm", runs)
            now = None
        count = number - self._pieces
        tags.log += [role, self._page, ""] * count
        tags.count += count
        self._marked = tags.count
        self._style, self._pieces = now, number

    @property
    def pieces(self) -> int:
        """How many marked pieces the page has."""
        return self._pieces

    def rows(self, texts: list[str], count: int, last: Style) -> None:
        """Take whole rows of so many cells, drawn already: each cell begins by ending the piece before it."""
        tags = self._tags
        if self._marked == _UNMARKED:
            texts[0] = texts[0].removeprefix(f"{END_MARK}\n")
        # Each ends its last line, and so does what joins them.
        self._texts.append("".join(texts)[:-1])
        row: list[str | int | tuple[str]] = ["TR"]
        row += ["TD", self._page, ""] * count
        row.append("")
        tags.log += row * len(texts)
        tags.count += (count + 1) * len(texts)
        self._pieces += count * len(texts)
        self._marked = tags.count
        self._style = last

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

    def rules(self, x: float, places: list[float], width: float, thickness: float, code: str = HAIRLINE) -> None:
        """Horizontal lines of one length hanging from these heights."""
        if code != self._rule_colour:
            self._rule_colour = code
            self._rules.append(f"{colour(code)} rg")
        start, end = f"{x:.2f} ", f" {width:.2f} {thickness:g} re f"
        self._rules += [f"{start}{y - thickness:.2f}{end}" for y in places]

    def underlay(self, operators: str) -> None:
        """Draw beneath everything else, as decoration."""
        self._backgrounds.append(operators)

    def picture(self, operators: str) -> None:
        """Draw what the open element shows, above the underlay: a picture, a code. The operators keep their state."""
        if self._tagged and self._tags.now:
            operators = f"{self._piece()}\n{operators}\n{END_MARK}"
        elif self._tagged:
            operators = f"{MARK_ARTIFACT}\n{operators}\n{END_MARK}"
        self._pictures.append(operators)

    def _piece(self) -> str:
        """Begin the next marked piece of this page for the open element."""
        number = self._pieces
        self._pieces = number + 1
        self._tags.log.append(self._page)
        return mark(number)

    def _mark(self) -> None:
        """Mark what follows as the open element's, or as decoration."""
        if not self._tagged:
            return
        begun = self._marked != _UNMARKED
        self._marked = self._tags.now
        opening = self._piece() if self._marked else MARK_ARTIFACT
        self._texts.append(f"{END_MARK}\n{opening}" if begun else opening)

    def _runs(self, style: Style, where: str, runs: tuple[Run, ...]) -> None:
        self._texts.append(where)
        for font, show, up in runs:
            if not font:
                self._texts.append(show)
                continue
            self.fonts.add(font)
            shown = f"/{font} {style.size:g} Tf{show}"
            self._texts.append(f"{up * style.per:.2f} Ts{shown} 0 Ts" if up else shown)
        # The next text must name its font again.
        self._style = None

    def content(self) -> bytes:
        parts = [*self._backgrounds, *self._rules]
        if self._tagged and parts:
            parts = [MARK_ARTIFACT, *parts, END_MARK]
        parts += self._pictures
        if self._texts:
            parts += ["BT", *self._texts]
            if self._tagged:
                parts.append(END_MARK)
            parts.append("ET")
        return "\n".join(parts).encode("latin-1")
