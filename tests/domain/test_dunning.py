"""Levels: each item reaches each once, only upwards; interest is simple, additive and never guessed."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.dunning.interest import Rate, interest, year_fraction
from desktop.domain.dunning.levels import Last, Step, earliest, reached, tone
from desktop.domain.dunning.statutory import OwnRate, countries, known_until, rates_of, statute
from desktop.domain.dunning.words import DAY_COUNTS

STEPS = (Step(1, 7), Step(2, 14), Step(3, 28))
NOTICE = (Step(0, -3), *STEPS)
DUE = date(2026, 1, 31)
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@st.composite
def step_sets(draw: st.DrawFn) -> tuple[Step, ...]:
    days = sorted(draw(st.sets(st.integers(-20, 120), min_size=1, max_size=6)))
    first = draw(st.integers(-3, 3))
    return tuple(Step(first + place, day) for place, day in enumerate(days))


@pytest.mark.parametrize(
    "days, last, number",
    [
        (6, None, None),
        (7, None, 1),
        (13, None, 1),
        (14, None, 2),
        (40, None, 3),
        (40, 1, 3),
        (40, 3, None),
        (7, 1, None),
    ],
)
def test_the_highest_level_that_was_missed_counts(days: int, last: int | None, number: int | None) -> None:
    before = None if last is None else Last(last, DUE, DUE)
    found = reached(STEPS, days, before)
    assert (found.number if found else None) == number


@given(step_sets(), st.lists(st.integers(0, 9), min_size=1, max_size=60))
def test_an_item_reaches_each_level_once_and_only_upwards(steps: tuple[Step, ...], pauses: list[int]) -> None:
    at, last, had = -25, None, list[int]()
    for pause in pauses:
        at += pause
        step = reached(steps, at, last)
        if step is None:
            # Nothing is due: the highest level that its days are past was had, or passed over.
            assert all(one.days > at or (last is not None and one.number <= last.number) for one in steps)
            continue
        assert step.days <= at
        assert not any(one.number > step.number and one.days <= at for one in steps)
        had.append(step.number)
        last = Last(step.number, DUE + timedelta(days=at), DUE + timedelta(days=at + 7))
    assert had == sorted(set(had))


def test_who_was_reminded_late_gets_the_days_between_two_levels() -> None:
    late = Last(1, date(2026, 2, 13), date(2026, 2, 20))
    assert earliest(STEPS, Step(2, 14), late) == date(2026, 2, 20)
    assert earliest(STEPS, Step(2, 14), Last(1, date(2026, 2, 7), date(2026, 2, 28))) == date(2026, 2, 14)
    assert earliest(STEPS, Step(2, 14), None) is None


def test_the_tone_follows_the_place_of_a_level() -> None:
    assert [tone(NOTICE, step) for step in NOTICE] == [0, 1, 2, 3]
    assert [tone(STEPS[:2], step) for step in STEPS[:2]] == [1, 3]
    assert tone(STEPS[:1], STEPS[0]) == 1


def test_interest_of_one_rate_is_simple_and_rounded_once() -> None:
    # 1,000.00 for 30 days at 10.27 % of a year of 365: 8.4411.
    found = interest(100_000, DUE, DUE + timedelta(days=30), [Rate(date(2026, 1, 1), None, 102_700)], "act/365")
    assert (found.minor, found.unknown_from, found.rates) == (844, None, (102_700,))


def test_interest_follows_a_rate_that_changes() -> None:
    rates = [Rate(date(2025, 7, 1), date(2026, 1, 1), 100_000), Rate(date(2026, 1, 1), None, 50_000)]
    # Due on 21 December: ten days at 10 %, ten days at 5 %, of 365,000.
    found = interest(36_500_000, date(2025, 12, 21), date(2026, 1, 10), rates, "act/365")
    assert found.minor == 100_000 + 50_000
    assert [(one.start, one.end) for one in found.shares] == [
        (date(2025, 12, 22), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2026, 1, 11)),
    ]


@pytest.mark.parametrize(
    "count, start, end, part",
    [
        ("act/365", date(2024, 1, 1), date(2025, 1, 1), Fraction(366, 365)),
        ("act/360", date(2026, 1, 1), date(2026, 1, 31), Fraction(30, 360)),
        ("act/act", date(2023, 12, 31), date(2024, 1, 2), Fraction(1, 365) + Fraction(1, 366)),
        ("act/act", date(2024, 1, 1), date(2025, 1, 1), Fraction(1)),
        ("30/360", date(2026, 1, 31), date(2026, 2, 28), Fraction(28, 360)),
        ("30/360", date(2026, 1, 15), date(2026, 3, 15), Fraction(60, 360)),
    ],
)
def test_days_are_counted_by_name(count: str, start: date, end: date, part: Fraction) -> None:
    assert year_fraction(start, end, count) == part


@given(st.tuples(DAYS, DAYS, DAYS).map(sorted), st.sampled_from(DAY_COUNTS))
def test_a_span_is_the_sum_of_its_parts(days: list[date], count: str) -> None:
    first, middle, last = days
    whole = year_fraction(first, last, count)
    assert whole == year_fraction(first, middle, count) + year_fraction(middle, last, count)
    assert whole >= 0


@given(st.integers(0, 10**12), DAYS, st.integers(0, 900), st.integers(0, 900), st.sampled_from(DAY_COUNTS))
def test_interest_grows_with_the_days_and_the_amount(minor: int, due: date, few: int, more: int, count: str) -> None:
    rates = [Rate(date(2000, 1, 1), date(2025, 1, 1), 81_200), Rate(date(2025, 1, 1), None, 102_700)]
    short, long = sorted((few, more))
    less = interest(minor, due, due + timedelta(days=short), rates, count)
    more_ = interest(minor, due, due + timedelta(days=long), rates, count)
    assert 0 <= less.minor <= more_.minor
    assert interest(2 * minor, due, due + timedelta(days=long), rates, count).minor in range(
        2 * more_.minor - 1, 2 * more_.minor + 2
    )
    assert interest(minor, due, due, rates, count).minor == 0


def test_days_without_a_rate_bear_none_and_are_told() -> None:
    rates = [Rate(date(2026, 1, 1), date(2026, 7, 1), 100_000)]
    found = interest(36_500, date(2026, 6, 20), date(2026, 7, 30), rates, "act/365")
    assert (found.minor, found.unknown_from) == (100, date(2026, 7, 1))
    before = interest(36_500, date(2025, 12, 21), date(2026, 1, 10), rates, "act/365")
    assert (before.minor, before.unknown_from) == (100, date(2025, 12, 22))
    assert interest(36_500, date(2026, 6, 20), date(2026, 7, 30), [], "act/365").unknown_from == date(2026, 6, 21)
    assert interest(36_500, DUE, DUE, [], "act/365").unknown_from is None


@pytest.mark.parametrize(
    "country, who, day, percent",
    [
        # Published by the Bundesbank: base rate 1.62, 3.62, 2.27 and 1.27 %, plus nine points, or five.
        ("DE", "business", date(2022, 12, 31), 81_200),
        ("DE", "business", date(2023, 1, 1), 106_200),
        ("DE", "business", date(2024, 3, 1), 126_200),
        ("DE", "business", date(2025, 6, 30), 112_700),
        ("DE", "business", date(2026, 6, 30), 102_700),
        ("DE", "consumer", date(2026, 1, 1), 62_700),
        ("AT", "business", date(2023, 9, 1), 125_800),
        ("AT", "consumer", date(2026, 9, 1), 40_000),
        ("CH", "business", date(2031, 1, 1), 50_000),
        ("FR", "business", date(2024, 1, 1), 145_000),
        ("FR", "consumer", date(2026, 3, 1), 26_200),
        ("NL", "business", date(2024, 8, 1), 122_500),
        ("NL", "consumer", date(2024, 8, 1), 70_000),
        ("BE", "business", date(2025, 8, 1), 105_000),
        ("ES", "consumer", date(2025, 8, 1), 32_500),
        ("IT", "consumer", date(2024, 8, 1), 25_000),
        ("IE", "business", date(2025, 8, 1), 101_500),
        ("GB", "business", date(2024, 8, 1), 132_500),
        ("GB", "business", date(2026, 1, 1), 117_500),
        ("IN", "business", date(2025, 3, 1), 195_000),
    ],
)
def test_statutory_rates_are_those_that_were_published(country: str, who: str, day: date, percent: int) -> None:
    found = [one.rate for one in rates_of(country, who) if one.start <= day and (one.end is None or day < one.end)]
    assert found == [percent]


@pytest.mark.parametrize("country, who", countries())
def test_the_rates_of_a_country_follow_on_one_another(country: str, who: str) -> None:
    rates = rates_of(country, who)
    known = statute(country, who)
    assert known is not None
    assert known.law
    for one, following in itertools.pairwise(rates):
        assert one.end == following.start
    assert known_until(rates) == known.known_until
    # Six points of the ECB's rate are the least that was ever due, thirty the most that anybody here sets.
    assert all(0 < one.rate <= 300_000 for one in rates)


def test_a_country_without_a_statute_has_no_rate() -> None:
    assert rates_of("US", "business") == ()
    assert known_until(()) is None


def test_an_own_rate_goes_before_and_holds_as_long_as_those_of_the_law() -> None:
    own = [OwnRate(date(2026, 7, 1), 101_000)]
    assert rates_of("DE", "business", own)[-1] == Rate(date(2026, 7, 1), date(2027, 1, 1), 101_000)
    assert rates_of("CH", "business", [OwnRate(date(2027, 1, 1), 60_000)])[-1] == Rate(date(2027, 1, 1), None, 60_000)
    assert rates_of("US", "business", [OwnRate(date(2026, 1, 1), 60_000)]) == (Rate(date(2026, 1, 1), None, 60_000),)
    corrected = rates_of("DE", "business", [OwnRate(date(2026, 1, 1), 99_900)])
    assert corrected[-1] == Rate(date(2026, 1, 1), date(2026, 7, 1), 99_900)
    assert len(corrected) == len(rates_of("DE", "business"))
