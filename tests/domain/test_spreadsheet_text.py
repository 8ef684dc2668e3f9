"""No text of a stranger runs in a spreadsheet, figures stay figures, and the import finds each text as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.spreadsheet_text import harmless, harmless_to_paste, unmarked

SIGNS = "=+-@＝＋－＠"


@pytest.mark.parametrize("sign", [*SIGNS, "\t=", "\r=", "\n=", " =", "\u00a0@", "'=", "''+", "' ="])
def test_what_begins_like_a_formula_is_marked(sign: str) -> None:
    text = f"{sign}cmd|'/c calc'!A1"
    assert harmless(text) == f"'{text}"
    assert harmless_to_paste(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Acme", "Müller + Söhne", "a=b", "'quoted'", "3-4", "12,50", "(1)"])
def test_other_texts_stay(text: str) -> None:
    assert harmless(text) == harmless_to_paste(text) == unmarked(text) == text


@pytest.mark.parametrize("text", ["-12.50", "+49 40 123-45", "-1,234.00", "+49 (0)40/12"])
def test_figures_and_telephone_numbers_are_pasted_as_they_are(text: str) -> None:
    assert harmless_to_paste(text) == text


@given(st.text(st.sampled_from([*"'=+-@ ax1", "＝"])))
def test_the_mark_is_taken_away_again(text: str) -> None:
    text = text.strip()
    assert unmarked(harmless(text)) == text
    assert harmless(text).lstrip("' \u00a0")[:1] not in [*SIGNS] or harmless(text).startswith("'")
