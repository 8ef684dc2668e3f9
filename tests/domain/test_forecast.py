"""Habits and forecasts: worked examples, and what holds whatever was paid when."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.figures.effectiveness import effectiveness
from desktop.domain.figures.forecast import Habits, Owed, Trial, expected, half_width, judged, part_of_width
from desktop.domain.figures.habits import SCALE, Habit, habit

DAYS = st.lists(st.integers(-40, 200), max_size=30)


def one_payer(own: Habit, firm: Habit | None = None) -> Habits:
    return Habits(lambda _payer: own, lambda _payer: None, own if firm is None else firm)


def test_all_that_was_paid_tells_shares() -> None:
    found = habit([0, 0, 10, 30], [])
    assert [found.open_after(day) * 4 // SCALE for day in (-1, 0, 9, 10, 29, 30)] == [4, 2, 2, 1, 1, 0]


def test_what_still_waits_counts_as_long_as_it_can() -> None:
    # Of four, one was paid on day 0; one is looked at on day 5 only; of the two left one is paid on day 10.
    found = habit([0, 10], [5, 20])
    assert found.open_after(0) == SCALE * 3 // 4
    assert found.open_after(10) == SCALE * 3 // 4 // 2
    # Without what waits, everybody would have paid.
    assert habit([0, 10], []).open_after(10) == 0


@given(DAYS, DAYS)
def test_what_is_open_only_falls_and_stays_a_share(paid: list[int], waiting: list[int]) -> None:
    found = habit(paid, waiting)
    shares = [found.open_after(day) for day in range(-41, 201)]
    assert shares[0] == SCALE
    assert all(0 <= later <= earlier for earlier, later in pairwise(shares))
    assert found.paid == len(paid)


def test_money_comes_when_the_payer_usually_pays() -> None:
    today = 1000
    always_ten_late = habit([10] * 8, [])
    owed = [Owed("EUR", 1, today, 700), Owed("EUR", 1, today - 5, 300), Owed("USD", 1, today + 50, 900)]
    outlook = expected(owed, one_payer(always_ten_late), today, [(today, today + 5), (today + 5, today + 30)])
    assert outlook.expected["EUR"].amounts == (300, 700)
    assert outlook.expected["USD"].amounts == (0, 0)
    assert outlook.expected["EUR"].spreads == (0, 0)
    assert outlook.lost == {}


def test_what_nobody_pays_any_more_is_not_expected() -> None:
    outlook = expected([Owed("EUR", 1, 0, 500)], one_payer(habit([3] * 9, []), habit([40] * 9, [])), 100, [(100, 190)])
    assert outlook.lost == {"EUR": 500}
    assert outlook.expected["EUR"].amounts == (0,)


def test_the_nearest_habit_that_says_something_counts() -> None:
    own, segment, firm = habit([5] * 8, []), habit([30] * 8, []), habit([90] * 8, [])
    few = habit([1] * 3, [])

    def of(first: Habit, late: int) -> str:
        return Habits(lambda _payer: first, lambda _payer: segment, firm).of(1, late)[1]

    assert (of(own, 0), of(own, 5), of(few, 0), of(own, 30), of(own, 90)) == ("own", "segment", "segment", "firm", "")


def test_payers_err_by_themselves_and_one_payer_with_all_it_owes() -> None:
    half = habit([5] * 8 + [60] * 8, [])
    one = expected([Owed("EUR", 1, 0, 100), Owed("EUR", 1, 0, 100)], one_payer(half), 0, [(0, 30)])
    two = expected([Owed("EUR", 1, 0, 100), Owed("EUR", 2, 0, 100)], one_payer(half), 0, [(0, 30)])
    assert one.expected["EUR"].amounts == two.expected["EUR"].amounts == (100,)
    assert (one.expected["EUR"].spreads, two.expected["EUR"].spreads) == ((100,), (70,))


@given(
    st.lists(st.tuples(st.integers(1, 4), st.integers(-60, 60), st.integers(0, 10**9)), max_size=12),
    st.dictionaries(st.integers(1, 4), st.tuples(DAYS, DAYS)),
    DAYS,
)
def test_spans_add_up_and_never_exceed_what_is_open(
    given_: list[tuple[int, int, int]], told: dict[int, tuple[list[int], list[int]]], everybody: list[int]
) -> None:
    own: dict[Hashable, Habit] = {payer: habit(*days) for payer, days in told.items()}
    habits = Habits(own.get, lambda _payer: None, habit(everybody, []))
    owed = [Owed("EUR", payer, due, amount) for payer, due, amount in given_]
    outlook = expected(owed, habits, 0, [(0, 10), (10, 40), (40, 90), (0, 90)])
    if not owed:
        assert not outlook.expected
        return
    *parts, whole = outlook.expected["EUR"].amounts
    is_open = sum(one.amount for one in owed)
    assert abs(sum(parts) - whole) <= len(parts)
    assert 0 <= whole <= is_open - outlook.lost.get("EUR", 0)


def trials(*pairs: tuple[int, int]) -> list[Trial]:
    return [Trial(date(2026, 1, 31), 30, forecast, 5, came) for forecast, came in pairs]


def test_errors_are_told_with_and_without_their_sign() -> None:
    good = judged(trials((110, 100), (80, 100), (100, 0)))
    # 10 and 20 percent; the month in which nothing came has no percent, and counts in the whole: 290 for 200.
    assert (good.trials, good.mape, good.bias) == (3, Decimal("15.0"), Decimal("45.0"))
    assert judged([]) == (0, None, None)


def test_the_range_would_have_held_four_of_five() -> None:
    found = trials(*[(100, 100 + off) for off in (1, -2, 3, -4, 5, -6, 7, -8, 40, 50)])
    half = half_width(found, 5, 200)
    assert half == 16
    assert sum(abs(one.came - one.expected) * 200 <= half * one.expected for one in found) >= len(found) * 4 // 5
    # Too few to tell: four of five of a normal error.
    assert half_width(found[:5], 100, 200) == 128
    assert (part_of_width(100, 50, 10), part_of_width(100, 0, 0)) == (20, 0)


def test_collection_effectiveness() -> None:
    # 100 + 50 could be collected but for 30 not yet due; 60 are left, so 90 of 120 came.
    assert effectiveness(100, 50, 60, 30) == Decimal("75.0")
    assert effectiveness(0, 100, 100, 100) is None
    assert effectiveness(100, 0, 0, 0) == Decimal("100.0")
