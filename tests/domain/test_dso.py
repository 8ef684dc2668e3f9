from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.dso import best_possible, count_back, simple

SALES = st.lists(st.tuples(st.integers(-10_000, 1_000_000), st.integers(1, 31)), max_size=14)


@pytest.mark.parametrize(
    "receivables, sales, days, expected",
    [
        (45_000, 90_000, 90, "45.0"),
        (1, 3, 100, "33.3"),
        (2, 3, 100, "66.7"),
        (0, 90_000, 90, "0.0"),
        (-500, 90_000, 90, "0.0"),
        (180_000, 90_000, 90, "180.0"),
    ],
)
def test_simple(receivables: int, sales: int, days: int, expected: str) -> None:
    assert simple(receivables, sales, days) == Decimal(expected)


@pytest.mark.parametrize("sales", [0, -5])
def test_without_sales_there_is_no_simple_figure(sales: int) -> None:
    assert simple(100, sales, 90) is None


@pytest.mark.parametrize(
    "receivables, expected",
    [(0, "0.0"), (50, "5.0"), (100, "10.0"), (150, "25.0"), (200, "40.0"), (300, "71.0"), (301, None)],
)
def test_count_back_uses_up_the_latest_sales_first(receivables: int, expected: str | None) -> None:
    # The third month brought more credits than sales and uses nothing up; it still is a month.
    assert count_back(receivables, [(100, 10), (100, 30), (-40, 1), (100, 30)]) == (expected and Decimal(expected))


@given(st.integers(0, 5_000_000), SALES)
def test_counting_back_never_leaves_the_days_that_are_given(receivables: int, spans: list[tuple[int, int]]) -> None:
    found = count_back(receivables, spans)
    sold = sum(max(sales, 0) for sales, _ in spans)
    assert (found is None) == (receivables > sold)
    if found is not None:
        assert 0 <= found <= sum(days for _, days in spans)


@given(st.integers(0, 5_000_000), st.integers(0, 1_000_000), SALES)
def test_who_is_owed_more_waits_longer(receivables: int, more: int, spans: list[tuple[int, int]]) -> None:
    less, longer = count_back(receivables, spans), count_back(receivables + more, spans)
    assert longer is None or (less is not None and less <= longer)


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 28))
def test_in_even_sales_both_ways_agree(receivables: int, monthly: int, days: int) -> None:
    spans = [(monthly, days)] * 6
    found = count_back(receivables, spans)
    assert found is None or found == simple(receivables, 6 * monthly, 6 * days)


def test_the_best_possible_one_takes_only_what_is_not_yet_due() -> None:
    assert best_possible(3_000, 9_000, 90) == Decimal("30.0")
    assert best_possible(3_000, 0, 90) is None
