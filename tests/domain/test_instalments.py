from datetime import date

import pytest

from desktop.domain.instalments import due_days, equal_instalments, in_parts
from desktop.domain.periods import Interval

FIRST = date(2026, 1, 31)


@pytest.mark.parametrize(
    "every, days",
    [
        ("monthly", ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]),
        ("quarterly", ["2026-01-31", "2026-04-30", "2026-07-31", "2026-10-31"]),
        ("every 2 weeks", ["2026-01-31", "2026-02-14", "2026-02-28", "2026-03-14"]),
        ("yearly", ["2026-01-31", "2027-01-31", "2028-01-31", "2029-01-31"]),
    ],
)
def test_each_day_is_counted_from_the_first(every: str, days: list[str]) -> None:
    assert [day.isoformat() for day in due_days(FIRST, Interval.parse(every), 4)] == days


def test_a_day_of_the_month_beyond_the_first_ones() -> None:
    assert due_days(date(2026, 2, 28), Interval(1, "month"), 3, 31)[1:] == [date(2026, 3, 31), date(2026, 4, 30)]


def test_parts_of_nothing_are_left_out() -> None:
    days = due_days(FIRST, Interval(1, "month"), 3)
    assert in_parts(2, days) == ((days[0], 1), (days[1], 1))
    assert in_parts(0, days) == ((days[2], 0),)
    assert in_parts(100, days, [1, 0, 3]) == ((days[0], 25), (days[2], 75))


@pytest.mark.parametrize("count, says", [(0, "it is 1 to 120"), (121, "it is 1 to 120"), (11, "too small for 11")])
def test_what_cannot_be_agreed_on(count: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        equal_instalments(10, count, FIRST, Interval(1, "month"))
