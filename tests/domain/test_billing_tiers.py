"""Rate cards in tiers: one line a tier of a graduated card, all units at the reached tier of a volume card."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from desktop.domain.billing import MISSING, Work, build
from desktop.domain.pricing import RateRow
from tests.billing_facts import ADVICE, RETAINER, TAXES, agreement, client, hours, line, money, one_off, rate, setting


def card(mode: str, item: int = RETAINER) -> tuple[RateRow, ...]:
    """10 up to the tenth unit, 8 up to the thirtieth, 5 beyond."""
    tiers: list[tuple[str, Any]] = [("10", Decimal(10)), ("8", Decimal(30)), ("5", None)]
    return tuple(rate(item, price, id=number, up_to=up_to, mode=mode) for number, (price, up_to) in enumerate(tiers, 1))


def test_a_graduated_card_gives_one_line_a_tier() -> None:
    agreed = agreement(line(unit_price=None, quantity="45"))
    (draft,) = build(agreed, client(), Work(), setting("2026-01-31", rates=card("graduated"))).drafts
    assert [(one.quantity, one.unit_price, one.net, one.rate_id) for one in draft.lines] == [
        (money(10), money(10), 10_000, 1),
        (money(20), money(8), 16_000, 2),
        (money(15), money(5), 7_500, 3),
    ]
    assert [(charge.sequence, charge.position, charge.amount) for charge in draft.charges] == [
        (0, 1, 10_000),
        (1, 2, 16_000),
        (2, 3, 7_500),
    ]


def test_a_volume_card_prices_all_units_at_the_reached_tier() -> None:
    agreed = agreement(line(unit_price=None, quantity="45"))
    (draft,) = build(agreed, client(), Work(), setting("2026-01-31", rates=card("volume"))).drafts
    assert [(one.quantity, one.unit_price, one.net) for one in draft.lines] == [(money(45), money(5), 22_500)]


def test_the_tiers_of_a_stub_are_charged_by_its_days() -> None:
    agreed = agreement(line(unit_price=None, quantity="12"), start=date(2026, 1, 17))
    (draft,) = build(agreed, client(), Work(), setting("2026-01-31", rates=card("graduated"))).drafts
    assert [(one.quantity, one.base_quantity, one.net) for one in draft.lines] == [
        (money(10 * 15), money(31), 4_839),
        (money(2 * 15), money(31), 774),
    ]


def test_a_tax_change_within_the_period_splits_every_tier_without_a_cent_lost() -> None:
    taxes = [
        replace(TAXES[0], rates=((date(2000, 1, 1), money("0.19")), (date(2026, 1, 12), money("0.16")))),
        *TAXES[1:],
    ]
    agreed = agreement(line(unit_price=None, quantity="13"))
    (draft,) = build(agreed, client(), Work(), setting("2026-01-31", rates=card("graduated"), taxes=taxes)).drafts
    assert [one.rate for one in draft.lines] == [money("0.19"), money("0.16")] * 2
    assert sum(one.net for one in draft.lines[:2]) == 10_000
    assert sum(one.net for one in draft.lines[2:]) == 2_400


def test_hours_of_a_period_reach_the_tiers_together() -> None:
    work = Work(time=[hours(k, f"2026-01-{k:02d}", "3") for k in range(1, 13)])
    billing = setting("2026-01-31", rates=card("graduated", ADVICE))
    built = build(agreement(line(kind="time", item_id=ADVICE, unit_price=None)), client(), work, billing)
    (draft,) = built.drafts
    assert [(one.quantity, one.unit_price, one.net) for one in draft.lines] == [
        (money(10), money(10), 10_000),
        (money(20), money(8), 16_000),
        (money(6), money(5), 3_000),
    ]
    by_line = {
        one.position: [charge for charge in draft.charges if charge.position == one.position] for one in draft.lines
    }
    assert [len(mine) for mine in by_line.values()] == [4, 6, 2]
    assert [sum(charge.amount for charge in by_line[one.position]) for one in draft.lines] == [10_000, 16_000, 3_000]
    assert sorted(charge.source_id for charge in draft.charges) == list(range(1, 13))


def test_hours_of_two_months_begin_at_the_first_tier_twice() -> None:
    work = Work(time=[hours(1, "2026-01-20", "8"), hours(2, "2026-02-03", "8")])
    billing = setting("2026-02-28", rates=card("graduated", ADVICE))
    (draft,) = build(agreement(line(kind="time", item_id=ADVICE, unit_price=None)), client(), work, billing).drafts
    assert [(one.quantity, one.unit_price) for one in draft.lines] == [(money(8), money(10))] * 2


def test_one_entry_over_three_tiers_is_charged_once() -> None:
    work = Work(time=[hours(1, "2026-01-20", "35")])
    billing = setting("2026-01-31", rates=card("graduated", ADVICE))
    (draft,) = build(agreement(line(kind="time", item_id=ADVICE, unit_price=None)), client(), work, billing).drafts
    assert [one.net for one in draft.lines] == [10_000, 16_000, 2_500]
    assert [(charge.position, charge.amount) for charge in draft.charges] == [(1, 10_000)]
    assert [one.agreement_line_id for one in draft.lines] == [1, None, None]


def test_hours_beyond_the_last_tier_wait_for_a_price() -> None:
    bounded = card("graduated", ADVICE)[:2]
    work = Work(time=[hours(1, "2026-01-20", "20"), hours(2, "2026-01-21", "20")])
    billing = setting("2026-01-31", rates=bounded)
    (draft,) = build(agreement(line(kind="time", item_id=ADVICE, unit_price=None)), client(), work, billing).drafts
    assert [(one.quantity, one.price_source) for one in draft.lines] == [
        (money(10), "card"),
        (money(20), "card"),
        (money(10), MISSING),
    ]


def test_a_one_off_on_a_graduated_card_is_one_line_of_all_its_tiers() -> None:
    work = Work(one_offs=[one_off(1, "2026-01-06", None, quantity="25")])
    billing = setting("2026-01-31", rates=card("graduated"))
    (draft,) = build(agreement(line(kind="time", item_id=ADVICE)), client(), work, billing).drafts
    (only,) = draft.lines
    assert (only.quantity, only.unit_price, only.base_quantity, only.net) == (money(25), money(220), money(25), 22_000)
    assert only.detail == "10 × 10 + 15 × 8"
    assert [charge.amount for charge in draft.charges] == [22_000]
