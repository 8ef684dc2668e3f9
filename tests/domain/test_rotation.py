"""Which backups stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.rotation import NEWEST, Moment, Rotation, staying

NOON = datetime(2026, 11, 30, 12)


def at(days: float, apart: bool = False) -> Moment:
    return Moment(NOON - timedelta(days=days), apart)


def test_the_last_of_each_day_week_and_month_stays() -> None:
    two_a_day = [at(days / 2) for days in range(2 * 500)]
    stay = staying(two_a_day, Rotation(daily=7, weekly=4, monthly=12))
    days = sorted({one.at.date() for one in stay}, reverse=True)
    # Seven days; of the four weeks the two that reach further back; of twelve months those before.
    assert days[:7] == [(NOON - timedelta(days=back)).date() for back in range(7)]
    assert [day.isoformat() for day in days[7:9]] == ["2026-11-22", "2026-11-15"]
    assert [day.isoformat() for day in days[9:12]] == ["2026-10-31", "2026-09-30", "2026-08-31"]
    assert days[-1].isoformat() == "2025-12-31"
    assert all(one.at.hour == 12 for one in stay if one.at.date() != NOON.date())


def test_however_often_a_book_is_closed_the_last_three_stay() -> None:
    often = [at(minutes / 1440) for minutes in range(60)]
    assert staying(often, Rotation(1, 0, 0)) == frozenset(often[:NEWEST])


def test_one_that_was_asked_for_outlives_the_closings_of_its_day() -> None:
    before = at(0.5, apart=True)
    later = [at(hours / 24) for hours in range(8)]
    assert before in staying([before, *later], Rotation())
    assert before not in staying([before, *(at(-days) for days in range(20, 30))], Rotation(7, 0, 0))


def test_days_without_a_backup_do_not_count() -> None:
    yearly = [at(366 * years) for years in range(5)]
    assert staying(yearly, Rotation(daily=5, weekly=0, monthly=0)) == frozenset(yearly)


@given(
    st.sets(st.builds(Moment, st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), st.booleans()), max_size=60),
    st.builds(Rotation, st.integers(0, 10), st.integers(0, 10), st.integers(0, 20)),
)
def test_the_newest_always_stays_and_rotating_again_takes_nothing_more(
    moments: set[Moment], rotation: Rotation
) -> None:
    stay = staying(moments, rotation)
    assert stay <= moments
    if moments:
        assert max(moments, key=lambda one: (one.at, one.apart)) in stay
    assert staying(stay, rotation) == stay
    plain = [one for one in stay if not one.apart]
    assert len(plain) <= NEWEST + rotation.daily + rotation.weekly + rotation.monthly
