"""Revenue is earned in parts that add up to the cent, whatever the span, the method and the days that are asked."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.recognition import (
    COMPLETION,
    DAILY,
    MONTHLY,
    Part,
    Span,
    earned,
    is_over,
    joined,
    month_ends,
    parts,
)

D = date.fromisoformat
YEAR = Span(DAILY, D("2026-01-01"), D("2027-01-01"), 36_500)

spans = st.builds(
    lambda method, start, days, amount, firm: Span(method, start, start + timedelta(days), amount, firm),
    st.sampled_from([DAILY, MONTHLY, COMPLETION]),
    st.dates(D("2019-01-01"), D("2032-12-31")),
    st.integers(1, 1_500),
    st.integers(-(10**9), 10**9),
    st.none() | st.integers(-(10**9), 10**9),
)


def test_days_bear_the_same() -> None:
    assert [earned(YEAR, 36_500, D(day)) for day in ("2025-12-31", "2026-01-01", "2026-01-31", "2026-12-30")] == [
        0, 100, 3_100, 36_400,
    ]  # fmt: skip
    assert earned(YEAR, 36_500, D("2026-12-31")) == 36_500
    assert earned(YEAR, 36_500, D("2030-01-01")) == 36_500


def test_whole_months_bear_the_same() -> None:
    span = Span(MONTHLY, D("2026-01-01"), D("2027-01-01"), 12_000)
    assert {part.amount for part in parts(span, D("2026-12-31"))} == {1_000}
    # From the middle of January to the middle of January: eleven whole months and two parts of one.
    bent = parts(Span(MONTHLY, D("2026-01-16"), D("2027-01-16"), 120_000), D("2027-01-31"))
    assert [part.amount for part in bent] == [5_161] + [10_000] * 11 + [4_839]
    # February in a leap year is a month as any other.
    leap = parts(Span(MONTHLY, D("2028-02-01"), D("2028-04-01"), 200), D("2028-03-31"))
    assert [part.amount for part in leap] == [100, 100]


def test_parts_of_a_cent_do_not_get_lost() -> None:
    found = parts(Span(MONTHLY, D("2026-01-01"), D("2026-04-01"), 100), D("2026-03-31"))
    assert [part.amount for part in found] == [33, 34, 33]
    back = parts(Span(MONTHLY, D("2026-01-01"), D("2026-04-01"), -100), D("2026-03-31"))
    assert [part.amount for part in back] == [-33, -34, -33]


def test_parts_name_their_days() -> None:
    assert parts(Span(DAILY, D("2026-01-30"), D("2026-02-03"), 400, 800), D("2026-02-28")) == [
        Part(D("2026-01-31"), D("2026-01-30"), D("2026-02-01"), 200, 400),
        Part(D("2026-02-28"), D("2026-02-01"), D("2026-02-03"), 200, 400),
    ]
    # Half a month that is not over yet.
    assert parts(YEAR, D("2026-01-10")) == [Part(D("2026-01-10"), D("2026-01-01"), D("2026-01-11"), 1_000, None)]


def test_completion_earns_all_at_once() -> None:
    whole = Span(COMPLETION, D("2026-01-01"), D("2026-03-15"), 700)
    assert [earned(whole, 700, D(day)) for day in ("2026-03-13", "2026-03-14")] == [0, 700]
    waiting = Span(COMPLETION, D("2026-01-01"), None, 700)
    assert parts(waiting, D("2026-12-31")) == []
    done = waiting._replace(done=D("2026-05-21"))
    assert [(part.until, part.amount) for part in parts(done, D("2026-12-31"))] == [(D("2026-06-01"), 700)]
    assert parts(done, D("2026-05-19")) == []
    # What was earned is given back where the completion was called off.
    assert [part.amount for part in parts(waiting, D("2026-06-30"), (700, 0))] == [-700]


@pytest.mark.parametrize(
    "end, day, over",
    [("2026-02-01", "2026-01-31", True), ("2026-02-01", "2026-01-30", False), (None, "2026-01-31", False)],
)
def test_a_service_is_over_with_its_last_day(end: str | None, day: str, over: bool) -> None:
    assert is_over(D(end) if end else None, D(day)) is over


def test_month_ends_count_leap_days() -> None:
    assert list(month_ends(D("2028-01-31"), D("2028-03-30"))) == [D("2028-01-31"), D("2028-02-29")]


@given(spans)
def test_all_is_earned_in_the_end_and_nothing_twice(span: Span) -> None:
    assert span.end is not None
    found = parts(span, span.end + timedelta(400))
    assert sum(part.amount for part in found) == span.amount
    assert sum(part.firm_amount or 0 for part in found) == (span.firm_amount or 0)
    for one, following in pairwise(found):
        assert one.until <= following.start
    if found:
        assert joined(found).amount == span.amount


@given(spans, st.lists(st.integers(0, 1_600), max_size=6))
def test_what_was_taken_is_not_taken_again(span: Span, days: list[int]) -> None:
    """However often and in whatever order months are recognised, the books end the same."""
    amount = firm = 0
    for day in [*days, 2_000]:
        for part in parts(span, span.start + timedelta(day), (amount, firm)):
            amount += part.amount
            firm += part.firm_amount or 0
        assert abs(amount) <= abs(span.amount)
    assert (amount, firm) == (span.amount, span.firm_amount or 0)


@given(spans, st.dates(D("2019-01-01"), D("2036-12-31")), st.integers(1, 60))
def test_more_days_never_earn_less(span: Span, day: date, later: int) -> None:
    first, then = earned(span, span.amount, day), earned(span, span.amount, day + timedelta(later))
    assert abs(first) <= abs(then) <= abs(span.amount)
    assert first * then >= 0
