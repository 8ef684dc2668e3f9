"""Amounts before conversion are believed where the book's own rate says about the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from db.schema import ExchangeRate
from desktop.services.bank.facts import load
from desktop.services.changes import change
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.issued import ANNE

MARCH = date(2026, 3, 10)


@pytest.mark.parametrize(
    "amount, original, currency, kept",
    [
        (115_340, 100_000, "GBP", True),
        (110_000, 100_000, "GBP", True),
        (11_534, 100_000, "GBP", False),
        (1_153_400, 100_000, "GBP", False),
        (10_000, 16_000, "JPY", True),
        (10_000, 1_600_000, "JPY", False),
        (1, 100_000, "USD", True),
        (9_000, 10_000, "EUR", True),
    ],
)
def test_an_amount_that_no_rate_makes_is_left_out(
    tmp_path: Path, amount: int, original: int, currency: str, kept: bool
) -> None:
    with new_book(tmp_path) as book:
        with change(book, ANNE, "Rates") as made:
            made.insert(ExchangeRate, currency="GBP", valid_from=date(2026, 1, 1), rate=1_153_400)
            made.insert(ExchangeRate, currency="JPY", valid_from=date(2026, 1, 1), rate=6_250)
        account = add_account(book)
        add_line(book, account, MARCH, amount, "Invoice", original_amount=original, original_currency=currency)
        with book.reading() as session:
            (line,) = load(session.connection()).lines
        assert line.original == ((original, currency) if kept else None)
