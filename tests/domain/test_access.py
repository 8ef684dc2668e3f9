from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.access import FREE_TRIES, LONGEST_WAIT, RIGHTS, ROLES, is_weak, may, wait_after


def test_each_role_may_all_that_the_next_one_may() -> None:
    may_do = [{right for right in RIGHTS if may(role, right)} for role in ROLES]
    assert may_do[0] == set(RIGHTS)
    assert all(less < more for more, less in pairwise(may_do))
    assert may_do[-1] == {"see"}


@pytest.mark.parametrize("right", RIGHTS)
def test_an_unknown_role_may_nothing(right: str) -> None:
    assert not may("admin", right)  # type: ignore[arg-type]


@given(st.integers(0, 100_000))
def test_each_wrong_try_waits_at_least_as_long_as_the_one_before(wrong: int) -> None:
    assert 0 <= wait_after(wrong) <= wait_after(wrong + 1) <= LONGEST_WAIT
    assert (wait_after(wrong) == 0) == (wrong < FREE_TRIES)


@pytest.mark.parametrize("weak", ["aaaaaaaa", "Benjamin", "benjamin1", "abababab"])
def test_what_is_guessed_at_once_is_weak(weak: str) -> None:
    assert is_weak(weak, "Benjamin")
    assert not is_weak("slow brown harbour", "Benjamin")
