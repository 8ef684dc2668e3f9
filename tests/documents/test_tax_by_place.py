"""What a document says where tax goes by place: each tax, HSN or SAC, place, certificate, rounding, withholding."""

from dataclasses import replace
from decimal import Decimal

import pytest

from desktop.documents.render import render_pdf
from desktop.domain.document import Document, DocumentTax
from tests.documents.papers import BUYER, PLAIN, SELLER, document, line, text

INDIAN = replace(SELLER, country="IN", tax_id="29AAGCB7383J1Z4")
ACME = replace(BUYER, country="IN", tax_id="29AAPFU0939F1ZR", place="Karnataka (29)", withholding="10", section="194J")
HALVES = (
    DocumentTax("S", Decimal(9), 100_000, 9_000, name="CGST"),
    DocumentTax("S", Decimal(9), 100_000, 9_000, name="SGST"),
)


def indian(**changes: object) -> Document:
    given: dict[str, object] = {
        "language": "en",
        "seller": INDIAN,
        "buyer": ACME,
        "currency": "INR",
        "taxes": HALVES,
        "net": 100_000,
        "tax": 18_000,
        "gross": 118_000,
        "payable": 118_000,
    }
    rows = (line(1, "INR", classification="998311", rate=Decimal(18), net=100_000),)
    return replace(document(rows), **{**given, **changes})  # type: ignore[arg-type]


def read(paper: Document) -> str:
    return text(render_pdf(paper, PLAIN))


def test_each_tax_has_its_row_and_the_line_its_code() -> None:
    found = read(indian())
    for words in ("CGST 9% 90.00", "SGST 9% 90.00", "HSN/SAC 998311", "Place of supply Karnataka (29)", "18%"):
        assert words in found, words
    assert "on 1,000.00" not in found
    assert "Rounding" not in found


def test_an_indian_invoice_is_a_tax_invoice_and_says_who_owes_the_tax() -> None:
    found = read(indian())
    assert "Tax invoice" in found
    assert "Tax payable on reverse charge: no" in found
    shifted = read(indian(taxes=(DocumentTax("AE", Decimal(0), 100_000, 0),), tax=0, gross=100_000, payable=100_000))
    assert "Tax payable on reverse charge: yes" in shifted
    assert "Tax invoice" not in shifted
    assert "reverse charge: no" not in read(document())
    assert "Tax invoice" not in read(indian(kind="credit_note"))


def test_an_indian_firm_writes_lakhs() -> None:
    assert "15,00,500.00" in read(indian(payable=150_050_000))


def test_two_slabs_say_what_each_lies_on() -> None:
    more = DocumentTax("S", Decimal("2.5"), 20_000, 500, name="CGST")
    found = read(indian(taxes=(*HALVES, more), net=120_000))
    for words in ("CGST 9% on 1,000.00 90.00", "CGST 2.5% on 200.00 5.00"):
        assert words in found, words


def test_what_is_rounded_has_a_row_of_its_own() -> None:
    found = read(indian(gross=118_040, rounding=-40, payable=118_000))
    assert "Rounding" in found
    assert "−0.40" in found


@pytest.mark.parametrize(
    "language, words",
    [
        ("en", "Tax withheld at source (194J): 10% of the net amount, ₹100.00; then please pay ₹1,080.00."),
        ("de", "Quellensteuer (194J): 10\N{NO-BREAK SPACE}% des Nettobetrags, 100,00\N{NO-BREAK SPACE}₹"),
        ("fr", "Retenue à la source (194J)\N{NARROW NO-BREAK SPACE}: 10"),
    ],
)
def test_what_the_buyer_withholds_is_told(language: str, words: str) -> None:
    assert words in read(indian(language=language)).replace("\n", " ")


def test_a_credit_note_asks_nobody_to_withhold() -> None:
    assert "withheld" not in read(indian(kind="credit_note"))


def test_words_of_the_union_do_not_stand_on_an_indian_export() -> None:
    under = "Supply meant for export under letter of undertaking"
    taxes = (DocumentTax("G", Decimal(0), 100_000, 0, under),)
    found = read(indian(taxes=taxes, tax=0, gross=100_000, payable=100_000))
    assert under in found.replace("\n", " ")
    assert "2006/112" not in found


@pytest.mark.parametrize("category, shown", [("E", True), ("S", False)])
def test_a_certificate_is_named_where_it_exempts(category: str, shown: bool) -> None:
    taxes = (DocumentTax(category, Decimal(0 if shown else 4), 100_000, 0 if shown else 4_000),)
    buyer = replace(BUYER, country="US", certificate="ST-120 4711", place="New York")
    found = read(indian(seller=replace(SELLER, country="US"), buyer=buyer, taxes=taxes, currency="USD"))
    assert ("Exemption certificate" in found) is shown
    assert "New York" in found


@pytest.mark.parametrize(
    "language, ours, yours",
    [
        ("en", "Our GSTIN", "Your GSTIN"),
        ("de", "Unsere GSTIN", "Ihre GSTIN"),
        ("fr", "Notre GSTIN", "Votre GSTIN"),
        ("es", "Nuestro GSTIN", "Su GSTIN"),
        ("hi", "हमारा GSTIN", "आपका GSTIN"),
    ],
)
def test_the_number_of_an_indian_firm_is_called_gstin(language: str, ours: str, yours: str) -> None:
    said = read(indian(language=language))
    assert ours in said
    assert yours in said
    assert f"GSTIN {INDIAN.tax_id}" in said
    abroad = read(indian(language=language, buyer=replace(BUYER, country="DE")))
    assert ours in abroad
    assert yours not in abroad
    assert "GSTIN" not in read(document(language=language))
