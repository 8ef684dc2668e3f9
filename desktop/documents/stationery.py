"""What stands on every page of a firm's documents: letterhead with window and folds, and the foot."""

from __future__ import annotations

from desktop.documents.address import postal_lines
from desktop.documents.flow import Look
from desktop.documents.setting import Geometry, Setting
from desktop.documents.sheet import HAIRLINE, MM, QUIET, Sheet, Styles
from desktop.domain.document import Party

LOGO = "L"
WINDOW_WIDTH = 80 * MM
_SENDER_BASE = 60.5
_HEAD_TOP = 14
NAME_BASE = 21
_FOOT_BASE = 9 * MM
_COLUMN_GAP = 12.0
FOOT_RULE = 12.0
_MOST_FOOT_LINES = 6
# The width that stays free at the right for “Page 12 of 34”.
_PAGE_NUMBER = 62.0


def letterhead(setting: Setting, place: Geometry, styles: Styles, seller: Party) -> Sheet:
    """The first page's: logo or name, the sender's line above the window, and marks for folding and punching."""
    sheet = Sheet()
    top = place.down(_HEAD_TOP)
    if setting.logo:
        logo = setting.logo
        sheet.underlay(
            f"q {logo.width:.2f} 0 0 {logo.height:.2f} {place.left:.2f} {top - logo.height:.2f} cm /{LOGO} Do Q"
        )
    else:
        y = place.down(NAME_BASE)
        for line in styles.brand.wrap(seller.name, place.axis - place.left - 5 * MM)[:3]:
            sheet.place(styles.brand, place.left, y, line)
            y -= styles.brand.leading
    sender = " · ".join([seller.name, *postal_lines(seller)])
    lines = styles.sender.wrap(sender, WINDOW_WIDTH)
    y = place.down(_SENDER_BASE) + styles.sender.leading * (len(lines) - 1)
    for line in lines:
        sheet.place(styles.sender, place.left, y, line)
        y -= styles.sender.leading
    sheet.rule(place.left, place.down(_SENDER_BASE) - 2.5, WINDOW_WIDTH, 0.4)
    if setting.window == "din5008b":
        for fold in place.folds:
            sheet.rule(4 * MM, fold, 3 * MM, 0.4, QUIET)
        if place.hole is not None:
            sheet.rule(4 * MM, place.hole, 4.5 * MM, 0.4, QUIET)
    return sheet


def foot(look: Look, seller: Party, closing: str, tax: str) -> tuple[Sheet, float, str]:
    """The foot of every page, the height of its first line, and the closing text if it is too long to stand there."""
    place, words, writer = look.place, look.words, look.writer
    country = writer.country(seller.country) if seller.country else ""
    town = ", ".join(filter(None, (*postal_lines(seller)[-1:], country)))
    columns = (
        [seller.name, *postal_lines(seller)[:-1], town],
        [f"{words.phone} {seller.phone}" if seller.phone else "", seller.email, seller.website],
        [
            seller.registration,
            f"{words.tax_id.format(tax=tax)} {seller.tax_id}" if seller.tax_id else "",
            f"{words.tax_number} {seller.tax_number}" if seller.tax_number else "",
        ],
    )
    style = look.styles.footer
    step = (place.measure - _PAGE_NUMBER) / 3
    blocks = [
        [glyphs for line in column if line for glyphs in style.wrap(line, step - _COLUMN_GAP)] for column in columns
    ]
    below = style.wrap(closing, place.measure) if closing else []
    too_long = len(below) > _MOST_FOOT_LINES
    if too_long:
        below = []
    sheet = Sheet()
    y = _FOOT_BASE + style.leading * (len(below) - 1)
    for line in below:
        sheet.place(style, place.left, y, line)
        y -= style.leading
    rows = max(len(block) for block in blocks)
    top = _FOOT_BASE + style.leading * (len(below) + rows - 1) + (4 if below else 0)
    for number, block in enumerate(blocks):
        y = top
        for line in block:
            sheet.place(style, place.left + number * step, y, line)
            y -= style.leading
    rule = top + FOOT_RULE
    sheet.rule(place.left, rule, place.measure, 0.5, HAIRLINE)
    return sheet, top, closing if too_long else ""
