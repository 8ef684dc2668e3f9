"""What a few typed letters answer to, and how well."""

import pytest

from desktop.domain.ranking import BEGINS, EXACT, NEARLY, WITHIN, WORDS, rank


@pytest.mark.parametrize(
    "asked, text, expected",
    [
        ("acme", "ACME", EXACT),
        ("Müller", "mueller", EXACT),
        ("acm", "Acme Tools Ltd", BEGINS),
        ("too ac", "Acme Tools Ltd", WORDS),
        ("cme", "Acme Tools Ltd", WITHIN),
        ("0007", "INV-2026-0007", WORDS),
        ("xyz", "Acme Tools Ltd", None),
        ("", "Acme", None),
        ("  ", "Acme", None),
    ],
)
def test_a_text_is_told_by_how_well_it_answers(asked: str, text: str, expected: int | None) -> None:
    assert rank(asked, text) == expected


def test_a_slip_of_the_finger_is_forgiven_only_where_asked() -> None:
    assert rank("improt", "Import a file") is None
    assert rank("improt", "Import a file", nearly=True) == NEARLY
    assert rank("zzzz", "Import a file", nearly=True) is None


def test_better_answers_have_lower_ranks() -> None:
    assert EXACT < BEGINS < WORDS < WITHIN < NEARLY
