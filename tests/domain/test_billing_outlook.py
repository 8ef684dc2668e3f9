"""What an agreement bills next, over pauses, trials and what is billed already."""

from datetime import date

import pytest

from desktop.domain.agreement import Agreement, AgreementLine
from desktop.domain.billing.facts import ChargedSpan
from desktop.domain.billing.outlook import Upcoming, upcoming
from desktop.domain.money import SCALE
from desktop.domain.periods import Cadence, Interval

TODAY = date(2026, 3, 10)


MONTHLY = Interval(1, "month")


def agreement(*, timing="arrears", every=MONTHLY, alignment="calendar", lines=None, **more):
    start = more.pop("start", date(2026, 1, 31))
    line = AgreementLine(1, 1, "recurring", None, "Care", SCALE, SCALE)
    given = {
        "id": 1, "code": "A-1", "title": "Care", "client_id": 1, "segment_id": None, "billing": "recurring",
        "currency": "EUR", "cadence": Cadence(every, alignment, start), "timing": timing, "start": start, "end": None,
        "lines": (line,) if lines is None else lines,
    }  # fmt: skip
    return Agreement(**given | more)


def days(found):
    return [(one.start.isoformat(), one.end.isoformat(), one.due.isoformat()) for one in found]


def test_the_next_periods_keep_the_31st():
    found = upcoming(agreement(alignment="anniversary"), {}, TODAY, 3)
    assert days(found) == [
        ("2026-01-31", "2026-02-28", "2026-02-27"),
        ("2026-02-28", "2026-03-31", "2026-03-30"),
        ("2026-03-31", "2026-04-30", "2026-04-29"),
    ]


def test_in_advance_the_first_day_is_the_day():
    charged = {1: ChargedSpan(date(2026, 1, 31), date(2026, 3, 1))}
    found = upcoming(agreement(timing="advance"), charged, TODAY, 2)
    assert days(found) == [("2026-03-01", "2026-04-01", "2026-03-01"), ("2026-04-01", "2026-05-01", "2026-04-01")]


@pytest.mark.parametrize(
    "more",
    [
        {"lines": (AgreementLine(1, 1, "time", None, "Hours", SCALE, SCALE),)},
        {"active": False},
        {"end": date(2026, 2, 1), "charged_through": date(2026, 2, 1)},
        {"pauses": ((date(2026, 1, 1), None),)},
        {"every": Interval(100, "year"), "start": date(9950, 1, 1)},
    ],
)
def test_nothing_comes(more):
    assert upcoming(agreement(**more), {}, TODAY, 2) == ()


def test_a_pause_and_a_trial_are_stepped_over():
    more = {"trial_until": date(2026, 4, 15), "pauses": ((date(2026, 5, 1), date(2027, 5, 1)),)}
    assert upcoming(agreement(**more), {}, TODAY, 2) == (
        Upcoming(date(2026, 4, 15), date(2026, 5, 1), date(2026, 4, 30)),
        Upcoming(date(2027, 5, 1), date(2027, 6, 1), date(2027, 5, 31)),
    )
