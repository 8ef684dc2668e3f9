"""What makes one invoice differ from the one before: the causes by name, and that they add up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.line_differences import BilledLine, line_differences

E6 = 1_000_000


def line(thing: str = "care", net: int = 10_000, **changes: Any) -> BilledLine:
    made = BilledLine(thing, thing.title(), "2026-05", E6, "month", 100 * E6, E6, net)
    return made._replace(**changes)


def kinds(now: list[BilledLine], before: list[BilledLine]) -> list[tuple[str, str, int]]:
    return [(one.kind, one.name, one.change) for one in line_differences(now, before)]


def test_what_is_the_same_is_not_told() -> None:
    assert kinds([line()], [line(span="2026-04")]) == []


def test_what_is_new_and_what_is_gone_is_told_the_largest_first() -> None:
    now, before = [line(), line("hours", 600)], [line(), line("hosting", 5_000)]
    assert kinds(now, before) == [("gone", "Hosting", -5_000), ("new", "Hours", 600)]


@pytest.mark.parametrize(
    "changes, kind, net",
    [
        ({"quantity": 2 * E6}, "quantity", 20_000),
        ({"price": 110 * E6}, "price", 11_000),
        ({"quantity": 2 * E6, "price": 110 * E6}, "amount", 22_000),
        ({"quantity": 15 * E6, "base": 30 * E6}, "days", 5_000),
        # A discount came: neither quantity nor price says why.
        ({}, "amount", 9_000),
        # More of it for less money, as a discount outweighs it.
        ({"quantity": 2 * E6}, "amount", 9_000),
    ],
)
def test_the_one_cause_is_named(changes: dict[str, Any], kind: str, net: int) -> None:
    assert kinds([line(net=net, **changes)], [line(span="2026-04")]) == [(kind, "Care", net - 10_000)]


def test_more_periods_of_the_same_are_told_as_periods() -> None:
    now = [line(span="2026-05"), line(span="2026-06"), line(span="2026-07")]
    (found,) = line_differences(now, [line(span="2026-04")])
    assert (found.kind, found.spans, found.spans_before, found.change) == ("spans", 3, 1, 20_000)


def test_hours_on_more_days_are_told_as_hours() -> None:
    now = [line("hours", 100 * k, span=f"2026-05-0{k}", quantity=k * E6) for k in (1, 2, 3)]
    before = [line("hours", 100, span="2026-04-01")]
    (found,) = line_differences(now, before)
    assert (found.kind, found.quantity, found.quantity_before) == ("quantity", 6 * E6, E6)


LINES = st.lists(
    st.builds(
        BilledLine,
        st.sampled_from("abcd"),
        st.just("name"),
        st.sampled_from(["2026-04", "2026-05"]),
        st.integers(-5 * E6, 5 * E6),
        st.just("hour"),
        st.integers(0, 200 * E6),
        st.sampled_from([E6, 30 * E6, 31 * E6]),
        st.integers(-100_000, 100_000),
    ),
    max_size=8,
)


@given(LINES, LINES)
def test_the_differences_add_up_to_the_difference_of_the_nets(now: list[BilledLine], before: list[BilledLine]) -> None:
    found = line_differences(now, before)
    assert sum(one.change for one in found) == sum(one.net for one in now) - sum(one.net for one in before)
    assert all(one.change for one in found)
    assert [abs(one.change) for one in found] == sorted((abs(one.change) for one in found), reverse=True)
    forth, back = {one.kind for one in found}, {one.kind for one in line_differences(before, now)}
    assert ("new" in forth) == ("gone" in back)
