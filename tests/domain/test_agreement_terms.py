"""Terms that roll, and the day that notice reaches."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.agreement_terms import Terms, current_end, end_after_notice, notice_by, term_end
from desktop.domain.yearly import per_year
from tests.billing_facts import day

YEARLY = Terms("auto", day("2027-01-01"), 1, "year", 3, "month")


@pytest.mark.parametrize(
    "terms, today, end",
    [
        (YEARLY, "2026-11-22", "2027-01-01"),
        (YEARLY, "2026-12-31", "2027-01-01"),
        (YEARLY, "2027-01-01", "2028-01-01"),
        (YEARLY, "2031-06-01", "2032-01-01"),
        (YEARLY._replace(renewal="ask"), "2031-06-01", "2027-01-01"),
        (Terms("auto", day("2026-01-31"), 1, "month"), "2026-02-10", "2026-02-28"),
        (Terms("auto", day("2026-01-31"), 1, "month"), "2026-03-10", "2026-03-31"),
    ],
)
def test_the_term_that_runs_ends(terms: Terms, today: str, end: str) -> None:
    assert current_end(terms, day(today)) == day(end)


def test_three_months_to_the_end_of_the_year_is_the_last_of_september() -> None:
    assert notice_by(YEARLY, day("2027-01-01")) == day("2026-09-30")
    assert notice_by(YEARLY._replace(notice_count=30, notice_unit="day"), day("2027-01-01")) == day("2026-12-01")
    assert notice_by(YEARLY._replace(notice_count=0), day("2027-01-01")) == day("2026-12-31")


@pytest.mark.parametrize(
    "terms, given_on, end",
    [
        (YEARLY, "2026-09-30", "2027-01-01"),
        (YEARLY, "2026-10-01", "2028-01-01"),
        (YEARLY._replace(min_until=day("2028-06-01")), "2026-09-30", "2029-01-01"),
        (Terms("open", None, notice_count=1), "2026-03-15", "2026-04-16"),
        (Terms("open", None, notice_count=1, min_until=day("2026-07-01")), "2026-03-15", "2026-07-01"),
        (Terms("open", None), "2026-03-15", "2026-03-16"),
    ],
)
def test_notice_ends_it(terms: Terms, given_on: str, end: str) -> None:
    assert end_after_notice(terms, day(given_on)) == day(end)


@given(st.dates(date(2026, 1, 1), date(2040, 1, 1)), st.integers(1, 36), st.integers(0, 12))
def test_notice_always_reaches_the_first_term_that_it_still_can(given_on: date, months: int, notice: int) -> None:
    terms = Terms("auto", day("2026-02-28"), months, "month", notice)
    end = end_after_notice(terms, given_on)
    number = next(n for n in range(2000) if term_end(terms, n) == end)
    assert notice_by(terms, end) >= given_on
    before = term_end(terms, number - 1) if number else None
    assert before is None or notice_by(terms, before) < given_on


@pytest.mark.parametrize(
    "count, unit, year", [(1, "month", 1200), (3, "month", 400), (1, "year", 100), (2, "week", 2607), (1, "day", 36500)]
)
def test_a_hundred_a_period_is_so_much_a_year(count: int, unit: str, year: int) -> None:
    assert per_year(100, count, unit) == year
