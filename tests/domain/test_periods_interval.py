"""Billing intervals, as people and other programs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.periods import Interval


@pytest.mark.parametrize(
    "text, count, unit",
    [
        ("daily", 1, "day"),
        ("weekly", 1, "week"),
        ("Monthly", 1, "month"),
        ("quarterly", 3, "month"),
        ("semiannual", 6, "month"),
        ("semi-annually", 6, "month"),
        ("half-yearly", 6, "month"),
        ("biannual", 6, "month"),
        ("annual", 1, "year"),
        ("yearly", 1, "year"),
        ("biennial", 2, "year"),
        ("biweekly", 2, "week"),
        ("fortnightly", 2, "week"),
        ("bimonthly", 2, "month"),
        ("triannual", 4, "month"),
        ("thirty_days", 30, "day"),
        ("3 months", 3, "month"),
        ("every 2 weeks", 2, "week"),
        ("every other week", 2, "week"),
        ("every month", 1, "month"),
        ("per quarter", 3, "month"),
        ("every 2 quarters", 6, "month"),
        ("1m", 1, "month"),
        ("12M", 12, "month"),
        ("P3M", 3, "month"),
        ("täglich", 1, "day"),
        ("14-täglich", 14, "day"),
        ("wöchentlich", 1, "week"),
        ("monatlich", 1, "month"),
        ("alle 3 Monate", 3, "month"),
        ("vierteljährlich", 3, "month"),
        ("halbjährlich", 6, "month"),
        ("jährlich", 1, "year"),
        ("hebdomadaire", 1, "week"),
        ("mensuel", 1, "month"),
        ("tous les 2 mois", 2, "month"),
        ("trimestriel", 3, "month"),
        ("annuelle", 1, "year"),
    ],
)
def test_reads_what_people_write(text: str, count: int, unit: str) -> None:
    assert Interval.parse(text) == Interval(count, unit)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "now and then", "3", "every", "semimonthly", "bimensuel", "-1 month", "1.5 months"]
)
def test_refuses_what_is_no_interval(text: str) -> None:
    with pytest.raises(ValueError, match="is not a billing interval"):
        Interval.parse(text)


@pytest.mark.parametrize("text, says", [("0 days", "too short"), ("101 years", "too long"), ("9999 weeks", "too")])
def test_keeps_to_lengths_that_exist(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Interval.parse(text)


@given(st.builds(Interval, st.integers(1, 100), st.sampled_from(["day", "week", "month", "year"])))
def test_text_reads_back(interval: Interval) -> None:
    assert Interval.parse(str(interval)) == interval
