"""The pages of one document while they fill: where the next line goes, and what a new page begins with."""

from __future__ import annotations

from typing import NamedTuple

from desktop.documents.glyphs import Glyphs
from desktop.documents.setting import Geometry
from desktop.documents.sheet import MM, Sheet, Style, Styles
from desktop.documents.tagging import Tags
from desktop.documents.words import Words
from desktop.documents.writing import Writer
from desktop.domain.document import Document

_HEAD_BASE = 17
_BODY_TOP = 27


class Look(NamedTuple):
    """What all documents of one setting share: places, type, words, figures and the accent colour."""

    place: Geometry
    styles: Styles
    words: Words
    writer: Writer
    accent: str


class Flow:
    """`y` is the upper edge of what comes next and `bottom` how far down it may reach, in points; `tax` is what the
    tax is called."""

    def __init__(self, document: Document, look: Look, bottom: float, tax: str) -> None:
        self.document = document
        self.place, self.styles, self.words, self.writer, self.accent = look
        self.bottom = bottom
        self.tax = tax
        self.tags = Tags()
        self.sheet = Sheet(self.tags)
        self.pages = [self.sheet]
        self.y = self.place.height

    def fits(self, height: float) -> bool:
        return self.y - height >= self.bottom

    def turn(self) -> None:
        """Begin a new page, headed by what document it belongs to."""
        self.sheet = Sheet(self.tags, len(self.pages))
        self.pages.append(self.sheet)
        with self.tags.aside():
            self._page_head()

    def _page_head(self) -> None:
        place, styles, document = self.place, self.styles, self.document
        base = place.down(_HEAD_BASE)
        name = f"{self.words.title(document.kind)} {document.number or self.words.draft}"
        day = self.writer.day(document.issue_date)
        right = styles.small.width(day)
        self.sheet.right(styles.small, place.right, base, day)
        title = styles.small.wrap(f"{document.seller.name} · {name}", place.measure - right - 12)
        for number, line in enumerate(title[:2]):
            self.sheet.place(styles.small, place.left, base - number * styles.small.leading, line)
        below = base - 6 - styles.small.leading * (min(len(title), 2) - 1)
        self.sheet.rule(place.left, below, place.measure, 0.5)
        self.y = min(place.down(_BODY_TOP), below - 5 * MM)

    def paragraph(self, style: Style, text: str, space: float = 0, width: float | None = None) -> None:
        """Text over the full measure, continued on a new page where it must; `space` is kept above it."""
        if not text:
            return
        self.y -= space
        self.lines(style, style.wrap(text, width or self.place.measure))

    def lines(self, style: Style, lines: list[Glyphs]) -> None:
        for line in lines:
            if not self.fits(style.leading):
                self.turn()
            self.sheet.place(style, self.place.left, self.y - style.size, line)
            self.y -= style.leading
