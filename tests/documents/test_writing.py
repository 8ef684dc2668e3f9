"""Figures and dates come out as Babel writes them, only faster and with a true minus."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from babel.dates import format_date, format_interval
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.cldr import document_locale, money_pattern, patterns_for
from desktop.documents.writing import MINUS, Writer
from desktop.domain.money import exponent, to_major

LOCALES = ("en_GB", "en_US", "en_IN", "en_CA", "de", "de_AT", "de_CH", "de_LI", "fr", "fr_BE", "fr_CA", "fr_CH")
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "JPY", "KWD", "INR", "PLN", "SEK", "UAH")
DAYS = st.dates(date(1999, 1, 1), date(2100, 12, 31))


def writer(locale: str, currency: str = "EUR") -> Writer:
    return Writer(patterns_for(locale), money_pattern(locale, currency))


def spaced(text: str) -> str:
    """Babel's text with a true minus and with CLDR's space between letters and digits, which Babel leaves out."""
    text = text.replace("-", MINUS)
    for one, other in reversed(list(pairwise(range(len(text))))):
        pair = text[one] + text[other]
        if (pair[0].isalpha() and pair[1].isdigit()) or (pair[0].isdigit() and pair[1].isalpha()):
            text = f"{text[:other]}\N{NO-BREAK SPACE}{text[other:]}"
    return text


@pytest.mark.parametrize("locale", LOCALES)
@given(minor=st.integers(-(10**14), 10**14), currency=st.sampled_from(CURRENCIES))
def test_money_is_babels(locale: str, minor: int, currency: str) -> None:
    ours = writer(locale, currency).money(minor)
    theirs = spaced(format_currency(to_major(minor, currency), currency, locale=locale))
    assert ours == theirs


@pytest.mark.parametrize("locale", LOCALES)
@given(minor=st.integers(-(10**14), 10**14), currency=st.sampled_from(CURRENCIES))
def test_amounts_are_babels(locale: str, minor: int, currency: str) -> None:
    digits = exponent(currency)
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    if locale == "en_IN":
        pattern = pattern.replace("#,##0", "#,##,##0")
    theirs = format_decimal(to_major(minor, currency), pattern, locale=locale)
    assert writer(locale, currency).amount(minor) == theirs.replace("-", MINUS)


@pytest.mark.parametrize("locale", LOCALES)
@given(value=st.decimals(-(10**9), 10**9, places=6))
def test_numbers_are_babels(locale: str, value: Decimal) -> None:
    theirs = format_decimal(value, locale=locale, decimal_quantization=False).replace("-", MINUS)
    assert writer(locale).number(value) == (theirs if value else "0")


def test_prices_have_the_decimals_of_their_currency_and_more_where_needed() -> None:
    assert writer("en_GB").price(Decimal("145")) == "145.00"
    assert writer("en_GB").price(Decimal("0.0850")) == "0.085"
    assert writer("de").price(Decimal("-1234.5")) == f"{MINUS}1.234,50"
    assert writer("en_GB", "JPY").price(Decimal("145")) == "145"
    assert writer("en_GB", "KWD").price(Decimal("145")) == "145.000"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("rate", ["0", "7", "8.1", "19", "5.5", "2.75"])
def test_rates_are_babels(locale: str, rate: str) -> None:
    theirs = format_percent(Decimal(rate) / 100, locale=locale, decimal_quantization=False)
    assert writer(locale).percent(Decimal(rate)) == theirs


@pytest.mark.parametrize("locale", LOCALES)
@given(day=DAYS)
def test_days_are_babels(locale: str, day: date) -> None:
    assert writer(locale).day(day) == format_date(day, "medium", locale=locale)


@pytest.mark.parametrize("locale", LOCALES)
@given(start=DAYS, length=st.integers(1, 800))
def test_spans_are_babels_with_their_last_day(locale: str, start: date, length: int) -> None:
    end = start + timedelta(days=length)
    theirs = format_interval(start, end - timedelta(days=1), "yMMMd", locale=locale)
    assert writer(locale).span(start, end) == theirs


def test_countries_in_the_documents_language() -> None:
    assert writer("de").country("FR") == "Frankreich"
    assert writer("fr").country("DE") == "Allemagne"
    assert writer("fr").country("XX") == "XX"


@pytest.mark.parametrize(
    "language, country, locale",
    [
        ("de", "DE", "de"),
        ("de-CH", "DE", "de_CH"),
        ("fr_BE", "DE", "fr_BE"),
        ("en", "DE", "en_GB"),
        ("en", "US", "en_US"),
        ("en-IE", "US", "en_IE"),
        ("pl", "DE", "en_GB"),
        ("", "DE", "en_GB"),
        ("klingon-??", "DE", "en_GB"),
        ("en", "IN", "en_IN"),
        ("hi", "IN", "hi"),
        ("de", "IN", "de"),
    ],
)
def test_the_locale_of_a_document(language: str, country: str, locale: str) -> None:
    assert document_locale(language, country) == locale
