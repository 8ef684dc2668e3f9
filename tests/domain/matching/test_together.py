"""Many lines at once: nothing is given away twice, and what is sure depends on no suggestion."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.matching import Matcher, explain
from desktop.domain.matching.facts import Line, OpenInvoice, Policy
from tests.domain.matching.made import ACME, ACME_ACCOUNT, TODAY, item, line, payer, shares

ITEMS = [item(1, "INV-2026-0007", 11_900), item(2, "INV-2026-0138", 11_900), item(3, "INV-2026-0412", 50_000, 2)]
NORD = payer(2, "Nordlicht Bau AG")


def test_what_a_sure_line_takes_is_gone_for_the_others() -> None:
    lines = [
        line(11_900, party_account=ACME_ACCOUNT),
        line(11_900, "INV-2026-0007", id=2, party_account=ACME_ACCOUNT),
    ]
    found = explain(lines, ITEMS, [ACME, NORD], today=TODAY)
    assert [shares(found[row][0]) for row in (1, 2)] == [{2: 11_900}, {1: 11_900}]
    assert found[1][0].sure


def test_a_second_payment_of_the_same_number_is_not_sure_of_another_one() -> None:
    lines = [line(11_900, "INV-2026-0007", id=row, party_account=ACME_ACCOUNT) for row in (1, 2)]
    found = explain(
        lines, [ITEMS[0], replace(ITEMS[1], number="INV-2026-0008", name="INV-2026-0008")], [ACME], today=TODAY
    )
    assert shares(found[1][0]) == {1: 11_900}
    assert not found[2][0].sure


def test_parts_settle_one_invoice_until_nothing_is_left() -> None:
    lines = [line(4_000, "INV-2026-0007 Rate", id=row, party_account=ACME_ACCOUNT) for row in (1, 2, 3)]
    found = explain(lines, ITEMS[:1], [ACME], today=TODAY)
    assert [shares(found[row][0]) for row in (1, 2)] == [{1: 4_000}, {1: 4_000}]
    assert shares(found[3][0]) == {1: 3_900}
    assert found[3][0].surplus == 100


def test_the_older_line_comes_first() -> None:
    lines = [
        line(11_900, "INV-2026-0007", id=1, booked_on=TODAY, party_account=ACME_ACCOUNT),
        line(11_900, "INV-2026-0007", id=2, party_account=ACME_ACCOUNT),
    ]
    found = explain(lines, ITEMS[:1], [ACME], today=TODAY)
    assert (found[2][0].sure, found[1][0].sure) == (True, False)


def test_suggestions_share_out_equals() -> None:
    lines = [line(11_900, id=row, party_account=ACME_ACCOUNT) for row in (1, 2)]
    found = explain(lines, ITEMS, [ACME, NORD], today=TODAY)
    assert Counter(next(iter(shares(found[row][0]))) for row in (1, 2)) == Counter([1, 2])
    assert not any(found[row][0].sure for row in (1, 2))


def test_progress_is_told_and_may_stop_it() -> None:
    told: list[tuple[int, int]] = []
    explain([line(1, id=row) for row in range(1, 451)], ITEMS, [ACME], today=TODAY, report=lambda *at: told.append(at))
    assert told[0] == (0, 450)
    assert told[-1] == (450, 450)

    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        explain([line(1)], ITEMS, [ACME], today=TODAY, report=stop)


def test_a_matcher_forgets_and_remembers_what_is_settled() -> None:
    matcher = Matcher(ITEMS, [ACME, NORD], today=TODAY)
    named = line(11_900, "INV-2026-0007", party_account=ACME_ACCOUNT)
    assert shares(matcher.explain(named)[0]) == {1: 11_900}
    matcher.settled(1, 5_000)
    assert shares(matcher.explain(replace(named, amount=6_900))[0]) == {1: 6_900}
    matcher.settled(1, 6_900)
    assert 1 not in shares(matcher.explain(named)[0])
    matcher.settled(1, -11_900)
    assert shares(matcher.explain(named)[0]) == {1: 11_900}


_AMOUNTS = st.sampled_from([4_900, 9_800, 9_900, 11_900, 16_800, 20_000, 31_700])


@st.composite
def _months(draw: st.DrawFn) -> tuple[list[Line], list[OpenInvoice]]:
    items = [
        item(
            row,
            f"INV-2026-{draw(st.integers(1, 60)):04d}",
            draw(_AMOUNTS),
            client := draw(st.integers(1, 3)),
            group=1 if client == 2 else client,
            discount=draw(st.sampled_from([0, 0, 98])),
        )
        for row in range(1, draw(st.integers(1, 9)) + 1)
    ]
    lines = []
    for row in range(1, draw(st.integers(1, 9)) + 1):
        named = draw(st.lists(st.sampled_from(items), max_size=3))
        lines.append(
            line(
                draw(_AMOUNTS | st.just(sum(one.open for one in named) or 1)),
                " ".join(one.number for one in named),
                id=row,
                party_account=draw(st.sampled_from(["", ACME_ACCOUNT])),
                charges=draw(st.sampled_from([0, 0, 0, 100])),
            )
        )
    return lines, items


@settings(deadline=None)
@given(_months(), st.booleans())
def test_no_item_is_claimed_beyond_what_is_open_and_every_line_adds_up(
    month: tuple[list[Line], list[OpenInvoice]], oldest_first: bool
) -> None:
    lines, items = month
    policy = Policy(tolerance={"EUR": 100}, charges_up_to={"EUR": 200}, oldest_first=oldest_first)
    found = explain(
        lines, items, [ACME, payer(2, "ACME Nord", group=1), payer(3, "Nordlicht")], policy=policy, today=TODAY
    )
    claimed: Counter[int] = Counter()
    for one in lines:
        assert len(found[one.id]) <= 5
        assert not any(other.sure for other in found[one.id][1:])
        for place, other in enumerate(found[one.id]):
            taken = sum(share.amount for share in other.shares) + other.surplus
            assert taken == one.amount + one.charges + other.charges or other.kind == "nothing"
            assert all(share.amount > 0 for share in other.shares)
            assert 0 <= other.score < 1_000_000
            if place == 0:
                for share in other.shares:
                    claimed[share.item_id] += share.amount + share.discount + share.write_off + share.withheld
    assert all(claimed[invoice.id] <= invoice.open for invoice in items)


@settings(deadline=None)
@given(_months())
def test_the_order_of_the_lines_changes_nothing(month: tuple[list[Line], list[OpenInvoice]]) -> None:
    lines, items = month
    there = explain(lines, items, [ACME], today=TODAY)
    back = explain(lines[::-1], items[::-1], [ACME], today=TODAY)
    assert {row: [shares(one) for one in found] for row, found in there.items()} == {
        row: [shares(one) for one in found] for row, found in back.items()
    }
