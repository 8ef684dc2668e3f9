"""What stands on the paper, read back as a person would copy it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from desktop.documents.render import check_template, render_pdf
from desktop.domain.document import CAP_WORDS, RESIDUE_WORDS, BankAccount, Document, DocumentTax, Party
from desktop.domain.template import Layout
from desktop.errors import UserError
from tests.documents.papers import (
    BUYER,
    FRENCH,
    LOGO,
    PLAIN,
    SELLER,
    document,
    line,
    lines,
    missing_glyphs,
    pages,
    text,
)


def read(paper: Document) -> str:
    return text(render_pdf(paper, PLAIN))


def test_a_german_invoice() -> None:
    paper = document(discount_percent=Decimal(2), discount_until=date(2026, 12, 10))
    found = read(paper)
    for words in (
        "Rechnung\nINV-2026-0418",
        "Brandt & Partner GmbH · Speicherstraße 14 · 20457 Hamburg",
        "Nordlicht Studio GmbH\nFrau Dr. Anke Petersen\nLange Reihe 101\n20099 Hamburg",
        "30.11.2026",
        "30.12.2026",
        "1.–30. Nov. 2026",
        "C-00417",
        "4711-22",
        "DE129273398",
        "Für unsere Leistungen im November",
        "Retainer Support und Betrieb",
        "128.400",
        "je 1.000",
        "Betrag EUR",
        "6.478,31",
        "1.230,88",
        "EUR 7.709,19",
        "Bitte zahlen Sie 7.709,19\N{NO-BREAK SPACE}€ bis zum 30.12.2026.",
        "2\N{NO-BREAK SPACE}% Skonto (154,18\N{NO-BREAK SPACE}€)",
        "zahlen 7.555,01\N{NO-BREAK SPACE}€.",
        "Zahlungsbedingungen: 30 Tage netto.",
        "Bei Verzug berechnen wir",
        "DE02 1203 0000 0000 2020 51",
        "BYLADEM1001",
        "Amtsgericht Hamburg HRB 123456",
        "Steuernummer 22/123/45678",
        "Seite 1 von 1",
    ):
        assert words in found.replace("können Sie\n", "können Sie ").replace("Skonto\n", "Skonto "), words


def test_an_english_invoice_with_reverse_charge() -> None:
    paper = document(lines(2, category="AE", rate=Decimal(0)), language="en", buyer=replace(FRENCH, country="IE"))
    found = read(paper)
    for words in (
        "Invoice\n",
        "30 Nov 2026",
        "1–30 Nov 2026",
        "Our VAT ID",
        "Your VAT ID",
        "IRELAND",
        "2,400.00",
        "Reverse charge: VAT is to be accounted for by the recipient",
        "Amount due",
        "EUR 2,969.70",
        "Please pay €2,969.70 by 30 Dec 2026.",
        "Page 1 of 1",
    ):
        assert words in found, words


def test_a_french_credit_note_names_its_invoice_and_reason() -> None:
    paper = document(
        lines(2, category="AE", rate=Decimal(0)),
        kind="credit_note",
        language="fr",
        buyer=FRENCH,
        corrects="INV-2026-0399",
        corrects_date=date(2026, 10, 31),
        reason="Prestation non réalisée du 12 au 14 octobre",
    )
    found = read(paper)
    for words in (
        "Avoir\n",
        "Avoir sur la facture INV-2026-0399 du 31 oct. 2026.",
        "Motif\N{NARROW NO-BREAK SPACE}: Prestation non réalisée",
        "FRANCE",
        "2\N{NARROW NO-BREAK SPACE}969,70",
        "Montant crédité",
        "Autoliquidation",
        "Ce montant est porté au crédit de votre compte.",
        "Page 1 sur 1",
    ):
        assert words in found, words
    assert "30 déc. 2026" not in found, "a credit note is not due"
    assert "IBAN" not in found, "nobody pays a credit note"


@pytest.mark.parametrize(
    "category, language, words",
    [
        ("AE", "en", "Reverse charge: VAT is to be accounted for"),
        ("AE", "de", "Steuerschuldnerschaft des Leistungsempfängers"),
        ("AE", "fr", "Autoliquidation\N{NARROW NO-BREAK SPACE}: TVA due par le preneur"),
        ("K", "de", "Steuerfreie innergemeinschaftliche Lieferung"),
        ("G", "fr", "Exportation exonérée de TVA"),
        ("E", "en", "Exempt from VAT."),
        ("O", "de", "Nicht steuerbar."),
    ],
)
def test_the_law_asks_for_words_where_there_is_no_tax(category: str, language: str, words: str) -> None:
    assert words in read(document(lines(1, category=category, rate=Decimal(0)), language=language))


def test_an_exemption_is_said_once() -> None:
    rows = lines(1, category="AE", rate=Decimal(0))
    tax = DocumentTax("AE", Decimal(0), 240000, 0, "Reverse charge")
    assert read(document(rows, language="en", taxes=(tax,))).count("Reverse charge") == 2  # in the totals and the note
    reason = DocumentTax("E", Decimal(0), 240000, 0, "Medical treatment, Art. 132")
    found = read(document(lines(1, category="E", rate=Decimal(0)), language="en", taxes=(reason,)))
    assert "Medical treatment, Art. 132" in found
    assert "Exempt from VAT." not in found


def test_a_final_invoice_lists_its_deposits() -> None:
    rows = (
        *lines(3),
        line(4, description="Abzüglich Anzahlung", quantity=Decimal(-1), unit="", unit_price=Decimal(2000)),
    )
    paper = document(rows, kind="final", deposits=(("AR-2026-0007", date(2026, 9, 3), 200000, 38000, 238000),))
    found = read(paper)
    for words in ("Schlussrechnung", "−2.000,00", "Abgezogene Anzahlungen", "AR-2026-0007", "03.09.2026", "2.380,00"):
        assert words in found, words
    assert "Anzahlungsrechnung\n" in read(document(kind="deposit"))


def test_a_draft_has_its_mark_and_no_number() -> None:
    found = pages(render_pdf(document(60, number=""), PLAIN))
    assert len(found) > 1
    assert all("ENTWURF" in page for page in found)
    assert all("INV-" not in page for page in found)
    assert "ENTWURF" not in read(document())


def test_what_was_paid_before_and_rounding() -> None:
    found = read(document(prepaid=100000, rounding=1))
    for words in ("Gesamt EUR", "7.709,19", "Bereits bezahlt", "−1.000,00", "Rundung", "0,01", "EUR 6.709,20"):
        assert words in found, words
    settled = read(document(prepaid=770919))
    assert "Es ist nichts mehr zu zahlen." in settled
    assert "IBAN" not in settled


def test_tax_in_another_currency() -> None:
    found = read(document(tax_currency="PLN", tax_in_tax_currency=524_123))
    assert "USt. in PLN" in found
    assert "5.241,23" in found


@pytest.mark.parametrize(
    "currency, price, net, shown",
    [("KWD", "1250.5", 1_250_500, "1,250.500"), ("JPY", "1250500", 1_250_500, "1,250,500")],
)
def test_currencies_without_two_decimals(currency: str, price: str, net: int, shown: str) -> None:
    row = line(1, currency, unit_price=Decimal(price), net=net, rate=Decimal(0), category="Z")
    found = read(document((row,), currency=currency, language="en"))
    assert f"Amount {currency}" in found
    assert found.count(shown) >= 4  # unit price, amount, net, amount due
    assert f"{currency} {shown}" in found


def test_part_of_a_period_shows_its_days() -> None:
    stub = line(
        1,
        description="Nutzerlizenzen",
        unit="user",
        quantity=Decimal(34),
        base_quantity=Decimal(30),
        unit_price=Decimal("12.50"),
        period_start=date(2026, 11, 14),
        period_end=date(2026, 12, 1),
    )
    found = read(document((stub,)))
    for words in ("2 Nutzer", "× 17/30 Tage", "12,50", "14,17", "14.–30. Nov. 2026"):
        assert words in found, words


def test_a_price_per_thousand_is_not_taken_for_days() -> None:
    """30 days of November and 4,280 x 30 calls: the figures alone could be read as 30 of 1,000 days."""
    calls = line(8, quantity=Decimal(128400), period_start=date(2026, 11, 1), period_end=date(2026, 12, 1))
    found = read(document((calls,)))
    assert "je 1.000" in found
    assert "Tage" not in found.replace("30 Tage netto", "")


def test_discount_and_surcharge_stand_under_their_line() -> None:
    rows = (line(1, allowance=12000, allowance_reason="Treuerabatt"), line(2, charge=500))
    found = read(document(rows))
    assert "Rabatt −120,00 · Treuerabatt" in found
    assert "Zuschlag 5,00" in found


def test_groups_have_headings_and_sub_totals() -> None:
    rows = (*lines(2, group="Projekt Atlas"), line(3, group="Betrieb"), line(4))
    found = read(document(rows))
    assert found.index("Projekt Atlas") < found.index("Retainer") < found.index("Zwischensumme Projekt Atlas")
    assert "2.969,70" in found
    assert "Zwischensumme Betrieb" in found
    assert found.count("Zwischensumme") == 2


def test_another_holder_of_the_account_is_named() -> None:
    assert "Kontoinhaber" not in read(document())
    trustee = BankAccount("Treuhand Nord AG", "CH9300762011623852957")
    assert "Treuhand Nord AG" in read(document(bank=(trustee,)))
    assert "CH93 0076 2011 6238 5295 7" in read(document(bank=(trustee,)))


def test_an_american_invoice() -> None:
    seller = Party(
        "Harbor Services Inc.", street="12 Quay Road", postcode="02110", city="Boston", region="MA", country="US"
    )
    buyer = Party(
        "Elm & Sons LLC", street="240 High Street", postcode="04101", city="Portland", region="ME", country="US"
    )
    rows = lines(2, category="O", rate=Decimal(0))
    paper = document(rows, language="en", currency="USD", seller=seller, buyer=buyer, bank=())
    found = read(paper)
    for words in ("Nov 30, 2026", "Portland, ME 04101", "Boston, MA 02110, United States", "$2,969.70", "USD 2,969.70"):
        assert words in found, words
    assert "VAT" not in found


def test_every_script_of_europe_is_found_again() -> None:
    names = ("Ελληνική Ενέργεια Α.Ε.", "Олександр Шевченко ЄІЇҐ", "Świętokrzyska Łódź", "Đorđe Ћирић", "Œuvre Ÿ ß ẞ")
    for name in names:
        paper = document(1, buyer=replace(BUYER, name=name), intro=f"€ ₹ ₺ – — … „{name}“")
        assert missing_glyphs(paper) == ""
        found = read(paper)
        assert name in found
        assert f"€ ₹ ₺ – — … „{name}“" in found


def test_letters_beyond_the_main_font_come_from_the_fallback() -> None:
    paper = document(1, buyer=replace(BUYER, name="ქართული Հայ Việt ệ ✓"))
    assert missing_glyphs(paper) == ""
    assert "ქართული Հայ Việt ệ ✓" in read(paper)


def test_what_no_font_has_is_replaced_and_reported() -> None:
    paper = document(1, buyer=replace(BUYER, name="漢字 Trading"))
    assert missing_glyphs(paper) == "字漢"
    assert "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} Trading" in read(paper)


def test_controls_and_marks_of_direction_leave_no_trace() -> None:
    paper = document(
        1, buyer=replace(BUYER, name="A\x00c\x07me\u202e \u200bLtd\ufeff\ud800", contact="two\nlines\tand tab")
    )
    found = read(paper)
    assert "\nAcme Ltd\n" in found
    assert "two\nlines and tab" in found.replace("two lines", "two\nlines")


def test_a_letter_and_its_accent_are_one() -> None:
    assert "Café Gruß" in read(document(1, buyer=replace(BUYER, name="Cafe\u0301 Gruß")))


def test_brackets_and_backslashes_do_not_end_the_text() -> None:
    assert r"a(b\c)d)(" in read(document(1, intro=r"a(b\c)d)("))


def test_an_unknown_language_is_written_in_english() -> None:
    found = read(document(2, language="pl"))
    assert "Please pay €3,533.94 by 30 Dec 2026." in found


def test_a_document_without_lines_or_facts() -> None:
    bare = Party("A")
    paper = document((), seller=bare, buyer=Party(""), bank=(), intro="", terms="", late_clause="", po_number="")
    assert "EUR 0,00" in read(paper)


def test_the_logo_stands_for_the_name() -> None:
    with_logo, without = render_pdf(document(1), LOGO), render_pdf(document(1), PLAIN)
    assert text(without).count(SELLER.name) == text(with_logo).count(SELLER.name) + 1


@pytest.mark.parametrize("accent", ["blue", "#12", "#GGGGGG", ""])
def test_an_accent_that_is_no_colour_is_refused(accent: str) -> None:
    template = replace(PLAIN, layout=Layout(accent=accent))
    for use in (check_template, lambda template: render_pdf(document(1), template)):
        with pytest.raises(UserError, match="is not a colour"):
            use(template)


@pytest.mark.parametrize(
    "language, said",
    [
        ("de", "Rabatt −1.250,00 · Treuerabatt 5 %, Obergrenze 5.000,00\N{NO-BREAK SPACE}€"),
        ("en", "Discount −1,250.00 · Treuerabatt 5 %, cap of €5,000.00"),
        ("fr", "plafond de 5\N{NARROW NO-BREAK SPACE}000,00\N{NO-BREAK SPACE}€"),
    ],
)
def test_reasons_that_billing_gave_are_in_the_language_of_the_document(language: str, said: str) -> None:
    row = line(1, allowance=125000, allowance_reason=f"Treuerabatt 5 %, {CAP_WORDS} 5000.00 EUR")
    assert said in read(document((row,), language=language)).replace("\n", " ")
    parts = line(1, allowance=1, allowance_reason=RESIDUE_WORDS)
    assert ("Rounding of the parts" in read(document((parts,), language=language))) is False


def test_the_day_of_supply_is_told_where_nothing_else_tells_it() -> None:
    assert "Leistungsdatum" not in read(document(issue_date=date(2026, 12, 3), tax_date=date(2026, 11, 30)))
    assert "Leistungsdatum" in read(document(issue_date=date(2026, 12, 3), tax_date=date(2026, 11, 15)))
