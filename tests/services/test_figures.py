"""The firm at a glance: what it says must be what the lists and the aging say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.domain import dso
from desktop.services.aging import aging_at
from desktop.services.credits import credit_invoice
from desktop.services.figures import Debtor, figures
from desktop.services.lists.invoices import InvoiceList
from desktop.services.lists.payments import PaymentList
from desktop.services.payments import record_payment
from desktop.services.reports import report
from desktop.services.write_offs import write_off
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice, add_rate

TODAY = date(2026, 3, 20)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def pay(book: Book, client: int, amount: int, on: date, *numbers: str) -> None:
    record_payment(
        book, amount=amount, paid_on=on, actor=ANNE, today=TODAY, client_id=client, numbers=numbers, only_named=True
    )


def test_an_empty_book_has_figures_too(book: Book) -> None:
    found = figures(book, TODAY)
    assert (found.currency, found.receivables, found.overdue, found.dso, found.debtors) == ("EUR", 0, 0, None, ())
    assert [month.first for month in found.billed][::11] == [date(2025, 4, 1), date(2026, 3, 1)]
    assert {month.amount for month in (*found.billed, *found.received, *found.owed)} == {0}


def test_what_is_owed_is_what_the_aging_says(book: Book) -> None:
    acme, bolt = add_client(book, "ACME"), add_client(book, "BOLT")
    # In the order of their days, since numbers do not run backwards.
    add_invoice(book, bolt, date(2025, 10, 1), (50_00, 0))
    add_invoice(book, acme, date(2026, 1, 1), (70_00, 0))
    add_invoice(book, bolt, date(2026, 1, 1), (30_00, 0), terms="net 10")
    add_invoice(book, acme, date(2026, 3, 10), (100_00, 0))
    pay(book, bolt, 5_00, date(2026, 3, 1))
    found = figures(book, TODAY)
    aged = aging_at(book, TODAY)
    assert sum(row.total for row in aged) == found.receivables == 245_00
    assert found.buckets == tuple(
        sum(getattr(row, name) for row in aged) for name in ("current", "d1_30", "d31_60", "d61_90", "over_90")
    )
    assert (found.open, found.overdue, found.credit) == (250_00, 150_00, 5_00)
    assert found.debtors == (Debtor(acme, "ACME Ltd", 170_00, 70_00), Debtor(bolt, "BOLT Ltd", 80_00, 80_00))


def test_months_are_those_of_the_lists_behind_them(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, date(2026, 2, 27), (40_00, 0))
    first = add_invoice(book, client, date(2026, 3, 1), (100_00, 19))
    add_invoice(book, client, date(2026, 3, 5), (10_00, 19), kind="deposit")
    credit_invoice(book, first, reason="half", actor=ANNE, today=date(2026, 3, 8), amount_gross=20_00)
    pay(book, client, 30_00, date(2026, 2, 28))
    pay(book, client, 12_00, date(2026, 3, 20), first)
    found = figures(book, TODAY)
    assert [month.amount for month in found.billed[-2:]] == [40_00, 119_00 + 11_90 - 20_00]
    assert [month.amount for month in found.received[-2:]] == [30_00, 12_00]
    march = frozenset({"from:2026-03-01", "to:2026-03-20"})
    invoices, payments = InvoiceList(book, TODAY), PaymentList(book)
    assert invoices.sums(invoices.ids("", march | {"billed"}, "", False))["EUR"].gross == found.billed[-1].amount
    assert payments.totals(payments.ids("", march, "", False)) == {"EUR": found.received[-1].amount}


def test_receivables_at_the_end_of_each_month_are_those_of_the_aging_then(book: Book) -> None:
    client = add_client(book, "ACME")
    first = add_invoice(book, client, date(2025, 12, 10), (100_00, 0))
    add_invoice(book, client, date(2026, 1, 10), (60_00, 0))
    lost = add_invoice(book, client, date(2026, 2, 10), (25_00, 0))
    pay(book, client, 40_00, date(2026, 1, 31), first)
    pay(book, client, 7_00, date(2026, 2, 1))
    write_off(book, lost, reason="gone", on=date(2026, 3, 2), actor=ANNE, today=TODAY)
    owed = [month.amount for month in figures(book, TODAY).owed]
    for place, day in ((-4, date(2025, 12, 31)), (-3, date(2026, 1, 31)), (-2, date(2026, 2, 28)), (-1, TODAY)):
        assert owed[place] == sum(row.total for row in aging_at(book, day))
    assert owed[-4:] == [100_00, 120_00, 138_00, 113_00]


def test_days_until_paid_go_by_the_sales_of_three_months_and_by_counting_back(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, date(2026, 1, 10), (60_00, 0))
    add_invoice(book, client, date(2026, 3, 10), (30_00, 0))
    found = figures(book, TODAY)
    # 31 + 28 + 20 days from January to the twentieth of March.
    assert found.dso == dso.simple(90_00, 90_00, 79) == Decimal("79.0")
    assert found.dso_count_back == dso.count_back(90_00, [(30_00, 20), (0, 28), (60_00, 31)])
    assert found.dso_by_month[-3:] == (Decimal("92.0"), Decimal("90.0"), Decimal("79.0"))
    assert found.dso_by_month[0] is None


def test_other_currencies_count_at_their_own_rates(book: Book) -> None:
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.5"))
    client = add_client(book, "ACME", currency="USD")
    add_invoice(book, client, date(2026, 2, 10), (100_00, 0), currency="USD")
    add_rate(book, "USD", date(2026, 3, 1), Decimal("0.8"))
    found = figures(book, TODAY)
    # Billed at the rate of its day, open at the rate of today.
    assert found.billed[-2].amount == 50_00
    assert (found.open, found.debtors[0].owes, found.without_rate) == (80_00, 80_00, ())


def test_a_currency_without_a_rate_is_named_and_left_out(book: Book) -> None:
    client = add_client(book, "ACME", currency="USD")
    add_invoice(book, client, date(2026, 2, 10), (100_00, 0), currency="USD")
    add_invoice(book, add_client(book, "BOLT"), date(2026, 3, 10), (7_00, 0))
    found = figures(book, TODAY)
    assert (found.open, found.without_rate) == (7_00, ("USD",))
    assert found.billed[-1].amount == 7_00
    assert [one.name for one in found.debtors] == ["BOLT Ltd"]


def test_each_age_has_the_open_items_behind_it(book: Book) -> None:
    client = add_client(book, "ACME")
    for day in (date(2025, 12, 1), date(2025, 12, 20), date(2025, 12, 21), date(2026, 1, 19), date(2026, 1, 20)):
        add_invoice(book, client, day, (10_00, 0), terms="net 0")
    # Of one invoice each third has an age of its own.
    add_invoice(book, client, date(2026, 1, 20), (90_00, 0), terms="3 x monthly from net 0")
    for day in (date(2026, 2, 17), date(2026, 2, 18), date(2026, 3, 19), TODAY):
        add_invoice(book, client, day, (10_00, 0), terms="net 0")
    found = [report(book, "open", as_of=TODAY, age=age).rows for age in range(5)]
    assert tuple(sum(row["open"] for row in rows) for rows in found) == figures(book, TODAY).buckets
    assert [len(rows) for rows in found] == [2, 3, 4, 2, 1]


def test_cents_of_rounding_do_not_add_up_over_clients(book: Book) -> None:
    add_rate(book, "USD", date(2025, 1, 1), Decimal("0.995"))
    for code in ("ACME", "BOLT", "COIL"):
        client = add_client(book, code, currency="USD")
        add_invoice(book, client, date(2026, 3, 1), (1, 0), currency="USD")
        record_payment(
            book, amount=101, paid_on=date(2026, 3, 2), actor=ANNE, today=TODAY, client_id=client, currency="USD"
        )
    # 3.00 dollars are 2.985 euros; each dollar by itself would be 1.00.
    assert figures(book, TODAY).credit == 2_99
