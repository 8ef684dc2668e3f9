"""What a client spent less than it committed to is billed once its span is over."""

import pytest

from desktop.domain.billing import Work, build
from desktop.domain.billing.commitments import amount_within
from desktop.domain.billing.facts import ChargedSpan, Commitment
from tests.billing_facts import agreement, client, day, one_off, setting

YEAR = (day("2026-01-01"), day("2027-01-01"))


def shortfall(through: str, spent: int, amount: int = 200_000, **changes: object) -> list[tuple[int, str]]:
    commitment = Commitment(7, *YEAR, amount, "Committed use", None, spent)
    work = Work(charged={1: ChargedSpan(YEAR[0], day("2026-12-01"))}, commitments=[commitment], **changes)  # type: ignore[arg-type]
    drafts = build(agreement(), client(), work, setting(through)).drafts
    assert all((one.kind == "commitment") == (one.source_id == 7) for draft in drafts for one in draft.charges)
    return [(one.net, one.detail) for draft in drafts for one in draft.lines if one.price_source == "commitment"]


def test_nothing_is_short_before_the_span_is_over() -> None:
    assert shortfall("2026-12-30", 110_000) == []


def test_what_this_invoice_bills_counts_towards_it() -> None:
    assert shortfall("2026-12-31", 110_000) == [(80_000, "Committed 2000.00, spent 1200.00")]


def test_who_spent_enough_is_short_of_nothing() -> None:
    assert shortfall("2026-12-31", 190_000) == []
    assert shortfall("2026-12-31", 189_999) == [(1, "Committed 2000.00, spent 1999.99")]


def test_charges_of_other_years_do_not_count() -> None:
    charges = [one_off(1, "2027-01-05", "500"), one_off(2, "2026-06-05", "50")]
    assert shortfall("2027-01-05", 110_000, one_offs=charges) == [(75_000, "Committed 2000.00, spent 1250.00")]


@pytest.mark.parametrize(
    "start, end, expected",
    [
        ("2026-01-01", "2026-02-01", 3100),
        ("2025-12-01", "2026-01-01", 0),
        ("2025-12-22", "2026-01-22", 2100),
        ("2026-12-31", "2027-01-31", 100),
    ],
)
def test_an_amount_for_days_on_both_sides_counts_by_the_day(start: str, end: str, expected: int) -> None:
    assert amount_within(3100, day(start), day(end), *YEAR) == expected
