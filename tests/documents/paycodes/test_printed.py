"""The codes as a phone sees them: read back from the printed page, with the slip's measures by the style guide."""

from __future__ import annotations

import ctypes
import io
from dataclasses import replace
from datetime import date
from typing import Any

import pikepdf
import pikepdf.pdfa
import pypdfium2
import pytest
import zxingcpp

from desktop.documents.paycodes.payloads import epc_payload, swiss_payload, upi_payload
from desktop.documents.paycodes.slip_words import slip_words
from desktop.documents.render import render_pdf
from desktop.documents.sheet import MM
from desktop.domain.document import Document, Party, Registration
from desktop.domain.pay_codes import pay_codes
from desktop.domain.references import printed_reference, qr_reference
from desktop.domain.template import Block, Layout
from tests.documents.papers import BANK, PLAIN, SELLER, document, text
from tests.domain.test_pay_codes import SWISS_BUYER, SWISS_IBAN, rupees, swiss

_SCALE = 3
_HEIGHT = 841.89
PARTS = ((date(2026, 12, 30), 300_000), (date(2027, 1, 30), 269_082))
LANGUAGES = ("de", "fr", "it", "en")


class Page:
    """One page as a picture and as text; lengths in millimetres from the slip's upper left corner."""

    def __init__(self, paper: Document, number: int = -1, layout: Layout | None = None) -> None:
        template = PLAIN if layout is None else replace(PLAIN, layout=layout)
        self._pdf = pypdfium2.PdfDocument(render_pdf(paper, template))
        self.count = len(self._pdf)
        self._page = self._pdf[number % self.count]
        self.picture = self._page.render(scale=_SCALE).to_pil().convert("L")

    def codes(self) -> list[Any]:
        return zxingcpp.read_barcodes(self.picture)

    def place_of(self, words: str, above: float = -15) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of a text, of those that stand below a height."""
        found = self._page.get_textpage()
        search = found.search(words)
        while hit := search.get_next():
            boxes = [found.get_charbox(hit[0] + place) for place in range(hit[1])]
            left, right = min(box[0] for box in boxes), max(box[2] for box in boxes)
            top, bottom = max(box[3] for box in boxes), min(box[1] for box in boxes)
            if 105 - top / MM > above:
                return left / MM, 105 - top / MM, right / MM, 105 - bottom / MM
        raise AssertionError(words)

    def size_of(self, words: str, above: float = -15) -> float:
        """The type size of a text on the slip, in points."""
        found = self._page.get_textpage()
        hit = found.search(words).get_next()
        return pypdfium2.raw.FPDFText_GetFontSize(found, hit[0])

    def is_dark(self, x: float, y: float) -> bool:
        """The colour of a place of the slip."""
        return self.picture.getpixel((int(x * MM * _SCALE), int((_HEIGHT - (105 - y) * MM) * _SCALE))) < 128

    def text(self) -> str:
        return self._page.get_textpage().get_text_bounded()


def read(paper: Document) -> list[bytes]:
    return sorted(code.bytes for code in Page(paper).codes())


def test_an_epc_code_is_read_back_from_the_page() -> None:
    assert read(document()) == [epc_payload(BANK[0], SELLER, 770_919, "INV-2026-0418")]


def test_code_and_link_stand_side_by_side() -> None:
    paper = document(link="https://pay.example/{number}")
    assert read(paper) == [
        epc_payload(BANK[0], SELLER, 770_919, "INV-2026-0418"),
        b"https://pay.example/INV-2026-0418",
    ]
    said = Page(paper).text()
    assert "Zum Bezahlen scannen" in said
    assert "https://pay.example/INV-2026-0418" in said


def test_a_upi_code_is_read_back_from_the_page() -> None:
    paper = rupees()
    assert read(paper) == [upi_payload(paper, pay_codes(paper)[0]).encode()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("count", [1, 3])
def test_the_swiss_code_is_read_through_its_cross(language: str, count: int) -> None:
    paper = swiss(rows=count, language=language)
    assert read(paper) == [swiss_payload(paper, pay_codes(paper)[0]).encode()]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_slip_says_its_captions_word_for_word(language: str) -> None:
    said, words = Page(swiss(rows=1, language=language)).text(), slip_words(language)
    for caption in words:
        assert (caption in said) == (caption != words.payable_by_blank), caption
    # The body leaves account and reference to the slip, which has each twice.
    assert said.count(printed_reference(qr_reference("INV-2026-0418"))) == 2
    assert said.count("CH44 3199 9123 0008 8901 2") == 2


def test_a_language_that_the_slip_does_not_know_has_it_in_english() -> None:
    assert "Separate before paying in" in Page(swiss(rows=1, language="es")).text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_slip_keeps_the_measures_of_the_style_guide(language: str) -> None:
    page, words = Page(swiss(rows=1, language=language)), slip_words(language)
    (code,) = page.codes()
    place = code.position
    left, right = place.top_left.x / _SCALE / MM, place.top_right.x / _SCALE / MM
    top = 105 - (_HEIGHT - place.top_left.y / _SCALE) / MM
    assert left == pytest.approx(67, abs=0.6)
    assert right - left == pytest.approx(46, abs=0.8)
    assert top == pytest.approx(17, abs=0.6)
    receipt, part = page.place_of(words.receipt), page.place_of(words.payment_part)
    assert receipt[0] == pytest.approx(5, abs=0.5)
    assert part[0] == pytest.approx(67, abs=0.5)
    assert 5 <= receipt[1] < receipt[3] <= 12
    account = page.place_of(words.account)
    assert account[0] == pytest.approx(5, abs=0.5)
    assert account[1] >= 12
    for words_of_amount in (words.currency, words.amount):
        assert 68 <= page.place_of(words_of_amount)[1] <= 71
    acceptance = page.place_of(words.acceptance)
    assert acceptance[2] == pytest.approx(57, abs=0.5)
    assert acceptance[1] == pytest.approx(82, abs=1.5)
    assert page.place_of(words.separate)[3] < 0


def test_the_lines_to_cut_along_reach_from_edge_to_edge() -> None:
    page = Page(swiss(rows=1))
    column = int(62 * MM * _SCALE)
    edge = int((_HEIGHT - 105 * MM) * _SCALE)
    picture = page.picture
    for x in (2, picture.width // 2, picture.width - 3):
        assert min(picture.getpixel((x, edge + off)) for off in (-1, 0, 1)) < 160
    for y in (edge + 5, picture.height - 3):
        assert min(picture.getpixel((column + off, y)) for off in (-1, 0, 1)) < 160


def test_the_cross_has_its_measures() -> None:
    page = Page(swiss(rows=1))
    middle_x, middle_y = 67 + 23, 17 + 23
    assert not page.is_dark(middle_x, middle_y)
    assert not page.is_dark(middle_x + 1.6, middle_y)
    assert page.is_dark(middle_x + 1.6, middle_y + 1.6)
    assert page.is_dark(middle_x + 2.7, middle_y)
    for off in (-3.25, 3.25):
        assert not any(page.is_dark(middle_x + off, middle_y + step / 4) for step in range(-12, 13))
        assert not any(page.is_dark(middle_x + step / 4, middle_y + off) for step in range(-12, 13))


def test_what_is_left_open_has_corner_marks() -> None:
    page = Page(swiss(rows=1, instalments=PARTS, buyer=replace(SWISS_BUYER, city="")))
    words = slip_words("de")
    assert page.text().count(words.payable_by_blank) == 2
    assert read_amounts(page) == []
    top = page.place_of(words.payable_by_blank)
    assert top[0] == pytest.approx(5, abs=0.5)
    # 40 x 15 mm for the amount; the picture shows its left and its right lower corner.
    for x in (77.0, 117.0):
        assert any(page.is_dark(x, 70 + step / 8) for step in range(200)), x


def read_amounts(page: Page) -> list[str]:
    return [line for line in page.text().splitlines() if line.strip().endswith("0.00") and "," not in line]


def test_a_qr_reference_stays_on_one_line_in_the_receipt() -> None:
    page = Page(swiss(rows=1))
    assert page.text().count(printed_reference(qr_reference("INV-2026-0418"))) == 2
    assert page.size_of("60 74009") == pytest.approx(8, abs=0.05)


def test_headings_and_values_of_the_slip_have_the_sizes_of_the_style_guide() -> None:
    page, words = Page(swiss(rows=1)), slip_words("de")
    assert page.size_of(words.account) == pytest.approx(6, abs=0.05)
    assert page.size_of(words.additional) == pytest.approx(8, abs=0.05)
    assert page.size_of(words.payment_part) == pytest.approx(11, abs=0.05)


def test_all_of_the_slip_is_in_the_typeface_of_the_style_guide() -> None:
    """And nothing else is, each font embedded once."""
    paper = swiss(rows=1, buyer=replace(SWISS_BUYER, name="Łódź Ţesătură AG", city="Genève"))
    data = render_pdf(paper, PLAIN)
    slip, body = fonts_of(data, below=105 * MM)
    assert slip == {"LiberationSans", "LiberationSans-Bold"}
    # The line on tearing off stands above the slip.
    assert body - {"LiberationSans"} == {"Inter-Regular", "Inter-SemiBold"}
    with pikepdf.open(io.BytesIO(data)) as file:
        names = [
            str(one.FontName) for one in file.objects if isinstance(one, pikepdf.Dictionary) and "/FontFile2" in one
        ]
    assert len(names) == len(set(names))
    assert sum(name.endswith(("+LiberationSans", "+LiberationSans-Bold")) for name in names) == 3


def test_an_invoice_with_a_slip_stays_small() -> None:
    assert len(render_pdf(swiss(rows=8), PLAIN)) < 70_000
    assert len(render_pdf(document(rows=8), PLAIN)) < 60_000


def fonts_of(data: bytes, below: float) -> tuple[set[str], set[str]]:
    """The fonts of what stands below a height of the first page, in points, and above it."""
    slip: set[str] = set()
    body: set[str] = set()
    with pypdfium2.PdfDocument(data) as file:
        found = file[0].get_textpage()
        name = (ctypes.c_char * 100)()
        for place in range(found.count_chars()):
            size = pypdfium2.raw.FPDFText_GetFontInfo(found, place, name, 100, ctypes.c_int())
            if size > 1:
                (slip if found.get_charbox(place)[3] < below else body).add(name.value.decode().rpartition("+")[2])
    return slip, body


@pytest.mark.parametrize("seller", [SELLER, swiss().seller], ids=["German firm", "Swiss firm"])
def test_a_short_invoice_shares_its_page_with_the_slip(seller: Party) -> None:
    assert Page(swiss(rows=1, seller=seller)).count == 1
    assert Page(swiss(rows=2, seller=seller)).count == 1


def test_another_account_is_still_told_in_the_body() -> None:
    said = Page(swiss(rows=1, bank=(*swiss().bank, *BANK)), 0).text()
    assert "DE02 1203 0000 0000 2020 51" in said
    hidden = Page(swiss(rows=1), layout=Layout(blocks=(Block("pay_codes", shown=False),))).text()
    assert hidden.count("CH44 3199 9123 0008 8901 2") == 1


def test_scissors_stand_on_the_lines_to_cut_along() -> None:
    page = Page(swiss(rows=1))
    # An eye on either side of each line, and paper in its hole.
    for side in (-1, 1):
        assert page.is_dark(8 - 1.7 - 0.53, side * 0.81)
        assert page.is_dark(62 + side * 0.81, 8 - 1.7 - 0.53)
        assert not page.is_dark(8 - 1.7, side * 0.81)


@pytest.mark.parametrize("size", [1, 40])
def test_long_names_stay_within_the_slip(size: int) -> None:
    names = {"name": "Gesellschaft " * 5, "street": "Am langen Weg " * 4 + "12a", "city": "Bad Ragaz an der Tamina"}
    buyer = replace(SWISS_BUYER, **names)
    page = Page(swiss(rows=size, seller=replace(swiss().seller, **names), buyer=buyer, bank=(SWISS_IBAN,)))
    words = slip_words("de")
    assert page.place_of(words.payable_by)[3] < 68
    assert len(page.codes()) == 1


@pytest.mark.parametrize("count", [1, 2, 3, 5, 8, 12, 14, 30])
def test_the_slip_covers_nothing(count: int) -> None:
    """Whatever the length of the invoice, all its words can still be read, and the foot stands above the slip."""
    paper = swiss(rows=count)
    page = Page(paper)
    with_slip = [line for number in range(page.count) for line in Page(paper, number).text().splitlines()]
    layout = Layout(blocks=(Block("pay_codes", shown=False), Block("payment", shown=False)))
    bare = Page(paper, layout=layout)
    for number in range(bare.count):
        for line in Page(paper, number, layout).text().splitlines():
            assert line in with_slip or "Seite" in line, line
    assert page.place_of("Speicherstraße 14")[3] < 0 or page.count > bare.count
    assert page.place_of("Seite")[3] < -1


def test_a_template_without_the_block_has_no_code() -> None:
    layout = Layout(blocks=(Block("pay_codes", shown=False),))
    assert Page(document(), layout=layout).codes() == []
    assert Page(swiss(rows=1), layout=layout).codes() == []


def test_a_draft_shows_where_its_code_will_be() -> None:
    page = Page(swiss(rows=1, number=""))
    assert page.codes() == []
    assert slip_words("de").payment_part in page.text()
    assert "Zum Bezahlen scannen" in " ".join(Page(document(number="")).text().split())


def test_indias_registration_is_printed_and_read_back() -> None:
    signed = "eyJhbGciOiJSUzI1NiJ9." + "aB3-_x9" * 120 + ".sig"
    paper = rupees(registration=Registration("ab" * 32, "112410000000001", "2026-11-30 10:11:00", signed), upi_id="")
    assert read(paper) == [signed.encode()]
    said = text(render_pdf(paper, PLAIN)).replace("\n", "")
    for words in ("IRN", "ab" * 32, "112410000000001", "30.11.2026 10:11"):
        assert words in said
    odd = replace(paper, registration=Registration("ab" * 32, "1", "30/11/2026 10:11:00 AM", signed))
    assert "30/11/2026 10:11:00 AM" in text(render_pdf(odd, PLAIN)).replace("\n", " ")


@pytest.mark.parametrize("paper", [document(link="https://pay.example/{number}"), swiss(rows=1)], ids=["codes", "slip"])
def test_codes_are_fit_for_archives_and_described_for_who_cannot_see_them(paper: Document) -> None:
    data = render_pdf(paper, PLAIN)
    report = pikepdf.pdfa.validate_written(io.BytesIO(data), "3b")
    assert report.passed, [str(finding) for finding in report.findings]
    with pikepdf.open(io.BytesIO(data)) as file:
        told = [
            str(one.Alt)
            for one in file.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure" and "/Alt" in one
        ]
    assert any(said.startswith(("QR-Code für die Zahlung von", "Zum Bezahlen scannen")) for said in told), told
