from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.journal import (
    Posting,
    TaxedPart,
    discount_postings,
    exchange_postings,
    firm_factor,
    in_firm,
    invoice_postings,
    opening_postings,
    payment_postings,
    refund_back_postings,
    refund_postings,
    write_off_postings,
)

SAME = Decimal(1)
MARCH, APRIL, MAY = "2026-03-01", "2026-04-01", "2026-05-01"

amounts = st.integers(-10_000_000, 10_000_000)
factors = st.one_of(
    st.none(), st.just(SAME), st.integers(1, 200_000_000).map(lambda scaled: Decimal(scaled) / 1_000_000)
)


def sums(postings: list[Posting]) -> tuple[int, int | None]:
    firm = [p.firm_amount for p in postings]
    known = None if None in firm else sum(f for f in firm if f is not None)
    return sum(p.amount for p in postings), known


def by_role(postings: list[Posting]) -> dict[str, int]:
    found: dict[str, int] = {}
    for posting in postings:
        found[posting.role] = found.get(posting.role, 0) + posting.amount
    return found


def test_an_invoice_debits_the_client_and_credits_revenue_by_service_period_and_rate() -> None:
    lines = [
        (10_000, "S", 190_000, MARCH, APRIL, "revenue"),
        (5_000, "S", 190_000, MARCH, APRIL, "revenue"),
        (2_000, "S", 190_000, APRIL, MAY, "revenue"),
        (1_000, "S", 70_000, None, None, "revenue"),
    ]
    taxes = [("S", 190_000, 3_230), ("S", 70_000, 70)]
    assert invoice_postings("invoice", 7, "EUR", 21_300, lines, taxes, SAME) == [
        Posting("receivable", 7, "EUR", 21_300, 21_300),
        Posting("revenue", 7, "EUR", -15_000, -15_000, "S", 190_000, MARCH, APRIL),
        Posting("revenue", 7, "EUR", -2_000, -2_000, "S", 190_000, APRIL, MAY),
        Posting("revenue", 7, "EUR", -1_000, -1_000, "S", 70_000),
        Posting("tax_payable", 7, "EUR", -3_230, -3_230, "S", 190_000),
        Posting("tax_payable", 7, "EUR", -70, -70, "S", 70_000),
    ]


def test_a_credit_note_is_the_mirror() -> None:
    lines = [(10_000, "S", 190_000, MARCH, APRIL, "revenue")]
    taxes = [("S", 190_000, 1_900)]
    invoice = invoice_postings("invoice", 7, "EUR", 11_900, lines, taxes, SAME)
    credit = invoice_postings("credit_note", 7, "EUR", 11_900, lines, taxes, SAME)
    assert [p.amount for p in credit] == [-p.amount for p in invoice]
    assert [(p.role, p.category, p.period_start) for p in credit] == [
        (p.role, p.category, p.period_start) for p in invoice
    ]


def test_a_deposit_waits_until_the_final_invoice_deducts_it() -> None:
    deposit = invoice_postings(
        "deposit", 7, "EUR", 5_950, [(5_000, "S", 190_000, None, None, "revenue")], [("S", 190_000, 950)], SAME
    )
    final = invoice_postings(
        "final",
        7,
        "EUR",
        17_850,
        [(20_000, "S", 190_000, MARCH, MAY, "revenue"), (-5_000, "S", 190_000, None, None, "deposits")],
        [("S", 190_000, 2_850)],
        SAME,
    )
    assert by_role(deposit) == {"receivable": 5_950, "deposits": -5_000, "tax_payable": -950}
    assert by_role(final) == {"receivable": 17_850, "revenue": -20_000, "deposits": 5_000, "tax_payable": -2_850}
    assert by_role(deposit + final)["deposits"] == 0


def test_cash_rounding_is_owed_too_and_stands_apart() -> None:
    lines = [(1_003, "O", 0, None, None, "revenue")]
    assert by_role(invoice_postings("invoice", 7, "CHF", 1_003, lines, [], SAME, rounding=2)) == {
        "receivable": 1_005,
        "revenue": -1_003,
        "rounding": -2,
    }


def test_figures_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="by 1"):
        invoice_postings("invoice", 7, "EUR", 101, [(100, "O", 0, None, None, "revenue")], [], SAME)


def test_the_residue_of_converting_goes_to_revenue_not_to_receivable_or_tax() -> None:
    factor = Decimal("0.333333")
    lines = [(100, "S", 100_000, MARCH, APRIL, "revenue"), (100, "S", 100_000, APRIL, MAY, "revenue")]
    postings = invoice_postings("invoice", 7, "USD", 220, lines, [("S", 100_000, 20)], factor)
    assert sums(postings) == (0, 0)
    firm = {(p.role, p.period_start): p.firm_amount for p in postings}
    assert firm[("receivable", None)] == 73
    assert firm[("tax_payable", None)] == -7
    assert firm[("revenue", MARCH)] == -33


@pytest.mark.parametrize(
    "rate, currency, firm, factor",
    [
        (None, "EUR", "EUR", Decimal(1)),
        (None, "USD", "EUR", None),
        (920_000, "USD", "EUR", Decimal("0.92")),
        (6_200, "JPY", "EUR", Decimal("0.62")),
        (3_000_000, "KWD", "EUR", Decimal("0.3")),
    ],
)
def test_a_rate_between_units_becomes_a_factor_between_minor_units(
    rate: int | None, currency: str, firm: str, factor: Decimal | None
) -> None:
    assert firm_factor(rate, currency, firm) == factor


def test_a_discount_taken_lowers_the_tax_of_each_group_in_proportion() -> None:
    parts: list[TaxedPart] = [TaxedPart("S", 190_000, 10_000, 1_900), TaxedPart("S", 70_000, 10_000, 700)]
    postings = discount_postings(7, "EUR", 452, parts, SAME)
    assert [(p.role, p.amount, p.rate_scaled) for p in postings] == [
        ("receivable", -452, None),
        ("discount", 200, 190_000),
        ("tax_payable", 38, 190_000),
        ("discount", 200, 70_000),
        ("tax_payable", 14, 70_000),
    ]


def test_taxes_of_one_rate_are_owed_to_several_authorities() -> None:
    lines = [(450_150, "S", 180_000, None, None, "revenue")]
    taxes = [("S", 90_000, 40_514), ("S", 90_000, 40_514)]
    for kind, sign in (("invoice", 1), ("credit_note", -1)):
        postings = invoice_postings(kind, 7, "INR", 531_178, lines, taxes, SAME, rounding=22)
        assert [(p.role, p.amount * sign) for p in postings] == [
            ("receivable", 531_200),
            ("revenue", -450_150),
            ("tax_payable", -40_514),
            ("tax_payable", -40_514),
            ("rounding", -22),
        ]


def test_a_discount_taken_lowers_each_of_several_taxes() -> None:
    part = TaxedPart("S", 180_000, 10_000, 1_800, ((90_000, 900), (90_000, 900)))
    postings = discount_postings(7, "INR", 236, [part], SAME)
    assert [(p.role, p.amount, p.rate_scaled) for p in postings] == [
        ("receivable", -236, None),
        ("discount", 200, 180_000),
        ("tax_payable", 18, 90_000),
        ("tax_payable", 18, 90_000),
    ]


def test_a_loss_keeps_its_tax_groups_apart() -> None:
    parts = [TaxedPart("S", 190_000, 1_000, 190), TaxedPart("S", 70_000, 1_000, 70)]
    postings = write_off_postings(7, "EUR", 2_260, parts, SAME)
    assert [(p.role, p.amount, p.rate_scaled) for p in postings] == [
        ("receivable", -2_260, None),
        ("bad_debt", 1_190, 190_000),
        ("bad_debt", 1_070, 70_000),
    ]


def test_an_opening_item_without_tax_groups_is_lost_in_one_sum() -> None:
    assert by_role(write_off_postings(7, "EUR", 500, [], SAME)) == {"receivable": -500, "bad_debt": 500}
    assert by_role(discount_postings(7, "EUR", 500, [], SAME)) == {"receivable": -500, "discount": 500}


def test_money_in_debits_the_bank_and_an_opening_stands_against_itself() -> None:
    assert by_role(payment_postings(7, "EUR", 500, SAME)) == {"bank": 500, "receivable": -500}
    assert by_role(payment_postings(7, "EUR", -500, SAME)) == {"bank": -500, "receivable": 500}
    assert by_role(payment_postings(7, "INR", 500, SAME, "withholding")) == {"withholding": 500, "receivable": -500}
    assert by_role(opening_postings(7, "EUR", 500, SAME)) == {"receivable": 500, "opening": -500}


def test_nothing_is_gained_at_one_rate_or_without_a_rate() -> None:
    rate = Decimal("0.9")
    assert exchange_postings(7, "USD", (100, 0, rate), (100, 0, rate)) == []
    assert exchange_postings(7, "USD", (100, 0, None), (100, 0, rate)) == []


@given(
    st.lists(st.integers(1, 100_000), min_size=1, max_size=8),
    st.integers(1, 5_000_000),
    st.integers(1, 5_000_000),
)
def test_settled_in_any_parts_the_firm_has_no_receivable_left(parts: list[int], item: int, source: int) -> None:
    item_factor, source_factor = Decimal(item) / 1_000_000, Decimal(source) / 1_000_000
    total = sum(parts)
    receivable = (in_firm(total, item_factor) or 0) - (in_firm(total, source_factor) or 0)
    left = total
    for part in parts:
        for posting in exchange_postings(
            7, "USD", (left, left - part, item_factor), (left, left - part, source_factor)
        ):
            if posting.role == "receivable":
                receivable += posting.firm_amount or 0
        left -= part
    assert receivable == 0


lines_and_taxes = st.tuples(
    st.lists(
        st.tuples(
            amounts,
            st.sampled_from(["S", "E"]),
            st.sampled_from([0, 70_000, 190_000]),
            st.sampled_from([None, MARCH]),
            st.sampled_from([None, APRIL]),
            st.sampled_from(["revenue", "deposits", "deferred_revenue", "accrued_revenue"]),
        ),
        max_size=8,
    ),
    st.lists(st.tuples(st.sampled_from(["S", "E"]), st.sampled_from([0, 70_000, 190_000]), amounts), max_size=3),
)


@given(st.sampled_from(["invoice", "deposit", "final", "credit_note"]), lines_and_taxes, factors)
def test_every_document_balances_in_both_currencies(
    kind: str,
    parts: tuple[list[tuple[int, str, int, str | None, str | None, str]], list[tuple[str, int, int]]],
    factor: Decimal | None,
) -> None:
    lines, taxes = parts
    gross = sum(line[0] for line in lines) + sum(tax[2] for tax in taxes)
    postings = invoice_postings(kind, 7, "USD", gross, lines, taxes, factor)
    total, firm = sums(postings)
    assert total == 0
    assert firm == (0 if factor is not None or not postings else None)
    if gross:
        assert postings[0].firm_amount == in_firm(postings[0].amount, factor)


@given(
    amounts,
    st.lists(
        st.builds(
            TaxedPart,
            st.sampled_from(["S", "E"]),
            st.just(190_000),
            st.integers(1, 100_000),
            st.integers(0, 20_000),
            st.just(()),
        ),
        max_size=3,
    ),
    factors,
)
def test_discounts_and_losses_balance_too(amount: int, parts: list[TaxedPart], factor: Decimal | None) -> None:
    for postings in (
        discount_postings(7, "USD", amount, parts, factor),
        write_off_postings(7, "USD", amount, parts, factor),
    ):
        total, firm = sums(postings)
        assert total == 0
        assert firm == (0 if factor is not None or not postings else None)
        assert by_role(postings).get("receivable", 0) == -amount


@given(st.integers(1, 10_000_000), st.data(), factors, st.none() | st.integers(1, 10_000_000))
def test_money_received_balances_whatever_banks_kept_or_gave(
    amount: int, data: st.DataObject, factor: Decimal | None, brought: int | None
) -> None:
    charges = data.draw(st.integers(0, amount - 1))
    postings = payment_postings(7, "USD", amount, factor, "bank", charges, brought if factor is not None else None)
    assert sums(postings) == (0, None if factor is None else 0)
    found = by_role(postings)
    assert (found["receivable"], found["bank"], found.get("fees", 0)) == (-amount, amount - charges, charges)
    (receivable,) = [one for one in postings if one.role == "receivable"]
    whole = in_firm(amount, factor)
    assert receivable.firm_amount == (None if whole is None else -whole)


@given(st.lists(st.integers(1, 1_000_000), min_size=1, max_size=6), factors, factors)
def test_refunds_in_parts_use_a_credit_up_in_the_currency_of_the_firm_too(
    parts: list[int], own: Decimal | None, of_the_day: Decimal | None
) -> None:
    left = sum(parts)
    whole, receivable = in_firm(left, own), 0
    made: list[list[Posting]] = []
    for part in parts:
        made.append(refund_postings(7, "USD", (left, left - part, own), of_the_day))
        left -= part
    # What bounced comes back in any order.
    for part, refund in list(zip(parts, made, strict=True))[:-1]:
        made.append(refund_back_postings(7, "USD", (left, left + part, own), refund))
        left += part
    for postings in made:
        assert sums(postings) == (0, None if own is None else 0)
        receivable += sum(one.firm_amount or 0 for one in postings if one.role == "receivable")
    kept = in_firm(left, own)
    assert receivable == (0 if whole is None or kept is None else whole - kept)
