"""What a layout says is what the page shows: places, order, columns, texts, styles."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest

from desktop.documents.render import render_pdf
from desktop.domain.document import Document, TemplateVersion
from desktop.domain.template import BODY_BLOCKS, WINDOWS, Block, Column, Layout, Text
from tests.documents.papers import BUYER, LOGO, PLAIN, SELLER, document, line, lines, pages, text
from tests.documents.pdf_parts import number, parts, stream
from tests.documents.test_pages import LONG_NAME, MM, Box, boxes
from tests.golden.table import TEMPLATES


def by(layout: Layout, logo: bytes = b"") -> TemplateVersion:
    return replace(PLAIN, layout=layout, logo=logo)


def read(layout: Layout, paper: Document | None = None) -> str:
    return text(render_pdf(paper or document(), by(layout)))


def first_page(layout: Layout, paper: Document | None = None) -> list[Box]:
    return boxes(render_pdf(paper or document(), by(layout)))[0]


def find(page: list[Box], words: str) -> Box:
    return next(box for box in page if words in box.text)


# Where each window shows the address wherever the letter lies in its envelope: left, right, from the top, to; in mm.
FIELDS = {"din5008b": (20, 105, 62, 90), "din5008a": (20, 105, 44, 72), "us10": (22.2, 111, 57, 80.5)}


@pytest.mark.parametrize("window", FIELDS)
@pytest.mark.parametrize("margin", [10, 25, 40])
@pytest.mark.parametrize("paper_size", ["A4", "LETTER"])
def test_the_address_shows_in_its_window(window: str, margin: int, paper_size: str) -> None:
    left, right, top, bottom = FIELDS[window]
    height = 841.89 if paper_size == "A4" else 792.0
    for buyer in (BUYER, replace(BUYER, name=LONG_NAME, street2="Aufgang B", country="AT")):
        page = first_page(Layout(page=paper_size, window=window, margin_left=margin), document(buyer=buyer))
        first = next(box for box in page if box.text.split()[0] == buyer.name.split()[0] and "·" not in box.text)
        town = find(page, "20099")
        for box in (first, town):
            assert left * MM - 1 <= box.left <= box.right <= right * MM, box
            assert top * MM - 2 <= height - box.top <= height - box.bottom <= bottom * MM + 1, box


def test_letters_are_folded_where_they_are_marked() -> None:
    def marks(layout: Layout) -> list[float]:
        objects, _ = parts(render_pdf(document(), by(layout)))
        drawn = b"".join(stream(body) for body in objects.values() if b"/Subtype/Form" in body)
        return sorted(float(y) for y in re.findall(rb"11\.34 ([\d.]+) [\d.]+ 0\.4 re", drawn))

    def downs(layout: Layout) -> list[float]:
        return [round((841.89 - y) / MM, 1) for y in reversed(marks(layout))]

    assert downs(Layout()) == pytest.approx([105, 148.5, 210], abs=0.3)
    assert downs(Layout(window="din5008a")) == pytest.approx([87, 148.5, 192], abs=0.3)
    assert downs(Layout(marks=False)) == []


def test_preprinted_paper_keeps_head_and_foot_to_itself() -> None:
    layout = Layout(letterhead="preprinted", head=55, head_later=30, foot=35)
    for pdf in (render_pdf(document(60), by(layout, LOGO.logo)), render_pdf(document(60), by(layout))):
        assert SELLER.registration not in text(pdf)
        assert b"/Subtype/Image" not in pdf
        for at, page in enumerate(boxes(pdf)):
            head = 55 if not at else 30
            assert max(box.top for box in page) <= 841.89 - head * MM
            assert min(box.bottom for box in page) >= 35 * MM


@pytest.mark.parametrize("side", ["left", "centre", "right"])
def test_the_logo_stands_on_its_side(side: str) -> None:
    pdf = render_pdf(document(), by(Layout(logo_side=side, window="none"), LOGO.logo))
    with pypdfium2.PdfDocument(pdf) as opened:
        page = opened[0]
        left, _, right, _ = next(iter(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))).get_bounds()
        page.close()
    places = {"left": left - 25 * MM, "centre": (left + right) / 2 - (25 * MM + 595.28 - 20 * MM) / 2}
    places["right"] = right - (595.28 - 20 * MM)
    assert places[side] == pytest.approx(0, abs=0.5)


def test_a_logo_is_no_larger_than_told() -> None:
    pdf = render_pdf(document(), by(Layout(logo_width=30, logo_height=6), LOGO.logo))
    with pypdfium2.PdfDocument(pdf) as opened:
        page = opened[0]
        left, bottom, right, top = next(iter(page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))).get_bounds()
        page.close()
    assert right - left <= 30 * MM + 0.1
    assert top - bottom <= 6 * MM + 0.1


@pytest.mark.parametrize("place", ["right", "row"])
def test_facts_are_those_chosen_in_their_order(place: str) -> None:
    found = read(Layout(facts=("po_number", "number", "due"), facts_place=place))
    assert (
        found.index("Bestellnummer")
        < found.index("Nummer\n" if place == "row" else "Nummer ")
        < found.index("Fällig am")
    )
    for label in ("Kundennummer", "Leistungszeitraum", "Unsere USt."):
        assert label not in found


def test_columns_are_those_chosen_in_their_order_with_their_titles() -> None:
    layout = Layout(
        columns=(
            Column("net", "Summe"),
            Column("description", "Was wir taten"),
            Column("unit"),
            Column("quantity"),
            Column("gross"),
        )
    )
    page = first_page(layout, document(lines(3)))
    heads = [find(page, words) for words in ("Summe", "Was wir taten", "Einheit", "Menge", "Brutto")]
    assert [box.left for box in heads] == sorted(box.left for box in heads)
    assert all("Einzelpreis" not in box.text and "Pos." not in box.text for box in page)
    assert find(page, "2.856,00").left > heads[3].left, "2,400 and 19 % of it"


def test_what_has_a_column_has_no_note() -> None:
    row = line(1, classification="998311", period_start=date(2026, 11, 1), period_end=date(2026, 11, 8), allowance=1250)
    found = read(
        Layout(
            margin_left=15,
            columns=tuple(Column(c) for c in ("description", "classification", "period", "discount", "net")),
        ),
        document((row,)),
    )
    assert "HSN/SAC 998311" not in found
    assert "998311" in found
    assert found.count("1.–7. Nov. 2026") == 1
    assert "−12,50" in found
    assert "Rabatt −12,50" not in found


def test_parts_of_the_body_stand_in_the_order_of_the_template() -> None:
    order = ("payment", "terms", "totals", "table")
    found = read(Layout(blocks=tuple(Block(name) for name in order)))
    places = [found.index(words) for words in ("IBAN", "Bitte zahlen Sie", "Netto", "Beschreibung")]
    assert places == sorted(places)


@pytest.mark.parametrize("block", ["terms", "payment", "totals", "table", "introduction", "title", "footer", "address"])
def test_a_part_that_is_switched_off_is_not_there(block: str) -> None:
    said = {
        "terms": "Bitte zahlen",
        "payment": "BYLADEM1001",
        "totals": "Netto",
        "table": "Retainer",
        "introduction": "Für unsere Leistungen",
        "title": "Rechnung\n",
        "footer": "Amtsgericht",
        "address": "Lange Reihe",
    }
    assert said[block] in read(Layout())
    assert said[block] not in read(Layout(blocks=(Block(block, shown=False),)))


def test_the_hidden_parts_can_be_shown() -> None:
    shown = Layout(
        blocks=tuple(Block(name) for name in ("tax_summary", "amount_in_words", "signature")),
        texts=(
            Text("signature", "{firm.name}, Geschäftsführung"),
            Text("subject", "Ihre Rechnung {number} für {period}"),
        ),
    )
    found = read(shown).replace("\n", " ")
    for words in (
        "Bemessungsgrundlage",
        "Betrag in Worten: EUR siebentausendsiebenhundertneun 19/100",
        "Brandt & Partner GmbH, Geschäftsführung",
        "Ihre Rechnung INV-2026-0418 für 1.–30. Nov. 2026",
    ):
        assert words in found, words


def test_texts_name_what_the_document_holds() -> None:
    fields = "{client.name}|{due_date}|{amount}|{net}|{po_number}\n{client.country}|{title}|{currency}|{firm.email}"
    found = read(Layout(texts=(Text("intro", fields),))).replace("\n", "")
    said = "Nordlicht Studio GmbH|30.12.2026|7.709,19\N{NO-BREAK SPACE}€|6.478,31\N{NO-BREAK SPACE}€|4711-22"
    assert said + "Deutschland|Rechnung|EUR|rechnung@brandt-partner.example" in found
    assert "Für unsere Leistungen" not in found, "the template's text stands for the firm's"


def test_a_text_is_chosen_by_kind_and_language() -> None:
    texts = (
        Text("closing", "any"),
        Text("closing", "deutsch", language="de"),
        Text("closing", "Gutschrift", kind="credit_note"),
        Text("closing", "Gutschrift auf Deutsch", kind="credit_note", language="de"),
    )
    layout = Layout(texts=texts)
    assert "deutsch" in read(layout)
    assert "any" in read(layout, document(language="en"))
    assert "Gutschrift auf Deutsch" in read(layout, document(kind="credit_note"))
    assert "Gutschrift\n" in read(layout, document(kind="credit_note", language="en")) + "\n"


def test_a_foot_that_differs_from_document_to_document_is_on_every_page() -> None:
    template = by(Layout(texts=(Text("footer", "Zu {number} an {client.name}"),)))
    one = pages(render_pdf(document(60), template))
    other = pages(render_pdf(document(60, number="INV-7", buyer=replace(BUYER, name="Elm & Sons")), template))
    assert all("Zu INV-2026-0418 an Nordlicht Studio GmbH" in page for page in one)
    assert all("Zu INV-7 an Elm & Sons" in page and "INV-2026-0418" not in page for page in other)


@pytest.mark.parametrize("side", ["left", "centre", "right"])
def test_page_numbers_stand_on_their_side(side: str) -> None:
    page = first_page(Layout(blocks=(Block("page_numbers", side=side),)))
    box = find(page, "Seite 1")
    middle = (box.left + box.right) / 2
    assert (side == "left") == (middle < 200)
    assert (side == "right") == (middle > 400)


def test_size_weight_and_colour_of_a_part_are_drawn() -> None:
    def content(layout: Layout) -> bytes:
        objects, _ = parts(render_pdf(document(2), by(layout)))
        page = next(body for body in objects.values() if body.startswith(b"<</Type/Page/"))
        return stream(objects[number(rb"/Contents (\d+) 0 R", page)])

    styled = content(Layout(blocks=(Block("closing"), Block("terms", size=12, bold=True, colour="#FF0000"))))
    assert b"/Sb 12 Tf 1 0 0 rg" in styled
    assert b"/Sb 12 Tf 1 0 0 rg" not in content(Layout())


def test_larger_type_takes_more_room() -> None:
    small, large = (len(pages(render_pdf(document(60), by(Layout(size=size))))) for size in (6.5, 12))
    assert small < large


def test_every_finished_template_says_the_same() -> None:
    """Whatever the look, nothing that the law asks for is lost."""
    for name, template in TEMPLATES.items():
        paper = document(8, discount_percent=Decimal(2), discount_until=date(2026, 12, 10))
        found = text(render_pdf(paper, replace(template, logo=b"")))
        said = ["Rechnung", "INV-2026-0418", "30.11.2026", "30.12.2026", "1.–30. Nov. 2026", "DE129273398", "6.478,31"]
        said += ["1.230,88", "EUR 7.709,19", "DE02 1203 0000 0000 2020 51", "Retainer Support und Betrieb", "19"]
        if template.layout.letterhead == "drawn":
            said += ["DE811234567", "Amtsgericht Hamburg HRB 123456", "Speicherstraße 14"]
        for words in said:
            assert words in found, (name, words)


def test_all_windows_and_parts_are_known_here() -> None:
    assert set(FIELDS) | {"none"} == set(WINDOWS)
    assert len(BODY_BLOCKS) == 15
