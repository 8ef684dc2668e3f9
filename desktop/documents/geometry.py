"""Where things stand on a page: worked out once from a layout. Places are in points from the lower left corner."""

from __future__ import annotations

from typing import Final, NamedTuple

from desktop.documents.sheet import MM
from desktop.domain.template import Layout

_SIZES: Final = {"A4": (595.28, 841.89), "LETTER": (612.0, 792.0)}
# Thirds, which a letter without a window of DIN 5008 is folded to.
_THIRDS: Final = {"A4": (99.0, 198.0), "LETTER": (93.1, 186.2)}
_HOLE: Final = {"A4": 148.5}
# What printers leave free at the edge.
_EDGE: Final = 5.0
_TOP: Final = 14.0
_NAME_BASE: Final = 21.0
_PAGE_HEAD: Final = 17.0
_PAGE_BODY: Final = 27.0
_BELOW_HEAD: Final = 6.0
_RIGHT_BLOCK: Final = 65.0
_LEAST_BLOCK: Final = 45.0
_BESIDE: Final = 5.0


class Window(NamedTuple):
    """An envelope's window in millimetres from the upper left corner of the paper: where the address begins and how
    high it may be, the baseline of the sender's line above it (none: no such line), and where facts and body begin."""

    left: float
    width: float
    sender: float
    top: float
    height: float
    facts: float
    body: float
    folds: dict[str, tuple[float, float]]


WINDOWS: Final = {
    # DIN 5008: the field for the address is 45 mm high, 45 or 27 mm from the top; 17.7 mm of it are the sender's.
    "din5008b": Window(25.0, 80.0, 60.5, 62.7, 27.3, 50.0, 99.0, {"A4": (105.0, 210.0), "LETTER": _THIRDS["LETTER"]}),
    "din5008a": Window(25.0, 80.0, 42.5, 44.7, 27.3, 32.0, 81.0, {"A4": (87.0, 192.0), "LETTER": _THIRDS["LETTER"]}),
    # The window of a #10 envelope lies 7/8 inch from its left and 1/2 from its lower edge, 4 1/2 by 1 1/8 inches; the
    # letter slides by 1 inch across and 1/2 inch up, and this field shows wherever it lies.
    "us10": Window(23.0, 80.0, 0.0, 59.0, 21.0, 50.0, 90.0, _THIRDS),
}


class Geometry(NamedTuple):
    """`axis` is where the right-hand block begins, `beside` whether there is room for it. `address` is the upper edge
    of the recipient's field and `address_height` what it may fill, 0 without end; `sender` is a baseline, 0 for none.

    `top` is how far up anything may reach. `head` and `name` are the upper edge of the letterhead and the baseline of
    what stands in it; `page_head` is the baseline of the head of later pages and `page_body` the upper edge of what
    follows; `foot` is the height that preprinted paper keeps at the foot.
    """

    width: float
    height: float
    left: float
    right: float
    axis: float
    beside: bool
    address_left: float
    address_width: float
    address: float
    address_height: float
    sender: float
    facts: float
    body: float
    top: float
    head: float
    name: float
    page_head: float
    page_body: float
    foot: float
    folds: tuple[float, ...]
    hole: float | None

    @property
    def measure(self) -> float:
        return self.right - self.left


def geometry(layout: Layout) -> Geometry:
    width, height = _SIZES[layout.page]
    left, right = layout.margin_left * MM, width - layout.margin_right * MM
    window = WINDOWS.get(layout.window)
    preprinted = layout.letterhead == "preprinted"
    head = layout.head if preprinted else 0.0

    def down(millimetres: float) -> float:
        return height - millimetres * MM

    address_left = window.left * MM if window else left
    address_width = min((window.width if window else 80.0) * MM, right - address_left)
    after = address_left + address_width + _BESIDE * MM
    axis = max(right - _RIGHT_BLOCK * MM, after)
    beside = right - axis >= _LEAST_BLOCK * MM
    later = layout.head_later if preprinted else 0.0
    marks = window is not None and layout.marks
    page_head = max(_PAGE_HEAD, later + _BELOW_HEAD)
    return Geometry(
        width=width,
        height=height,
        left=left,
        right=right,
        axis=axis if beside else right - min(_RIGHT_BLOCK * MM, right - left),
        beside=beside,
        address_left=address_left,
        address_width=address_width,
        address=down(window.top if window else max(42.0, head + _BELOW_HEAD)),
        address_height=window.height * MM if window else 0.0,
        sender=down(window.sender) if window and window.sender else 0.0,
        facts=down(max(window.facts if window else 42.0, head + _BELOW_HEAD)),
        body=down(window.body if window else max(68.0, head + _BELOW_HEAD)),
        top=down(max(head, _EDGE)),
        head=down(_TOP),
        name=down(max(_NAME_BASE, head + _BELOW_HEAD)),
        page_head=down(page_head),
        page_body=down(page_head + _PAGE_BODY - _PAGE_HEAD),
        foot=layout.foot * MM if preprinted else 0.0,
        folds=tuple(down(fold) for fold in window.folds[layout.page]) if window and marks else (),
        hole=down(_HOLE[layout.page]) if marks and layout.page in _HOLE else None,
    )


def logo_box(layout: Layout) -> tuple[float, float]:
    """The largest that a logo is printed, in points: it leaves the window's field alone, and the title beside it."""
    place = geometry(layout)
    window = WINDOWS.get(layout.window)
    below = (window.sender - 3.0 if window.sender else window.top - 12.0) if window else 64.0
    room = place.axis - place.left - _BESIDE * MM if layout.logo_side == "left" and place.beside else place.measure
    return min(layout.logo_width * MM, room), min(layout.logo_height, below - _TOP) * MM
