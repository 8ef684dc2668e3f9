"""The simple HTML beside a mail's plain text: the same paragraphs, links, and a table of what the mail carries.

Nothing is fetched from elsewhere, and no colour is set but of thin lines: each reader's own light or dark stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

LIST_MARK: Final = "\ufdd0"
"""Where the table stands in a text; a noncharacter, which no text of people holds."""

_LINK: Final = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
_ADDRESS: Final = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+(?![\w-])")
_FONT: Final = "font-family:-apple-system,'Segoe UI',Roboto,'Noto Sans',Helvetica,Arial,sans-serif"
_LINE: Final = "#8A93A1"
_WHOLE: Final = "white-space:nowrap"
_CELL: Final = f"padding:6px 14px 6px 0;border-bottom:1px solid {_LINE};vertical-align:top"
_FIGURE: Final = f"padding:6px 0 6px 14px;border-bottom:1px solid {_LINE};text-align:right;{_WHOLE}"


class Listed(NamedTuple):
    """A row of the table: what it is, its number, its date, when it is due (empty where it is not), its amount."""

    what: str
    number: str
    date: str
    due: str
    amount: str


class Heads(NamedTuple):
    what: str
    date: str
    due: str
    amount: str


def html_of(text: str, *, language: str, title: str, heads: Heads, rows: Sequence[Listed]) -> str:
    """A whole page of HTML. The table stands where LIST_MARK does, else above the last paragraph, the closing words."""
    table = _table(heads, rows) if rows else ""
    parts = []
    placed = False
    for paragraph in text.split("\n\n"):
        if LIST_MARK in paragraph:
            before, _mark, after = paragraph.partition(LIST_MARK)
            parts += [_paragraph(before), table, _paragraph(after.replace(LIST_MARK, ""))]
            placed = True
        else:
            parts.append(_paragraph(paragraph))
    if not placed:
        closing = next((at for at in range(len(parts) - 1, 0, -1) if parts[at]), len(parts))
        parts.insert(closing, table)
    body = "".join(parts)
    return (
        f'<!DOCTYPE html><html lang="{escape(language.replace("_", "-"))}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(title)}</title></head>"
        f'<body style="margin:0;padding:16px"><div style="max-width:640px;{_FONT};font-size:15px;line-height:1.5">'
        f"{body}</div></body></html>"
    )


def _paragraph(text: str) -> str:
    said = text.strip("\n")
    if not said.strip():
        return ""
    return f'<p style="margin:0 0 14px">{_linked(said)}</p>'


def _linked(text: str) -> str:
    """Escaped, with line breaks, and with links where an address of the web or of a mailbox stands."""
    said = []
    at = 0
    for found in _LINK.finditer(text):
        said.append(_addressed(text[at : found.start()]))
        link = escape(found.group(), quote=True)
        said.append(f'<a href="{link}">{link}</a>')
        at = found.end()
    said.append(_addressed(text[at:]))
    return "".join(said).replace("\n", "<br>\n")


def _addressed(text: str) -> str:
    if "@" not in text:
        return escape(text)
    said = []
    at = 0
    for found in _ADDRESS.finditer(text):
        address = escape(found.group(), quote=True)
        said += [escape(text[at : found.start()]), f'<a href="mailto:{address}">{address}</a>']
        at = found.end()
    return "".join([*said, escape(text[at:])])


def _table(heads: Heads, rows: Sequence[Listed]) -> str:
    due = any(row.due for row in rows)
    date = any(row.date for row in rows)
    amount = any(row.amount for row in rows)

    def line(cell: str, what: str, values: Heads | Listed, style: str = "") -> str:
        cells = [f'<{cell} style="{_CELL};text-align:left;{_WHOLE}{style}">{what}</{cell}>']
        for shown, value in ((date, values.date), (due, values.due)):
            if shown:
                cells.append(f'<{cell} style="{_CELL};text-align:left;{_WHOLE}{style}">{escape(value)}</{cell}>')
        if amount:
            cells.append(f'<{cell} style="{_FIGURE}{style}">{escape(values.amount)}</{cell}>')
        return f"<tr>{''.join(cells)}</tr>"

    head = line("th", escape(heads.what), heads, ";font-weight:normal;font-size:13px")
    body = "".join([line("td", _named(row), row) for row in rows])
    return f'<table style="border-collapse:collapse;margin:4px 0 18px;font-size:14px">{head}{body}</table>'


def _named(row: Listed) -> str:
    """Its number, which is never broken, above what it is: narrow enough for a telephone."""
    return f'{escape(row.number)}<br><span style="font-size:13px">{escape(row.what)}</span>'
