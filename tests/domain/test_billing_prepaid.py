"""Years paid ahead: billed whole from their due day, at their discount, and not again."""

from datetime import date
from typing import Any

from desktop.domain.agreement import Prepayment
from desktop.domain.billing import ChargedSpan, Work, build
from desktop.domain.billing.recurring import due_on, periods_of
from tests.billing_facts import agreement, client, day, line, money, setting

YEAR = Prepayment(day("2026-03-15"), day("2026-04-01"), day("2027-04-01"), money("0.05"))


def built(through: str, charged: ChargedSpan | None = None, **changes: Any) -> list[tuple[str | None, int, int, str]]:
    agreed = agreement(**{"timing": "advance", "prepayments": (YEAR,)} | changes)
    work = Work(charged={1: charged} if charged else {})
    drafts = build(agreed, client(), work, setting(through)).drafts
    return [(one.period_start, one.net, one.allowance, one.allowance_reason) for draft in drafts for one in draft.lines]


def test_from_its_due_day_the_whole_year_is_billed_at_its_discount() -> None:
    march = ChargedSpan(day("2026-01-01"), day("2026-04-01"))
    assert built("2026-03-14", march) == []
    lines = built("2026-03-15", march)
    assert [start for start, *_ in lines] == [f"2026-{month:02}-01" for month in range(4, 13)] + [
        f"2027-{month:02}-01" for month in range(1, 4)
    ]
    assert {figures[1:] for figures in lines} == {(9500, 500, "Paid ahead 5 %")}


def test_once_billed_nothing_is_due_until_it_is_over() -> None:
    paid = ChargedSpan(day("2026-01-01"), day("2027-04-01"))
    assert built("2027-03-31", paid) == []
    assert built("2027-04-01", paid) == [("2027-04-01", 10000, 0, "")]


def test_in_arrears_too_it_is_due_ahead() -> None:
    lines = built("2026-03-15", timing="arrears")
    assert [start for start, *_ in lines][:3] == ["2026-01-01", "2026-02-01", "2026-04-01"]
    assert [start for start, *_ in built("2026-03-31", ChargedSpan(day("2026-01-01"), day("2027-04-01")))] == []


def test_its_discount_comes_on_top_of_another() -> None:
    march = ChargedSpan(day("2026-01-01"), day("2026-04-01"))
    (first, *_) = built("2026-03-15", march, discount=money("0.1"), discount_reason="Loyal")
    assert first == ("2026-04-01", 8500, 1500, "Loyal 10 %, Paid ahead 5 %")


def test_a_line_that_ends_within_it_is_billed_until_then() -> None:
    march = ChargedSpan(day("2026-01-01"), day("2026-04-01"))
    lines = built("2026-03-15", march, end="2026-06-16")
    assert [start for start, *_ in lines] == ["2026-04-01", "2026-05-01", "2026-06-01"]
    assert lines[-1][1] == 4750


def test_what_comes_next_is_told_with_its_earlier_due_day() -> None:
    agreed = agreement(timing="advance", prepayments=(YEAR,))
    span = ChargedSpan(day("2026-01-01"), day("2026-05-01"))
    (period, *_) = periods_of(agreed, line(), span, date(2026, 5, 1), {})
    assert due_on(agreed, line(), period) == day("2026-03-15")
