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


def test_hours_and_one_offs_wait_where_only_a_graduated_card_prices_them() -> None:
    work = Work(time=[hours(1, "2026-01-05", "3")], one_offs=[one_off(1, "2026-01-06", None)])
    billing = setting("2026-01-31", rates=(*card("graduated"), *card("graduated", ADVICE)))
    built = build(agreement(line(kind="time", item_id=ADVICE, unit_price=None)), client(), work, billing)
    assert [entry.id for entry in built.unpriced_time] == [1]
    (draft,) = built.drafts
    assert [one.price_source for one in draft.lines] == [MISSING]
