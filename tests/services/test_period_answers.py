"""The date cases of public billing systems, and what is refused in a sentence."""

from typing import Any

import pytest

from desktop.errors import UserError
from desktop.services.period_answers import answer_periods
from tests.cases import case_file, case_params

FILE = "billing_periods.json"


@pytest.mark.parametrize("case", case_params(FILE))
def test_a_public_case(case: dict[str, Any] | None) -> None:
    if case is None:
        case_file(FILE)
        return
    answer = answer_periods({key: value for key, value in case.items() if key != "expected"})
    assert {key: answer.get(key, "no answer") for key in case["expected"]} == case["expected"]


def _period(**fields: Any) -> dict[str, object]:
    case = {"kind": "period", "interval": "monthly", "alignment": "calendar", "anchor": "2025-02-10"}
    return answer_periods(case | {"mode": "arrears", "end_convention": "inclusive last day"} | fields)


def test_a_period_case_answers_everything_it_can_be_asked() -> None:
    assert _period(as_of="2026-03-10") == {
        "period_start": "2026-02-01",
        "period_end": "2026-02-28",
        "current_period_start": "2026-03-01",
        "current_period_end": "2026-03-31",
        "previous_period_start": "2026-02-01",
        "days_in_period": 28,
    }


@pytest.mark.parametrize(
    "fields, start, end",
    [
        ({"as_of": "2026-03-10", "mode": "advance"}, "2026-03-01", "2026-03-31"),
        ({"as_of": "2026-03-10", "mode": "current usage"}, "2026-03-01", "2026-03-31"),
        ({"as_of": "2026-03-10", "end_convention": "exclusive"}, "2026-02-01", "2026-03-01"),
        ({"as_of": "2026-03-10", "end_convention": None, "mode": None}, "2026-03-01", "2026-04-01"),
        ({"as_of": "2026-03-10", "started": "2026-02-05"}, "2026-02-05", "2026-02-28"),
        # No period has ended yet: the first one.
        ({"as_of": "2026-03-10", "started": "2026-03-05"}, "2026-03-05", "2026-03-31"),
        # Ended by then: billed to the end. Ending later: not known yet.
        ({"as_of": "2026-03-10", "terminated": "2026-03-09"}, "2026-03-01", "2026-03-09"),
        ({"as_of": "2026-03-10", "terminated": "2026-02-28"}, "2026-02-01", "2026-02-28"),
        ({"as_of": "2026-03-10", "terminated": "2026-03-09", "mode": "advance"}, "2026-03-01", "2026-03-09"),
        ({"as_of": "2026-03-10", "terminated": "2026-03-20", "mode": "advance"}, "2026-03-01", "2026-03-31"),
        ({"as_of": "2026-03-10", "interval": "daily"}, "2026-03-09", "2026-03-09"),
        ({"as_of": "2026-03-10", "interval": "weekly"}, "2026-03-02", "2026-03-08"),
        ({"as_of": "2026-03-10", "interval": "semiannual"}, "2025-07-01", "2025-12-31"),
        ({"as_of": "2026-03-10", "interval": "yearly"}, "2025-02-10", "2025-12-31"),
        ({"as_of": "2026-03-10", "interval": "yearly", "alignment": "anniversary"}, "2025-02-10", "2026-02-09"),
        ({"as_of": "2026-03-10", "interval_count": 2}, "2026-01-01", "2026-02-28"),
        ({"as_of": "2026-03-10", "alignment": "bcd", "bcd": 31}, "2026-01-31", "2026-02-27"),
    ],
)
def test_the_period_as_of_a_date(fields: dict[str, Any], start: str, end: str) -> None:
    answer = _period(**fields)
    assert (answer["period_start"], answer["period_end"]) == (start, end)


def test_a_run_in_each_mode() -> None:
    case = {"interval": "monthly", "alignment": "bcd", "bcd": 15, "anchor": "2026-01-01", "terminated": "2026-04-01"}
    through = {
        mode: answer_periods(case | {"kind": "billed_periods", "mode": mode, "as_of": "2026-02-20"})["periods"]
        for mode in ("arrears", "arrears-greedy", "advance")
    }
    first, second = ["2026-01-01", "2026-01-15"], ["2026-01-15", "2026-02-15"]
    third = ["2026-02-15", "2026-03-15"]
    assert through == {
        "arrears": [first, second],
        "arrears-greedy": [first, second, third],
        "advance": [first, second, third],
    }


@pytest.mark.parametrize("mode", ["advance", "arrears", "arrears-greedy"])
@pytest.mark.parametrize("as_of", ["2025-12-31", "2026-01-15", "2026-02-15", "2026-02-20", "2026-03-20", "2026-07-01"])
def test_dates_and_periods_of_a_run_agree(mode: str, as_of: str) -> None:
    case = {"interval": "monthly", "alignment": "bcd", "bcd": 15, "anchor": "2026-01-01", "terminated": "2026-04-01"}
    dates = answer_periods(case | {"kind": "bill_cycle_dates", "mode": mode, "as_of": as_of})
    billed = answer_periods(case | {"kind": "billed_periods", "mode": mode, "as_of": as_of})["periods"]
    assert isinstance(billed, list)
    assert (billed[-1][1] if billed else None) == dates["billed_through"]
    assert bool(billed) is dates["something_to_bill"]


@pytest.mark.parametrize(
    "case, date",
    [
        ({"interval": "monthly", "mode": "advance"}, "2026-02-22"),
        ({"interval": "monthly", "mode": "arrears", "anchor": "2026-01-31", "as_of": "2026-02-28"}, "2026-03-31"),
        ({"interval": "monthly_last_day", "mode": "arrears"}, "2026-01-31"),
        ({"interval": "monthlylastday", "mode": "arrears", "as_of": "2026-01-31"}, "2026-02-28"),
        ({"interval": "monthly_last_day", "mode": "advance"}, "2026-02-01"),
        ({"interval": "quarterly", "mode": "arrears", "terminated": "2026-03-10"}, "2026-03-11"),
        ({"interval": "quarterly", "mode": "advance", "terminated": "2026-03-10"}, None),
    ],
)
def test_the_invoice_after_this_one(case: dict[str, Any], date: str | None) -> None:
    base = {"kind": "next_invoice_date", "anchor": "2026-01-22", "as_of": "2026-01-22", "alignment": "anniversary"}
    assert answer_periods(base | {"end_convention": "inclusive last day"} | case) == {"next_invoice_date": date}


def test_a_fixed_month_may_be_named() -> None:
    case = {"kind": "proration_factor", "interval": "monthly", "alignment": "bcd", "anchor": "2026-05-23"}
    case |= {"terminated": "2026-06-15"}
    assert answer_periods(case)["proration_factor"] == "0.741935484"
    assert answer_periods(case | {"fixed_days": 30})["proration_factor"] == "0.733333333"


GOOD = {"id": "mine", "kind": "period", "interval": "monthly", "anchor": "2026-01-01", "as_of": "2026-03-10"}


@pytest.mark.parametrize(
    "fields, says",
    [
        ({"kind": "horoscope"}, "“horoscope” is not a kind of date case"),
        ({"kind": ["period"]}, "is not a kind of date case"),
        ({"as_of": "2026-02-30"}, "“2026-02-30” in the date case “mine” cannot be “as_of”"),
        ({"as_of": 20260310}, "“20260310” in the date case “mine” cannot be “as_of”"),
        ({"as_of": None}, "“mine” lacks “as_of”"),
        ({"anchor": None}, "“mine” lacks “started”"),
        ({"interval": "hourly"}, "“hourly” is not a billing interval"),
        ({"interval": None}, "“mine” lacks “interval”"),
        ({"interval": 3}, "“3” in the date case “mine” cannot be “interval”"),
        ({"interval_count": 0}, "is too short"),
        ({"interval_count": "2"}, "“2” in the date case “mine” cannot be “interval_count”"),
        ({"alignment": "lunar"}, "“lunar” in the date case “mine” cannot be “alignment”"),
        ({"alignment": "bcd", "bcd": 32}, "“32” in the date case “mine” cannot be “bcd”"),
        ({"mode": "late"}, "“late” in the date case “mine” cannot be “mode”"),
        ({"end_convention": "fuzzy"}, "“fuzzy” in the date case “mine” cannot be “end_convention”"),
        ({"as_of": "9999-12-31"}, "“mine” cannot be answered"),
        ({"kind": "proration_factor"}, "2026-01-01 is not before 2026-01-01"),
    ],
)
def test_what_cannot_be_read_is_said(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError) as caught:
        answer_periods(GOOD | fields)
    assert says in caught.value.message
    assert caught.value.remedy
