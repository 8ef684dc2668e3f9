"""Runs of letters and digits, typing errors, and short numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.matching.spelling import (
    error_between,
    loose,
    nearest,
    neighbours,
    parts,
    plain,
    runs,
    short_numbers,
    signs,
    spans,
)


def test_a_number_is_its_runs_whatever_stands_between() -> None:
    assert {signs(text) for text in ("INV-2026-0007", "inv 2026/0007", "Inv.2026 - 0007")} == {"INV20260007"}
    assert loose(parts("INV-2026-0007")) == "INV.2026.7"


def test_digits_and_letters_of_other_scripts_are_read() -> None:
    assert plain("Straße ２０２６ ०७") == "STRASSE 2026 07"


def test_spans_stop_where_a_word_stands_far_away() -> None:
    text = plain("INV-2026     0007")
    assert "INV20260007" not in {span.signs for span in spans(runs(text), 20)}
    assert "INV20260007" in {span.signs for span in spans(runs(plain("INV-2026 - 0007")), 20)}


@pytest.mark.parametrize(
    "written, error",
    [
        ("INV20260070", "swapped"),
        ("INV2026007", "missing"),
        ("INV202600007", "added"),
        ("INV20260008", "changed"),
        ("INV20260007", ""),
        ("INV20260770", ""),
    ],
)
def test_one_error_has_a_name(written: str, error: str) -> None:
    assert error_between(written, "INV20260007") == error


@given(st.from_regex(r"[A-Z]{1,3}[0-9]{4,8}", fullmatch=True), st.data())
def test_neighbours_are_one_error_away(number: str, data: st.DataObject) -> None:
    around = {other for other in neighbours(number) if other != number}
    other = data.draw(st.sampled_from(sorted(around)))
    assert error_between(other, number)


def test_a_swapped_number_is_among_the_neighbours() -> None:
    assert "INV20260007" in set(neighbours("INV20260070"))


def test_what_is_too_short_is_not_read_with_errors() -> None:
    assert nearest("1001", ["1002"]) == ""
    assert nearest("INV1001", ["INV1002"]) == "INV1002"


@pytest.mark.parametrize(
    "text, expected",
    [
        ("RE 1001/1002+3", {1001, 1002, 1003, 3}),
        ("RE 1001-1004", {1001, 1002, 1003, 1004}),
        ("RG 17 VOM 12.10.2026 UEBER 1.190,00 EUR", {17}),
        ("2026-03-12", set()),
        ("LESS 2 %", set()),
        ("A1B2C3", set()),
    ],
)
def test_short_numbers_are_neither_days_nor_amounts(text: str, expected: set[int]) -> None:
    assert short_numbers(text) == expected
