"""Figures as banks write them, and those that no book can hold."""

from decimal import Decimal

import pytest

from desktop.importing.bank.amounts import minor_of, minor_of_decimal


@pytest.mark.parametrize("digits", [19, 30, 60])
def test_an_amount_beyond_any_book_is_no_amount(digits: int) -> None:
    assert minor_of("9" * digits, "EUR") is None
    assert minor_of_decimal(-Decimal("9" * digits + ".99"), "KWD") is None


def test_an_amount_that_the_currency_has_no_units_for_is_told_as_rounded() -> None:
    found = minor_of("12.345", "EUR")
    assert found is not None
    assert (found.minor, found.rounded) == (1235, True)
