"""The pages of one document while they fill: where the next line goes, and what a new page begins with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from desktop.documents.geometry import Geometry
from desktop.documents.glyphs import Face, Glyphs
from desktop.documents.sheet import MM, Sheet, Style
from desktop.documents.styles import Styles
from desktop.documents.tagging import Tags
from desktop.documents.words import Words
from desktop.documents.writing import Writer
from desktop.domain.document import Document
from desktop.domain.letter import Letter
from desktop.domain.template import Block, Layout

Paper = Document | Letter
"""What can be set."""


_INSET = 5.0
# Tables whose rows have edges that figures must keep away from.
_BOXED = frozenset({"zebra", "grid"})


class Look(NamedTuple):
    """What all documents of one setting share: the layout, its places and type, words and figures.

    `parts` are the styles of the fixed parts of a page, `writers` the figures of each further currency;
    `faces_of` gives both weights of a typeface.
    """

    layout: Layout
    place: Geometry
    styles: Styles
    parts: Mapping[str, Styles]
    words: Words
    writer: Writer
    writers: Mapping[str, Writer]
    faces_of: Callable[[str], tuple[Face, Face]]


class Flow:
    """`y` is the upper edge of what comes next and `bottom` how far down it may reach, in points; `tax` is what the
    tax is called.

    `styles` and `block` are those of the part that is being drawn; `inset` is how far the table's figures keep from
    its edges, `keep` gives what the table keeps room for, and `measured` is what was measured for it, in which style.
    `say` gives the text of a place with its fields filled in, `title` is what the document is called, and `spill` a
    text that found no room in the foot. `at_end` draws what comes after the body, and `raised` is how far the last
    page's foot moves up for it.
    """

    def __init__(self, document: Paper, look: Look, bottom: float, tax: str) -> None:
        self.document = document
        self.look = look
        self.layout, self.place, self.styles, _, self.words, self.writer, *_ = look
        self.accent = self.layout.accent
        self.bottom = bottom
        self.tax = tax
        self.title = ""
        self.spill = ""
        self.say: Callable[[str], str] = _nothing
        self.inset = _INSET if self.layout.table in _BOXED else 0.0
        self.keep: Callable[[], float] = _no_height
        self.measured: tuple[Styles, Block, Any] | None = None
        self.at_end: Callable[[], None] = _nothing_more
        self.raised = 0.0
        self.tags = Tags()
        self.sheet = Sheet(self.tags)
        self.pages = [self.sheet]
        self.y = self.place.height
        self._side = "left"
        self._space = 0.0
        self._aside = 0.0
        self._floor: float | None = None

    def let_go(self) -> None:
        """Forget what knows the flow itself: its pages then go at once, and not when somebody looks for rubbish."""
        self.say, self.keep, self.at_end = _nothing, _no_height, _nothing_more

    @property
    def draft(self) -> bool:
        return isinstance(self.document, Document) and not self.document.number

    @property
    def name(self) -> str:
        """Title and number, as the head of later pages and the file's own title say them."""
        number = self.document.number or (self.words.draft if self.draft else "")
        return f"{self.title} {number}".strip()

    def enter(self, styles: Styles, block: Block) -> None:
        """What follows is that part of the body."""
        self.styles = styles
        self._side = block.side or "left"
        self._space = block.space * MM
        self.block = block

    @property
    def measure(self) -> float:
        """The width that text may take: less than the page's beside what is set aside."""
        return self.place.measure - self._aside

    def set_aside(self, width: float, floor: float) -> None:
        """So much at the right is taken, down to the floor."""
        self._aside, self._floor = width, floor

    def end_aside(self) -> bool:
        """What follows stands below what was set aside; whether anything was."""
        was = self._floor is not None
        if self._floor is not None:
            self.y = min(self.y, self._floor)
        self._aside, self._floor = 0.0, None
        return was

    def gap(self, usual: float) -> None:
        """Keep that much free, and the space that the template adds to or takes from it above this part."""
        self.y -= max(0.0, usual + self._space)
        self._space = 0.0

    def fits(self, height: float) -> bool:
        return self.y - height >= self.bottom

    def need(self, height: float) -> None:
        """Begin a new page where so much does not fit on this one."""
        if self.y - height < self.bottom:
            self.turn()

    def turn(self) -> None:
        """Begin a new page, headed by what document it belongs to."""
        self._aside = 0.0
        if self._floor is not None:
            self._floor = self.place.height
        self.sheet = Sheet(self.tags, len(self.pages))
        self.pages.append(self.sheet)
        with self.tags.aside():
            self._page_head()

    def _page_head(self) -> None:
        place, small = self.place, self.look.styles.small
        base = place.page_head
        day = self.writer.day(self.document.issue_date)
        right = small.width(day)
        self.sheet.right(small, place.right, base, day)
        title = small.wrap(f"{self.document.seller.name} · {self.name}", place.measure - right - 12)
        for number, line in enumerate(title[:2]):
            self.sheet.place(small, place.left, base - number * small.leading, line)
        below = base - 6 - small.leading * (min(len(title), 2) - 1)
        self.sheet.rule(place.left, below, place.measure, 0.5)
        self.y = min(place.page_body, below - 5 * MM)

    def paragraph(self, style: Style, text: str, space: float = 0, role: str = "P") -> None:
        """Text over the full measure, continued on a new page where it must; `space` is kept above it."""
        if not text:
            return
        self.gap(space)
        self.tags.begin(role)
        self.lines(style, style.wrap(text, self.measure))
        self.tags.end()

    def lines(self, style: Style, lines: list[Glyphs]) -> None:
        for line in lines:
            if self.y - style.leading < self.bottom:
                self.turn()
            self.sheet.place(style, self.begin(line[1] * style.per), self.y - style.size, line)
            self.y -= style.leading

    def begin(self, width: float) -> float:
        """Where something so wide begins, by the side that the template gives this part."""
        place = self.place
        if self._side == "left":
            return place.left
        right = place.left + self.measure
        return right - width if self._side == "right" else (place.left + right - width) / 2


def _nothing_more() -> None:
    """Most documents end with their body."""


def _nothing(_place: str) -> str:
    return ""


def _no_height() -> float:
    return 0.0
