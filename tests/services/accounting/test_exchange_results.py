"""What a rate moves between a document and its payment is a gain or a loss, to the cent, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Book
from desktop.domain.journal import firm_factor, in_firm
from desktop.domain.money import scaled
from desktop.services.payments import record_payment
from tests.books import new_book
from tests.contracts import ANNE, value
from tests.issued import add_client, add_invoice, add_rate
from tests.ledger_proof import prove

ISSUED, PAID = date(2026, 1, 10), date(2026, 2, 20)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def results(book: Book) -> int:
    """What stands on exchange differences, a loss positive, in the firm's minor units."""
    return int(value(book, "SELECT coalesce(sum(firm_amount), 0) FROM posting WHERE role = 'exchange'"))


def pay(book: Book, number: str, amount: int) -> None:
    record_payment(book, numbers=[number], amount=amount, paid_on=PAID, actor=ANNE, today=PAID, currency="USD")


@pytest.mark.parametrize(
    "later, result", [("0.95", -500), ("0.90", 0), ("0.80", 1_000)], ids=["gain", "nothing", "loss"]
)
def test_the_rate_of_the_payment_decides(book: Book, later: str, result: int) -> None:
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.90"))
    add_rate(book, "USD", date(2026, 2, 1), Decimal(later))
    number = add_invoice(book, add_client(book, "US", currency="USD"), ISSUED, (10_000, 0), currency="USD")
    pay(book, number, 10_000)
    assert results(book) == result
    assert value(book, "SELECT sum(firm_amount) FROM posting WHERE role = 'receivable'") == 0
    prove(book)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.decimals("0.2", "5", places=6),
    st.decimals("0.2", "5", places=6),
    st.lists(st.integers(1, 40_000), min_size=1, max_size=4),
)
def test_in_parts_it_comes_to_the_difference_of_the_whole(
    tmp_path_factory: pytest.TempPathFactory, before: Decimal, after: Decimal, parts: list[int]
) -> None:
    with new_book(tmp_path_factory.mktemp("rates")) as book:
        add_rate(book, "USD", date(2026, 1, 1), before)
        add_rate(book, "USD", date(2026, 2, 1), after)
        client = add_client(book, "US", currency="USD")
        number = add_invoice(book, client, ISSUED, (sum(parts), 0), currency="USD")
        for part in parts:
            pay(book, number, part)
        owed = in_firm(sum(parts), firm_factor(scaled(before), "USD", "EUR"))
        came = [in_firm(part, firm_factor(scaled(after), "USD", "EUR")) for part in parts]
        assert owed is not None
        assert results(book) == owed - sum(one or 0 for one in came)
        assert value(book, "SELECT sum(firm_amount) FROM posting WHERE role = 'receivable'") == 0
        prove(book)
