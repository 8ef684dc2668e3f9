"""Aging in the firm's currency is what the ledger has of receivables, on every day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Book
from desktop.services.accounting.trial_balance import trial_balance
from desktop.services.aging_in_firm import aging_in_firm
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.contracts import ANNE, rows
from tests.issued import add_client, add_invoice, add_rate
from tests.lived_book import lived_book


def days_of(book: Book) -> list[date]:
    found = rows(book, "SELECT DISTINCT booked_on FROM journal_entry ORDER BY 1")
    return [date.fromisoformat(one) for (one,) in found]


def test_the_lived_book_ages_as_its_ledger_stands(tmp_path: Path) -> None:
    with lived_book(tmp_path) as book:
        days = days_of(book)
        assert days
        for day in days:
            _agree(book, day)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([("USD", "EUR"), ("JPY", "KWD"), ("KWD", "JPY"), ("EUR", "INR")]),
    st.decimals("0.01", "200", places=6),
    st.decimals("0.01", "200", places=6),
    st.lists(st.tuples(st.integers(2, 900_000), st.integers(1, 1_200_000)), min_size=1, max_size=4),
)
def test_at_any_rates_it_is_the_ledgers(
    tmp_path_factory: pytest.TempPathFactory,
    currencies: tuple[str, str],
    before: Decimal,
    after: Decimal,
    deals: list[tuple[int, int]],
) -> None:
    currency, home = currencies
    with new_book(tmp_path_factory.mktemp("rates"), currency=home) as book:
        add_rate(book, currency, date(2026, 1, 1), before)
        add_rate(book, currency, date(2026, 2, 1), after)
        client = add_client(book, "US", currency=currency)
        for net, paid in deals:
            number = add_invoice(book, client, date(2026, 1, 10), (net, 0), currency=currency, parts=True)
            record_payment(
                book,
                numbers=[number],
                amount=paid,
                paid_on=date(2026, 2, 20),
                currency=currency,
                actor=ANNE,
                today=date(2026, 3, 1),
            )
        for day in days_of(book):
            _agree(book, day)


def test_what_has_no_rate_is_left_out_and_named(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        add_invoice(book, add_client(book, "US", currency="USD"), date(2026, 1, 10), (10_000, 0), currency="USD")
        assert aging_in_firm(book, date(2026, 2, 1)).unvalued == ("USD",)


def _agree(book: Book, day: date) -> None:
    found = aging_in_firm(book, day)
    assert found.unvalued == ()
    booked = rows(
        book,
        "SELECT p.client_id, sum(p.firm_amount) FROM posting p JOIN journal_entry e ON e.id = p.entry_id"
        " WHERE p.role = 'receivable' AND e.booked_on <= ? GROUP BY 1 HAVING sum(p.firm_amount) <> 0",
        day.isoformat(),
    )
    merged = dict(rows(book, "SELECT id, coalesce(merged_into_id, id) FROM client"))
    sums: dict[int, int] = {}
    for client, amount in booked:
        sums[merged[client]] = sums.get(merged[client], 0) + amount
    assert {row.client_id: row.total for row in found.rows if row.total} == sums, day
    assert trial_balance(book, day).total.closing == 0
