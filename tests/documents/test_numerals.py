"""Amounts in words, by the rules of each language."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.documents.numerals import in_words


@pytest.mark.parametrize(
    "minor, currency, digits, locale, said",
    [
        (118_001, "EUR", 2, "de", "EUR eintausendeinhundertachtzig 01/100"),
        (100, "EUR", 2, "de", "EUR eins"),
        (2_100_000_00, "EUR", 2, "de_CH", "EUR zwei Millionen einhunderttausend"),
        (1_000_021_00, "EUR", 2, "de", "EUR eine Million einundzwanzig"),
        (0, "EUR", 2, "en_GB", "EUR zero"),
        (
            1_234_567_89,
            "USD",
            2,
            "en_US",
            "USD one million two hundred thirty-four thousand five hundred sixty-seven 89/100",
        ),
        (8_000, "EUR", 2, "fr", "EUR quatre-vingts"),
        (80_000_00, "EUR", 2, "fr", "EUR quatre-vingt mille"),
        (7_100, "EUR", 2, "fr", "EUR soixante et onze"),
        (9_100, "EUR", 2, "fr", "EUR quatre-vingt-onze"),
        (200_000_000_00, "EUR", 2, "fr", "EUR deux cents millions"),
        (2_00, "EUR", 2, "fr", "EUR deux"),
        (100_00, "EUR", 2, "es", "EUR cien"),
        (101_00, "EUR", 2, "es", "EUR ciento uno"),
        (1_021_00, "EUR", 2, "es", "EUR mil veintiuno"),
        (21_000_00, "EUR", 2, "es", "EUR veintiún mil"),
        (1_000_000_000_00, "EUR", 2, "es", "EUR mil millones"),
        (
            123_456_78,
            "INR",
            2,
            "en_IN",
            "one lakh twenty-three thousand four hundred fifty-six rupees and seventy-eight paise only",
        ),
        (100, "INR", 2, "en_IN", "one rupee only"),
        (10**9, "INR", 2, "en_IN", "one crore rupees only"),
        (10_00_000_01, "INR", 2, "hi", "दस लाख रुपये और एक पैसा मात्र"),
        (1_234, "JPY", 0, "en_GB", "JPY one thousand two hundred thirty-four"),
        (1_250_500, "KWD", 3, "en_GB", "KWD one thousand two hundred fifty 500/1000"),
        (-100, "EUR", 2, "en_GB", "EUR minus one"),
    ],
)
def test_amounts_are_written_out(minor: int, currency: str, digits: int, locale: str, said: str) -> None:
    assert in_words(minor, currency, digits, locale) == said


def test_what_has_no_words_says_nothing() -> None:
    assert in_words(100, "PLN", 2, "pl") == ""
    assert in_words(10**18, "EUR", 2, "de") == ""


@given(st.integers(0, 10**14), st.integers(0, 10**14), st.sampled_from(("en_GB", "en_IN", "de", "fr", "es", "hi")))
def test_no_two_amounts_have_the_same_words(one: int, other: int, locale: str) -> None:
    assert (in_words(one, "EUR", 2, locale) == in_words(other, "EUR", 2, locale)) == (one == other)
