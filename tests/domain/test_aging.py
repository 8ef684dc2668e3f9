from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.aging import AgingRow, aging, bucket, totals

TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    "days, expected",
    [(-10, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (1000, 4)],
)
def test_a_bucket_is_days_past_due(days: int, expected: int) -> None:
    assert bucket(TODAY - timedelta(days=days), TODAY) == expected


def test_credit_and_dispute_stand_beside_the_buckets() -> None:
    items = [
        (1, "EUR", date(2026, 4, 10), 100),
        (1, "EUR", date(2026, 3, 1), 200),
        (1, "EUR", date(2026, 2, 1), 300),
        (1, "USD", date(2025, 1, 1), 400),
    ]
    rows = aging(TODAY, items, [(1, "EUR", 50), (2, "EUR", 70), (3, "EUR", 0)], [(1, "EUR", 200)])
    assert rows == [
        AgingRow(1, "EUR", 100, 200, 300, 0, 0, 50, 200),
        AgingRow(1, "USD", 0, 0, 0, 0, 400, 0, 0),
        AgingRow(2, "EUR", 0, 0, 0, 0, 0, 70, 0),
    ]
    assert [row.total for row in rows] == [550, 400, -70]
    assert totals(rows)["EUR"] == AgingRow(0, "EUR", 100, 200, 300, 0, 0, 120, 200)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.sampled_from(["EUR", "USD"]),
            st.dates(date(2025, 1, 1), date(2027, 1, 1)),
            st.integers(1, 10_000),
        )
    ),
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["EUR", "USD"]), st.integers(1, 10_000))),
)
def test_buckets_less_credit_are_the_receivable(
    items: list[tuple[int, str, date, int]], credits: list[tuple[int, str, int]]
) -> None:
    rows = aging(TODAY, items, credits)
    assert sum(row.total for row in rows) == sum(i[3] for i in items) - sum(c[2] for c in credits)
    assert sum(row.total for row in totals(rows).values()) == sum(row.total for row in rows)
