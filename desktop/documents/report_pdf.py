"""A report as a PDF: a plain table on A4, its headings on every page, the sums at its end; what is said of its
figures and their picture stand before it.

Set like the documents, with their fonts, shaping and tags for readers.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from desktop.documents import fonts
from desktop.documents.glyphs import BASIC, Face
from desktop.documents.pdffile import Prefix, resources
from desktop.documents.report_chart import HEIGHT, Plot, draw
from desktop.documents.sheet import HAIRLINE, INK, QUIET, Sheet, Style
from desktop.documents.tagging import Tags

_A4 = (595.28, 841.89)
_MARGIN = 40.0
_PAD = 4.0
_SIZES = (8.0, 7.0, 6.0)
_LEAST_TEXT = 36.0
_TITLE, _SMALL = 14.0, 8.0
_LEADING = 1.75
_REPORT_EVERY = 500
# Longer tables have no element a cell, which would be larger than what is printed.
_MOST_TAGGED = 5_000


class Head(NamedTuple):
    """What stands above a column; figures stand at the right of theirs."""

    title: str
    right: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A report's texts, as they are to be read. `page` says "Page {page} of {pages}" in the reader's language; the day
    is that of the figures."""

    title: str
    facts: str
    firm: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[str]]
    sums: Sequence[Sequence[str]]
    page: str
    day: date
    language: str = "en"
    notes: Sequence[str] = ()
    plot: Plot | None = None


class _Styles(NamedTuple):
    title: Style
    facts: Style
    head: Style
    text: Style
    sum: Style


class _Faces:
    """Both weights of the typeface, with the tiers that the report needs."""

    def __init__(self, table: Table) -> None:
        cells = "\n".join(["\n".join(row) for row in (*table.rows, *table.sums)])
        titles = "\n".join([head.title for head in table.heads])
        titles += "\n".join([*table.notes, *_plotted(table)])
        needed = fonts.tiers_for("\n".join([table.title, table.facts, table.firm, table.page, titles, cells, "…"]))
        self.tiers = {name: fonts.tier(name) for name in sorted({BASIC, *needed})}
        self.plain, self.strong = Face(0, self.tiers), Face(1, self.tiers)

    def styles(self, size: float) -> _Styles:
        return _Styles(
            title=Style(self.strong, _TITLE, INK),
            facts=Style(self.plain, _SMALL, QUIET),
            head=Style(self.strong, size, QUIET),
            text=Style(self.plain, size, INK),
            sum=Style(self.strong, size, INK),
        )


def report_pdf(table: Table, progress: Callable[[int, int], object] = lambda _done, _total: None) -> bytes:
    """The pages of a table: upright where it fits, else lying, in smaller type where it must be."""
    faces = _Faces(table)
    layout = _laid_out(table, faces)
    styles = faces.styles(layout.size)
    first, others = layout.rows_on(first=True), layout.rows_on(first=False)
    lines = [*((row, styles.text) for row in table.rows), *((row, styles.sum) for row in table.sums)]
    tags = Tags()
    told = len(lines) * len(table.heads) <= _MOST_TAGGED
    count = 1 + max(0, -(-(len(lines) - first) // others))
    sheets = []
    place = 0
    for page in range(count):
        fits = others if page else first
        sheet = Sheet(tags, page)
        sheets.append(sheet)
        y = _top(sheet, layout, table, styles, tags) if page == 0 else layout.paper[1] - _MARGIN
        if page == 0 or not told:
            tags.begin("Table" if told else "P")
            y = _headings(sheet, layout, table.heads, styles, y, tags if told else None)
        else:
            with tags.aside():
                y = _headings(sheet, layout, table.heads, styles, y, None)
        for row, style in lines[place : place + fits]:
            if place % _REPORT_EVERY == 0:
                progress(place, len(lines))
            y -= layout.leading
            _cells(sheet, layout, table.heads, row, y, style, tags if told else None, "TD")
            place += 1
        if not told or page == count - 1:
            tags.end()
        _foot(sheet, layout, table, styles.facts, table.page.format(page=page + 1, pages=count))
    return _file(table, layout, faces, sheets, tags)


def _file(table: Table, layout: _Layout, faces: _Faces, sheets: Sequence[Sheet], tags: Tags) -> bytes:
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    used = {faces.plain.font, faces.strong.font}.union(*[sheet.fonts for sheet in sheets])
    named = {}
    for name in sorted(used):
        font = faces.tiers[name[1:]].fonts["RS".index(name[0])]
        file, unicode = add(font.file), add(font.unicode)
        named[name] = add(font.font % (add(font.descriptor % file), unicode))
    prefix = Prefix(objects, add(resources(named, {})), b"0 0 %g %g" % layout.paper, table.language, table.firm)
    packed = [zlib.compress(sheet.content(), 6) for sheet in sheets]
    frame = prefix.frame(tags.log, len(packed))
    return prefix.data + frame.data + frame.delta(packed, table.title, table.day, alts=tags.alts)


@dataclass(frozen=True, slots=True)
class _Layout:
    paper: tuple[float, float]
    size: float
    widths: Sequence[float]
    # What stands between the facts and the table.
    above: float = 0.0

    @property
    def leading(self) -> float:
        return self.size * _LEADING

    def rows_on(self, *, first: bool) -> int:
        """How many rows a page holds below its heading."""
        above = _TITLE + _SMALL * 2.2 + 14 + self.above if first else 0.0
        room = self.paper[1] - 2 * _MARGIN - above - self.leading * 1.4 - _SMALL * 2
        return max(1, int(room / self.leading))


def _plotted(table: Table) -> list[str]:
    """The texts of the picture."""
    if table.plot is None:
        return []
    marks, ticks = table.plot.marks, table.plot.ticks
    return [table.plot.title, *(mark.label for mark in marks), *(text for _size, text in ticks)]


def _laid_out(table: Table, faces: _Faces) -> _Layout:
    wide = (_A4[1], _A4[0])
    above = len(table.notes) * _SMALL * _LEADING + (HEIGHT + _SMALL if table.plot else 0.0)
    for paper, size in [(_A4, _SIZES[0]), *((wide, size) for size in _SIZES)]:
        natural = _natural(table, faces.styles(size))
        room = paper[0] - 2 * _MARGIN
        if sum(natural) <= room:
            # What is left goes to the texts, so that figures stay side by side.
            return _Layout(paper, size, _spread(table.heads, natural, room), above)
    return _Layout(wide, _SIZES[-1], _squeezed(table.heads, natural, room), above)


def _natural(table: Table, styles: _Styles) -> list[float]:
    found = []
    for place, head in enumerate(table.heads):
        cells = max((styles.text.width(row[place]) for row in table.rows), default=0.0)
        sums = max((styles.sum.width(row[place]) for row in table.sums), default=0.0)
        # A sum may say more in a sentence than its column is worth; it is cut.
        sums = sums if head.right else 0.0
        found.append(max(cells, sums, styles.head.width(head.title)) + 2 * _PAD)
    return found


def _spread(heads: Sequence[Head], natural: Sequence[float], room: float) -> list[float]:
    texts = sum(not head.right for head in heads)
    more = (room - sum(natural)) / texts if texts else 0.0
    return [width + (0.0 if head.right else more) for head, width in zip(heads, natural, strict=True)]


def _squeezed(heads: Sequence[Head], natural: Sequence[float], room: float) -> list[float]:
    """Figures keep their width as long as there is any; the longest texts give way first."""
    figures = sum(width for head, width in zip(heads, natural, strict=True) if head.right)
    texts = [width for head, width in zip(heads, natural, strict=True) if not head.right]
    left = room - figures
    low, high = _LEAST_TEXT, max(texts, default=_LEAST_TEXT)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(min(width, middle) for width in texts) <= left else (low, middle)
    kept = [width if head.right else min(width, low) for head, width in zip(heads, natural, strict=True)]
    scale = min(1.0, room / sum(kept))
    return [width * scale for width in kept]


def _top(sheet: Sheet, layout: _Layout, table: Table, styles: _Styles, tags: Tags) -> float:
    """The title and what it is of; gives the height below which the headings stand."""
    y = layout.paper[1] - _MARGIN
    room = layout.paper[0] - 2 * _MARGIN
    for role, style, text, below in (
        ("H1", styles.title, table.title, _TITLE),
        ("P", styles.facts, table.facts, _TITLE + _SMALL * 1.8),
    ):
        tags.begin(role)
        sheet.left(style, _MARGIN, y - below, _cut(text, style, room))
        tags.end()
    y -= _TITLE + _SMALL * 2.2 + 14
    for note in table.notes:
        tags.begin("P")
        sheet.left(styles.facts, _MARGIN, y, _cut(note, styles.facts, room))
        tags.end()
        y -= _SMALL * _LEADING
    if table.plot is not None:
        draw(sheet, tags, table.plot, styles.facts, _MARGIN, y, room)
        y -= HEIGHT + _SMALL
    return y


def _headings(
    sheet: Sheet, layout: _Layout, heads: Sequence[Head], styles: _Styles, y: float, tags: Tags | None
) -> float:
    """The titles of the columns and a rule; gives the height below which rows stand."""
    y -= layout.leading
    _cells(sheet, layout, heads, [head.title for head in heads], y, styles.head, tags, "TH")
    y -= layout.leading * 0.4
    sheet.rule(_MARGIN, y, layout.paper[0] - 2 * _MARGIN, 0.6, HAIRLINE)
    return y


def _cells(
    sheet: Sheet,
    layout: _Layout,
    heads: Sequence[Head],
    texts: Sequence[str],
    y: float,
    style: Style,
    tags: Tags | None,
    role: str,
) -> None:
    if tags:
        tags.begin("TR")
    x = _MARGIN
    for head, width, text in zip(heads, layout.widths, texts, strict=True):
        if tags:
            tags.begin(role)
        if text:
            shown = _cut(text, style, width - 2 * _PAD + 0.01)
            if head.right:
                sheet.right(style, x + width - _PAD, y, shown)
            else:
                sheet.left(style, x + _PAD, y, shown)
        if tags:
            tags.end()
        x += width
    if tags:
        tags.end()


def _foot(sheet: Sheet, layout: _Layout, table: Table, style: Style, page: str) -> None:
    y = _MARGIN - _SMALL
    right = layout.paper[0] - _MARGIN
    sheet.left(style, _MARGIN, y, _cut(table.firm, style, right - _MARGIN - style.width(page) - 12))
    sheet.right(style, right, y, page)


def _cut(text: str, style: Style, room: float) -> str:
    """The text on one line, ended by an ellipsis where it does not fit."""
    text = " ".join(text.split())
    if style.width(text) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if style.width(text[:middle] + "…") <= room else (low, middle - 1)
    return text[:low].rstrip() + "…"
