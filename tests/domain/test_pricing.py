from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.pricing import PriceBook, RateRow

HOUR, SEAT, CALL = 1, 2, 3
DAY = date(2026, 5, 1)


def D(text):  # noqa: N802
    return Decimal(text)


def _book():
    rows = [
        RateRow(1, HOUR, None, "EUR", date(2025, 1, 1), None, D(100)),
        RateRow(2, HOUR, None, "EUR", date(2026, 1, 1), None, D(110)),
        RateRow(3, HOUR, 7, "EUR", date(2025, 6, 1), None, D(95)),
        RateRow(4, HOUR, None, "CHF", date(2025, 1, 1), None, D(120)),
        RateRow(7, SEAT, None, "EUR", date(2025, 1, 1), None, D(8), "volume"),
        RateRow(5, SEAT, None, "EUR", date(2025, 1, 1), D(10), D(12), "volume"),
        RateRow(6, SEAT, None, "EUR", date(2025, 1, 1), D(50), D(10), "volume"),
        RateRow(8, CALL, None, "EUR", date(2025, 1, 1), D(100), D("0.20"), "graduated"),
        RateRow(9, CALL, None, "EUR", date(2025, 1, 1), D(1000), D("0.15"), "graduated"),
        RateRow(10, CALL, None, "EUR", date(2025, 1, 1), None, D("0.10"), "graduated"),
        RateRow(11, CALL, 7, "EUR", date(2025, 1, 1), D(100), D("0.05"), "volume"),
    ]
    return PriceBook(rows, {HOUR: ("USD", D(130)), 4: ("EUR", D(49))})


@pytest.mark.parametrize(
    "item, client, currency, day, quantity, price, source",
    [
        (HOUR, None, "EUR", date(2025, 12, 31), 1, "100", "card"),
        (HOUR, None, "EUR", date(2026, 1, 1), 1, "110", "card"),
        (HOUR, 7, "EUR", DAY, 1, "95", "client"),
        # Before the client's own card starts, everyone's counts.
        (HOUR, 7, "EUR", date(2025, 5, 31), 1, "100", "card"),
        (HOUR, 7, "CHF", DAY, 1, "120", "card"),
        (HOUR, 7, "USD", DAY, 1, "130", "list"),
        (4, 7, "EUR", DAY, 1, "49", "list"),
        (SEAT, 1, "EUR", DAY, 10, "12", "card"),
        (SEAT, 1, "EUR", DAY, "10.000001", "10", "card"),
        (SEAT, 1, "EUR", DAY, 51, "8", "card"),
        (SEAT, 1, "EUR", DAY, -20, "10", "card"),
        (SEAT, 1, "EUR", DAY, 0, "12", "card"),
    ],
)
def test_price(item, client, currency, day, quantity, price, source):
    found = _book().price(item, client, currency, day, Decimal(quantity))
    assert found is not None
    assert (found.unit_price, found.source) == (Decimal(price), source)


@pytest.mark.parametrize(
    "item, client, currency, day, quantity",
    [
        (HOUR, None, "EUR", date(2024, 12, 31), 1),
        (HOUR, None, "GBP", DAY, 1),
        (4, None, "USD", DAY, 1),
        (99, None, "EUR", DAY, 1),
        # The client's card ends at 100; neither its price nor everyone's is guessed beyond.
        (CALL, 7, "EUR", DAY, 101),
    ],
)
def test_what_nobody_priced_has_no_price(item, client, currency, day, quantity):
    assert _book().price(item, client, currency, day, Decimal(quantity)) is None
    assert _book().tiers(item, client, currency, day, Decimal(quantity)) is None


@pytest.mark.parametrize(
    "quantity, parts",
    [
        ("100", [("100", "0.20")]),
        ("101", [("100", "0.20"), ("1", "0.15")]),
        ("1500", [("100", "0.20"), ("900", "0.15"), ("500", "0.10")]),
        ("-150", [("-100", "0.20"), ("-50", "0.15")]),
        ("0", [("0", "0.20")]),
    ],
)
def test_graduated_prices_each_tier_at_its_own(quantity, parts):
    tiers = _book().tiers(CALL, None, "EUR", DAY, Decimal(quantity))
    assert tiers is not None
    assert [(tier.quantity, tier.unit_price) for tier in tiers] == [(Decimal(q), Decimal(p)) for q, p in parts]


def test_flat_and_volume_stay_in_one_part_with_their_rate():
    tiers = _book().tiers(SEAT, None, "EUR", DAY, Decimal(20))
    assert tiers is not None
    assert [(tier.quantity, tier.unit_price, tier.rate_id) for tier in tiers] == [(Decimal(20), Decimal(10), 6)]


@given(st.decimals(min_value=0, max_value=100000, places=6))
def test_the_tiers_add_up_to_the_quantity(quantity):
    tiers = _book().tiers(CALL, None, "EUR", DAY, quantity)
    assert tiers is not None
    assert sum(tier.quantity for tier in tiers) == quantity
    assert all(tier.quantity > 0 for tier in tiers) or quantity == 0
    price = _book().price(CALL, None, "EUR", DAY, quantity)
    assert price is not None
    assert tiers[-1].unit_price == price.unit_price
