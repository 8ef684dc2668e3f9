"""Milestones: what each comes to, how it says so, and that all of a fixed price is billed, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.billing import MISSING, Charged, Draft, Work, build
from desktop.domain.billing.facts import Milestone, Scope
from desktop.domain.billing.milestones import scope_on, worths
from desktop.domain.money import SCALE
from desktop.saying import put
from tests.billing_facts import ADVICE, agreement, client, day, hours, line, money, one_off, setting
from tests.domain.test_billing import check_lines

FIXED = agreement(line(kind="time", item_id=ADVICE), billing="fixed")


def milestone(id: int, done: str, *, amount: int | None = None, share: str | None = None, **more: Any) -> Milestone:
    given: dict[str, Any] = {"item_id": ADVICE, "name": f"Phase {id}"}
    return Milestone(
        id=id, amount=amount, fraction=None if share is None else money(share), done=day(done), **given | more
    )


def one_draft(*milestones: Milestone, scope: Scope | None = None, through: str = "2026-03-31", **buyer: Any) -> Draft:
    work = Work(milestones=list(milestones), scope=scope)
    (draft,) = build(FIXED, client(**buyer), work, setting(through)).drafts
    check_lines(draft)
    return draft


def test_a_milestone_bills_on_its_day_with_its_name_and_its_source() -> None:
    draft = one_draft(milestone(4, "2026-03-10", amount=125_050))
    (one,) = draft.lines
    assert (one.description, one.detail, one.price_source) == ("Phase 4", "", "agreed")
    assert (one.period_start, one.period_end) == ("2026-03-10", "2026-03-11")
    assert (one.quantity, one.unit_price, one.net, one.rate) == (SCALE, money("1250.50"), 125_050, money("0.19"))
    assert draft.charges == [Charged("milestone", 1, 4, "2026-03-10", "2026-03-11", 0, 1, SCALE, 125_050)]
    assert draft.gross == 148_810


def test_what_is_done_after_the_run_waits() -> None:
    draft = one_draft(milestone(1, "2026-03-31", amount=100), milestone(2, "2026-04-01", amount=200))
    assert [one.net for one in draft.lines] == [100]


@pytest.mark.parametrize(
    "scope, shares, nets, details",
    [
        (Scope(1_250_000), ["0.3"], [375_000], ["30\u00a0% × 12,500.00"]),
        (Scope(100), ["0.333333"] * 2, [33, 33], ["33.3333\u00a0% × 1.00"] * 2),
        (
            Scope(100, fractions=666_666, billed=66, latest=date(2026, 2, 1)),
            ["0.333334"],
            [34],
            ["1.00 − 0.66"],
        ),
        (
            Scope(1_000_000, ((date(2026, 3, 5), 200_000),), 300_000, 300_000, date(2026, 2, 1)),
            ["0.2", "0.5"],
            [240_000, 660_000],
            ["20\u00a0% × 12,000.00", "12,000.00 − 5,400.00"],
        ),
        (Scope(1_000_000, ((date(2026, 3, 11), 200_000),)), ["0.5"], [500_000], ["50\u00a0% × 10,000.00"]),
        (Scope(1_000_000, ((date(2026, 3, 10), -200_000),)), ["0.5"], [400_000], ["50\u00a0% × 8,000.00"]),
    ],
)
def test_a_share_is_one_of_the_scope_of_its_day(
    scope: Scope, shares: list[str], nets: list[int], details: list[str]
) -> None:
    draft = one_draft(*(milestone(n, "2026-03-10", share=share) for n, share in enumerate(shares, 1)), scope=scope)
    assert [one.net for one in draft.lines] == nets
    assert [one.detail for one in draft.lines] == details


def test_figures_read_in_the_language_of_the_document() -> None:
    (one,) = one_draft(milestone(1, "2026-03-10", share="0.125"), scope=Scope(1_250_000), language="de").lines
    assert one.detail == "12,5\u00a0% × 12.500,00"


def test_one_billed_again_after_a_credit_note_takes_what_is_left_of_the_whole_scope() -> None:
    scope = Scope(1_000_000, ((date(2026, 2, 1), 100_000),), 700_000, 800_000, date(2026, 3, 1))
    (one,) = one_draft(milestone(1, "2026-01-10", share="0.3"), scope=scope).lines
    assert one.net == 300_000


def test_a_share_of_no_agreed_sum_waits_for_a_price() -> None:
    (one,) = one_draft(milestone(1, "2026-03-10", share="0.5")).lines
    assert (one.price_source, one.net) == (MISSING, 0)


def test_a_price_that_fell_below_what_was_billed_takes_the_difference_back() -> None:
    scope = Scope(50_000, (), 500_000, 60_000, date(2026, 2, 1))
    draft = one_draft(milestone(1, "2026-03-10", share="0.5"), milestone(2, "2026-03-11", amount=20_000), scope=scope)
    assert [(one.quantity, one.unit_price, one.net) for one in draft.lines] == [
        (-SCALE, money("100"), -10_000),
        (SCALE, money("200"), 20_000),
    ]


def test_milestones_stand_between_hours_and_charges() -> None:
    work = Work(
        time=[hours(1, "2026-03-02", "2", rate="100")],
        milestones=[milestone(1, "2026-03-10", amount=5_000)],
        one_offs=[one_off(9, "2026-03-01", "10")],
    )
    (draft,) = build(FIXED, client(), work, setting("2026-03-31")).drafts
    check_lines(draft)
    assert [charge.kind for charge in draft.charges] == ["time", "milestone", "one_off"]


@pytest.mark.parametrize(
    "changes, code",
    [({"billing": "fixed"}, "no_work"), ({"billing": "hybrid", "agreed": 5_000}, "no_work"), ({}, "no_lines")],
)
def test_a_project_of_which_nothing_is_done_says_so(changes: dict[str, Any], code: str) -> None:
    built = build(agreement(**changes)._replace(lines=()), client(), Work(), setting("2026-03-31"))
    assert built.skip is not None
    assert built.skip.code == code
    assert ("No milestone is done" in put(built.skip.reason)) == (code == "no_work")


DAYS = st.integers(0, 200).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
PARTS = st.lists(st.integers(1, SCALE), min_size=1, max_size=6)


def _fractions(weights: list[int]) -> list[int]:
    """Fractions of 100 % in these proportions, none of them nothing."""
    rest, found = SCALE, []
    for at, weight in enumerate(weights):
        left = len(weights) - at - 1
        part = rest if not left else max(1, min(rest - left, SCALE * weight // sum(weights)))
        found.append(part)
        rest -= part
    return found


@given(
    st.integers(0, 10**12),
    st.lists(st.tuples(DAYS, st.integers(0, 10**9)), max_size=4),
    PARTS,
    st.data(),
)
def test_all_shares_come_to_the_scope_however_they_are_billed(
    agreed: int, changes: list[tuple[date, int]], weights: list[int], data: st.DataObject
) -> None:
    """In one draft or in many, in any order of days, the last takes what is left of the scope on the latest day."""
    scope = Scope(agreed, tuple(sorted(changes)))
    shares = [
        Milestone(n, None, f"Phase {n}", None, fraction, data.draw(DAYS))
        for n, fraction in enumerate(_fractions(weights), 1)
    ]
    shares = data.draw(st.permutations(shares))
    while shares:
        count = data.draw(st.integers(1, len(shares)))
        now, shares = shares[:count], shares[count:]
        for one, amount in zip(now, worths(scope, now, "EUR"), strict=True):
            assert amount is not None
            assert one.fraction is not None
            latest = max(scope.latest, one.done) if scope.latest else one.done
            scope = replace(
                scope, fractions=scope.fractions + one.fraction, billed=scope.billed + amount, latest=latest
            )
    assert scope.fractions == SCALE
    assert scope.latest is not None
    assert scope.billed == scope_on(scope, scope.latest)
