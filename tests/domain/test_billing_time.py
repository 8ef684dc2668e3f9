"""Hours: which line takes them, at which price, how they are grouped, and what a cap leaves of them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.agreement import Agreement
from desktop.domain.billing import Billing, Charged, Draft, TaxEntry, TimeEntry, Work, build
from desktop.saying import put
from tests.billing_facts import (
    ADVICE,
    RETAINER,
    STANDARD,
    TAXES,
    agreement,
    client,
    day,
    hours,
    line,
    money,
    rate,
    setting,
)
from tests.domain.test_billing import check_lines

JANUARY = "2026-01-31"


def by_hour(*lines: Any, **changes: Any) -> Agreement:
    return agreement(*(lines or (advice(),)), billing="time", **changes)


def advice(id: int = 1, **changes: Any) -> Any:
    return line(id, **{"kind": "time", "item_id": ADVICE, "unit_price": "100"} | changes)


def bill(agreed: Agreement, *entries: TimeEntry, billing: Billing | None = None, billed: int = 0) -> Draft:
    work = Work(time=list(entries), time_billed=billed)
    (draft,) = build(agreed, client(), work, billing or setting(JANUARY)).drafts
    check_lines(draft)
    return draft


ENTRIES = (
    hours(1, "2026-01-05", "2", person="Anne", note="Call"),
    hours(2, "2026-01-05", "1.5", person="Ben", note="Draft"),
    hours(3, "2026-01-07", "0.25", person="Anne", note="Review"),
)


@pytest.mark.parametrize(
    "grouping, lines",
    [
        ("item", [("Tax advice by the hour", "", "3.75", 37500)]),
        (
            "entry",
            [("Call", "Anne", "2", 20000), ("Draft", "Ben", "1.5", 15000), ("Review", "Anne", "0.25", 2500)],
        ),
        (
            "person",
            [("Tax advice by the hour", "Anne", "2.25", 22500), ("Tax advice by the hour", "Ben", "1.5", 15000)],
        ),
        (
            "day",
            [
                ("Tax advice by the hour", "Call; Draft", "3.5", 35000),
                ("Tax advice by the hour", "Review", "0.25", 2500),
            ],
        ),
    ],
)
def test_hours_are_grouped(grouping: str, lines: list[tuple[str, str, str, int]]) -> None:
    draft = bill(by_hour(grouping=grouping), *ENTRIES)
    assert [(one.description, one.detail, one.quantity, one.net) for one in draft.lines] == [
        (words, detail, money(quantity), net) for words, detail, quantity, net in lines
    ]
    assert sorted(charge.source_id for charge in draft.charges) == [1, 2, 3]


def test_a_group_spans_its_first_to_its_last_day() -> None:
    (one,) = bill(by_hour(), *ENTRIES).lines
    assert (one.period_start, one.period_end) == ("2026-01-05", "2026-01-08")


def test_each_entry_is_charged_its_share() -> None:
    draft = bill(by_hour(advice(unit_price="0.01")), *(hours(k, "2026-01-05", "0.5") for k in (1, 2, 3)))
    assert [charge.amount for charge in draft.charges] == [1, 1, 0]
    assert draft.charges[0] == Charged("time", 1, 1, "2026-01-05", "2026-01-06", 0, 1, money("0.5"), 1)


def test_hours_after_the_through_date_wait() -> None:
    draft = bill(by_hour(), hours(1, "2026-01-31", "1"), hours(2, "2026-02-01", "1"))
    assert [charge.source_id for charge in draft.charges] == [1]


def test_the_price_is_the_entrys_then_the_lines_then_the_cards() -> None:
    priced = advice(unit_price=None)
    card = setting(JANUARY, rates=[rate(ADVICE, "90", id=7)])
    entry = hours(1, "2026-01-05", "1", rate="150")
    assert [(o.unit_price, o.price_source, o.rate_id) for o in bill(by_hour(), entry, billing=card).lines] == [
        (money(150), "entry", None)
    ]
    plain = hours(1, "2026-01-05", "1")
    assert bill(by_hour(), plain, billing=card).lines[0].price_source == "agreed"
    found = bill(by_hour(priced), plain, billing=card).lines[0]
    assert (found.unit_price, found.price_source, found.rate_id) == (money(90), "card", 7)


def test_a_rise_agreed_ahead_prices_the_hours_from_its_day_on() -> None:
    priced = advice(prices=((day("2026-01-06"), money(120)),))
    draft = bill(by_hour(priced), *ENTRIES)
    assert [(one.quantity, one.unit_price) for one in draft.lines] == [
        (money("3.5"), money(100)),
        (money("0.25"), money(120)),
    ]


def test_hours_before_and_after_a_new_tax_rate_stand_apart() -> None:
    dated = ((day("2000-01-01"), money("0.16")), (day("2026-01-06"), money("0.19")))
    taxes = (TaxEntry(STANDARD, "standard", "S", "", "", dated), *TAXES[1:])
    draft = bill(by_hour(), *ENTRIES, billing=setting(JANUARY, taxes=taxes))
    assert [(one.quantity, one.rate) for one in draft.lines] == [
        (money("3.5"), money("0.16")),
        (money("0.25"), money("0.19")),
    ]


def test_an_entry_goes_to_the_line_of_its_item_else_to_the_general_one() -> None:
    general = line(2, position=2, kind="time", item_id=None, unit_price="80", description="Other work")
    draft = bill(by_hour(advice(), general), hours(1, "2026-01-05", "1"), hours(2, "2026-01-05", "1", item_id=RETAINER))
    assert [(one.agreement_line_id, one.unit_price) for one in draft.lines] == [(1, money(100)), (2, money(80))]


def test_a_line_takes_hours_only_within_its_dates() -> None:
    old = advice(end=day("2026-01-06"))
    new = advice(2, position=2, start=day("2026-01-06"), unit_price="130")
    draft = bill(by_hour(old, new), *ENTRIES)
    assert [(one.agreement_line_id, one.unit_price) for one in draft.lines] == [(1, money(100)), (2, money(130))]


def test_hours_without_a_rate_are_left_and_counted() -> None:
    agreed = by_hour(advice(unit_price=None))
    built = build(agreed, client(), Work(time=[hours(1, "2026-01-05", "1")]), setting(JANUARY))
    assert (built.drafts, [entry.id for entry in built.unpriced_time]) == ([], [1])
    mixed = [hours(1, "2026-01-05", "1"), hours(2, "2026-01-05", "1", rate="50")]
    built = build(agreed, client(), Work(time=mixed), setting(JANUARY))
    assert [charge.source_id for charge in built.drafts[0].charges] == [2]
    assert [entry.id for entry in built.unpriced_time] == [1]


def test_hours_taken_back_reduce_their_line() -> None:
    draft = bill(by_hour(), hours(1, "2026-01-05", "3"), hours(2, "2026-01-06", "-1"))
    assert (draft.lines[0].quantity, draft.net) == (money(2), 20000)
    assert [charge.amount for charge in draft.charges] == [30000, -10000]
    alone = bill(by_hour(), hours(2, "2026-01-06", "-1"))
    assert (alone.net, [charge.amount for charge in alone.charges]) == (-10000, [-10000])


def test_hours_that_cancel_out_bill_nothing() -> None:
    built = build(
        by_hour(), client(), Work(time=[hours(1, "2026-01-05", "1"), hours(2, "2026-01-06", "-1")]), setting(JANUARY)
    )
    assert built.skip is not None
    assert built.skip.code == "zero_total"


# --- caps


def test_a_cap_takes_the_excess_off_and_keeps_the_hours_on_the_paper() -> None:
    draft = bill(by_hour(cap=25000, grouping="entry"), *ENTRIES)
    assert [(one.quantity, one.allowance, one.net) for one in draft.lines] == [
        (money(2), 0, 20000),
        (money("1.5"), 10000, 5000),
        (money("0.25"), 2500, 0),
    ]
    assert draft.lines[1].allowance_reason == "Cap of 250.00 EUR"


def test_a_cap_counts_what_was_billed_before() -> None:
    assert bill(by_hour(cap=40000), *ENTRIES, billed=30000).net == 10000
    assert bill(by_hour(cap=40000), *ENTRIES, billed=2500).net == 37500


def test_a_cap_and_a_discount_share_a_line() -> None:
    (one,) = bill(by_hour(advice(discount="0.1"), cap=30000), *ENTRIES).lines
    assert (one.allowance, one.net) == (7500, 30000)
    assert one.allowance_reason == "10 %, Cap of 300.00 EUR"


def test_a_cap_used_up_is_a_reason_of_its_own() -> None:
    built = build(by_hour(cap=30000), client(), Work(time=list(ENTRIES), time_billed=30000), setting(JANUARY))
    assert built.skip is not None
    assert (built.skip.code, put(built.skip.reason)) == (
        "cap_reached",
        "Its cap of 300.00 EUR is used up; 3 time entries stay unbilled.",
    )


def test_a_cap_is_for_hours_and_not_for_what_recurs() -> None:
    agreed = agreement(line(), advice(2, position=2), billing="hybrid", cap=10000)
    draft = bill(agreed, *ENTRIES)
    assert [one.net for one in draft.lines] == [10000, 10000]


@given(
    st.lists(st.tuples(st.integers(-20, 80), st.integers(0, 30)), min_size=1, max_size=12),
    st.sampled_from(["entry", "item", "person", "day"]),
    st.integers(1, 400_000),
    st.integers(0, 200_000),
    st.sampled_from([0, 100_000, 333_333]),
)
def test_no_hour_is_lost_and_no_cap_is_passed(
    worked: list[tuple[int, int]], grouping: str, cap: int, billed: int, discount: int
) -> None:
    entries = [
        hours(k, f"2026-01-{1 + on:02d}", str(quarters / 4), person="AB"[k % 2])
        for k, (quarters, on) in enumerate(worked)
    ]
    agreed = by_hour(advice(unit_price="87.33"), grouping=grouping, cap=cap, discount=discount)
    built = build(agreed, client(), Work(time=entries, time_billed=min(billed, cap)), setting(JANUARY))
    for draft in built.drafts:
        check_lines(draft)
        assert sorted(charge.source_id for charge in draft.charges) == sorted(entry.id for entry in entries)
        assert sum(one.quantity for one in draft.lines) == sum(entry.hours for entry in entries)
        assert min(billed, cap) + draft.net <= cap or draft.net < 0
    free = build(
        by_hour(advice(unit_price="87.33"), grouping=grouping, discount=discount),
        client(),
        Work(time=entries),
        setting(JANUARY),
    )
    if built.drafts and free.drafts:
        assert built.drafts[0].net <= free.drafts[0].net
