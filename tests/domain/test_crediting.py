import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.crediting import (
    CreditFigures,
    Group,
    Left,
    Part,
    beyond,
    credit_amount,
    credit_lines,
    credit_whole,
    gross_of,
    leaves_less_than_nothing,
)
from desktop.domain.invoice import tax_on
from desktop.domain.money import scaled_to_percent

FULL = Group("S", 190_000)
LOW = Group("S", 70_000)
GST = Group("S", 180_000, "CGST=90000;SGST=90000")
TOWN = Group("S", 82_500, "State=62500;Town=20000")
COUNTY = Group("S", 72_500, "State=62500;County=10000")


def left_of(*lines: tuple[Group, int], rounding: int = 0) -> Left:
    """What is left of a new invoice with these lines; their keys count from 1."""
    groups: dict[Group, int] = {}
    for group, net in lines:
        groups[group] = groups.get(group, 0) + net
    parts = tuple(Part(key, group, net) for key, (group, net) in enumerate(lines, 1))
    return Left(parts, groups, gross_of(groups) + rounding)


def after(left: Left, figures: CreditFigures) -> Left:
    keys = {part.key for part in figures.parts}
    taken = figures.groups
    return Left(
        tuple(line for line in left.lines if line.key not in keys),
        {group: net - taken.get(group, 0) for group, net in left.groups.items()},
        left.payable - figures.payable,
    )


def test_the_whole_invoice_goes_back_line_by_line() -> None:
    left = left_of((FULL, 10_000), (LOW, 5_000), (FULL, -1_000))
    figures = credit_whole(left)
    assert figures.parts == left.lines
    assert figures.taxes == (("S", 190_000, "", 9_000, 1_710), ("S", 70_000, "", 5_000, 350))
    assert (figures.net, figures.tax, figures.rounding, figures.payable) == (14_000, 2_060, 0, 16_060)


def test_cash_rounding_of_the_invoice_goes_back_with_the_whole() -> None:
    assert credit_whole(left_of((FULL, 1_003), rounding=2)).rounding == 2


def test_the_last_line_takes_the_last_cent() -> None:
    left = left_of((FULL, 50), (FULL, 50))
    assert left.payable == 119
    first = credit_lines(left, [1])
    assert (first.net, first.tax, first.payable) == (50, 10, 60)
    second = credit_lines(after(left, first), [2])
    assert (second.net, second.tax, second.rounding, second.payable) == (50, 10, -1, 59)


def test_what_an_amount_left_goes_back_by_group() -> None:
    left = left_of((FULL, 10_000), (LOW, 5_000))
    rest = after(left, credit_amount(left, 1_000))
    assert [part.key for part in credit_whole(rest).parts] == [None, None]


@pytest.mark.parametrize(
    "lines, amount, taxes, rounding",
    [
        ([(FULL, 10_000)], 1_190, [("S", 190_000, "", 1_000, 190)], 0),
        ([(FULL, 10_000)], 122, [("S", 190_000, "", 103, 20)], -1),
        ([(FULL, 10_000), (LOW, 10_000)], 2_260, [("S", 190_000, "", 1_000, 190), ("S", 70_000, "", 1_000, 70)], 0),
        ([(Group("O", 0), 10_000)], 122, [("O", 0, "", 122, 0)], 0),
        ([(GST, 10_000)], 1_180, [("S", 90_000, "CGST", 1_000, 90), ("S", 90_000, "SGST", 1_000, 90)], 0),
        ([(GST, 10_000)], 120, [("S", 90_000, "CGST", 102, 9), ("S", 90_000, "SGST", 102, 9)], 0),
    ],
)
def test_an_amount_is_spread_over_the_tax_groups(
    lines: list[tuple[Group, int]], amount: int, taxes: list[tuple[str, int, str, int, int]], rounding: int
) -> None:
    figures = credit_amount(left_of(*lines), amount)
    assert list(figures.taxes) == taxes
    assert (figures.rounding, figures.payable) == (rounding, amount)


def test_a_line_is_not_left_when_its_group_was_credited_by_amount() -> None:
    left = left_of((FULL, 10_000), (LOW, 5_000))
    rest = after(left, credit_amount(left, 9_000))
    assert beyond(rest, credit_lines(rest, [1])) == FULL
    assert beyond(left, credit_lines(left, [1])) is None


def test_a_fee_does_not_go_back_without_its_discount() -> None:
    left = left_of((FULL, 10_000), (LOW, -2_000))
    assert leaves_less_than_nothing(left, credit_lines(left, [1]))
    assert not leaves_less_than_nothing(left, credit_whole(left))
    same = left_of((FULL, 10_000), (FULL, -2_000))
    assert beyond(same, credit_lines(same, [1])) == FULL


groups = st.sampled_from([FULL, LOW, GST, TOWN, COUNTY, Group("Z", 0), Group("S", 81_000)])
invoices = st.lists(st.tuples(groups, st.integers(1, 1_000_000)), min_size=1, max_size=6)


@given(invoices, st.lists(st.floats(0.01, 0.99), max_size=5))
def test_amounts_and_then_the_rest_credit_the_invoice_to_the_cent(
    lines: list[tuple[Group, int]], fractions: list[float]
) -> None:
    whole = left = left_of(*lines)
    for fraction in fractions:
        amount = max(1, int(left.payable * fraction))
        if amount > left.payable or not any(left.groups.values()):
            break
        figures = credit_amount(left, amount)
        assert figures.payable == amount
        assert figures.net + figures.tax + figures.rounding == amount
        assert abs(figures.rounding) <= 2 * len(left.groups)
        assert beyond(left, figures) is None
        for _category, rate, _name, basis, tax in figures.taxes:
            assert tax == tax_on(basis, scaled_to_percent(rate))
        left = after(left, figures)
    if left.payable and any(left.groups.values()):
        left = after(left, credit_whole(left))
        assert left.payable == 0
        assert not any(left.groups.values())
    assert whole.payable >= left.payable >= 0


@given(invoices, st.data())
def test_line_by_line_the_invoice_is_credited_to_the_cent(lines: list[tuple[Group, int]], data: st.DataObject) -> None:
    left = left_of(*lines)
    keys = data.draw(st.permutations(range(1, len(lines) + 1)))
    for key in keys:
        figures = credit_lines(left, [key])
        assert beyond(left, figures) is None
        assert not leaves_less_than_nothing(left, figures)
        assert [part.key for part in figures.parts] == [key]
        left = after(left, figures)
        assert left.payable >= 0
    assert left.payable == 0
