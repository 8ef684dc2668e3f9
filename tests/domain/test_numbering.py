import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.numbering import check_pattern, number, series_year

DAY = date(2026, 3, 9)


@pytest.mark.parametrize(
    "pattern, sequence, year, text",
    [
        ("INV-{year}-{n:04}", 7, 2026, "INV-2026-0007"),
        ("INV-{year}-{n:04}", 12345, 2026, "INV-2026-12345"),
        ("{yy}/{month}/{n}", 3, 2025, "25/03/3"),
        ("R{n:5}", 3, 0, "R00003"),
        ("{year}{n:04}", 1, 0, "20260001"),
    ],
)
def test_number(pattern, sequence, year, text):
    assert number(pattern, sequence, DAY, year) == text


@pytest.mark.parametrize(
    "pattern, rule, problem",
    [
        ("INV-{year}", "calendar", "needs the counter {n} exactly once"),
        ("{year}-{n}-{n:04}", "calendar", "exactly once"),
        ("INV-{n:04}", "calendar", "needs {year} or {yy} to stay unique"),
        ("{quarter}-{n}", "never", "“{quarter}” is not a part of a number"),
        ("{n:0x}", "never", "is not a part of a number"),
        ("{n.real}{year}", "calendar", "is not a part of a number"),
        ("{year-{n}", "calendar", "brackets"),
        ("INV:{year}:{n}", "calendar", "file names"),
        ("", "never", "exactly once"),
    ],
)
def test_a_pattern_that_makes_no_numbers_says_why(pattern, rule, problem):
    with pytest.raises(ValueError, match=re.escape(problem)):
        check_pattern(pattern, rule)


def test_a_series_that_never_starts_again_needs_no_year():
    check_pattern("INV-{n:06}", "never")


@pytest.mark.parametrize(
    "rule, month, day, year",
    [
        ("calendar", 4, date(2026, 3, 31), 2026),
        ("fiscal", 4, date(2026, 3, 31), 2025),
        ("fiscal", 4, date(2026, 4, 1), 2026),
        ("fiscal", 1, date(2026, 1, 1), 2026),
        ("never", 4, date(2026, 3, 31), 0),
    ],
)
def test_series_year(rule, month, day, year):
    assert series_year(rule, month, day) == year


@given(st.integers(min_value=1, max_value=10**7), st.integers(min_value=1, max_value=10**7))
def test_two_sequences_never_give_one_number(first, second):
    texts = [number("INV-{year}-{n:04}", sequence, DAY, 2026) for sequence in (first, second)]
    assert (texts[0] == texts[1]) == (first == second)
