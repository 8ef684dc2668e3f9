"""A code to pay by as a drawing within a page: sharp at any size, dark on light whatever the page's colours are."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.documents.paycodes.drawing import QUIET
from desktop.documents.paycodes.qr import Symbol
from desktop.documents.paycodes.slip import CODE_SIDE, CROSS_SIDE
from desktop.documents.portal.markup import Markup, tag


def symbol_drawing(symbol: Symbol, label: str, *, swiss: bool = False) -> Markup:
    """The symbol with its quiet zone; `label` is what is told to those who do not see it."""
    side = symbol.size + 2 * QUIET
    return tag(
        "svg",
        tag("rect", width=str(side), height=str(side), fill="#fff"),
        tag("path", d=_dark(symbol), fill="#000"),
        _cross(side / 2, symbol.size / CODE_SIDE) if swiss else None,
        class_="code",
        viewBox=f"0 0 {side} {side}",
        role="img",
        aria_label=label,
        shape_rendering="crispEdges",
    )


def _dark(symbol: Symbol) -> str:
    """Each run of dark modules in a row as one bar."""
    return "".join(
        f"M{start + QUIET} {row + QUIET}h{length}v1h-{length}z"
        for row in range(symbol.size)
        for start, length in _runs(symbol, row)
    )


def _runs(symbol: Symbol, row: int) -> Iterator[tuple[int, int]]:
    wide = symbol.width // 8
    bits = f"{int.from_bytes(symbol.image[row * wide : (row + 1) * wide], 'big'):0{symbol.width}b}"[: symbol.size]
    start = bits.find("1")
    while start >= 0:
        end = bits.find("0", start)
        end = len(bits) if end < 0 else end
        yield start, end - start
        start = bits.find("1", end)


def _cross(centre: float, millimetre: float) -> Markup:
    """The Swiss cross as the slip has it; `millimetre` in modules."""
    black = 6.0
    wide = black * 6 / 32
    long = wide * (1 + 2 * 7 / 6)

    def box(width: float, height: float) -> str:
        x, y = centre - width * millimetre / 2, centre - height * millimetre / 2
        return f"M{x:.3f} {y:.3f}h{width * millimetre:.3f}v{height * millimetre:.3f}h-{width * millimetre:.3f}z"

    return tag(
        "g",
        tag("path", d=box(CROSS_SIDE, CROSS_SIDE), fill="#fff"),
        tag("path", d=box(black, black), fill="#000"),
        tag("path", d=box(long, wide) + box(wide, long), fill="#fff"),
        shape_rendering="geometricPrecision",
    )
