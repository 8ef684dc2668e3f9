"""What part of a full period a span is, and how it and its amount are cut."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.periods import Cadence, Interval, Period, periods, split, split_amount

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))


def _period(start: str, end: str, full_start: str, full_end: str, fixed_30: bool = False) -> Period:
    first, after, full_first, full_after = map(date.fromisoformat, (start, end, full_start, full_end))
    return Period(first, after, full_first, full_after, fixed_30)


@pytest.mark.parametrize(
    "period, days, full_days",
    [
        (_period("2023-05-23", "2023-06-15", "2023-05-15", "2023-06-15"), 23, 31),
        (_period("2024-02-01", "2024-03-01", "2024-02-01", "2024-03-01"), 29, 29),
        # A fixed 30-day month.
        (_period("2023-05-23", "2023-06-15", "2023-05-15", "2023-06-15", True), 22, 30),
        (_period("2023-02-23", "2023-03-15", "2023-02-15", "2023-03-15", True), 22, 30),
        (_period("2023-05-15", "2023-05-23", "2023-04-23", "2023-05-23", True), 8, 30),
        (_period("2026-01-01", "2026-04-01", "2026-01-01", "2026-04-01", True), 90, 90),
        # The 31st counts nothing; what February lacks falls to its last day.
        (_period("2026-01-31", "2026-02-01", "2026-01-01", "2026-02-01", True), 0, 30),
        (_period("2026-02-28", "2026-03-01", "2026-02-01", "2026-03-01", True), 3, 30),
        (_period("2026-02-27", "2026-02-28", "2026-01-31", "2026-02-28", True), 4, 30),
    ],
)
def test_days(period: Period, days: int, full_days: int) -> None:
    assert (period.days, period.full_days) == (days, full_days)
    assert period.fraction == Fraction(days, full_days)


def test_a_stub_is_what_is_not_whole() -> None:
    assert not _period("2026-01-01", "2026-02-01", "2026-01-01", "2026-02-01").is_stub
    assert _period("2026-01-02", "2026-02-01", "2026-01-01", "2026-02-01").is_stub
    stub = _period("2026-01-01", "2026-01-31", "2026-01-01", "2026-02-01")
    assert stub.is_stub
    assert stub.last_day == date(2026, 1, 30)


@given(
    DAYS, st.integers(0, 400), st.integers(1, 700), st.lists(st.integers(-30, 730)), st.booleans(), st.integers(1, 13)
)
def test_split_parts_add_up_to_the_whole(
    anchor: date, offset: int, length: int, cuts: list[int], fixed_30: bool, months: int
) -> None:
    start = anchor + timedelta(days=offset)
    cadence = Cadence(Interval(months, "month"), "anniversary", anchor, None, fixed_30)
    end = start + timedelta(days=length)
    for period in periods(cadence, start, end, end):
        dates = [start + timedelta(days=cut) for cut in cuts]
        parts = split(period, dates)
        assert [parts[0].start, parts[-1].end] == [period.start, period.end]
        assert all(before.end == after.start for before, after in pairwise(parts))
        assert all(part.start < part.end and part.days >= 0 for part in parts)
        assert {part.start for part in parts[1:]} == {cut for cut in dates if period.start < cut < period.end}
        assert sum(part.days for part in parts) == period.days
        assert sum(part.fraction for part in parts) == period.fraction <= 1


@pytest.mark.parametrize(
    "total, parts, shares",
    [
        (10000, [15, 16], [4839, 5161]),
        (100, [1, 1, 1], [34, 33, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (5, [0, 10], [0, 5]),
        (0, [0, 0], [0, 0]),
        (1, [10, 11], [0, 1]),
        (77, [31], [77]),
        (0, [], []),
    ],
)
def test_split_amount(total: int, parts: list[int], shares: list[int]) -> None:
    assert split_amount(total, parts) == shares


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 400), min_size=1).filter(any))
def test_an_amount_is_shared_to_the_last_unit(total: int, parts: list[int]) -> None:
    shares = split_amount(total, parts)
    assert sum(shares) == total
    for share, part in zip(shares, parts, strict=True):
        assert abs(share - Fraction(total * part, sum(parts))) < 1
        assert part or not share


@pytest.mark.parametrize("parts", [[], [0, 0]])
def test_an_amount_needs_a_day_to_fall_on(parts: list[int]) -> None:
    with pytest.raises(ValueError, match="cannot be shared over no days"):
        split_amount(1, parts)


def test_no_part_is_negative() -> None:
    with pytest.raises(ValueError, match="cannot have -1 days"):
        split_amount(100, [-1, 2])
