"""How long the law asks to keep what."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.privacy import RETENTIONS, UNKNOWN, kept_until, retention_of


@pytest.mark.parametrize(
    "day, years, month, last",
    [
        # § 147(4) AO: from the end of the calendar year.
        (date(2026, 1, 1), 8, 1, date(2034, 12, 31)),
        (date(2026, 12, 31), 8, 1, date(2034, 12, 31)),
        # A fiscal year from April to March.
        (date(2026, 3, 31), 6, 4, date(2032, 3, 31)),
        (date(2026, 4, 1), 6, 4, date(2033, 3, 31)),
        (date(2026, 7, 1), 0, 1, date.min),
    ],
)
def test_periods_begin_with_the_end_of_the_fiscal_year(day: date, years: int, month: int, last: date) -> None:
    assert kept_until(day, years, month) == last


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), st.integers(1, 30), st.integers(1, 12))
def test_nothing_goes_before_its_years_are_over(day: date, years: int, month: int) -> None:
    last = kept_until(day, years, month)
    assert last >= day.replace(year=day.year + years, day=min(day.day, 28))
    assert (last - day).days <= 366 * (years + 1)


def test_what_the_law_asks_is_known_or_kept_longest() -> None:
    assert (retention_of("DE").documents, retention_of("DE").letters) == (8, 6)
    assert [retention_of(code).documents for code in ("GB", "FR", "ES", "IN", "US")] == [6, 10, 6, 8, 7]
    assert retention_of("ZZ") == UNKNOWN
    assert all(law.statute and law.documents >= law.letters for law in RETENTIONS.values())
    assert max(law.documents for law in RETENTIONS.values()) <= UNKNOWN.documents
