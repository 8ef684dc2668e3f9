"""A score in a table: its state in words with the percent, and nothing rounded up to certainty."""

from __future__ import annotations

import pytest

from desktop.ui.columns import Column, cell_text, copied_text, exported

SCORE = Column("state", "Match", kind="score")


@pytest.mark.parametrize(
    "state, score, text",
    [
        ("sure", 999_999, "Sure 99%"),
        ("sure", 1_000_000, "Sure 100%"),
        ("doubtful", 20_000, "Doubtful 2%"),
        ("unmatched", None, "Unknown"),
    ],
)
def test_a_score_is_a_word_and_a_percent(state: str, score: int | None, text: str) -> None:
    assert cell_text(SCORE, {"state": state, "score": score}) == text


def test_files_and_the_clipboard_get_the_word() -> None:
    row = {"state": "sure", "score": 990_000}
    assert copied_text(SCORE, row) == "Sure"
    assert exported(SCORE, row) == "Sure"
