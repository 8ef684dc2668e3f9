"""Figures, dates and texts in the user's locale."""

import pickle
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.numbers import format_currency, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from desktop import i18n
from desktop.errors import UserError

LOCALES = ["en_GB", "en_US", "de_DE", "de_AT", "fr_FR", "en_IN", "pl_PL", "sv_SE", "nl_NL", "pt_PT", "it_IT", "ja_JP"]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.set_language("en_GB")
    yield
    i18n.set_language("en_GB")


@pytest.mark.parametrize(
    "minor, currency, locale, text",
    [
        (123450, "EUR", "en_GB", "€1,234.50"),
        (123450, "EUR", "de_DE", "1.234,50\u00a0€"),
        (-123450, "EUR", "de_DE", "−1.234,50\u00a0€"),
        (-5, "GBP", "en_GB", "−£0.05"),
        (123456789, "INR", "en_IN", "₹12,34,567.89"),
        (1234567, "JPY", "en_GB", "JP¥1,234,567"),
        (1234567, "KWD", "en_GB", "KWD\u00a01,234.567"),
        (123400, "CHF", "en_GB", "CHF\u00a01,234.00"),
        (123400, "CHF", "de_CH", "CHF\u00a01’234.00"),
        (123400, "EUR", "fr_FR", "1\u202f234,00\u00a0€"),
        (0, "EUR", "en_GB", "€0.00"),
    ],
)
def test_money(minor: int, currency: str, locale: str, text: str) -> None:
    assert i18n.money_text(minor, currency, locale) == text


@given(st.integers(-(10**14), 10**14), st.sampled_from(["EUR", "JPY", "KWD", "INR"]), st.sampled_from(LOCALES))
def test_money_is_what_babel_writes(minor: int, currency: str, locale: str) -> None:
    exponent = {"JPY": 0, "KWD": 3}.get(currency, 2)
    theirs = format_currency(Decimal(minor).scaleb(-exponent), currency, locale=locale)
    ours = i18n.money_text(minor, currency, locale)
    # Ours has the true minus, and a space where letters would touch digits.
    assert ours.replace(i18n.MINUS, "-").replace("\u00a0", "") == theirs.replace(i18n.MINUS, "-").replace("\u00a0", "")


def test_amount_has_no_sign_of_the_currency() -> None:
    assert i18n.amount_text(-123450, "EUR", "de_DE") == "−1.234,50"


@pytest.mark.parametrize(
    "value, places, text",
    [
        ("7.5", None, "7.5"),
        ("7.50", None, "7.5"),
        ("100", None, "100"),
        ("1E+3", None, "1,000"),
        ("1234.123456", None, "1,234.123456"),
        ("7.125", 2, "7.13"),
        ("-7.125", 2, "−7.13"),
        ("2", 2, "2.00"),
        ("-0.001", 2, "0.00"),
        ("123456789012345678901234567890.123456", None, "123,456,789,012,345,678,901,234,567,890.123456"),
    ],
)
def test_number(value: str, places: int | None, text: str) -> None:
    assert i18n.number_text(Decimal(value), places=places) == text


@given(st.decimals(-(10**9), 10**9, places=4), st.sampled_from(LOCALES))
def test_number_is_what_babel_writes(value: Decimal, locale: str) -> None:
    theirs = format_decimal(value, locale=locale, decimal_quantization=False)
    expected = theirs.replace("-", i18n.MINUS) if value else theirs.lstrip("-−")
    assert i18n.number_text(value, locale) == expected


def test_number_refuses_what_is_no_figure() -> None:
    with pytest.raises(ValueError, match="not a figure"):
        i18n.number_text(Decimal("NaN"))


def test_percent() -> None:
    assert i18n.percent_text(Decimal("19")) == "19%"
    assert i18n.percent_text(Decimal("8.10"), "de_CH") == "8.1%"
    assert i18n.percent_text(Decimal("-2.5"), "de_DE") == "−2,5\u00a0%"


def test_date() -> None:
    day = date(2026, 11, 21)
    assert i18n.date_text(day) == "21 Nov 2026"
    assert i18n.date_text(day, "de_DE", "long") == "21. November 2026"


@pytest.mark.parametrize(
    "text, locale, value",
    [
        ("1,234.50", "en_GB", "1234.50"),
        ("1234.50", "en_GB", "1234.50"),
        ("1'000.5", "en_GB", "1000.5"),
        (" 12 ", "en_GB", "12"),
        (".5", "en_GB", "0.5"),
        ("-3", "en_GB", "-3"),
        ("−3", "en_GB", "-3"),
        ("+3", "en_GB", "3"),
        ("(12.00)", "en_GB", "-12.00"),
        ("1.234,50", "de_DE", "1234.50"),
        ("1 234,50", "de_DE", "1234.50"),
        ("1 234 567,5", "fr_FR", "1234567.5"),
        ("1\u202f234,5", "fr_FR", "1234.5"),
        ("1’234.50", "de_CH", "1234.50"),
        ("1'234.50", "de_CH", "1234.50"),
        ("12,34,567.8", "en_IN", "1234567.8"),
    ],
)
def test_a_typed_number_is_read(text: str, locale: str, value: str) -> None:
    read = i18n.parse_number(text, locale)
    assert read == Decimal(value)
    assert read.as_tuple().exponent == Decimal(value).as_tuple().exponent


@pytest.mark.parametrize(
    "text, locale",
    [
        ("1234.5", "de_DE"),
        ("1.23", "de_DE"),
        ("12,34", "en_GB"),
        ("1,2345", "en_GB"),
        ("1,234,56", "en_GB"),
        ("1e5", "en_GB"),
        ("NaN", "en_GB"),
        ("Infinity", "en_GB"),
        ("١٢", "en_GB"),
        ("", "en_GB"),
        ("-", "en_GB"),
        ("()", "en_GB"),
        ("(-3)", "en_GB"),
        ("3.", "en_GB"),
        ("1 2", "en_GB"),
        ("twelve", "en_GB"),
    ],
)
def test_a_doubtful_number_is_refused(text: str, locale: str) -> None:
    with pytest.raises(UserError, match="is not a number") as refused:
        i18n.parse_number(text, locale)
    assert i18n.number_text(Decimal("1234.5"), locale) in refused.value.remedy


@given(st.decimals(-(10**12), 10**12, places=3), st.sampled_from(LOCALES))
def test_what_is_shown_can_be_typed_back(value: Decimal, locale: str) -> None:
    assert i18n.parse_number(i18n.number_text(value, locale, places=3), locale) == value


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "CHF", "JPY", "KWD", "USD"]), st.sampled_from(LOCALES))
def test_money_that_is_shown_can_be_typed_back(minor: int, currency: str, locale: str) -> None:
    assert i18n.parse_money(i18n.money_text(minor, currency, locale), currency, locale) == minor


def test_money_with_too_many_decimals_is_refused() -> None:
    with pytest.raises(UserError, match=r"JPY has 0 decimals, “12[.]5” has more"):
        i18n.parse_money("12.5", "JPY")
    assert i18n.parse_money("12.50", "EUR") == 1250
    assert i18n.parse_money("12.500", "EUR") == 1250


def test_language_chooses_the_formats() -> None:
    i18n.set_language("de-AT")
    assert i18n.current_locale() == "de_AT"
    assert i18n.amount_text(1050, "EUR") == "10,50"


def test_texts_come_from_the_catalogue_of_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Catalog("de")
    catalogue.add("Invoice", "Rechnung")
    catalogue.add(("{count} invoice", "{count} invoices"), ("{count} Rechnung", "{count} Rechnungen"))
    file = tmp_path / "translations" / "de" / "LC_MESSAGES" / "sheaf.mo"
    file.parent.mkdir(parents=True)
    with file.open("wb") as stream:
        write_mo(stream, catalogue)
    monkeypatch.setattr(i18n, "resource", lambda path: tmp_path / path)
    i18n.set_language("de_CH")
    assert i18n._("Invoice") == "Rechnung"
    assert i18n._("Payment") == "Payment"
    assert i18n.ngettext("{count} invoice", "{count} invoices", 2) == "{count} Rechnungen"


def test_figures_may_follow_another_locale_than_the_texts() -> None:
    i18n.set_language("de", "en_IN")
    assert (i18n.current_language(), i18n.current_locale()) == ("de", "en_IN")
    assert i18n.amount_text(123456789, "INR") == "12,34,567.89"
    # A country has its name in the language of the texts.
    assert i18n.naming_locale() == "de"
    i18n.set_language("de", "de_CH")
    assert i18n.naming_locale() == "de_CH"


def test_the_surroundings_name_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "de_AT.UTF-8")
    monkeypatch.setenv("SHEAF_LANGUAGE", "hi")
    i18n.set_language()
    assert i18n.current_language() == "hi"
    monkeypatch.delenv("SHEAF_LANGUAGE")
    for name in ("LANGUAGE", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    i18n.set_language()
    assert i18n.current_locale() == "de_AT"


@pytest.mark.parametrize(
    "language, around, found",
    [
        ("de", "de_CH", "de_CH"),
        ("de", "en_US", "de_DE"),
        ("hi", None, "hi_IN"),
        ("en", None, "en_GB"),
        ("fr", "fr_XX", "fr_FR"),
    ],
)
def test_a_language_has_formats_of_its_own(language: str, around: str | None, found: str) -> None:
    assert i18n.formats_of(language, around) == found


def test_hindi_takes_its_own_digits_and_groups_of_lakhs() -> None:
    assert i18n.parse_number("१२,३४,५६७.५", "hi_IN") == Decimal("1234567.5")
    assert i18n.parse_number("1,23,456.00", "hi_IN") == 123456
    assert i18n.number_text(1234567, "hi_IN") == "12,34,567"


def test_a_span_names_its_last_day() -> None:
    span = (date(2026, 1, 3), date(2026, 1, 15))
    assert i18n.span_text(*span, "en_GB").replace("\u2009", " ") == "3–14 Jan 2026"
    assert i18n.span_text(date(2026, 1, 1), date(2026, 2, 1), "de_DE") == "Januar 2026"
    assert i18n.span_text(date(2026, 1, 3), date(2026, 1, 4), "en_GB") == "3 January 2026"


@pytest.mark.parametrize("code", ["C", "POSIX", "tlh", "", "not a locale", "en_US_POSIX", "en"])
def test_an_unknown_language_falls_back_to_english(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    i18n.set_language(code)
    assert i18n.current_locale() == "en_GB"
    assert i18n._("Invoice") == "Invoice"
    assert i18n.ngettext("one", "many", 2) == "many"


def test_every_locale_can_be_shown() -> None:
    for locale in ("he_IL", "fa_IR", "ar_EG", "lv_LV", "hi_IN"):
        assert Locale.parse(locale)
        assert "234" in i18n.money_text(123450, "EUR", locale)


def test_a_user_error_keeps_its_remedy_between_processes() -> None:
    error = UserError("The book is locked.", "Close the other window.")
    again = pickle.loads(pickle.dumps(error))
    assert (again.message, again.remedy) == ("The book is locked.", "Close the other window.")
    assert str(again) == "The book is locked. Close the other window."


def test_a_month_stands_by_its_name_alone() -> None:
    assert i18n.month_text(date(2026, 11, 30), "en_GB", year=False) == "November"
    # Languages that bend the month within a date have a form for it alone.
    assert i18n.month_text(date(2026, 11, 30), "pl_PL", year=False) == "listopad"
