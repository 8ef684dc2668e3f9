"""Sums of amounts: every answer that trying all finds is found, and none is invented."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.matching.subsets import adding_up


def _all(choices: list[list[int]], target: int, most: int) -> list[tuple[int | None, ...]]:
    places = [[None, *range(len(some))] for some in choices]
    return [
        chosen
        for chosen in product(*places)
        if 0 < sum(place is not None for place in chosen) <= most
        and sum(choices[at][place] for at, place in enumerate(chosen) if place is not None) == target
    ]


@given(
    st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=2), max_size=6),
    st.integers(1, 120),
    st.integers(6, 8),
)
def test_it_finds_what_trying_all_finds(choices: list[list[int]], target: int, most: int) -> None:
    found = adding_up(choices, target, most)
    right = _all(choices, target, most)
    assert found.all_tried
    assert len(found.subsets) == min(2, len(right))
    assert {subset.choices for subset in found.subsets} <= set(right)


def test_one_answer_is_the_only_one() -> None:
    found = adding_up([[100], [200], [350], [999]], 550, 30)
    assert [subset.taken for subset in found.subsets] == [[1, 2]]


@pytest.mark.parametrize("taken, most", [([3], 30), ([3, 170], 30), ([1, 5, 30], 30)])
def test_few_of_very_many_are_found_without_trying_all(taken: list[int], most: int) -> None:
    choices = [[1_000_003 + 7_919 * at * at] for at in range(200)]
    found = adding_up(choices, sum(choices[at][0] for at in taken), most)
    assert not found.all_tried
    assert taken in [subset.taken for subset in found.subsets]


def test_all_but_one_of_many_is_found() -> None:
    choices = [[1_000_003 + 7_919 * at * at] for at in range(40)]
    found = adding_up(choices, sum(one[0] for one in choices) - choices[7][0], 60)
    assert [at for at in range(40) if at != 7] in [subset.taken for subset in found.subsets]


def test_no_more_than_asked_for_are_joined() -> None:
    assert adding_up([[1], [1], [1]], 3, 2).subsets == []


def test_only_accepted_ones_count() -> None:
    found = adding_up([[5], [5], [5]], 10, 3, lambda subset: 0 in subset.taken and 2 in subset.taken)
    assert [subset.taken for subset in found.subsets] == [[0, 2]]


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=20), st.data())
def test_a_sum_of_any_of_twenty_is_found(values: list[int], data: st.DataObject) -> None:
    taken = data.draw(st.sets(st.sampled_from(range(len(values))), min_size=1))
    found = adding_up([[value] for value in values], sum(values[at] for at in taken), 30)
    assert found.subsets
    for subset in found.subsets:
        assert sum(values[at] for at in subset.taken) == sum(values[at] for at in taken)
