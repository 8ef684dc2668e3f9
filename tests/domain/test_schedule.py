"""When work by the clock is due: month ends, leap days, summer time, and years without a moment lost or doubled."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.schedule import Times, between, judge, month_days, through_day

HOUR = timedelta(hours=1)

at = st.times().map(lambda moment: moment.replace(second=0, microsecond=0))
every = st.one_of(
    st.builds(Times, st.just("day"), at),
    st.builds(Times, st.just("week"), at, weekday=st.integers(0, 6)),
    st.builds(Times, st.just("month"), at, day=st.integers(1, 31)),
)
moments = st.datetimes(datetime(2023, 1, 1), datetime(2029, 12, 31)).map(lambda m: m.replace(microsecond=0))


def first(times: Times, after: str, count: int) -> list[str]:
    return [one.isoformat(" ", "minutes") for one in islice(times.after(datetime.fromisoformat(after)), count)]


def test_the_last_day_of_each_month_is_the_last_in_leap_years_too() -> None:
    end = Times("month", time(6), day=31)
    assert first(end, "2027-12-31 05:59", 4) == [
        "2027-12-31 06:00",
        "2028-01-31 06:00",
        "2028-02-29 06:00",
        "2028-03-31 06:00",
    ]
    assert first(end, "2027-01-31 06:00", 3) == ["2027-02-28 06:00", "2027-03-31 06:00", "2027-04-30 06:00"]


def test_a_day_beyond_a_months_end_is_its_last() -> None:
    thirtieth = Times("month", time(7, 15), day=30)
    assert first(thirtieth, "2027-01-30 07:15", 3) == ["2027-02-28 07:15", "2027-03-30 07:15", "2027-04-30 07:15"]


def test_a_moment_itself_has_passed() -> None:
    assert first(Times("day", time(6, 30)), "2026-11-22 06:30", 1) == ["2026-11-23 06:30"]
    assert first(Times("day", time(6, 30)), "2026-11-22 06:29", 1) == ["2026-11-22 06:30"]
    assert first(Times("week", time(6), weekday=0), "2026-11-23 06:00", 2) == ["2026-11-30 06:00", "2026-12-07 06:00"]
    assert first(Times("month", time(6), day=5), "2026-11-22 00:00", 2) == ["2026-12-05 06:00", "2027-01-05 06:00"]


@pytest.mark.parametrize("wrong", [{"every": "week"}, {"every": "month"}, {"every": "month", "day": 32}])
def test_a_week_and_a_month_need_their_day(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="needs its day"):
        Times(at=time(6), **wrong)  # type: ignore[arg-type]


@given(every, moments)
def test_moments_go_forward_by_the_rhythm(times: Times, since: datetime) -> None:
    found = list(islice(times.after(since), 40))
    assert found[0] > since
    for before, after in pairwise([since, *found]):
        assert before < after
    for one in found:
        assert one.time() == times.at
        if times.every == "week":
            assert one.weekday() == times.weekday
        if times.every == "month":
            assert one.day == min(times.day or 0, monthrange(one.year, one.month)[1])
    if times.every == "month":
        months = [one.year * 12 + one.month for one in found]
        assert months == list(range(months[0], months[0] + len(months)))
    else:
        step = timedelta(days=1 if times.every == "day" else 7)
        assert {after - before for before, after in pairwise(found)} == {step}
        assert found[0] - since <= step


@given(every, moments, st.lists(st.integers(1, 200_000), max_size=40), st.booleans())
@settings(max_examples=150)
def test_whenever_somebody_looks_each_moment_is_due_or_missed_once(
    times: Times, since: datetime, minutes: list[int], catch_up: bool
) -> None:
    known: set[datetime] = set()
    done: list[datetime] = []
    missed: list[datetime] = []
    now = since
    for step in minutes:
        now += timedelta(minutes=step)
        found = judge(times, since, now, known, catch_up=catch_up, patience=HOUR)
        assert not set(found.missed) & known
        if found.due is not None:
            assert found.due not in known
            # The last one, and late only where it is made up for.
            assert next(times.after(found.due)) > now
            assert catch_up or now - found.due <= HOUR
            done.append(found.due)
        missed += found.missed
        known |= {*found.missed} | ({found.due} if found.due else set())
    assert sorted(done + missed) == between(times, since, now)
    assert judge(times, since, now, known, catch_up=catch_up, patience=HOUR).due is None
    if catch_up and done:
        # Nothing older is done after something newer.
        assert done == sorted(done)


@given(every, moments, st.integers(0, 90), st.integers(0, 5_000))
def test_a_clock_set_back_does_nothing_twice(times: Times, since: datetime, days: int, back: int) -> None:
    now = since + timedelta(days=days)
    found = judge(times, since, now, set(), catch_up=True, patience=HOUR)
    known = {*found.missed, *([found.due] if found.due else [])}
    again = judge(times, since, now - timedelta(minutes=back), known, catch_up=True, patience=HOUR)
    assert (again.due, list(again.missed)) == (None, [])
    assert judge(times, since, now, known, catch_up=True, patience=HOUR).due is None


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
@pytest.mark.parametrize("hour", [1, 2, 3])
def test_summer_time_neither_skips_nor_doubles_a_day(zone: str, hour: int) -> None:
    """02:30 does not exist on one night of spring and exists twice on one of autumn; the timer calls each quarter."""
    times = Times("day", time(hour, 30))
    moment, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    since = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    # Days that are long done need not be handed in again; a window of two keeps the test quick.
    known: list[datetime] = []
    while moment < end:
        moment += timedelta(minutes=15)
        now = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        start = max(since, now - timedelta(days=2))
        found = judge(times, start, now, known[-3:], catch_up=True, patience=HOUR)
        if found.due is not None:
            assert now - found.due < timedelta(hours=1, minutes=15)
            known.append(found.due)
    days = [one.date() for one in known]
    assert days == [days[0] + timedelta(days=k) for k in range(730)]
    assert days[0] - since.date() <= timedelta(days=1)


def test_through_which_day_a_run_bills() -> None:
    due = date(2028, 2, 29)
    assert through_day("today", due) == due
    assert through_day("last_month", due) == date(2028, 1, 31)
    assert through_day("this_month", date(2028, 2, 3)) == due
    assert through_day("last_month", date(2027, 1, 1)) == date(2026, 12, 31)
    with pytest.raises(ValueError, match="no rule"):
        through_day("tomorrow", due)


@given(st.integers(1, 31), st.integers(2023, 2032))
def test_systems_without_a_last_day_are_told_every_day_that_may_be_it(day: int, year: int) -> None:
    told = {(month, one) for months, one in month_days(day) for month in months}
    wanted = {(month, min(day, monthrange(year, month)[1])) for month in range(1, 13)}
    assert wanted <= told
    # At most one call more than there are months: that of the other February.
    assert len(told) <= 13
