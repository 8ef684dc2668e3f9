"""Hours, yes and no, countries, currencies, languages, choices and texts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from desktop.importing.values import UnreadableError
from desktop.importing.values.hours import parse_hours
from desktop.importing.values.text import clean_code, clean_text
from desktop.importing.values.words import parse_bool, parse_choice, parse_country, parse_currency, parse_language


@pytest.mark.parametrize(
    "text, hours",
    [
        ("1:30", "1.5"),
        ("01:30:00", "1.5"),
        ("0:20", "0.333333"),
        ("1:30 h", "1.5"),
        ("100:00", "100"),
        ("-0:30", "-0.5"),
        ("1.5", "1.5"),
        ("1.5 h", "1.5"),
        ("1.5h", "1.5"),
        ("2 hours", "2"),
        ("1h 30m", "1.5"),
        ("1h30", "1.5"),
        ("1 h 30 min", "1.5"),
        ("1 Std. 30 Min.", "1.5"),
        ("2 Stunden", "2"),
        ("1 heure 15 minutes", "1.25"),
        ("90 min", "1.5"),
        ("90m", "1.5"),
        ("PT1H30M", "1.5"),
        ("PT45M", "0.75"),
        ("0", "0"),
        ("0:00:36", "0.01"),
    ],
)
def test_hours(text: str, hours: str) -> None:
    assert parse_hours(text, ".") == Decimal(hours)


def test_hours_with_a_decimal_comma() -> None:
    assert parse_hours("1,5", ",") == Decimal("1.5")
    assert parse_hours("1,5 Std.", ",") == Decimal("1.5")
    with pytest.raises(UnreadableError, match="decimal comma"):
        parse_hours("1.5", ",")


@pytest.mark.parametrize(
    "text", ["1:60", "1:75", "1:30:61", "2 days", "h", "1h 2x", "1:2:3:4", "PT", "", "1 2 h", "9" * 5000]
)
def test_what_is_no_number_of_hours(text: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        parse_hours(text, ".")
    assert refused.value.remedy


@given(st.integers(0, 59), st.integers(0, 200))
def test_clocks_words_and_decimals_agree(minutes: int, hours: int) -> None:
    clock = parse_hours(f"{hours}:{minutes:02}", ".")
    assert parse_hours(f"{hours}h {minutes}m", ".") == clock
    assert parse_hours(f"PT{hours}H{minutes}M", ".") == clock
    assert abs(clock * 60 - (hours * 60 + minutes)) < Decimal("0.0001")


@given(st.text(max_size=40), st.sampled_from([".", ",", None]))
def test_any_text_is_hours_or_told(text: str, decimal: str | None) -> None:
    try:
        hours = parse_hours(text, decimal)
    except UnreadableError:
        return
    assert hours.is_finite()
    assert any(sign.isdigit() for sign in text)


@pytest.mark.parametrize("text", ["yes", "Ja", "OUI", "x", "1", "true", "wahr", " Y ", "✓"])
def test_yes(text: str) -> None:
    assert parse_bool(text) is True


@pytest.mark.parametrize("text", ["no", "Nein", "NON", "0", "false", "falsch", "-"])
def test_no(text: str) -> None:
    assert parse_bool(text) is False


def test_neither_yes_nor_no() -> None:
    with pytest.raises(UnreadableError, match="neither yes nor no"):
        parse_bool("perhaps")


@pytest.mark.parametrize(
    "text, code",
    [
        ("DE", "DE"),
        ("de", "DE"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("DEU", "DE"),
        ("D", "DE"),
        ("Österreich", "AT"),
        ("Osterreich", "AT"),
        ("Suisse", "CH"),
        ("États-Unis", "US"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("United States of America", "US"),
        ("UK", "GB"),
        ("Great Britain", "GB"),
        ("England", "GB"),
        ("EL", "GR"),
        ("Holland", "NL"),
        ("The Netherlands", "NL"),
        ("Czech Republic", "CZ"),
        ("España", "ES"),
        ("Italia", "IT"),
        ("Polska", "PL"),
        ("276", "DE"),
        ("Côte d’Ivoire", "CI"),
    ],
)
def test_countries(text: str, code: str) -> None:
    assert parse_country(text) == code


@pytest.mark.parametrize("text", ["Atlantis", "EU", "ZZ", "QQ", "Europe", "XX", "12"])
def test_what_is_no_country(text: str) -> None:
    with pytest.raises(UnreadableError, match="is not a country") as refused:
        parse_country(text)
    assert "two-letter code" in refused.value.remedy


@given(st.sampled_from(["en", "de", "fr"]), st.sampled_from(["DE", "FR", "GB", "US", "CI", "KR", "CD", "MK", "TR"]))
def test_every_country_is_known_by_its_names(language: str, code: str) -> None:
    assert parse_country(Locale(language).territories[code]) == code


@pytest.mark.parametrize(
    "text, code",
    [
        ("EUR", "EUR"),
        ("eur", "EUR"),
        ("€", "EUR"),
        ("Euro", "EUR"),
        ("US-Dollar", "USD"),
        ("£", "GBP"),
        ("Swiss Franc", "CHF"),
        ("Schweizer Franken", "CHF"),
        ("livre sterling", "GBP"),
        ("JPY", "JPY"),
        ("Euro - EUR", "EUR"),
        ("US Dollar (USD)", "USD"),
    ],
)
def test_currencies(text: str, code: str) -> None:
    assert parse_currency(text) == code


def test_what_is_no_currency() -> None:
    with pytest.raises(UnreadableError, match="several currencies"):
        parse_currency("$")
    with pytest.raises(UnreadableError, match="is not a currency"):
        parse_currency("shells")
    with pytest.raises(UnreadableError, match="is not a currency"):
        parse_currency("XYZ")
    with pytest.raises(UnreadableError, match="is not a currency"):
        parse_currency("EUR or USD")


@pytest.mark.parametrize(
    "text, code",
    [
        ("de", "de"),
        ("DE", "de"),
        ("de-AT", "de"),
        ("fr_CH", "fr"),
        ("German", "de"),
        ("Deutsch", "de"),
        ("Allemand", "de"),
        ("english", "en"),
        ("Français", "fr"),
    ],
)
def test_languages(text: str, code: str) -> None:
    assert parse_language(text) == code


def test_what_is_no_language() -> None:
    for text in ("Klingonisch", "qq", "12"):
        with pytest.raises(UnreadableError, match="is not a language"):
            parse_language(text)


def test_choices() -> None:
    choices = {"advance": ("in advance", "im Voraus"), "arrears": ()}
    assert parse_choice("Im voraus", choices) == "advance"
    assert parse_choice("ARREARS", choices) == "arrears"
    with pytest.raises(UnreadableError) as refused:
        parse_choice("later", choices)
    assert refused.value.remedy == "Write one of: advance, arrears."


@pytest.mark.parametrize(
    "raw, text, lost",
    [
        ("  Acme  Ltd ", "Acme Ltd", 0),
        ("Cafe\u0301", "Café", 0),
        ("a\u00a0b", "a b", 0),
        ("a\x07b\x1f", "ab", 2),
        ("a\u200bb\ufeff\u202e", "ab", 0),
        ("one\r\ntwo", "one two", 0),
        ("क\u200dष", "क\u200dष", 0),
    ],
)
def test_texts_are_cleaned(raw: str, text: str, lost: int) -> None:
    assert clean_text(raw) == (text, lost)


def test_line_breaks_are_kept_where_they_may_stand() -> None:
    assert clean_text(" one \r\n\r\n two\rthree ", lines=True) == ("one\ntwo\nthree", 0)


def test_codes_lose_the_signs_of_spreadsheets() -> None:
    assert clean_code('="007"') == ("007", 0)
    assert clean_code("'007") == ("007", 0)
    assert clean_code("'t Hoff") == ("'t Hoff", 0)


@given(st.text(max_size=60), st.booleans())
def test_cleaning_twice_is_cleaning_once(raw: str, lines: bool) -> None:
    text, _lost = clean_text(raw, lines=lines)
    assert clean_text(text, lines=lines) == (text, 0)
    assert lines or "\n" not in text
