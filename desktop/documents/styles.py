"""The styles of type of a layout, and what one part of the page makes of them."""

from __future__ import annotations

from typing import NamedTuple

from desktop.documents.glyphs import Face
from desktop.documents.sheet import Style
from desktop.domain.template import Block, Layout

_USUAL_SIZE = 8.75
_LEAST_NUMBER = 0.9
# The style that a part's size, weight and colour speak of; every other part's is its text.
_MAIN = {
    "letterhead": "brand",
    "sender": "sender",
    "address": "address",
    "title": "title",
    "page_numbers": "footer",
    "footer": "footer",
    "subject": "strong",
    "totals": "payable",
}


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


def styles(regular: Face, strong: Face, layout: Layout) -> Styles:
    """Type of the body grows with the layout's size in full, the rest of the page by half of it."""
    ink, quiet, accent = layout.ink, layout.quiet, layout.accent
    body = layout.size / _USUAL_SIZE
    rest = (1 + body) / 2

    def style(face: Face, size: float, code: str, leading: float, by: float) -> Style:
        return Style(face, round(size * by, 2), code, round(leading * by, 2))

    return Styles(
        text=style(regular, 8.75, ink, 12.5, body),
        strong=style(strong, 8.75, ink, 12.5, body),
        small=style(regular, 7.5, quiet, 10.5, body),
        label=style(regular, 7.5, quiet, 12.5, body),
        title=style(strong, 19, ink, 24, rest),
        number=style(regular, 10, quiet, 14, rest),
        brand=style(strong, 16, accent, 20, rest),
        payable=style(strong, 11.5, ink, 16, body),
        address=style(regular, 9.5, ink, 12.6, min(rest, 1.1)),
        footer=style(regular, 6.75, quiet, 9.5, rest),
        sender=style(regular, 6.25, quiet, 8, 1),
    )


def restyled(usual: Styles, block: Block, layout: Layout, faces: tuple[Face, Face]) -> Styles:
    """The styles in one part of the page: a size scales them all, weight and colour are those of its main one."""
    if not block.size and block.bold is None and not block.colour:
        return usual
    main = _MAIN.get(block.block, "text")
    by = block.size / getattr(usual, main).size if block.size else 1.0
    coloured = {"ink": layout.ink, "quiet": layout.quiet, "accent": layout.accent}
    found = {}
    for name, style in usual._asdict().items():
        face, code = style.face, style.code
        if name == main:
            face = face if block.bold is None else faces[block.bold]
            code = coloured.get(block.colour, block.colour) or code
        # A number beside a small title stays readable.
        scale = max(by, _LEAST_NUMBER) if name == "number" else by
        found[name] = Style(face, round(style.size * scale, 2), code, round(style.leading * scale, 2))
    return Styles(**found)
