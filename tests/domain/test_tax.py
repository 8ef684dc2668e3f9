from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.tax import decide_treatment, rate_at, rate_changes
from desktop.domain.tax_catalogue import EU_COUNTRIES, tax_codes


def _rates(country: str, code: str = "standard"):
    return next(found.rates for found in tax_codes(country) if found.code == code)


@pytest.mark.parametrize(
    "seller, small, buyer, tax_id, business, override, kind, item, expected",
    [
        # At home, with and without an id, services and goods, and reduced items.
        ("DE", False, "DE", "DE136695976", True, "auto", "service", "standard", "standard"),
        ("DE", False, "DE", "", False, "auto", "goods", "reduced", "reduced"),
        ("DE", False, "", "", True, "auto", "service", "standard", "standard"),
        # Another EU state: Art. 44 for businesses, Art. 45 for consumers; goods under Art. 138.
        ("DE", False, "FR", "FR40303265045", True, "auto", "service", "standard", "reverse-charge"),
        ("DE", False, "FR", "", True, "auto", "service", "reduced", "reverse-charge"),
        ("DE", False, "FR", "", False, "auto", "service", "standard", "standard"),
        ("DE", False, "FR", "FR40303265045", False, "auto", "service", "standard", "reverse-charge"),
        ("DE", False, "AT", "ATU13585627", True, "auto", "goods", "standard", "intra-eu-goods"),
        ("DE", False, "AT", "", False, "auto", "goods", "standard", "standard"),
        # Outside the EU.
        ("DE", False, "US", "", True, "auto", "service", "standard", "outside"),
        ("DE", False, "CH", "CHE-107.787.577", True, "auto", "service", "standard", "outside"),
        ("DE", False, "US", "", False, "auto", "service", "standard", "standard"),
        ("DE", False, "US", "", False, "auto", "goods", "standard", "export"),
        ("DE", False, "GB", "GB980780684", True, "auto", "goods", "standard", "export"),
        # Northern Ireland is in the EU for goods, in the United Kingdom for services.
        ("DE", False, "GB", "XI980780684", True, "auto", "goods", "standard", "intra-eu-goods"),
        ("DE", False, "GB", "XI980780684", True, "auto", "service", "standard", "outside"),
        ("XI", False, "IE", "IE6433435F", True, "auto", "goods", "standard", "intra-eu-goods"),
        ("XI", False, "IE", "IE6433435F", True, "auto", "service", "standard", "outside"),
        ("XI", False, "GB", "", True, "auto", "goods", "standard", "standard"),
        ("GB", False, "GB", "XI980780684", True, "auto", "goods", "standard", "standard"),
        # British and Swiss sellers.
        ("GB", False, "GB", "", True, "auto", "service", "zero", "zero"),
        ("GB", False, "DE", "DE136695976", True, "auto", "service", "standard", "outside"),
        ("GB", False, "DE", "", False, "auto", "service", "standard", "standard"),
        ("GB", False, "DE", "", True, "auto", "goods", "standard", "export"),
        ("CH", False, "CH", "", True, "auto", "service", "lodging", "lodging"),
        ("CH", False, "LI", "", True, "auto", "service", "standard", "standard"),
        ("CH", False, "DE", "", False, "auto", "service", "standard", "outside"),
        ("CH", False, "DE", "", True, "auto", "goods", "standard", "export"),
        # One VAT territory under two codes.
        ("FR", False, "MC", "", True, "auto", "service", "standard", "standard"),
        # A country the catalogue does not know.
        ("US", False, "US", "", True, "auto", "service", "standard", "standard"),
        ("US", False, "DE", "", True, "auto", "service", "standard", "outside"),
        # A small business: nothing at home, yet no exemption for what is not taxable at home.
        ("DE", True, "DE", "", True, "auto", "service", "standard", "small-business"),
        ("DE", True, "FR", "", False, "auto", "service", "standard", "small-business"),
        ("DE", True, "FR", "FR40303265045", True, "auto", "service", "standard", "reverse-charge"),
        ("DE", True, "FR", "FR40303265045", True, "auto", "goods", "standard", "small-business"),
        # What the client's own setting says, and what an item is by nature.
        ("DE", False, "FR", "FR40303265045", True, "domestic", "service", "reduced", "reduced"),
        ("DE", True, "FR", "FR40303265045", True, "domestic", "service", "standard", "small-business"),
        ("DE", False, "DE", "", True, "reverse_charge", "service", "standard", "reverse-charge"),
        ("DE", False, "DE", "", True, "intra_goods", "goods", "standard", "intra-eu-goods"),
        ("DE", False, "US", "", False, "outside", "service", "standard", "outside"),
        ("DE", False, "US", "", False, "export", "goods", "standard", "export"),
        ("DE", False, "DE", "", True, "exempt", "service", "standard", "exempt"),
        ("DE", False, "FR", "FR40303265045", True, "auto", "service", "exempt", "exempt"),
    ],
)
def test_treatment(seller, small, buyer, tax_id, business, override, kind, item, expected):
    assert decide_treatment(seller, small, buyer, tax_id, business, override, kind, item) == expected


@pytest.mark.parametrize("country", [*sorted(EU_COUNTRIES), "GB", "CH", "US"])
def test_what_is_decided_is_in_the_catalogue_of_the_seller(country):
    codes = {code.code for code in tax_codes(country)}
    for small in {False, "small-business" in codes}:
        for buyer in ("DE", "FR", "GB", "CH", "US", country):
            for business in (True, False):
                for kind in ("service", "goods"):
                    assert decide_treatment(country, small, buyer, "", business, "auto", kind, "standard") in codes


@pytest.mark.parametrize(
    "country, code, day, percent",
    [
        ("DE", "standard", date(2020, 6, 30), "19"),
        ("DE", "standard", date(2020, 7, 1), "16"),
        ("DE", "reduced", date(2020, 12, 31), "5"),
        ("DE", "standard", date(2021, 1, 1), "19"),
        ("LU", "standard", date(2023, 12, 31), "16"),
        ("LU", "standard", date(2024, 1, 1), "17"),
        ("EE", "standard", date(2024, 1, 1), "22"),
        ("EE", "standard", date(2025, 7, 1), "24"),
        ("FI", "standard", date(2024, 9, 1), "25.5"),
        ("SK", "standard", date(2025, 1, 1), "23"),
        ("RO", "standard", date(2025, 7, 31), "19"),
        ("RO", "standard", date(2025, 8, 1), "21"),
        ("IE", "standard", date(2021, 2, 28), "21"),
        ("CH", "standard", date(2023, 12, 31), "7.7"),
        ("CH", "lodging", date(2024, 1, 1), "3.8"),
        ("GB", "reduced", date(2026, 1, 1), "5"),
    ],
)
def test_rates_are_those_of_their_day(country, code, day, percent):
    assert rate_at(_rates(country, code), day) == Decimal(percent)


def test_a_rate_before_the_first_is_not_guessed():
    with pytest.raises(ValueError, match="no tax rate is known on 1999-12-31"):
        rate_at(_rates("DE"), date(1999, 12, 31))


@pytest.mark.parametrize(
    "start, end, days",
    [
        (date(2020, 1, 1), date(2021, 1, 1), [date(2020, 7, 1)]),
        (date(2020, 7, 1), date(2021, 1, 2), [date(2021, 1, 1)]),
        (date(2020, 6, 1), date(2020, 7, 1), []),
        (date(2020, 7, 1), date(2020, 8, 1), []),
    ],
)
def test_a_period_splits_only_inside(start, end, days):
    assert rate_changes(_rates("DE"), start, end) == days


def test_a_new_row_with_the_old_rate_splits_nothing():
    rates = [(date(2020, 1, 1), Decimal(19)), (date(2020, 6, 1), Decimal(19)), (date(2020, 9, 1), Decimal(7))]
    assert rate_changes(rates, date(2020, 1, 1), date(2021, 1, 1)) == [date(2020, 9, 1)]


@given(
    st.sampled_from(sorted(EU_COUNTRIES)),
    st.dates(date(2017, 1, 2), date(2027, 1, 1)),
    st.integers(min_value=1, max_value=1500),
)
def test_between_two_changes_the_rate_stands(country, start, length):
    rates = _rates(country)
    end = start + timedelta(days=length)
    cuts = [start, *rate_changes(rates, start, end), end]
    assert cuts == sorted(set(cuts))
    for first, after in pairwise(cuts):
        assert rate_at(rates, first) == rate_at(rates, after - timedelta(days=1))
    for cut in cuts[1:-1]:
        assert rate_at(rates, cut) != rate_at(rates, cut - timedelta(days=1))


@pytest.mark.parametrize("country", [*sorted(EU_COUNTRIES), "GB", "CH", "NO"])
def test_the_catalogue_is_whole(country):
    codes = tax_codes(country)
    assert len({code.code for code in codes}) == len(codes)
    assert len(EU_COUNTRIES) == 27
    for code in codes:
        days = [day for day, _ in code.rates]
        assert days == sorted(set(days))
        # BR-S-05 and its sisters: only category S carries a rate, and it is never 0.
        assert all((percent > 0) == (code.category == "S") for _, percent in code.rates)
        # BR-E-10, BR-AE-10 and so on: a reason wherever no tax is charged, save for the zero rate.
        assert bool(code.exemption_text) == (code.category not in ("S", "Z"))
