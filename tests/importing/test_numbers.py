"""Numbers as people and programs write them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.i18n import amount_text
from desktop.importing.values import UnreadableError
from desktop.importing.values.numbers import decimal_evidence, parse_amount, parse_number


@pytest.mark.parametrize(
    "text, decimal, value",
    [
        ("1.234,50", ",", "1234.50"),
        ("1,234.50", ".", "1234.50"),
        ("1'000.5", ".", "1000.5"),
        ("1’000.50", ".", "1000.50"),
        ("1 234,5", ",", "1234.5"),
        ("1\u00a0234,5", ",", "1234.5"),
        ("1\u202f234\u202f567,5", ",", "1234567.5"),
        ("1,00,000.00", ".", "100000"),
        ("12,34,567", ".", "1234567"),
        ("(12.00)", ".", "-12"),
        ("( 1.234,50 )", ",", "-1234.50"),
        ("($12.00)", ".", "-12"),
        ("$ (12.00)", ".", "-12"),
        ("-12,00", ",", "-12"),
        ("12.00-", ".", "-12"),
        ("\u221212", ".", "-12"),
        ("+3", ".", "3"),
        ("€ 12", ".", "12"),
        ("-€12.50", ".", "-12.50"),
        ("12 EUR", ".", "12"),
        ("EUR 1.234", ",", "1234"),
        ("CHF 1'234.–", ".", "1234"),
        ("12,-", ",", "12"),
        ("12,--", ",", "12"),
        ("12.", ".", "12"),
        (".5", ".", "0.5"),
        (",5", ",", "0.5"),
        ("0,123", ",", "0.123"),
        ("007", ".", "7"),
        ("１２．５", ".", "12.5"),
        (" 12 ", ".", "12"),
    ],
)
def test_a_number_is_read(text: str, decimal: str, value: str) -> None:
    assert parse_amount(text, decimal).value == Decimal(value)


@pytest.mark.parametrize(
    "text, currency",
    [
        ("12", ""),
        ("€ 12", "EUR"),
        ("12 €", "EUR"),
        ("£12.00", "GBP"),
        ("US$ 12", "USD"),
        ("12 usd", "USD"),
        ("₹ 1,00,000", "INR"),
        ("Fr. 12", "CHF"),
        ("12 zł", "PLN"),
        ("$12", ""),
        ("¥ 12", ""),
        ("12 kr", ""),
    ],
)
def test_the_currency_beside_an_amount(text: str, currency: str) -> None:
    assert parse_amount(text, ".").currency == currency


@pytest.mark.parametrize(
    "text, decimal",
    [
        ("1234.50", ","),
        ("1.23", ","),
        ("1,234,50", ","),
        ("1,23", "."),
        ("12,3456", "."),
        ("1.234.5", ","),
        ("1 23", "."),
        ("1'23", "."),
        ("12'34,5", ","),
        ("1 234'567", "."),
        ("(-12)", "."),
        ("-12-", "."),
        ("(12", "."),
        ("12)", "."),
        ("1e5", "."),
        ("1.23E+05", "."),
        ("NaN", "."),
        ("inf", "."),
        ("twelve", "."),
        ("12 apples", "."),
        ("12 h", "."),
        ("€ 12 USD", "."),
        ("12 EUR 5", "."),
        ("١٢", "."),
        ("0x1F", "."),
        ("1_000", "."),
        ("--5", "."),
        ("", "."),
        ("-", "."),
        ("1" * 70, "."),
        ("1,5,-", ","),
    ],
)
def test_what_is_no_number(text: str, decimal: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        parse_amount(text, decimal)
    assert refused.value.problem
    assert refused.value.remedy


def test_a_plain_number_has_no_currency() -> None:
    assert parse_number("1,5", ",") == Decimal("1.5")
    with pytest.raises(UnreadableError):
        parse_number("12 EUR", ".")
    with pytest.raises(UnreadableError):
        parse_number("$12", ".")


def test_the_remedy_fits_the_mistake() -> None:
    with pytest.raises(UnreadableError, match="not a number with a decimal comma") as refused:
        parse_number("1234.5", ",")
    assert "1234,50" in refused.value.remedy
    with pytest.raises(UnreadableError, match="shortened by a spreadsheet"):
        parse_number("1,23E+05", ",")


@pytest.mark.parametrize(
    "text, evidence",
    [
        ("1.234,50", ","),
        ("1,234.50", "."),
        ("1,234,567", "."),
        ("1.234.567", ","),
        ("12,5", ","),
        ("12.50", "."),
        ("0,125", ","),
        (",125", ","),
        ("1234,567", ","),
        ("1'234.567", "."),
        ("1 234,567", ","),
        ("12,-", ","),
        ("(1.234,50) €", ","),
        ("1,234", "?"),
        ("1.234", "?"),
        ("-12.345", "?"),
        ("1234", ""),
        ("1'234", ""),
        ("1 234", ""),
        ("text", ""),
        ("", ""),
        ("1,00,000", "."),
    ],
)
def test_what_a_cell_tells_about_the_decimal_sign(text: str, evidence: str) -> None:
    assert decimal_evidence(text) == evidence


def test_without_a_convention_only_what_is_plain_is_read() -> None:
    assert parse_number("1.234,5", None) == Decimal("1234.5")
    assert parse_number("1,234.5", None) == Decimal("1234.5")
    assert parse_number("12,5", None) == Decimal("12.5")
    assert parse_number("1234", None) == 1234
    with pytest.raises(UnreadableError, match=r"“1,234” may be 1234 or 1\.234"):
        parse_number("1,234", None)
    with pytest.raises(UnreadableError, match=r"“1\.234” may be 1234 or 1\.234"):
        parse_number("1.234", None)


@given(st.integers(-(10**11), 10**11), st.sampled_from(["en_GB", "de_DE", "fr_FR", "de_CH", "en_IN", "pl_PL", "pt_PT"]))
def test_what_a_locale_writes_is_read(minor: int, locale: str) -> None:
    text = amount_text(minor, "EUR", locale)
    decimal = text[-3]
    assert decimal_evidence(text) == decimal
    assert parse_number(text, decimal) == Decimal(minor) / 100


@given(st.text(max_size=80), st.sampled_from([".", ",", None]))
def test_any_text_is_a_number_or_told(text: str, decimal: str | None) -> None:
    decimal_evidence(text)
    try:
        amount = parse_amount(text, decimal)
    except UnreadableError:
        return
    assert amount.value.is_finite()
    assert any(sign.isdigit() for sign in text)


@given(st.text("0123456789.,' -()€", max_size=20))
def test_both_readings_of_a_number_agree_with_its_evidence(text: str) -> None:
    """What a cell says of its decimal sign is how it can be read, and the other way is refused."""
    readings = {}
    for decimal in ".,":
        try:
            readings[decimal] = parse_amount(text, decimal).value
        except UnreadableError:
            continue
    evidence = decimal_evidence(text)
    if len(readings) == 1:
        assert evidence in (*readings, "")
    elif len(set(readings.values())) == 2:
        assert evidence == "?"
