"""Metered use of one agreement: where price or tax change within a period, discounts, stubs, pauses, and no price."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from desktop.domain.agreement import Agreement
from desktop.domain.billing import MISSING, Work, build
from desktop.domain.billing.facts import UsageCharged, Used
from desktop.domain.billing.usage import UNMETERED
from tests.billing_facts import RETAINER, TAXES, agreement, client, day, line, money, rate, setting


def used(start: str, end: str, units: int | str, **changes: Any) -> Used:
    first, last = day(start), day(end)
    return Used(first, last, money(units), 1, 1, first, last, 5)._replace(**changes)


def charged(start: str, end: str, units: int, amount: int, **changes: Any) -> UsageCharged:
    return UsageCharged(day(start), day(end), money(units), amount, 0)._replace(**changes)


def billed(
    agreed: Agreement, through: str, *counted: Used, before: tuple[UsageCharged, ...] = (), **more: Any
) -> list[tuple[Any, ...]]:
    """(first day, day after the last, units, price, net) of each line."""
    work = Work(usage_lines=True, used={1: list(counted)}, usage_charged={1: list(before)})
    built = build(agreed, client(), work, setting(through, **more))
    return [
        (one.period_start, one.period_end, one.quantity // 10**6, one.unit_price // 10**6, one.net)
        for draft in built.drafts
        for one in draft.lines
    ]


JANUARY = ("2026-01-01", "2026-02-01")


def test_a_price_agreed_ahead_holds_for_the_units_from_its_day() -> None:
    agreed = agreement(line(kind="usage", unit_price="2", prices=((day("2026-01-11"), money(3)),)))
    counted = (used("2026-01-01", "2026-01-11", 10), used("2026-01-11", "2026-02-01", 7))
    assert billed(agreed, "2026-01-31", *counted) == [
        ("2026-01-01", "2026-01-11", 10, 2, 2_000),
        ("2026-01-11", "2026-02-01", 7, 3, 2_100),
    ]


def test_a_tax_rate_that_changes_splits_the_units_and_not_the_tiers() -> None:
    taxes = [
        replace(TAXES[0], rates=((date(2000, 1, 1), money("0.19")), (day("2026-01-11"), money("0.16")))),
        *TAXES[1:],
    ]
    card = [
        rate(RETAINER, "10", id=1, up_to=10, mode="graduated"),
        rate(RETAINER, "8", id=2, mode="graduated"),
    ]
    agreed = agreement(line(kind="usage", unit_price=None))
    work = Work(usage_lines=True, used={1: [used("2026-01-01", "2026-01-11", 6), used("2026-01-11", "2026-02-01", 9)]})
    (draft,) = build(agreed, client(), work, setting("2026-01-31", taxes=taxes, rates=card)).drafts
    assert [(one.quantity // 10**6, one.net, one.rate) for one in draft.lines] == [
        (6, 6_000, money("0.19")),
        (4, 4_000, money("0.16")),
        (5, 4_000, money("0.16")),
    ]
    assert {(one.period_start, one.period_end) for one in draft.charges} == {JANUARY}


def test_late_units_of_a_period_that_was_cut_come_out_to_the_cent() -> None:
    agreed = agreement(line(kind="usage", unit_price="2", included=money(5), prices=((day("2026-01-11"), money(3)),)))
    before = charged(*JANUARY, 12, 2_100, parts=((day("2026-01-01"), money(2)), (day("2026-01-11"), money(10))))
    lines = billed(agreed, "2026-02-28", used("2026-01-01", "2026-01-11", 10), before=(before,))
    # In one piece: 5 of the first 12 are free, 7 cost 2, and all 10 of the second part cost 3.
    assert sum(net for *_, net in lines) == 7 * 200 + 10 * 300 - 2_100


@pytest.mark.parametrize("units", [1, 2, 3, 7])
def test_parts_of_a_period_round_as_the_whole(units: int) -> None:
    """0.335 a unit: three invoices of a unit each come to what three units cost."""
    agreed = agreement(line(kind="usage", unit_price="0.335", discount="0.1"))
    whole = billed(agreed, "2026-01-31", used(*JANUARY, units))
    total = 0
    known: tuple[UsageCharged, ...] = ()
    for number in range(units):
        lines = billed(agreed, "2026-01-31", used(*JANUARY, 1), before=known)
        total += sum(net for *_, net in lines)
        known = (charged(*JANUARY, number + 1, total, sequence=number),)
    assert total == sum(net for *_, net in whole)


def test_units_without_a_price_wait_for_one() -> None:
    work = Work(usage_lines=True, used={1: [used(*JANUARY, 30)]})
    card = [rate(RETAINER, "10", up_to=10, mode="graduated")]
    (draft,) = build(
        agreement(line(kind="usage", unit_price=None)), client(), work, setting("2026-01-31", rates=card)
    ).drafts
    assert [(one.quantity // 10**6, one.price_source) for one in draft.lines] == [(10, "card"), (20, MISSING)]


def test_a_pause_and_an_end_leave_stubs() -> None:
    agreed = agreement(
        line(kind="usage", unit_price="1", minimum=3_100, end=day("2026-01-28")), pauses=[("2026-01-11", "2026-01-21")]
    )
    counted = (used("2026-01-01", "2026-01-11", 4), used("2026-01-21", "2026-01-28", 2))
    assert billed(agreed, "2026-01-27", *counted) == [
        ("2026-01-01", "2026-01-11", 4, 1, 400),
        ("2026-01-01", "2026-01-11", 1, 6, 600),
        ("2026-01-21", "2026-01-28", 2, 1, 200),
        ("2026-01-21", "2026-01-28", 1, 5, 500),
    ]


def test_a_threshold_is_measured_by_what_would_be_billed() -> None:
    agreed = agreement(line(kind="usage", unit_price="1", included=money(10), threshold=1_000))
    assert billed(agreed, "2026-01-15", used(*JANUARY, 19)) == []
    assert [net for *_, net in billed(agreed, "2026-01-15", used(*JANUARY, 20))] == [0, 1_000]


def test_an_end_entered_after_a_threshold_was_billed_keeps_the_period() -> None:
    agreed = agreement(line(kind="usage", unit_price="1", threshold=1_000, end=day("2026-01-20")))
    before = charged(*JANUARY, 20, 2_000, reached=day("2026-01-11"))
    counted = used("2026-01-01", "2026-01-20", 3)
    assert billed(agreed, "2026-01-19", counted, before=(before,)) == [("2026-01-01", "2026-01-20", 3, 1, 300)]


def test_what_was_billed_keeps_its_price_where_that_was_corrected_since() -> None:
    """Only after a credit took units out from between does a period settle to what it costs now."""
    agreed = agreement(line(kind="usage", unit_price="3"))
    standing = charged(*JANUARY, 10, 2_000)
    assert [net for *_, net in billed(agreed, "2026-02-28", used(*JANUARY, 1), before=(standing,))][:1] == [300]
    broken = standing._replace(in_order=False, sequence=2)
    nets = [net for *_, net in billed(agreed, "2026-02-28", used(*JANUARY, 1), before=(broken,))]
    assert sum(nets) == 11 * 300 - 2_000


def test_a_period_without_a_record_stands_on_the_draft_and_waits() -> None:
    (draft,) = build(
        agreement(line(kind="usage", unit_price="1")), client(), Work(usage_lines=True), setting("2026-01-31")
    ).drafts
    assert [(one.quantity, one.price_source, one.net) for one in draft.lines] == [(0, UNMETERED, 0)]
    assert [(one.mark, one.quantity) for one in draft.charges] == [(0, 0)]


def test_several_meters_are_billed_side_by_side_and_others_cost_nothing() -> None:
    two = agreement(line(1, kind="usage", unit_price="1"), line(2, kind="usage", unit_price="2", item_id=2))
    work = Work(usage_lines=True, used={1: [used(*JANUARY, 3)], 2: [used(*JANUARY, 4)]})
    (draft,) = build(two, client(), work, setting("2026-01-31")).drafts
    assert [(one.agreement_line_id, one.net) for one in draft.lines] == [(1, 300), (2, 800)]
    assert draft.period == (day("2026-01-01").isoformat(), (day("2026-01-31") + timedelta(days=1)).isoformat())
