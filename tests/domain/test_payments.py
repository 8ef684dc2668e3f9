from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.payments import Item, Settlement, allocate, discount_allowed

DAY = date(2026, 3, 31)


def item(key: int, amount: int, discount: int = 0, days: int = 0) -> Item:
    return Item(key, DAY + timedelta(days=days), amount, discount)


@pytest.mark.parametrize(
    "amount, items, named, settled, surplus",
    [
        (100, [item(1, 100)], (), [(1, 100, 0)], 0),
        (40, [item(1, 100)], (), [(1, 40, 0)], 0),
        (150, [item(1, 100)], (), [(1, 100, 0)], 50),
        (150, [], (), [], 150),
        (150, [item(1, 100, days=5), item(2, 100)], (), [(2, 100, 0), (1, 50, 0)], 0),
        (150, [item(1, 100, days=5), item(2, 100)], (1,), [(1, 100, 0), (2, 50, 0)], 0),
        (300, [item(1, 100), item(2, 100), item(3, 50)], (3, 2, 1), [(3, 50, 0), (2, 100, 0), (1, 100, 0)], 50),
        (150, [item(2, 100), item(1, 100)], (), [(1, 100, 0), (2, 50, 0)], 0),
        # Discounts: kept back whole, in part, on one of two, and not at all when the shortfall is larger.
        (980, [item(1, 1000, 20)], (), [(1, 980, 20)], 0),
        (985, [item(1, 1000, 20)], (), [(1, 985, 15)], 0),
        (979, [item(1, 1000, 20)], (), [(1, 979, 0)], 0),
        (1000, [item(1, 1000, 20)], (), [(1, 1000, 0)], 0),
        (1960, [item(1, 1000, 20), item(2, 1000, 20)], (1, 2), [(1, 980, 20), (2, 980, 20)], 0),
        (1970, [item(1, 1000, 20), item(2, 1000, 30)], (1, 2), [(1, 1000, 0), (2, 970, 30)], 0),
        (1965, [item(1, 1000, 20), item(2, 1000, 30)], (1, 2), [(1, 980, 20), (2, 985, 15)], 0),
        (980, [item(1, 500), item(2, 1000, 20, days=1)], (2,), [(2, 980, 20)], 0),
        (1480, [item(1, 500), item(2, 1000, 20, days=1)], (), [(1, 500, 0), (2, 980, 20)], 0),
        # Named are both: the discount of the first alone is no reason to leave the second open.
        (980, [item(1, 1000, 20), item(2, 1000, 20)], (1, 2), [(1, 980, 0)], 0),
    ],
)
def test_who_gets_what(
    amount: int, items: list[Item], named: tuple[int, ...], settled: list[tuple[int, int, int]], surplus: int
) -> None:
    assert allocate(amount, items, named) == ([Settlement(*row) for row in settled], surplus)


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_is_settled_by_nothing(amount: int) -> None:
    with pytest.raises(ValueError, match="settles nothing"):
        allocate(amount, [item(1, 100)])


@pytest.mark.parametrize(
    "amount, credited, taken, is_open, fraction, allowed",
    [
        (11_900, 0, 0, 11_900, 20_000, 238),
        (11_900, 1_900, 0, 10_000, 20_000, 200),
        (11_900, 0, 238, 500, 20_000, 0),
        (11_900, 0, 0, 100, 20_000, 100),
        (125, 0, 0, 125, 20_000, 3),
        (11_900, 0, 300, 500, 20_000, 0),
    ],
)
def test_the_discount_falls_on_what_is_owed_after_credits(
    amount: int, credited: int, taken: int, is_open: int, fraction: int, allowed: int
) -> None:
    assert discount_allowed(amount, credited, taken, is_open, fraction) == allowed


open_items = st.lists(st.tuples(st.integers(1, 100_000), st.integers(0, 5), st.integers(0, 60)), max_size=8).map(
    lambda rows: [item(key, amount, amount * percent // 100, days) for key, (amount, percent, days) in enumerate(rows)]
)


@given(st.integers(1, 500_000), open_items, st.lists(st.integers(0, 9), max_size=4, unique=True))
def test_every_cent_goes_somewhere_and_never_above_what_is_open(
    amount: int, items: list[Item], named: list[int]
) -> None:
    settled, surplus = allocate(amount, items, named)
    by_key = {row.key: row for row in items}
    assert sum(row.amount for row in settled) + surplus == amount
    assert surplus >= 0
    assert len({row.key for row in settled}) == len(settled)
    for row in settled:
        source = by_key[row.key]
        assert 0 <= row.amount <= source.open - row.discount
        assert 0 <= row.discount <= source.discount
        if row.discount:
            assert row.amount + row.discount == source.open
    if surplus:
        assert sum(row.amount for row in settled) == sum(row.open for row in items)
    order = [key for key in named if key in by_key]
    order += [row.key for row in sorted(items, key=lambda row: (row.due, row.key)) if row.key not in order]
    reached = [row.key for row in settled]
    assert reached == order[: len(reached)]
    assert all(row.amount + row.discount == by_key[row.key].open for row in settled[:-1])
