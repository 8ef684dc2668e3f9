from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain import money


@pytest.mark.parametrize("currency, digits", [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CHF", 2), ("CLF", 4)])
def test_minor_units_are_those_of_the_currency(currency: str, digits: int) -> None:
    assert money.exponent(currency) == digits
    assert money.per_major(currency) == 10**digits == money.unit(currency)


@pytest.mark.parametrize("code", ["", "EURO", "eur", "ABC"])
def test_what_is_no_currency_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="not an ISO 4217"):
        money.exponent(code)


@pytest.mark.parametrize(
    "value, rounded",
    [("2.5", 3), ("-2.5", -3), ("1.5", 2), ("0.5", 1), ("-0.5", -1), ("2.4999999", 2), ("36512.5", 36513), ("0", 0)],
)
def test_ties_go_away_from_zero(value: str, rounded: int) -> None:
    assert money.round_half_away(Decimal(value)) == rounded


def test_major_to_minor_rounds_once() -> None:
    assert money.to_minor(Decimal("12.345"), "EUR") == 1235
    assert money.to_minor(Decimal("12.5"), "JPY") == 13
    assert money.to_minor(Decimal("-0.0005"), "KWD") == -1


def test_an_exact_amount_has_no_more_decimals_than_its_currency() -> None:
    assert money.exact_minor(Decimal("12.30"), "EUR") == 1230
    with pytest.raises(ValueError, match="more than 2 decimals"):
        money.exact_minor(Decimal("12.345"), "EUR")
    with pytest.raises(ValueError, match="more than 0 decimals"):
        money.exact_minor(Decimal("0.5"), "JPY")


@pytest.mark.parametrize(
    "minor, currency, text",
    [
        (123450, "EUR", "1234.50"),
        (-5, "EUR", "-0.05"),
        (0, "EUR", "0.00"),
        (7, "JPY", "7"),
        (-7, "JPY", "-7"),
        (12, "KWD", "0.012"),
    ],
)
def test_machine_text_has_the_currencys_decimals(minor: int, currency: str, text: str) -> None:
    assert money.major_text(minor, currency) == text
    assert str(money.to_major(minor, currency)) == text


def test_the_book_keeps_six_decimals_and_no_more() -> None:
    assert money.scaled(Decimal("1.234567")) == 1234567
    assert money.unscaled(1500000) == Decimal("1.5")
    assert str(money.unscaled(100_000_000)) == "100"
    assert money.unscaled(-250000) == Decimal("-0.25")
    with pytest.raises(ValueError, match="more than six decimals"):
        money.scaled(Decimal("1.2345678"))


def test_rates_are_fractions_in_the_book_and_percent_outside() -> None:
    assert money.percent_to_scaled(Decimal("5.5")) == 55000
    assert money.scaled_to_percent(190000) == 19


@given(st.integers(-(10**15), 10**15))
def test_scaling_and_back_is_nothing(value: int) -> None:
    assert money.scaled(money.unscaled(value)) == value


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_shares_add_up_and_are_off_by_less_than_one(total: int, weights: list[int]) -> None:
    if not sum(weights):
        if total:
            with pytest.raises(ValueError, match="nothing to spread"):
                money.spread(total, weights)
        return
    shares = money.spread(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)


@given(st.integers(-(10**9), 10**9), st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=8))
def test_shares_add_up_where_hours_were_taken_back(total: int, weights: list[int]) -> None:
    if sum(weights):
        assert sum(money.spread(total, weights)) == total


def test_the_largest_remainder_takes_the_odd_cent() -> None:
    assert money.spread(100, [1, 1, 1]) == [34, 33, 33]
    assert money.spread(-100, [1, 1, 1]) == [-34, -33, -33]
    assert money.spread(10, [3, 3, 1]) == [4, 4, 2]
    assert money.spread(0, [0, 0]) == [0, 0]


@pytest.mark.parametrize("text", ["12.5", " -3 ", "1e2"])
def test_machine_written_numbers_are_read(text: str) -> None:
    assert money.parse_plain(text) == Decimal(text.strip())


@pytest.mark.parametrize("text", ["", "1,5", "NaN", "Infinity", "abc", "1_000"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a number"):
        money.parse_plain(text)
