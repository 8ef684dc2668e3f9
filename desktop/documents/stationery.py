"""What stands on every page of a firm's documents: letterhead with window and folds, and the foot."""

from __future__ import annotations

from desktop.documents.address import postal_lines
from desktop.documents.flow import Look
from desktop.documents.geometry import Geometry
from desktop.documents.glyphs import Glyphs
from desktop.documents.setting import Logo
from desktop.documents.sheet import HAIRLINE, MM, QUIET, Sheet, Style
from desktop.domain.document import Party
from desktop.domain.template import Layout

LOGO = "L"
_FOOT_BASE = 9 * MM
_COLUMN_GAP = 12.0
_FOOT_RULE = 12.0
_ABOVE_FOOT = 10.0
MOST_FOOT_LINES = 6
# The width that stays free at the right for “Page 12 of 34”.
_PAGE_NUMBER = 62.0
_BRAND_LINES = 3


def name_aside(layout: Layout, place: Geometry) -> bool:
    """Whether title and number stand in the upper right, rather than as the heading of the body."""
    free = layout.logo_side == "left" or layout.letterhead == "preprinted" or not layout.block("letterhead").shown
    return place.beside and free and layout.block("title").side in ("", "right")


def letterhead(look: Look, logo: Logo | None, seller: Party) -> tuple[Sheet, str, float]:
    """The first page's: the seller's name, his address, and marks for folding and punching; the operators that draw
    the logo; and where the letterhead ends."""
    layout, place, sheet = look.layout, look.place, Sheet()
    for fold in place.folds:
        sheet.rule(4 * MM, fold, 3 * MM, 0.4, QUIET)
    if place.hole is not None:
        sheet.rule(4 * MM, place.hole, 4.5 * MM, 0.4, QUIET)
    if layout.letterhead == "preprinted":
        return sheet, "", place.height
    picture, y = "", place.head
    aside = name_aside(layout, place)
    room = place.axis - place.left - 5 * MM if aside else place.measure
    if layout.block("letterhead").shown:
        if logo:
            x = _beside(layout.logo_side, place, logo.width)
            y -= logo.height
            picture = f"q {logo.width:.2f} 0 0 {logo.height:.2f} {x:.2f} {y:.2f} cm /{LOGO} Do Q"
        else:
            y = _brand(sheet, look, seller.name, room)
    if layout.block("sender").shown:
        if place.sender:
            _sender_in_window(sheet, look, seller)
        else:
            y = _sender_below(sheet, look, seller, y, room)
    return sheet, picture, y


def _beside(side: str, place: Geometry, width: float) -> float:
    if side == "right":
        return place.right - width
    return place.left if side == "left" else (place.left + place.right - width) / 2


def _brand(sheet: Sheet, look: Look, name: str, room: float) -> float:
    place, brand = look.place, look.parts["letterhead"].brand
    # On the baseline of the title beside it, unless the type is too large for that.
    y = min(place.name, place.head - brand.size * 0.75)
    for line in brand.wrap(name, room)[:_BRAND_LINES]:
        sheet.place(brand, _beside(look.layout.logo_side, place, line[1] * brand.per), y, line)
        y -= brand.leading
    return y + brand.leading - 4


def _sender_in_window(sheet: Sheet, look: Look, seller: Party) -> None:
    place, style = look.place, look.parts["sender"].sender
    lines = style.wrap(" · ".join([seller.name, *postal_lines(seller)]), place.address_width)
    y = place.sender + style.leading * (len(lines) - 1)
    for line in lines:
        sheet.place(style, place.address_left, y, line)
        y -= style.leading
    sheet.rule(place.address_left, place.sender - 2.5, place.address_width, 0.4)


def _sender_below(sheet: Sheet, look: Look, seller: Party, y: float, room: float) -> float:
    """Where no window shows it, the seller's address follows the name or logo; gives the place below it."""
    place, style = look.place, look.parts["sender"].sender
    y -= style.leading + 3
    for text in (" · ".join(postal_lines(seller)), " · ".join(filter(None, (seller.phone, seller.email)))):
        for line in style.wrap(text, room) if text else []:
            sheet.place(style, _beside(look.layout.logo_side, place, line[1] * style.per), y, line)
            y -= style.leading
    return y + style.leading


class Foot:
    """The foot of every page: what is drawn on all of them, and the heights that follow from it.

    `page` is the baseline of the page's number, `base` that of the closing text's first line, `bottom` how far down
    the body may reach.
    """

    def __init__(self, look: Look, seller: Party, closing: list[Glyphs], tax: str) -> None:
        self.sheet = Sheet()
        self._look = look
        layout, place = look.layout, look.place
        self.style: Style = look.parts["footer"].footer
        numbers = look.parts["page_numbers"].footer
        numbered = layout.block("page_numbers").shown
        if layout.letterhead == "preprinted":
            self.page = place.foot + 6
            self.base = 0.0
            self.bottom = place.foot + (numbers.leading + _FOOT_RULE if numbered else 6)
            return
        drawn = layout.block("footer").shown
        # A number in the middle or at the left has a line of its own below everything else.
        sides = (layout.block("page_numbers").side, layout.block("footer").side)
        below = numbered and (not drawn or sides[0] in ("left", "centre") or sides[1] == "centre")
        floor = _FOOT_BASE + (numbers.leading + 2 if below else 0)
        leading = self.style.leading
        self.base = floor + leading * (len(closing) - 1)
        if not drawn:
            self.page, self.bottom = _FOOT_BASE, floor + _FOOT_RULE
            return
        blocks = self._columns(seller, tax, _PAGE_NUMBER if numbered and not below else 0.0)
        rows = max([len(block) for _, block in blocks])
        top = floor + leading * (len(closing) + rows - 1) + (4 if closing else 0)
        self._draw(blocks, top)
        self.page = _FOOT_BASE if below else top
        self.bottom = top + _FOOT_RULE + _ABOVE_FOOT
        self.sheet.rule(place.left, top + _FOOT_RULE, place.measure, 0.5, HAIRLINE)

    def _columns(self, seller: Party, tax: str, kept: float) -> list[tuple[float, list[Glyphs]]]:
        """Where each column begins, and its lines: the address, how to reach the firm, and how offices know it."""
        look, style = self._look, self.style
        place, words = look.place, look.words
        country = look.writer.country(seller.country) if seller.country else ""
        town = ", ".join(filter(None, (*postal_lines(seller)[-1:], country)))
        columns = (
            [seller.name, *postal_lines(seller)[:-1], town],
            [f"{words.phone} {seller.phone}" if seller.phone else "", seller.email, seller.website],
            [
                seller.registration,
                f"{'GSTIN' if seller.country == 'IN' else words.tax_id.format(tax=tax)} {seller.tax_id}"
                if seller.tax_id
                else "",
                f"{words.tax_number} {seller.tax_number}" if seller.tax_number else "",
            ],
        )
        if look.layout.block("footer").side == "centre":
            joined = [" · ".join(filter(None, column)) for column in columns]
            return [(0.0, [glyphs for line in joined if line for glyphs in style.wrap(line, place.measure)])]
        step = (place.measure - kept) / 3
        return [
            (
                place.left + number * step,
                [glyphs for line in column if line for glyphs in style.wrap(line, step - _COLUMN_GAP)],
            )
            for number, column in enumerate(columns)
        ]

    def _draw(self, blocks: list[tuple[float, list[Glyphs]]], top: float) -> None:
        for x, lines in blocks:
            y = top
            for line in lines:
                # What has no column of its own stands in the middle.
                start = x or _beside("centre", self._look.place, line[1] * self.style.per)
                self.sheet.place(self.style, start, y, line)
                y -= self.style.leading

    def closing(self, sheet: Sheet, lines: list[Glyphs], raised: float = 0) -> None:
        """The text below the columns."""
        place, style, y = self._look.place, self.style, self.base + raised
        side = self._look.layout.block("footer").side
        for line in lines:
            sheet.place(style, _beside(side or "left", place, line[1] * style.per), y, line)
            y -= style.leading

    def number(self, sheet: Sheet, text: str, raised: float = 0) -> None:
        look = self._look
        style = look.parts["page_numbers"].footer
        side = look.layout.block("page_numbers").side or "right"
        sheet.left(style, _beside(side, look.place, style.width(text)), self.page + raised, text)
