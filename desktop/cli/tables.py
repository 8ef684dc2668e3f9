"""Tables for people: aligned columns of plain text."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, empty: str = "") -> str:
    """Lines of aligned columns under their headings; a heading that begins with ">" aligns to the right.

    Without rows it is the sentence `empty`.
    """
    body = [list(row) for row in rows]
    if not body:
        return empty
    right = [title.startswith(">") for title in columns]
    titles = [title.lstrip(">") for title in columns]
    widths = [max(_width(cell) for cell in cells) for cells in zip(titles, *body, strict=True)]
    lines = [titles, ["─" * width for width in widths], *body]
    return "\n".join(
        "  ".join(
            _padded(cell, width, at_right) for cell, width, at_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )


def pairs(rows: Iterable[tuple[str, str]]) -> str:
    """Names and values, one pair a line."""
    body = list(rows)
    width = max((_width(name) for name, _value in body), default=0)
    return "\n".join(f"{_padded(name, width, False)}  {value}".rstrip() for name, value in body)


def _width(text: str) -> int:
    """Columns on a terminal: East Asian letters take two, combining marks none."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def _padded(text: str, width: int, at_right: bool) -> str:
    gap = " " * (width - _width(text))
    return gap + text if at_right else text + gap
