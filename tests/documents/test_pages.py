"""The layout: nothing lies over something else or beyond the margins, and a long table stays readable."""

import ctypes
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import pypdfium2
import pypdfium2.raw as raw
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.documents.geometry import geometry
from desktop.documents.render import render_pdf
from desktop.domain.document import BankAccount, Document, TemplateVersion
from desktop.domain.template import Layout
from tests.documents.papers import BANK, BUYER, LOGO, PLAIN, SELLER, document, line, lines, pages, text

MM = 72 / 25.4
LETTER = replace(PLAIN, layout=Layout(page="LETTER"))
MARKS = ("DRAFT", "ENTWURF", "BROUILLON")
LONG_NAME = ("Internationale Gesellschaft für angewandte Zahlungsforschung " * 6)[:300]


class Box(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float
    text: str


def boxes(pdf: bytes) -> list[list[Box]]:
    """Each page's pieces of text with the box that their glyphs fill; marks of drafts and empty pieces left out."""
    found = []
    with pypdfium2.PdfDocument(pdf) as opened:
        for page in opened:
            read = page.get_textpage()
            row = []
            for piece in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=1):
                size = raw.FPDFTextObj_GetText(piece.raw, read.raw, None, 0)
                buffer = ctypes.create_string_buffer(size)
                raw.FPDFTextObj_GetText(piece.raw, read.raw, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
                words = buffer.raw.decode("utf-16-le").rstrip("\0")
                if words.strip() and words not in MARKS:
                    left, bottom, right, top = piece.get_bounds()
                    row.append(Box(left, bottom, right, top, words))
            found.append(row)
            read.close()
            page.close()
    return found


def assert_clean(paper: Document, template: TemplateVersion = PLAIN) -> list[list[Box]]:
    """Every text stands within the margins and out of what preprinted paper keeps, and no two share a place."""
    layout = template.layout
    place = geometry(layout)
    least = min(place.left, place.address_left)
    printed = layout.letterhead == "preprinted"
    found = boxes(render_pdf(paper, template))
    for number, page in enumerate(found, 1):
        head = (layout.head if number == 1 else layout.head_later) * MM if printed else 0.0
        for box in page:
            assert box.left >= least - 1.5, (number, box)
            assert box.right <= place.right + 1.0, (number, box)
            assert box.bottom >= (layout.foot * MM if printed else 20), (number, box)
            assert box.top <= place.height - head, (number, box)
        by_height = sorted(page, key=lambda box: -box.top)
        for at, one in enumerate(by_height):
            for other in by_height[at + 1 :]:
                along = min(one.top, other.top) - max(one.bottom, other.bottom)
                if other.top < one.bottom:
                    break
                across = min(one.right, other.right) - max(one.left, other.left)
                assert across < 0.8 or along < 0.8, (number, one, other)
    return found


EDGES = {
    "plain": document(),
    "one line": document(1),
    "200 lines": document(200),
    "amounts of twelve digits": document(
        lines(4, unit_price=Decimal("123456789012.99"), quantity=Decimal("1234.567"), net=123_456_789_012_34)
    ),
    "prices of six decimals": document(lines(3, unit_price=Decimal("123.456789"), net=999)),
    "a name of 300 characters": document(
        3,
        buyer=replace(BUYER, name=LONG_NAME, street2="Hinterhaus, 3. Obergeschoss links", country="AT"),
        po_number="PO-" + "7" * 70,
        buyer_reference="Kostenstelle 4711 / Projekt Atlas / Los 3 / Nachtrag 12 vom 3. Oktober",
    ),
    "a seller of 300 characters": document(40, seller=replace(SELLER, name=LONG_NAME, email="x" * 90 + "@b.example")),
    "a number of 80 characters": document(3, number="INV/" + "2026-" * 15 + "9"),
    "texts of 5,000 characters": document(
        (
            line(1, description="Lorem ipsum dolor sit amet, consetetur. " * 125),
            line(2, detail="Zeile eins\nZeile zwei\n" + "W" * 200),
            line(3, detail="Einzelheiten. " * 360),
        ),
        intro="Einleitung. " * 60,
        closing="Schlusswort. " * 400,
        footer="Hinweis. " * 600,
        terms="sofort und ohne Abzug " * 30,
        late_clause="Verzug. " * 80,
    ),
    "a short foot": document(2, footer="Es gelten unsere Geschäftsbedingungen. " * 6),
    "discounts and stubs": document(
        (
            *lines(3, allowance=1250, allowance_reason="Treuerabatt " * 20),
            line(
                4,
                quantity=Decimal(34),
                base_quantity=Decimal(30),
                period_start=date(2026, 11, 14),
                period_end=date(2026, 12, 1),
            ),
        )
    ),
    "groups over pages": document(
        tuple(replace(row, group=f"Abteilung {row.position // 7} " + "für Vieles " * 12) for row in lines(50))
    ),
    "a long unit": document(lines(3, unit="Laufmeter Kabelkanal mit Deckel und Befestigung")),
    "everything below the totals": document(
        (*lines(2), *(line(n + 3, category=c, rate=Decimal(0)) for n, c in enumerate(("AE", "K", "G", "E", "Z")))),
        prepaid=100,
        rounding=2,
        bank=(*BANK, BankAccount("Brandt Treuhand " * 5, "CH9300762011623852957", "POFICHBEXXX", "PostFinance " * 8)),
        deposits=tuple((f"AR-2026-{n:04d}", date(2026, 9, 3), 12_345_678_901, 2, 12_345_678_903) for n in range(30)),
        discount_percent=Decimal("2.5"),
        discount_until=date(2026, 12, 10),
        tax_currency="CHF",
        tax_in_tax_currency=12345678,
    ),
    "totals wider than the page": document(
        1, net=10**30, tax=10**29, gross=10**30 + 10**29, payable=10**30 + 10**29, taxes=document(1).taxes * 3
    ),
    "a draft credit note in French": document(30, number="", kind="credit_note", language="fr", corrects="R-1"),
    "Greek and Cyrillic": document(
        12, buyer=replace(BUYER, name="Ελληνική Ενέργεια", contact="Олександр"), intro="Кириллица и Ελληνικά. " * 30
    ),
}


@pytest.mark.parametrize("template", [PLAIN, LETTER], ids=["A4", "LETTER"])
@pytest.mark.parametrize("case", EDGES)
def test_nothing_overlaps_or_leaves_the_page(case: str, template: TemplateVersion) -> None:
    assert_clean(EDGES[case], template)


@settings(max_examples=40)
@given(
    words=st.lists(st.text(max_size=60), min_size=1, max_size=25),
    name=st.text(max_size=300),
    quantity=st.decimals(min_value="-99999", max_value="999999", places=3),
    net=st.integers(-(10**14), 10**14),
    group=st.text(max_size=40),
)
def test_any_text_and_figure_finds_its_place(
    words: list[str], name: str, quantity: Decimal, net: int, group: str
) -> None:
    rows = tuple(
        line(number, description=word, detail=word[::-1], quantity=quantity, net=net, group=group if number % 3 else "")
        for number, word in enumerate(words, 1)
    )
    render_pdf(document(rows, buyer=replace(BUYER, name=name), intro=name), PLAIN)


def test_the_address_stands_in_the_window() -> None:
    """DIN 5008 form B: 20 to 105 mm from the left, 45 to 90 mm from the top; the sender's line above the address."""
    for buyer in (BUYER, replace(BUYER, name=LONG_NAME, street2="Aufgang B", country="AT")):
        page = boxes(render_pdf(document(buyer=buyer), PLAIN))[0]
        top = 841.89
        address = [box for box in page if box.right < 105 * MM and 45 * MM < top - box.top < 92 * MM]
        assert len(address) >= 4
        for box in address:
            assert box.left >= 20 * MM
            assert top - box.bottom <= 90 * MM, box


def test_columns_end_where_their_heads_end() -> None:
    page = boxes(render_pdf(document(8, language="en"), PLAIN))[0]
    head = next(box for box in page if box.text == "Amount EUR")
    amounts = [box for box in page if re.fullmatch(r"[\d,]+\.\d\d", box.text) and abs(box.right - head.right) < 2]
    assert len(amounts) >= 10  # eight lines, net and tax
    edges = [box.right for box in amounts]
    assert max(edges) - min(edges) < 0.8


def test_digits_stand_under_each_other() -> None:
    """The commas of amounts in a column stand at one place, because all digits are equally wide."""
    rows = (line(1, net=111_111), line(2, net=999_888), line(3, net=47))
    page = boxes(render_pdf(document(rows, language="en"), PLAIN))[0]
    found = {box.text: box for box in page}
    assert found["1,111.11"].right == pytest.approx(found["9,998.88"].right, abs=0.5)
    widths = {text: found[text].right - found[text].left for text in ("1,111.11", "9,998.88")}
    assert widths["1,111.11"] == pytest.approx(widths["9,998.88"], abs=1.0)


def test_a_long_table_repeats_its_head_and_carries_its_sum() -> None:
    rows = lines(60)
    read = pages(render_pdf(document(rows), PLAIN))
    assert len(read) == 3
    shown = 0
    for number, page in enumerate(read, 1):
        assert f"Seite {number} von 3" in page
        if "Beschreibung" not in page:
            continue
        carried = re.findall(r"Übertrag\s+([\d.,]+)", page)
        positions = [int(found) for found in re.findall(r"^(\d{1,2}) (?=\w)", page, re.MULTILINE)]
        assert positions == list(range(shown + 1, shown + 1 + len(positions)))
        if shown:
            assert carried.pop(0) == _amount(sum(row.net for row in rows[:shown]))
            assert "Rechnung INV-2026-0418" in page
        shown += len(positions)
        if shown < len(rows):
            assert carried == [_amount(sum(row.net for row in rows[:shown]))]
        else:
            assert carried == []
    assert shown == 60


def test_a_sum_of_nothing_is_carried_too() -> None:
    rows = tuple(line(number, net=0) for number in range(1, 41))
    first, *_ = pages(render_pdf(document(rows), PLAIN))
    assert re.search(r"Übertrag\s+0,00", first)


def test_no_head_stands_without_a_line() -> None:
    rows = (line(1, detail="Zeile\n" * 9, group="Gruppe"), *lines(3))
    for count in range(40, 420, 7):
        for page in pages(render_pdf(document(rows, intro="Einleitung. " * count), PLAIN)):
            assert ("Beschreibung" in page) <= bool(re.search(r"^[1-4] \w", page, re.MULTILINE)), count


def test_the_last_line_stays_with_the_totals() -> None:
    """Whatever the number of lines, the page with the totals has a line of the table too."""
    for count in range(8, 30):
        read = pages(render_pdf(document(count), PLAIN))
        (last,) = [page for page in read if "Zu zahlen" in page]
        assert re.search(rf"^{count} \w", last, re.MULTILINE), count


def test_a_line_and_its_figures_are_never_parted() -> None:
    for space in range(0, 200, 7):
        rows = (line(1, detail="x\n" * space), *(line(n, detail="Punkt\n" * 4) for n in range(2, 12)))
        found = boxes(render_pdf(document(rows), PLAIN))
        for page in found:
            names = [box for box in page if box.text.startswith(("Retainer", "Managed", "Konzeption", "Datenüb"))]
            for name in names:
                beside = [box for box in page if abs(box.bottom - name.bottom) < 3 and box.left > name.right]
                assert len(beside) >= 4, (space, name)


def test_a_description_longer_than_a_page_goes_on() -> None:
    words = [f"Wort{number}" for number in range(900)]
    read = pages(render_pdf(document((line(1, description=" ".join(words)), line(2))), PLAIN))
    assert len(read) >= 3
    whole = " ".join(read)
    positions = [whole.index(word) for word in words[::50]]
    assert positions == sorted(positions)


def test_two_thousand_lines() -> None:
    read = pages(render_pdf(document(2000), PLAIN))
    assert len(read) > 70
    assert f"Seite {len(read)} von {len(read)}" in read[-1]


def test_every_page_carries_foot_and_number() -> None:
    for page in pages(render_pdf(document(60), LOGO)):
        assert "Amtsgericht Hamburg HRB 123456" in page


def _amount(minor: int) -> str:
    whole, part = divmod(minor, 100)
    return f"{whole:,}".replace(",", ".") + f",{part:02d}"


def test_a_person_who_is_their_own_contact_stands_in_the_address_once() -> None:
    person = replace(BUYER, name="Miriam Köhler", contact="Miriam Köhler")
    assert text(render_pdf(document(1, buyer=person), PLAIN)).count("Miriam Köhler") == 1
