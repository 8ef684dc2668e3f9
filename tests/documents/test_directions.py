"""The order of text of both directions, against another implementation of the same algorithm."""

import pytest
from bidi import get_display
from hypothesis import example, given
from hypothesis import strategies as st

from desktop.documents.directions import base_direction, drawn_runs

HEBREW = "שלום"
ARABIC = "محمد"
MIXED = st.text(
    alphabet="ab Z1.2,-+/()[]{}%€#:\u05d0\u05d1\u05b8\u0627\u0628\u064e\u0661\u0662!?\u00a0&\u0301", max_size=40
)


def drawn(text: str) -> str:
    return "".join(piece[::-1] if backwards else piece for piece, backwards in drawn_runs(text))


@pytest.mark.parametrize(
    "text, shown",
    [
        ("plain", [("plain", False)]),
        (HEBREW, [(HEBREW, True)]),
        (f"Firma {HEBREW} GmbH", [("Firma ", False), (HEBREW, True), (" GmbH", False)]),
        (f"{HEBREW} GmbH 12", [("GmbH 12", False), (f"{HEBREW} ", True)]),
        (f"({ARABIC})", [(f"({ARABIC})", True)]),
        (f"{ARABIC} 2026", [("2026", False), (f"{ARABIC} ", True)]),
        ("", []),
    ],
)
def test_runs_stand_as_they_are_drawn(text: str, shown: list[tuple[str, bool]]) -> None:
    assert drawn_runs(text) == shown


def test_the_first_letter_gives_the_direction() -> None:
    assert base_direction(f"12 {HEBREW} abc") == "R"
    assert base_direction(f"12 abc {HEBREW}") == "L"
    assert base_direction("12") == "L"


@given(MIXED)
@example("a(\u05d0)b")
@example("\u05d0(a)1")
@example("\u0627 1-2,3% (a)")
def test_the_order_is_that_of_the_standard(text: str) -> None:
    assert drawn(text) == get_display(text)
    assert sorted(drawn(text)) == sorted(text)
