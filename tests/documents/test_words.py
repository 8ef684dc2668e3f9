"""The languages say the same things."""

import string
from decimal import Decimal

import pytest

from desktop.documents.words import LANGUAGES, Words, tax_name, words_for

ENGLISH = words_for("en")


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fills_in_the_same_facts(language: str) -> None:
    words = words_for(language)
    for name in Words._fields:
        ours, english = getattr(words, name), getattr(ENGLISH, name)
        if isinstance(english, str):
            assert ours.strip(), name
            assert places(ours) == places(english), name
        elif isinstance(english, dict):
            assert ours.keys() == english.keys(), name
            assert all(ours.values()), name


@pytest.mark.parametrize("language", ["de", "fr", "es", "hi"])
def test_a_language_is_not_english(language: str) -> None:
    words = words_for(language)
    texts = [name for name in Words._fields if isinstance(getattr(words, name), str)]
    same = {name for name in texts if getattr(words, name) == getattr(ENGLISH, name)}
    assert same <= {"description", "date", "bank", "client_code", "tax_in", "total", "subtotal", "no"}


@pytest.mark.parametrize(
    "language, unit, quantity, shown",
    [
        ("en", "hour", "1", "hour"),
        ("en", "HUR", "12.5", "hours"),
        ("de", "month", "1", "Monat"),
        ("de", "months", "3", "Monate"),
        ("de", "Palette", "3", "Palette"),
        ("fr", "hour", "1.5", "heure"),
        ("fr", "hour", "2", "heures"),
        ("fr", "day", "-1", "jour"),
        ("fr", "", "2", ""),
        ("es", "hour", "1.5", "horas"),
    ],
)
def test_units_go_with_their_number(language: str, unit: str, quantity: str, shown: str) -> None:
    assert words_for(language).unit(unit, Decimal(quantity)) == shown


def test_a_language_is_found_by_its_locale() -> None:
    assert words_for("de_CH") is words_for("de-AT") is words_for("de")
    assert words_for("es_MX") is words_for("es")
    assert words_for("pl") is ENGLISH
    assert words_for("de").title("no such kind") == "Rechnung"


def test_the_tax_has_the_sellers_name_for_it() -> None:
    assert tax_name(words_for("de"), "de", "DE") == "USt."
    assert tax_name(words_for("de"), "de_CH", "CH") == "MWST"
    assert tax_name(words_for("fr"), "fr", "CH") == "TVA"
    assert tax_name(ENGLISH, "en_GB", "AU") == "GST"
