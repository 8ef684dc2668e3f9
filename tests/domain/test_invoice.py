from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.billing import Draft, Line, line_amount, recalculate
from desktop.domain.invoice import (
    Adjustment,
    LineFigures,
    TaxGroup,
    cash_rounding,
    line_net,
    tax_groups,
    tax_on,
    totals,
)
from desktop.domain.money import SCALE, scaled, scaled_to_percent

D = Decimal


@pytest.mark.parametrize(
    "line, currency, net",
    [
        (LineFigures(D(3), D("19.99"), "S", D(19)), "EUR", 5997),
        (LineFigures(D(15), D(100), "S", D(19), base_quantity=D(31)), "EUR", 4839),
        (LineFigures(D(1), D(100), "S", D(19), allowance=1000, charge=5), "EUR", 9005),
        (LineFigures(D("0.5"), D("0.01"), "S", D(19)), "EUR", 1),
        (LineFigures(D("-0.5"), D("0.01"), "S", D(19)), "EUR", -1),
        (LineFigures(D(1), D("0.5"), "S", D(10)), "JPY", 1),
        (LineFigures(D(1), D("1.2345"), "S", D(5)), "KWD", 1235),
    ],
)
def test_a_line_rounds_once_then_takes_its_adjustments(line: LineFigures, currency: str, net: int) -> None:
    assert line_net(line, currency) == net


def test_tax_rounds_half_away() -> None:
    # Half to even would give 365.12.
    assert tax_on(146050, D(25)) == 36513
    assert tax_on(-146050, D(25)) == -36513


def test_tax_is_taken_once_a_group_and_not_a_line() -> None:
    lines = [("S", D(19), 3)] * 3
    assert totals(lines).taxes == (TaxGroup("S", D(19), 9, 2),)
    assert sum(tax_on(3, D(19)) for _ in lines) == 3


def test_a_document_adds_up_with_adjustments_prepayment_and_rounding() -> None:
    found = totals(
        [("S", D(19), 10000), ("S", D(7), 5000)],
        allowances=[Adjustment(1000, "S", D(19))],
        charges=[Adjustment(300, "S", D(7))],
        prepaid=2000,
        rounding=-1,
    )
    assert (found.line_total, found.allowance_total, found.charge_total, found.net) == (15000, 1000, 300, 14300)
    assert {(t.rate, t.basis, t.tax) for t in found.taxes} == {(D(19), 9000, 1710), (D(7), 5300, 371)}
    assert (found.tax, found.gross, found.payable) == (2081, 16381, 14380)


@pytest.mark.parametrize(
    "amount, step, rounding", [(1002, 5, -2), (1003, 5, 2), (-1003, 5, -2), (1005, 5, 0), (17, 1, 0), (25, 10, 5)]
)
def test_cash_is_rounded_to_the_step(amount: int, step: int, rounding: int) -> None:
    assert cash_rounding(amount, step) == rounding


@given(st.lists(st.tuples(st.sampled_from("SZ"), st.sampled_from([0, 5, 7, 19]), st.integers(-(10**7), 10**7))))
def test_groups_add_up_to_what_they_are_made_of(parts: list[tuple[str, int, int]]) -> None:
    groups = tax_groups([(category, D(rate), net) for category, rate, net in parts])
    assert sum(group.basis for group in groups) == sum(net for _, _, net in parts)
    assert len({(group.category, group.rate) for group in groups}) == len(groups)
    for group in groups:
        assert abs(2 * (group.tax * 100 - group.basis * group.rate)) <= 100


def _line(category: str, rate: int, net: int) -> Line:
    return Line(1, None, None, None, "", "", "", "", None, None, 0, "", 0, SCALE, 0, "", 0, net, None, category, rate)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["S", "E", "AE"]), st.sampled_from([0, 55000, 70000, 190000]), st.integers(-(10**8), 10**8)
        ),
        max_size=12,
    )
)
def test_drafts_and_calc_come_to_the_same_totals(parts: list[tuple[str, int, int]]) -> None:
    """The fast integer arithmetic of a run against the Decimal arithmetic that answers the public cases."""
    draft = Draft("invoice", 1, "EUR", lines=[_line(*part) for part in parts])
    recalculate(draft)
    told = totals([(category, scaled_to_percent(rate), net) for category, rate, net in parts])
    assert (draft.net, draft.tax, draft.gross) == (told.net, told.tax, told.gross)
    assert [(t.category, t.basis, t.tax) for t in draft.taxes] == [(t.category, t.basis, t.tax) for t in told.taxes]


@given(
    st.integers(-(10**9), 10**9),
    st.integers(0, 10**10),
    st.integers(1, 400),
    st.sampled_from(["EUR", "JPY", "KWD"]),
)
def test_lines_of_drafts_and_of_calc_round_alike(quantity: int, price: int, base: int, currency: str) -> None:
    told = LineFigures(D(quantity) / SCALE, D(price) / SCALE, "S", D(19), base_quantity=D(base))
    assert line_amount(quantity, price, scaled(D(base)), currency) == line_net(told, currency)
