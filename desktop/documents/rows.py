"""Rows of the table in one go: a run's documents are mostly rows, and a row of one table differs from the next in its
figures alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from desktop.documents.columns import UNIT_GAP, Columns
from desktop.documents.glyphs import Glyphs
from desktop.documents.sheet import Sheet, Style
from desktop.documents.styles import Styles
from desktop.documents.tagging import MARK_AGAIN


class Row(NamedTuple):
    """A row to draw: the number of its line, its description in lines, and the upper edge of both."""

    number: int
    text: list[tuple[Style, Glyphs]]
    top: float


def draw_rows(sheet: Sheet, styles: Styles, columns: Columns, rows: list[Row]) -> bool:
    """Draw whole rows of a page; False, and nothing is drawn, where some text takes more than one font."""
    template: list[str] = []
    fields: list[Sequence[object]] = []
    text, small = styles.text, styles.small
    first, count = sheet.pieces, len(columns.placed)
    bases = [f"{row.top - text.size:.2f}" for row in rows]
    now: Style | None = None
    for place, column in enumerate(columns.placed):
        template.append(MARK_AGAIN)
        fields.append(range(first + place, first + place + count * len(rows), count))
        style = small if column.name == "position" else text
        if style is not now:
            template.append(style.head + "\n")
            now = style
        described = column is columns.text
        found = [row.text[0][1] for row in rows] if described else [column.cells[row.number] for row in rows]
        codes, widths, runs = zip(*found, strict=True)
        if any(runs):
            return False
        if described or column.from_left:
            template.append(f"1 0 0 1 {column.left:.2f} %s Tm(%s)Tj\n")
        else:
            template.append("1 0 0 1 %.2f %s Tm(%s)Tj\n")
            per, edge = style.per, column.edge
            fields.append([edge - wide * per for wide in widths])
        fields += [bases, codes]
        if column.beside:
            codes, _, runs = zip(*[column.beside[row.number] for row in rows], strict=True)
            if any(runs):
                return False
            template.append(f"{small.head}\n1 0 0 1 {column.edge + UNIT_GAP:.2f} %s Tm(%s)Tj\n")
            fields += [bases, codes]
            now = small
        more: list[list[tuple[Style, float, float, Glyphs]]] | None = None
        if described:
            if any(len(row.text) > 1 for row in rows):
                more = [_below(row, column.left) for row in rows]
        elif column.beneath:
            more = [
                [(small, column.right - glyphs[1] * small.per, row.top - text.size - small.leading, glyphs)]
                if (glyphs := column.beneath[row.number])[1]
                else []
                for row in rows
            ]
        elif column.wrapped:
            more = [
                [
                    (text, column.left, row.top - text.size - text.leading * line, glyphs)
                    for line, glyphs in enumerate(column.wrapped[row.number])
                    if line
                ]
                for row in rows
            ]
        if more is not None:
            if any(glyphs[2] is not None for pieces in more for _, _, _, glyphs in pieces):
                return False
            template.append("%s")
            fields.append([_shown(pieces, now) for pieces in more])
    pattern = "".join(template)
    sheet.rows([pattern % values for values in zip(*fields, strict=True)], count, now or text)
    return True


def _below(row: Row, x: float) -> list[tuple[Style, float, float, Glyphs]]:
    """The lines of the description after the first."""
    found = []
    y = row.top - row.text[0][0].leading
    for style, glyphs in row.text[1:]:
        found.append((style, x, y - style.size, glyphs))
        y -= style.leading
    return found


def _shown(pieces: list[tuple[Style, float, float, Glyphs]], now: Style) -> str:
    """Pieces as operators; the style is the same before and after them."""
    texts = []
    style = now
    for own, x, y, glyphs in pieces:
        if own is not style:
            style = own
            texts.append(f"{own.head}\n")
        texts.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm({glyphs[0]})Tj\n")
    if style is not now:
        texts.append(f"{now.head}\n")
    return "".join(texts)
