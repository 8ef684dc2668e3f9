"""The grid of cycle dates: alignment, month ends, no drift."""

import calendar
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.periods import Cadence, Interval, bill_date_after, bill_date_from, bill_date_in_month

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
INTERVALS = st.builds(Interval, st.integers(1, 36), st.sampled_from(["day", "week", "month", "year"]))
CADENCES = st.builds(
    Cadence,
    INTERVALS,
    st.sampled_from(["calendar", "anniversary", "bcd"]),
    DAYS,
    st.one_of(st.none(), st.integers(1, 31)),
)


def _cycles(cadence: Cadence, first: str, count: int) -> list[str]:
    number = cadence.number(date.fromisoformat(first))
    return [cadence.cycle(number + step).isoformat() for step in range(count)]


def _cadence(interval: str, alignment: str, anchor: str, bill_day: int | None = None) -> Cadence:
    return Cadence(Interval.parse(interval), alignment, date.fromisoformat(anchor), bill_day)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cadence, cycles",
    [
        # An anchor on the 31st clamps and comes back.
        (_cadence("monthly", "anniversary", "2023-01-31"), ["2023-01-31", "2023-02-28", "2023-03-31", "2023-04-30"]),
        (_cadence("monthly", "anniversary", "2024-01-31"), ["2024-01-31", "2024-02-29", "2024-03-31", "2024-04-30"]),
        (_cadence("quarterly", "anniversary", "2021-11-30"), ["2021-11-30", "2022-02-28", "2022-05-30", "2022-08-30"]),
        (_cadence("yearly", "anniversary", "2024-02-29"), ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28"]),
        (_cadence("weekly", "anniversary", "2022-06-03"), ["2022-06-03", "2022-06-10", "2022-06-17", "2022-06-24"]),
        # The calendar's grid, whatever the anchor's day.
        (_cadence("weekly", "calendar", "2026-11-26"), ["2026-11-23", "2026-11-30", "2026-12-07", "2026-12-14"]),
        (_cadence("monthly", "calendar", "2026-11-26"), ["2026-11-01", "2026-12-01", "2027-01-01", "2027-02-01"]),
        (_cadence("quarterly", "calendar", "2026-11-26"), ["2026-10-01", "2027-01-01", "2027-04-01", "2027-07-01"]),
        (_cadence("semiannual", "calendar", "2026-11-26"), ["2026-07-01", "2027-01-01", "2027-07-01", "2028-01-01"]),
        (_cadence("yearly", "calendar", "2026-11-26"), ["2026-01-01", "2027-01-01", "2028-01-01", "2029-01-01"]),
        (_cadence("every 2 years", "calendar", "2026-11-26"), ["2026-01-01", "2028-01-01", "2030-01-01", "2032-01-01"]),
        # A bill-cycle day: the grid's months count from the anchor's, its first date is not before the anchor.
        (_cadence("monthly", "bcd", "2026-01-16", 31), ["2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31"]),
        (_cadence("quarterly", "bcd", "2026-01-16", 10), ["2026-01-10", "2026-04-10", "2026-07-10", "2026-10-10"]),
        (_cadence("yearly", "bcd", "2026-01-16", 17), ["2025-01-17", "2026-01-17", "2027-01-17", "2028-01-17"]),
        (_cadence("every 2 weeks", "bcd", "2026-01-16", 3), ["2026-01-16", "2026-01-30", "2026-02-13", "2026-02-27"]),
    ],
)
def test_cycle_dates(cadence: Cadence, cycles: list[str]) -> None:
    assert _cycles(cadence, cadence.anchor.isoformat(), 4) == cycles


def test_the_period_before_a_bill_cycle_counts_back_from_its_first_date() -> None:
    """The grid begins on 28 February; a month before is 28 January, not the 31st that is no cycle date yet."""
    cadence = _cadence("monthly", "bcd", "2011-02-14", 31)
    assert cadence.full_period(date(2011, 2, 14)) == (date(2011, 1, 28), date(2011, 2, 28))
    assert cadence.full_period(date(2011, 3, 1)) == (date(2011, 2, 28), date(2011, 3, 31))


def test_neighbours_of_a_cycle_date() -> None:
    cadence = _cadence("monthly", "anniversary", "2026-01-31")
    on, beside = date(2026, 2, 28), date(2026, 3, 1)
    assert [cadence.cycle_before(on), cadence.cycle_before(beside)] == [date(2026, 1, 31), on]
    assert [cadence.cycle_on_or_before(on), cadence.cycle_on_or_before(beside)] == [on, on]
    assert [cadence.cycle_on_or_after(on), cadence.cycle_on_or_after(beside)] == [on, date(2026, 3, 31)]
    assert [cadence.cycle_after(on), cadence.cycle_after(beside)] == [date(2026, 3, 31), date(2026, 3, 31)]


@pytest.mark.parametrize("bill_day", [0, 32, -1])
def test_refuses_a_day_that_no_month_has(bill_day: int) -> None:
    with pytest.raises(ValueError, match="does not exist"):
        _cadence("monthly", "bcd", "2026-01-16", bill_day)


def test_refuses_an_unknown_alignment() -> None:
    with pytest.raises(ValueError, match="is not an alignment"):
        _cadence("monthly", "lunar", "2026-01-16")


@given(CADENCES, DAYS)
def test_each_day_is_in_exactly_the_period_of_its_number(cadence: Cadence, day: date) -> None:
    number = cadence.number(day)
    start, end = cadence.full_period(day)
    assert start <= day < end
    assert (start, end) == (cadence.cycle(number), cadence.cycle(number + 1))
    assert cadence.number(start) == number
    assert cadence.number(end) == number + 1
    assert cadence.number(end - timedelta(days=1)) == number


@given(INTERVALS, DAYS, st.integers(-40, 40))
def test_an_anniversary_never_drifts(interval: Interval, anchor: date, number: int) -> None:
    expected = anchor + relativedelta(months=number * interval.months, days=number * interval.days)
    assert Cadence(interval, "anniversary", anchor).cycle(number) == expected


@given(CADENCES, st.integers(0, 40))
def test_cycle_dates_keep_their_day(cadence: Cadence, number: int) -> None:
    day = cadence.cycle(number)
    if not cadence.interval.months:
        if cadence.interval.unit == "week" and cadence.alignment == "calendar":
            assert day.weekday() == calendar.MONDAY
        return
    wanted = {"calendar": 1, "anniversary": cadence.anchor.day, "bcd": cadence.bill_day or cadence.anchor.day}
    assert day.day == min(wanted[cadence.alignment], calendar.monthrange(day.year, day.month)[1])


@given(DAYS, st.integers(1, 31))
def test_bill_dates(day: date, bill_day: int) -> None:
    same, on_or_after, after = (
        bill_date_in_month(day, bill_day),
        bill_date_from(day, bill_day),
        bill_date_after(day, bill_day),
    )
    assert (same.year, same.month) == (day.year, day.month)
    assert same.day == min(bill_day, calendar.monthrange(day.year, day.month)[1])
    assert on_or_after >= day
    assert after > day
    assert after == bill_date_from(day + timedelta(days=1), bill_day)
    assert on_or_after == (same if same >= day else after)
