"""A report as a PDF: a plain table on A4, its headings on every page, the sums at its end."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from desktop.documents.embedding import set_tabular
from desktop.paths import resource

_A4 = (595.28, 841.89)
_MARGIN = 40.0
_PAD = 4.0
_SIZES = (8.0, 7.0, 6.0)
_LEAST_TEXT = 36.0
_TITLE, _SMALL = 14.0, 8.0
_LEADING = 1.75
_INK, _QUIET, _LINE = (0.11, 0.12, 0.15), (0.36, 0.39, 0.45), (0.80, 0.82, 0.85)
_REPORT_EVERY = 500
_PLAIN, _STRONG, _FALLBACK = "Report", "ReportStrong", "ReportFallback"
_lock = threading.Lock()


class Head(NamedTuple):
    """What stands above a column; figures stand at the right of theirs."""

    title: str
    right: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A report's texts, as they are to be read. `page` says "Page {page} of {pages}" in the reader's language."""

    title: str
    facts: str
    firm: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[str]]
    sums: Sequence[Sequence[str]]
    page: str


def report_pdf(table: Table, progress: Callable[[int, int], object] = lambda _done, _total: None) -> bytes:
    """The pages of a table: upright where it fits, else lying, in smaller type where it must be."""
    from reportlab.pdfgen.canvas import Canvas

    _register()
    layout = _laid_out(table)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=layout.paper, pageCompression=1, invariant=1)
    canvas.setTitle(table.title)
    canvas.setAuthor(table.firm)
    first, others = layout.rows_on(first=True), layout.rows_on(first=False)
    lines = [*((row, False) for row in table.rows), *((row, True) for row in table.sums)]
    pages = 1 + max(0, -(-(len(lines) - first) // others))
    place = 0
    for page in range(1, pages + 1):
        fits = first if page == 1 else others
        y = _head(canvas, layout, table, first=page == 1)
        for row, sums in lines[place : place + fits]:
            if place % _REPORT_EVERY == 0:
                progress(place, len(lines))
            y -= layout.leading
            _row(canvas, layout, table.heads, row, y, strong=sums)
            place += 1
        _foot(canvas, layout, table, table.page.format(page=page, pages=pages))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@dataclass(frozen=True, slots=True)
class _Layout:
    paper: tuple[float, float]
    size: float
    widths: Sequence[float]

    @property
    def leading(self) -> float:
        return self.size * _LEADING

    def rows_on(self, *, first: bool) -> int:
        """How many rows a page holds below its heading."""
        above = _TITLE + _SMALL * 2.2 + 14 if first else 0.0
        room = self.paper[1] - 2 * _MARGIN - above - self.leading * 1.4 - _SMALL * 2
        return max(1, int(room / self.leading))


def _laid_out(table: Table) -> _Layout:
    wide = (_A4[1], _A4[0])
    for paper, size in [(_A4, _SIZES[0]), *((wide, size) for size in _SIZES)]:
        natural = _natural(table, size)
        room = paper[0] - 2 * _MARGIN
        if sum(natural) <= room:
            # What is left goes to the texts, so that figures stay side by side.
            return _Layout(paper, size, _spread(table.heads, natural, room))
    return _Layout(wide, _SIZES[-1], _squeezed(table.heads, natural, room))


def _natural(table: Table, size: float) -> list[float]:
    found = []
    for place, head in enumerate(table.heads):
        cells = max((_width(row[place], _PLAIN, size) for row in table.rows), default=0.0)
        sums = max((_width(row[place], _STRONG, size) for row in table.sums), default=0.0)
        # A sum may say more in a sentence than its column is worth; it is cut.
        sums = sums if head.right else 0.0
        found.append(max(cells, sums, _width(head.title, _STRONG, size)) + 2 * _PAD)
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


def _head(canvas: Any, layout: _Layout, table: Table, *, first: bool) -> float:
    """The title on the first page, the headings on each; gives the height below which rows stand."""
    y = layout.paper[1] - _MARGIN
    if first:
        canvas.setFillColorRGB(*_INK)
        _text(canvas, _MARGIN, y - _TITLE, table.title, _STRONG, _TITLE)
        canvas.setFillColorRGB(*_QUIET)
        facts = _cut(table.facts, _PLAIN, _SMALL, layout.paper[0] - 2 * _MARGIN)
        _text(canvas, _MARGIN, y - _TITLE - _SMALL * 1.8, facts, _PLAIN, _SMALL)
        y -= _TITLE + _SMALL * 2.2 + 14
    canvas.setFillColorRGB(*_QUIET)
    y -= layout.leading
    x = _MARGIN
    for head, width in zip(table.heads, layout.widths, strict=True):
        _cell(canvas, x, y, width, head.title, right=head.right, font=_STRONG, size=layout.size)
        x += width
    canvas.setStrokeColorRGB(*_LINE)
    canvas.setLineWidth(0.6)
    y -= layout.leading * 0.4
    canvas.line(_MARGIN, y, layout.paper[0] - _MARGIN, y)
    return y


def _row(canvas: Any, layout: _Layout, heads: Sequence[Head], row: Sequence[str], y: float, *, strong: bool) -> None:
    canvas.setFillColorRGB(*_INK)
    x = _MARGIN
    for head, width, text in zip(heads, layout.widths, row, strict=True):
        if text:
            font = _STRONG if strong else _PLAIN
            _cell(canvas, x, y, width, text, right=head.right, font=font, size=layout.size)
        x += width


def _foot(canvas: Any, layout: _Layout, table: Table, page: str) -> None:
    canvas.setFillColorRGB(*_QUIET)
    y = _MARGIN - _SMALL
    _text(canvas, _MARGIN, y, table.firm, _PLAIN, _SMALL)
    _text(canvas, layout.paper[0] - _MARGIN - _width(page, _PLAIN, _SMALL), y, page, _PLAIN, _SMALL)


def _cell(canvas: Any, x: float, y: float, width: float, text: str, *, right: bool, font: str, size: float) -> None:
    shown = _cut(text, font, size, width - 2 * _PAD + 0.01)
    at = x + width - _PAD - _width(shown, font, size) if right else x + _PAD
    _text(canvas, at, y, shown, font, size)


def _text(canvas: Any, x: float, y: float, text: str, font: str, size: float) -> None:
    canvas.setFont(_font_for(text, font), size)
    canvas.drawString(x, y, text)


def _cut(text: str, font: str, size: float, room: float) -> str:
    """The text on one line, ended by an ellipsis where it does not fit."""
    text = " ".join(text.split())
    if _width(text, font, size) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _width(text[:middle] + "…", font, size) <= room else (low, middle - 1)
    return text[:low].rstrip() + "…"


def _width(text: str, font: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, _font_for(text, font), size))


@lru_cache(maxsize=65536)
def _font_for(text: str, font: str) -> str:
    """The font itself, or the one that knows more scripts where a letter is missing."""
    from reportlab.pdfbase.pdfmetrics import getFont

    known = getFont(font).face.charToGlyph
    return font if all(ord(sign) in known for sign in text) else _FALLBACK


def _register() -> None:
    """Make the fonts known to ReportLab, once."""
    from reportlab.pdfbase.pdfmetrics import getRegisteredFontNames, registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    with _lock:
        if _FALLBACK in getRegisteredFontNames():
            return
        files = ((_PLAIN, "Inter-Regular.ttf"), (_STRONG, "Inter-SemiBold.ttf"), (_FALLBACK, "DejaVuSans.ttf"))
        for name, file in files:
            font = TTFont(name, str(resource("fonts") / file))
            if name != _FALLBACK:
                set_tabular(font.face)
            registerFont(font)
