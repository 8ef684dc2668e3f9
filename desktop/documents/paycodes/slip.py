"""The slip of a Swiss QR-bill: receipt and payment part at the foot of a page, by the style guide's measures.

All places are millimetres from the slip's upper left corner, as the style guide draws them.
"""

from __future__ import annotations

from typing import Final

from desktop.documents.flow import Flow
from desktop.documents.glyphs import SLIP
from desktop.documents.paycodes.drawing import frame_operators, symbol_operators
from desktop.documents.paycodes.payloads import (
    Code,
    SwissAddress,
    creditor,
    swiss_address,
    swiss_message,
)
from desktop.documents.paycodes.slip_words import SlipWords, slip_words
from desktop.documents.sheet import MM, Style
from desktop.domain.pay_codes import Paper, has_swiss_address
from desktop.domain.references import bare_iban, printed_reference, reference_kind

SLIP_WIDTH: Final = 210.0
SLIP_HEIGHT: Final = 105.0
RECEIPT_WIDTH: Final = 62.0
MARGIN: Final = 5.0
TITLE_HEIGHT: Final = 7.0
CODE_SIDE: Final = 46.0
CODE_LEFT: Final = RECEIPT_WIDTH + MARGIN
CODE_TOP: Final = 17.0
CROSS_SIDE: Final = 7.0
INFORMATION_LEFT: Final = 118.0
INFORMATION_WIDTH: Final = 87.0
AMOUNT_TOP: Final = 68.0
ACCEPTANCE_TOP: Final = 82.0
RECEIPT_HEIGHT: Final = 56.0
INFORMATION_HEIGHT: Final = 85.0
PAYER_BOX: Final = (65.0, 25.0)
RECEIPT_PAYER_BOX: Final = (52.0, 20.0)
AMOUNT_BOX: Final = (40.0, 15.0)
RECEIPT_AMOUNT_BOX: Final = (30.0, 10.0)
_BLACK: Final = "#000000"
_CORNER: Final = 3.0
# Title, then headings and values of the payment part and of the receipt: points, and the leading of both.
TITLE_SIZE: Final = 11.0
PART_SIZES: Final = (8.0, 10.0, 11.0)
RECEIPT_SIZES: Final = (6.0, 8.0, 9.0)
_SMALLEST: Final = (6.0, 7.0, 8.0)
_SEPARATE_SIZE: Final = 7.0
# The foot has a margin of its own, so that this much clears the words above the slip.
_RAISED: Final = 102.0
# The scissors, in points from where their blades cross.
_EYE_LEFT: Final = 4.8
_EYE_UP: Final = 2.3
_TIP_RIGHT: Final = 6.2
_TIP_UP: Final = 2.6

_Section = tuple[str, list[str]]


def lift() -> float:
    """How far what stands at the foot of its page moves up, in points."""
    return _RAISED * MM


def draw_slip(flow: Flow, code: Code) -> None:
    """Draw the slip at the foot of the last page, or of a page of its own where it would cover what stands there."""
    if not flow.fits(lift()):
        flow.turn()
    flow.raised = lift()
    _Slip(flow, code).draw()


class _Slip:
    def __init__(self, flow: Flow, code: Code) -> None:
        self._flow = flow
        self._code = code
        self._paper: Paper = flow.document
        self._words: SlipWords = slip_words(flow.document.language)
        self._left = max(0.0, (flow.place.width - SLIP_WIDTH * MM) / 2)
        # One of the few typefaces that the style guide allows, whatever the template's.
        self._regular, self._strong = flow.look.faces_of(SLIP)
        flow.sheet.fonts.update((self._regular.font, self._strong.font))

    def draw(self) -> None:
        self._ground()
        sections, blank = self._sections()
        self._receipt([section for section in sections if section[0] != self._words.additional], blank)
        self._payment_part(sections, blank)

    def _x(self, millimetres: float) -> float:
        return self._left + millimetres * MM

    def _y(self, millimetres: float) -> float:
        return (SLIP_HEIGHT - millimetres) * MM

    def _ground(self) -> None:
        """White over whatever stands below, the lines to cut along, and the words that say so."""
        flow, width = self._flow, SLIP_WIDTH * MM
        top, cut = SLIP_HEIGHT * MM, self._x(RECEIPT_WIDTH)
        flow.sheet.picture(
            f"q 1 g 0 0 {flow.place.width:.2f} {top:.2f} re f 0 G 0.5 w"
            f" {self._left:.2f} {top:.2f} m {self._left + width:.2f} {top:.2f} l S"
            f" {cut:.2f} 0 m {cut:.2f} {top:.2f} l S Q"
        )
        flow.sheet.picture(_scissors(self._left + 8 * MM, top, 0))
        flow.sheet.picture(_scissors(cut, top - 8 * MM, 1))
        style = Style(self._regular, _SEPARATE_SIZE, _BLACK)
        said = self._words.separate
        x = self._left + (width - style.width(said)) / 2
        flow.tags.begin("P")
        flow.sheet.left(style, x, top + 1.2 * MM, said)
        flow.tags.end()

    def _sections(self) -> tuple[list[_Section], bool]:
        """Headings with their lines, and whether the payer is left for somebody to write in."""
        paper, pay, words = self._paper, self._code.pay, self._words
        iban = bare_iban(pay.account.iban if pay.account else "")
        grouped = " ".join(iban[at : at + 4] for at in range(0, len(iban), 4))
        sections = [(words.account, [grouped, *_lines(swiss_address(creditor(paper, pay)))])]
        if reference_kind(pay.reference) != "NON":
            sections.append((words.reference, [printed_reference(pay.reference)]))
        if message := swiss_message(paper, pay):
            sections.append((words.additional, [message]))
        blank = not has_swiss_address(paper.buyer)
        if not blank:
            sections.append((words.payable_by, _lines(swiss_address(paper.buyer))))
        return sections, blank

    def _receipt(self, sections: list[_Section], blank: bool) -> None:
        words, bottom = self._words, MARGIN + TITLE_HEIGHT + RECEIPT_HEIGHT
        self._title(MARGIN, words.receipt)
        width = RECEIPT_WIDTH - 2 * MARGIN
        box = RECEIPT_PAYER_BOX if blank else None
        self._information(sections, MARGIN, MARGIN + TITLE_HEIGHT, width, bottom, RECEIPT_SIZES, box)
        self._amount(MARGIN, 12.0, RECEIPT_SIZES, RECEIPT_AMOUNT_BOX, MARGIN + width)
        style = Style(self._strong, RECEIPT_SIZES[0], _BLACK)
        tags = self._flow.tags
        tags.begin("P")
        self._flow.sheet.right(style, self._x(MARGIN + width), self._y(ACCEPTANCE_TOP) - style.size, words.acceptance)
        tags.end()

    def _payment_part(self, sections: list[_Section], blank: bool) -> None:
        self._title(CODE_LEFT, self._words.payment_part)
        self._picture()
        self._amount(CODE_LEFT, 14.0, PART_SIZES, AMOUNT_BOX, CODE_LEFT + 50.0)
        bottom = MARGIN + INFORMATION_HEIGHT
        box = PAYER_BOX if blank else None
        self._information(sections, INFORMATION_LEFT, MARGIN, INFORMATION_WIDTH, bottom, PART_SIZES, box)

    def _title(self, left: float, text: str) -> None:
        style, tags = Style(self._strong, TITLE_SIZE, _BLACK), self._flow.tags
        tags.begin("H2")
        self._flow.sheet.left(style, self._x(left), self._y(MARGIN) - style.size, text)
        tags.end()

    def _picture(self) -> None:
        x, y, side = self._x(CODE_LEFT), self._y(CODE_TOP + CODE_SIDE), CODE_SIDE * MM
        flow, symbol = self._flow, self._code.symbol
        pay = self._code.pay
        amount = flow.writer.money(self._paper.payable if pay.amount is None else pay.amount)
        flow.tags.begin("Figure", flow.words.code_to_pay.format(amount=amount))
        if symbol is None:
            flow.sheet.picture(frame_operators(x, y, side))
        else:
            cross = _cross(x + side / 2, y + side / 2)
            flow.sheet.picture(f"{symbol_operators(symbol, x, y, side)}\n{cross}")
        flow.tags.end()

    def _information(
        self,
        sections: list[_Section],
        left: float,
        top: float,
        width: float,
        bottom: float,
        sizes: tuple[float, float, float],
        box: tuple[float, float] | None,
    ) -> None:
        """Headings over values; in smaller type where they would leave their part of the slip."""
        typed = (self._words.account, self._words.reference)
        room = (bottom - top) * MM - (box[1] * MM if box else 0)
        for heading, value, leading in (sizes, _SMALLEST):
            strong, plain = Style(self._strong, heading, _BLACK, leading), Style(self._regular, value, _BLACK, leading)
            set_lines = [
                (head, [line for text in texts for line in plain.wrap(text, width * MM)]) for head, texts in sections
            ]
            height = sum(leading * (len(lines) + 2) for _head, lines in set_lines) - leading
            # Digits that are typed off stay on one line.
            whole = all(plain.width(text) <= width * MM for head, texts in sections for text in texts[: head in typed])
            if whole and height + (2 * leading if box else 0) <= room:
                break
        y, sheet, tags = self._y(top), self._flow.sheet, self._flow.tags
        for head, lines in set_lines:
            tags.begin("P")
            sheet.left(strong, self._x(left), y - strong.size, head)
            y -= leading
            for line in lines:
                sheet.place(plain, self._x(left), y - plain.size, line)
                y -= leading
            tags.end()
            y -= leading
        if box:
            tags.begin("P")
            sheet.left(strong, self._x(left), y - strong.size, self._words.payable_by_blank)
            tags.end()
            self._corners(self._x(left), y - leading, box)

    def _amount(
        self, left: float, gap: float, sizes: tuple[float, float, float], box: tuple[float, float], right: float
    ) -> None:
        """Currency and amount, or the corners between which somebody writes it; lengths in millimetres."""
        heading, value, leading = sizes
        strong, plain = Style(self._strong, heading, _BLACK, leading), Style(self._regular, value, _BLACK, leading)
        words, sheet, tags = self._words, self._flow.sheet, self._flow.tags
        y, x, second = self._y(AMOUNT_TOP), self._x(left), self._x(left + gap)
        pay = self._code.pay
        second = max(second, x + strong.width(words.currency) + 2 * MM)
        tags.begin("P")
        sheet.left(strong, x, y - strong.size, words.currency)
        sheet.left(plain, x, y - leading - plain.size, self._paper.currency)
        tags.end()
        tags.begin("P")
        sheet.left(strong, second, y - strong.size, words.amount)
        if pay.amount is not None:
            sheet.left(plain, second, y - leading - plain.size, _grouped(pay.amount))
        tags.end()
        if pay.amount is None:
            below = 0.0 if second + strong.width(words.amount) < self._x(right - box[0]) - MM else leading
            self._corners(self._x(right - box[0]), y - below - 1, box)

    def _corners(self, x: float, y: float, box: tuple[float, float]) -> None:
        """The marks of a field to write in, from its upper left corner."""
        wide, high, arm = box[0] * MM, box[1] * MM, _CORNER * MM
        lines = []
        for at, inward in ((x, arm), (x + wide, -arm)):
            for level, down in ((y, -arm), (y - high, arm)):
                lines.append(f"{at + inward:.2f} {level:.2f} m {at:.2f} {level:.2f} l {at:.2f} {level + down:.2f} l S")
        self._flow.sheet.picture(f"q 0 G 0.75 w {' '.join(lines)} Q")


def _lines(address: SwissAddress) -> list[str]:
    town = f"{address.postcode} {address.town}"
    if address.country not in ("CH", "LI"):
        town = f"{address.country}-{town}"
    return [line for line in (address.name, f"{address.street} {address.house}".strip(), town) if line]


def _grouped(minor: int) -> str:
    """An amount as the style guide prints it: a space between thousands, always two decimals."""
    return f"{minor // 100:,}".replace(",", " ") + f".{minor % 100:02d}"


def _scissors(x: float, y: float, down: int) -> str:
    """Open scissors around a point of a line, which they cut to the right, or downwards."""
    turn = "0 -1 1 0" if down else "1 0 0 1"
    blades = " ".join(f"{-_EYE_LEFT} {side * _EYE_UP} m {_TIP_RIGHT} {-side * _TIP_UP} l S" for side in (1, -1))
    # An eye is a dot with a hole: lines without a length and with round ends.
    dots = " ".join(f"{-_EYE_LEFT} {side * _EYE_UP} m {-_EYE_LEFT} {side * _EYE_UP} l" for side in (1, -1))
    return f"q {turn} {x:.2f} {y:.2f} cm 1 J 0 G 0.9 w {blades} 3.6 w {dots} S 1 G 1.8 w {dots} S Q"


def _cross(x: float, y: float) -> str:
    """The Swiss cross around its centre: a black square with a white border, and the white cross in it."""
    whole, black = CROSS_SIDE * MM, 6.0 * MM
    # The arms are a sixth longer than wide (SR 232.21).
    wide = black * 6 / 32
    long = wide * (1 + 2 * 7 / 6)

    def box(width: float, height: float) -> str:
        return f"{x - width / 2:.3f} {y - height / 2:.3f} {width:.3f} {height:.3f} re f"

    return f"q 1 g {box(whole, whole)} 0 g {box(black, black)} 1 g {box(long, wide)} {box(wide, long)} Q"
