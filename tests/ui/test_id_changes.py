"""The steps from one list of ids to another, taken one by one, must end in the other."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.ui.id_changes import MOST_RUNS, changes

lists = st.lists(st.integers(0, 60), unique=True)


@given(lists, lists)
def test_the_steps_lead_from_the_old_list_to_the_new(old: list[int], new: list[int]) -> None:
    steps = changes(old, new)
    assert steps is not None
    ids = list(old)
    for start, stop in steps.removed:
        assert start < stop <= len(ids)
        del ids[start:stop]
    if steps.order is not None:
        assert sorted(steps.order) == sorted(ids)
        assert list(steps.order) != ids
        ids = list(steps.order)
    for start, stop in steps.inserted:
        assert start <= len(ids)
        ids[start:start] = new[start:stop]
    assert ids == new


@given(lists)
def test_the_same_list_needs_no_step(ids: list[int]) -> None:
    assert changes(ids, ids) == ([], None, [])


def test_neighbours_go_and_come_in_one_step() -> None:
    assert changes([1, 2, 3, 4, 5], [1, 5, 6, 7]) == ([(1, 4)], None, [(2, 4)])


def test_past_many_runs_a_fresh_start_is_better() -> None:
    old = list(range(4 * MOST_RUNS))
    assert changes(old, old[::2]) is None
