"""Charges, discounts and deposits billed once, what a deposit takes off later, and invoices that join agreements."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.agreement import Agreement
from desktop.domain.billing import MISSING, Charged, Deposit, Draft, Work, build, build_one_offs, combine
from desktop.domain.billing.lines import DISCOUNT
from desktop.domain.money import SCALE
from desktop.saying import put
from tests.billing_facts import (
    ADVICE,
    BOOK,
    REDUCED,
    RETAINER,
    STANDARD,
    agreement,
    client,
    day,
    hours,
    line,
    money,
    one_off,
    rate,
    setting,
)
from tests.domain.test_billing import check_lines

JANUARY = setting("2026-01-31")


def drafts(agreed: Agreement, work: Work, billing: Any = JANUARY) -> list[Draft]:
    made = build(agreed, client(), work, billing).drafts
    for draft in made:
        check_lines(draft)
    return made


def test_a_charge_bills_on_its_day_at_its_price() -> None:
    work = Work(one_offs=[one_off(4, "2026-01-31", "50", quantity="2"), one_off(5, "2026-02-01", "50")])
    (draft,) = drafts(agreement(billing="fixed", start="2026-02-01"), work)
    (one,) = draft.lines
    assert (one.description, one.period_start, one.period_end, one.net) == (
        "Monthly retainer",
        "2026-01-31",
        "2026-02-01",
        10000,
    )
    assert draft.charges == [Charged("one_off", 1, 4, "2026-01-31", "2026-02-01", 0, 1, money(2), 10000)]


@pytest.mark.parametrize("price, quantity", [("30", "1"), ("-30", "1"), ("30", "-1"), ("-30", "-1")])
def test_a_discount_takes_off_however_it_was_entered(price: str, quantity: str) -> None:
    work = Work(one_offs=[one_off(4, "2026-01-20", price, kind="discount", quantity=quantity)])
    (draft,) = drafts(agreement(), work)
    assert [(one.quantity, one.unit_price, one.net, one.price_source) for one in draft.lines] == [
        (SCALE, money(100), 10000, "agreed"),
        (-SCALE, money(30), -3000, DISCOUNT),
    ]


def test_a_charge_below_nothing_has_no_price_below_nothing() -> None:
    (draft,) = drafts(agreement(), Work(one_offs=[one_off(4, "2026-01-20", "-30")]))
    assert [(one.unit_price, one.net) for one in draft.lines] == [(money(100), 10000), (money(30), -3000)]


def test_a_charge_without_a_price_takes_the_cards_or_says_that_it_has_none() -> None:
    work = Work(one_offs=[one_off(4, "2026-01-20", None), one_off(5, "2026-01-20", None, item_id=BOOK)])
    (draft,) = drafts(agreement(line(end=day("2026-01-02"))), work, setting("2026-01-31", rates=[rate(RETAINER, "77")]))
    assert [(one.price_source, one.unit_price) for one in draft.lines[1:]] == [("card", money(77)), (MISSING, 0)]


def test_everything_due_stands_on_one_invoice() -> None:
    agreed = agreement(line(), line(2, kind="time", item_id=ADVICE, position=2), billing="hybrid")
    work = Work(time=[hours(1, "2026-01-05", "2")], one_offs=[one_off(9, "2026-01-10", "40", item_id=BOOK)])
    (draft,) = drafts(agreed, work)
    assert [(one.net, one.rate) for one in draft.lines] == [
        (10000, money("0.19")),
        (20000, money("0.19")),
        (4000, money("0.07")),
    ]
    assert [charge.kind for charge in draft.charges] == ["recurring", "time", "one_off"]
    assert draft.period == ("2026-01-01", "2026-02-01")


def test_charges_outside_agreements_have_a_draft_a_currency_and_deposits_apart() -> None:
    given = [
        one_off(1, "2026-01-05", "10", agreement_id=None),
        one_off(2, "2026-01-06", "20", agreement_id=None, currency="USD"),
        one_off(3, "2026-01-07", "30", agreement_id=None, kind="deposit"),
        one_off(4, "2026-01-08", "40", agreement_id=None),
        one_off(5, "2026-02-08", "50", agreement_id=None),
    ]
    built = build_one_offs(client(), given, JANUARY)
    assert [(draft.kind, draft.currency, draft.net) for draft in built.drafts] == [
        ("invoice", "EUR", 5000),
        ("invoice", "USD", 2000),
        ("deposit", "EUR", 3000),
    ]
    assert all(draft.agreement_ids == [] and draft.terms == "net 30" for draft in built.drafts)


def test_charges_outside_agreements_that_cancel_out_are_skipped() -> None:
    given = [one_off(1, "2026-01-05", "10", agreement_id=None), one_off(2, "2026-01-05", "-10", agreement_id=None)]
    built = build_one_offs(client(), given, JANUARY)
    assert built.drafts == []
    assert built.skip is not None
    assert built.skip.code == "zero_total"


# --- deposits


def received(basis: int, *, rate: str = "0.19", code: int = STANDARD, still: int = 0, **changes: Any) -> Deposit:
    given: dict[str, Any] = {"invoice_id": 77, "number": "DP-1", "issue_date": day("2025-12-01"), "currency": "EUR"}
    groups = ((basis, "S", money(rate), code, ""),) if basis else ()
    return Deposit(groups=groups, open=still, **given | changes)


def test_a_deposit_is_asked_for_on_a_document_of_its_own() -> None:
    work = Work(one_offs=[one_off(4, "2026-01-05", "500", kind="deposit")])
    invoice, deposit = drafts(agreement(), work)
    assert (invoice.kind, invoice.net, deposit.kind, deposit.net) == ("invoice", 10000, "deposit", 50000)
    assert [charge.source_id for charge in deposit.charges] == [4]


def test_a_deposit_alone_needs_nothing_else_to_be_due() -> None:
    work = Work(one_offs=[one_off(4, "2026-01-05", "500", kind="deposit")])
    assert [draft.kind for draft in drafts(agreement(start="2026-06-01"), work)] == ["deposit"]


def test_a_zero_total_beside_a_deposit_loses_neither() -> None:
    work = Work(one_offs=[one_off(4, "2026-01-05", "500", kind="deposit"), one_off(5, "2026-01-05", "-100")])
    built = build(agreement(), client(), work, JANUARY)
    assert [draft.kind for draft in built.drafts] == ["deposit"]
    assert built.skip is None


def test_the_next_invoice_deducts_what_it_can_with_its_tax() -> None:
    (draft,) = drafts(agreement(line(unit_price="300")), Work(deposits=[received(10000)]))
    assert draft.kind == "invoice"
    off = draft.lines[-1]
    assert (off.description, off.detail, off.deducts_id) == ("DP-1", "2025-12-01", 77)
    assert (off.quantity, off.unit_price, off.net, off.rate) == (-SCALE, money(100), -10000, money("0.19"))
    assert (draft.net, draft.tax, draft.gross) == (20000, 3800, 23800)


def test_the_next_invoice_deducts_no_more_than_it_asks_for() -> None:
    (draft,) = drafts(agreement(line(unit_price="300")), Work(deposits=[received(50000)]))
    assert (draft.lines[-1].net, draft.gross) == (-30000, 0)


def test_an_invoice_that_a_deposit_settles_is_issued_all_the_same() -> None:
    """Skipped, its periods would come again with each run and the deposit never become revenue."""
    built = build(agreement(), client(), Work(deposits=[received(10000)]), JANUARY)
    assert built.skip is None
    assert [draft.gross for draft in built.drafts] == [0]


def test_two_deposits_share_one_invoice() -> None:
    second = received(25000, number="DP-2", invoice_id=78)
    (draft,) = drafts(agreement(line(unit_price="300")), Work(deposits=[received(10000), second]))
    assert [(one.deducts_id, one.net) for one in draft.lines[1:]] == [(77, -10000), (78, -20000)]
    assert draft.gross == 0


def test_a_deposit_at_another_rate_does_not_take_the_total_below_nothing() -> None:
    work = Work(deposits=[received(50000)])
    (draft,) = drafts(agreement(line(item_id=BOOK, unit_price="300")), work)
    # 269.75 and its tax of 51.25 are exactly the 321.00 there are.
    assert (draft.gross, draft.lines[-1].net) == (0, -26975)


@pytest.mark.parametrize("through, deducts", [("2026-01-31", False), ("2026-02-28", True)])
def test_a_deposit_may_wait_for_the_final_invoice(through: str, deducts: bool) -> None:
    agreed = agreement(deposits="final", end="2026-03-01", charged_through=None)
    (draft,) = drafts(agreed, Work(deposits=[received(5000)]), setting(through))
    assert any(one.deducts_id for one in draft.lines) == deducts
    assert draft.kind == ("final" if deducts else "invoice")


def test_the_final_invoice_deducts_all_even_below_nothing() -> None:
    agreed = agreement(is_final=True, deposits="final")
    (draft,) = drafts(agreed, Work(deposits=[received(50000)]))
    assert (draft.kind, draft.net, draft.tax, draft.gross) == ("final", -40000, -7600, -47600)


def test_a_deposit_left_at_the_end_is_given_back() -> None:
    agreed = agreement(end="2026-01-15", charged_through="2026-01-15")
    (draft,) = drafts(agreed, Work(deposits=[received(10000)]))
    assert (draft.kind, draft.gross, draft.charges) == ("final", -11900, [])


def test_a_deposit_of_which_nothing_came_deducts_nothing() -> None:
    agreed = agreement(is_final=True)
    (draft,) = drafts(agreed, Work(deposits=[received(0, still=11900)]))
    assert (draft.kind, draft.gross) == ("invoice", 11900)


def test_a_deposit_in_another_currency_is_left_alone() -> None:
    (draft,) = drafts(agreement(), Work(deposits=[received(5000, currency="USD")]))
    assert draft.gross == 11900


@given(
    st.lists(st.tuples(st.integers(1, 200_000), st.sampled_from(["0.19", "0.07", "0"])), max_size=4),
    st.integers(0, 1_000),
    st.integers(0, 1_000),
    st.booleans(),
)
def test_deductions_never_pass_what_was_received(
    given_deposits: list[tuple[int, str]], services: int, books: int, final: bool
) -> None:
    deposits = [received(basis, rate=part, invoice_id=100 + k) for k, (basis, part) in enumerate(given_deposits)]
    lines = [
        line(unit_price=str(services)),
        line(2, position=2, item_id=BOOK, unit_price=str(books)),
    ]
    built = build(agreement(*lines, is_final=final), client(), Work(deposits=deposits), JANUARY)
    for draft in built.drafts:
        check_lines(draft)
        taken = {one.deducts_id: -one.net for one in draft.lines if one.deducts_id}
        for deposit in deposits:
            off = taken.get(deposit.invoice_id, 0)
            assert off == deposit.groups[0][0] if final else off <= deposit.groups[0][0]
        if not final:
            # Each group's tax is rounded once, so that a cent may be left or missing a group.
            assert draft.gross >= -len(draft.taxes)


# --- several agreements on one invoice


def made(number: int, **changes: Any) -> Draft:
    work = changes.pop("work", Work())
    agreed = agreement(line(number), id=number, code=f"A{number}", title=f"Title {number}", **changes)
    (draft,) = build(agreed, client(), work, JANUARY).drafts
    return draft


TITLES = {1: "Title 1", 2: "Title 2", 3: "Title 3"}


def test_agreements_of_one_client_stand_under_their_headings() -> None:
    (whole,) = combine([made(1), made(2)], TITLES, JANUARY)
    check_lines(whole)
    assert whole.agreement_ids == [1, 2]
    assert [(one.position, one.heading, one.net) for one in whole.lines] == [
        (1, "Title 1", 10000),
        (2, "Title 2", 10000),
    ]
    assert [(charge.agreement_id, charge.position) for charge in whole.charges] == [(1, 1), (2, 2)]
    assert (whole.gross, whole.title) == (23800, "Title 1, Title 2")


@pytest.mark.parametrize(
    "difference",
    [
        {"currency": "USD"},
        {"po_number": "PO-2"},
        {"terms": "net 7"},
        {"delivery": "mail"},
        {"buyer_reference": "X"},
        {"template_id": 2},
    ],
)
def test_what_differs_stands_on_its_own(difference: dict[str, Any]) -> None:
    assert [draft.agreement_ids for draft in combine([made(1), made(2, **difference), made(3)], TITLES, JANUARY)] == [
        [1, 3],
        [2],
    ]


def test_charges_outside_agreements_join_without_a_heading() -> None:
    outside = build_one_offs(client(), [one_off(1, "2026-01-05", "10", agreement_id=None)], JANUARY).drafts
    (whole,) = combine([*outside, made(1)], TITLES, JANUARY)
    assert [(one.heading, one.net) for one in whole.lines] == [("", 1000), ("Title 1", 10000)]
    assert [charge.agreement_id for charge in whole.charges] == [None, 1]


def test_deposits_stay_with_their_agreement() -> None:
    asked = Work(one_offs=[one_off(4, "2026-01-05", "500", kind="deposit")])
    first, second = (build(agreement(id=k, start="2026-06-01"), client(), asked, JANUARY).drafts[0] for k in (1, 2))
    assert [draft.agreement_ids for draft in combine([first, second], TITLES, JANUARY)] == [[1], [2]]


def test_a_deposits_deduction_moves_with_its_lines() -> None:
    deducting = made(2, work=Work(deposits=[received(5000)]))
    (whole,) = combine([made(1), deducting], TITLES, JANUARY)
    check_lines(whole)
    assert [(one.position, one.deducts_id) for one in whole.lines] == [(1, None), (2, None), (3, 77)]
    assert whole.net == 15000


def test_reduced_and_standard_deposits_are_deducted_group_by_group() -> None:
    both = Deposit(
        77,
        "DP-1",
        day("2025-12-01"),
        "EUR",
        ((4000, "S", money("0.19"), STANDARD, ""), (6000, "S", money("0.07"), REDUCED, "")),
    )
    lines = (line(unit_price="500"), line(2, position=2, item_id=BOOK, unit_price="500"))
    (draft,) = drafts(agreement(*lines), Work(deposits=[both]))
    assert {(tax.rate, tax.basis) for tax in draft.taxes} == {(money("0.19"), 46000), (money("0.07"), 44000)}


def test_a_slip_of_the_keys_is_left_out_and_named() -> None:
    slip = one_off(4, "2026-01-20", "1000000000000", quantity="1000000000000", description="Paper")
    inside = build(agreement(billing="fixed", start="2026-02-01"), client(), Work(one_offs=[slip]), JANUARY)
    outside = build_one_offs(client(), [slip], JANUARY)
    for built in (inside, outside):
        assert built.drafts == []
        assert built.skip is not None
        assert put(built.skip.reason) == (
            "“Paper” comes to more than a document can hold: correct its quantity or its price."
        )
    other = one_off(5, "2026-01-20", "5", currency="USD")
    (draft,) = build_one_offs(client(), [slip, other], JANUARY).drafts
    assert draft.currency == "USD"
