"""Control limits: Wheeler's constants on a worked example, and what can never happen whatever the values are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.figures.control import LEAST, RUN, p_chart, xmr


def decimals(*values: float | None) -> list[Decimal | None]:
    return [None if value is None else Decimal(str(value)) for value in values]


def test_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    # Mean 12; moving ranges 2, 4, 2, 4, 2: mean 2.8.
    points = xmr(decimals(10, 12, 16, 14, 10, 12))
    assert {(point.centre, point.lower, point.upper) for point in points} == {
        (Decimal("12.3"), Decimal("4.9"), Decimal("19.8"))
    }
    assert all(not point.signals for point in points)


def test_a_value_beyond_a_limit_is_a_signal() -> None:
    points = xmr(decimals(*[10, 11] * 6, 40, *[10, 11] * 6))
    assert [place for place, point in enumerate(points) if "above" in point.signals] == [12]
    points = xmr(decimals(*[30, 31] * 6, 4, *[30, 31] * 6))
    assert [place for place, point in enumerate(points) if "below" in point.signals] == [12]


def test_eight_on_one_side_are_a_shift_from_the_eighth_on() -> None:
    points = xmr(decimals(*[10, 12] * 4, *[14, 15] * 4))
    above = [place for place, point in enumerate(points) if "run_above" in point.signals]
    below = [place for place, point in enumerate(points) if "run_below" in point.signals]
    assert (below, above) == ([7], [15])
    # One on the centre itself ends the run.
    broken = xmr(decimals(0, 4, 4, 4, 4, 4, 2, 4, 4, 4, 4, 0, 0, 0, 0, 0))
    assert all("run_above" not in point.signals for point in broken)


def test_too_few_values_have_no_limits_and_gaps_are_passed_over() -> None:
    few = xmr(decimals(1, 2, None, 3, 4, None, 5))
    assert all(point.upper is None and not point.signals for point in few)
    enough = xmr(decimals(1, 2, None, 3, 4, None, 5, 6))
    assert enough[2].value is None
    assert enough[0].centre == Decimal("3.5")


def test_bounds_hold_the_limits() -> None:
    points = xmr(decimals(1, 9, 1, 9, 1, 9), least=Decimal(0), most=Decimal(10))
    assert (points[0].lower, points[0].upper) == (Decimal(0), Decimal(10))


def test_shares_have_limits_by_how_much_was_counted() -> None:
    points = p_chart([(5, 100), (5, 100), (5, 100), (5, 100), (5, 100), (0, 0), (1, 25)])
    # 26 of 525; three deviations of 100 are 3 x sqrt(.0495 x .9505 / 100) = 6.5 percent, of 25 twice that.
    assert (points[0].centre, points[0].lower, points[0].upper) == (Decimal("5.0"), Decimal(0), Decimal("11.5"))
    assert points[6].upper == Decimal("18.0")
    assert points[5].value is None
    assert p_chart([(40, 100), *[(1, 100)] * 9])[0].signals == ("above",)


@given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), max_size=40))
def test_limits_surround_the_centre_and_signals_have_values(found: list[int | None]) -> None:
    points = xmr([None if one is None else Decimal(one) for one in found])
    assert [point.value for point in points] == [None if one is None else Decimal(one) for one in found]
    for point in points:
        if point.centre is not None and point.lower is not None and point.upper is not None:
            assert point.lower <= point.centre <= point.upper
        if point.signals:
            assert point.value is not None
    known = [one for one in found if one is not None]
    assert (points and points[0].centre is not None) == (len(known) >= LEAST) or not points


@given(
    st.lists(st.integers(0, 30).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))), max_size=30)
)
def test_rates_stay_within_nothing_and_all(counts: list[tuple[int, int]]) -> None:
    for point in p_chart(counts):
        for one in (point.value, point.lower, point.centre, point.upper):
            assert one is None or 0 <= one <= 100


@pytest.mark.parametrize("length", [RUN - 1, RUN])
def test_a_run_needs_eight(length: int) -> None:
    points = xmr(decimals(*[10] * 12, *[11] * length))
    assert ("run_above" in points[-1].signals) == (length >= RUN)
