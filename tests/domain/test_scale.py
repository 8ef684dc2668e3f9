from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.figures.scale import bar_ticks, line_ticks, ticks

SIZES = st.lists(st.integers(-(10**9), 10**12), min_size=1, max_size=30)


def test_steps_are_one_two_or_five() -> None:
    assert ticks(0, 4) == [0, 1, 2, 3, 4]
    assert ticks(0, 252) == [0, 100, 200, 300]
    assert ticks(-3, 40) == [-20, 0, 20, 40]
    assert ticks(7, 7) == [7, 8]


@given(SIZES)
def test_every_size_lies_between_few_even_ticks(sizes: list[int]) -> None:
    for found in (bar_ticks(sizes), line_ticks(sizes)):
        assert found[0] <= min(sizes)
        assert max(sizes) <= found[-1]
        assert 2 <= len(found) <= 7
        assert len({later - earlier for earlier, later in pairwise(found)}) == 1
    assert 0 in bar_ticks(sizes)


def test_a_line_far_above_zero_is_looked_at_closely() -> None:
    assert line_ticks([900, 950, 980]) == [900, 920, 940, 960, 980]
    assert line_ticks([100, 980])[0] == 0
    # One value alone has no differences to look at.
    assert line_ticks([500]) == bar_ticks([500]) != []
    assert bar_ticks([]) == line_ticks([]) == []
