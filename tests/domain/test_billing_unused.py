"""Days charged and not used: which they are, and what they are credited at."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.billing import Work, build
from desktop.domain.billing.facts import Standing
from desktop.domain.billing.unused import unused_spans
from desktop.domain.document import unused_days
from tests.billing_facts import agreement, client, day, line, setting

JANUARY = (date(2026, 1, 1), date(2026, 2, 1))
pauses = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 6)), max_size=3)


@pytest.mark.parametrize(
    "changes, expected",
    [
        ({}, []),
        ({"end": "2026-01-20"}, [("2026-01-20", "2026-02-01")]),
        ({"start": date(2026, 1, 5)}, [("2026-01-01", "2026-01-05")]),
        ({"trial_until": "2026-01-11"}, [("2026-01-01", "2026-01-11")]),
        ({"pauses": [("2026-01-10", "2026-01-12")]}, [("2026-01-10", "2026-01-12")]),
        ({"pauses": [("2026-01-10", None)], "end": "2026-01-20"}, [("2026-01-10", "2026-02-01")]),
        ({"end": "2025-12-01", "start": date(2025, 1, 1)}, [("2026-01-01", "2026-02-01")]),
    ],
)
def test_days_outside_a_life_are_unused(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    found = unused_spans(agreement(**changes), line(), *JANUARY)  # type: ignore[arg-type]
    assert [(start.isoformat(), end.isoformat()) for start, end in found] == expected


@given(st.integers(1, 5_000_000), st.integers(1, 7), st.sampled_from(["0", "0.05", "0.333333"]), pauses)
def test_credits_are_by_the_day_and_never_more_than_was_charged(
    price: int, units: int, discount: str, breaks: list[tuple[int, int]]
) -> None:
    one = line(quantity=str(units), discount=discount)._replace(unit_price=price * 100)
    drafts = build(agreement(one, timing="advance"), client(), Work(), setting("2026-01-01")).drafts
    if not drafts:
        return
    billed, charge = drafts[0].lines[0], drafts[0].charges[0]
    start = JANUARY[0]
    spans = tuple((start + timedelta(days=at), start + timedelta(days=at + length)) for at, length in breaks)
    agreed = agreement(one, timing="advance")._replace(pauses=spans)
    stands = Standing(9, *JANUARY, 0, charge.quantity, charge.amount, billed, 5, 3, "INV-2026-0007", "EUR")
    work = Work(standing={one.id: [stands]})
    lines = [x for draft in build(agreed, client(), work, setting("2025-12-31")).drafts for x in draft.lines]
    unused = {d for first, after in spans for d in range(first.toordinal(), min(after, JANUARY[1]).toordinal())}
    credited = -sum(x.net for x in lines)
    assert 0 <= credited <= billed.net
    assert abs(credited * 31 - billed.net * len(unused)) <= 31 * 2 * max(len(lines), 1)
    assert sum(int(found[0]) for x in lines if (found := unused_days(x.detail))) == (len(unused) if lines else 0)


def test_all_days_unused_credit_the_line_itself() -> None:
    (charged,) = build(agreement(timing="advance"), client(), Work(), setting("2026-01-01")).drafts
    stands = Standing(9, *JANUARY, 0, 10**6, 10000, charged.lines[0], 5, 3, "INV-2026-0007", "EUR")
    ended = agreement(timing="advance", start=date(2025, 12, 1), end="2026-01-01", charged_through="2026-01-01")
    (draft,) = build(ended, client(), Work(standing={1: [stands]}), setting("2026-01-02")).drafts
    (credit,) = draft.lines
    assert (credit.quantity, credit.base_quantity, credit.net) == (-(10**6), 10**6, -10000)
    assert (credit.corrects_line_id, credit.detail) == (5, "Unused 31 of 31 days, INV-2026-0007")
    (charge,) = draft.charges
    assert (charge.kind, charge.source_id, charge.quantity, charge.amount) == ("unused", 9, -(10**6), -10000)


def test_no_more_is_credited_than_an_amount_left_of_the_invoice() -> None:
    (charged,) = build(agreement(timing="advance"), client(), Work(), setting("2026-01-01")).drafts
    ended = agreement(timing="advance", end="2026-01-11", charged_through="2026-01-11")
    for room, count in ((6774, 1), (6773, 0)):
        stands = Standing(9, *JANUARY, 0, 10**6, 10000, charged.lines[0], 5, 3, "INV-1", "EUR", room)
        built = build(ended, client(), Work(standing={1: [stands]}), setting("2026-01-20"))
        assert len(built.drafts) == count


def test_what_was_charged_by_another_count_of_days_is_credited_by_its_own() -> None:
    """Since it was billed the agreement went from months to quarters."""
    (charged,) = build(agreement(timing="advance"), client(), Work(), setting("2026-01-01")).drafts
    stands = Standing(9, *JANUARY, 0, 10**6, 10000, charged.lines[0], 5, 3, "INV-1", "EUR")
    quarterly = agreement(every="3 month", timing="advance", end="2026-01-11", charged_through="2026-01-11")
    (draft,) = build(quarterly, client(), Work(standing={1: [stands]}), setting("2026-01-20")).drafts
    assert draft.lines[0].net == -6774
    assert day(draft.lines[0].period_start or "") == date(2026, 1, 11)
