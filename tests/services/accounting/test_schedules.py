"""What waits to be earned, each schedule and month by month, agrees with the journal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.accounting.recognition import recognise
from desktop.services.accounting.schedules import (
    month_rows,
    recognition_policy,
    schedule_rows,
    set_recognition_policy,
    sums_of,
)
from desktop.services.changes import undo
from desktop.services.credits import credit_invoice
from desktop.services.reports import plain_rows, report
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, Contracts
from tests.issued import add_rate

TODAY = day("2026-12-31")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def number(book: Book) -> str:
    """1,200.00 for the year 2026, billed on its first day, earned month by month."""
    set_recognition_policy(book, "monthly", actor=ANNE)
    contracts = Contracts(book)
    contracts.agreement(contracts.client(), "A1", {"unit_price": "1200"}, every_unit="year", timing="advance")
    return contracts.bill("2026-01-01").invoices[0]


def earn(book: Book, through: str) -> None:
    recognise(book, through=day(through), actor=ANNE, today=TODAY)


def test_the_policy_is_kept_and_undone(book: Book) -> None:
    assert recognition_policy(book) == "issue"
    set_recognition_policy(book, "daily", actor=ANNE)
    assert recognition_policy(book) == "daily"
    undo(book, ANNE)
    assert recognition_policy(book) == "issue"
    with pytest.raises(UserError, match="no way in which revenue"):
        set_recognition_policy(book, "completion", actor=ANNE)


def test_a_schedule_says_what_is_earned_and_what_could_be(book: Book, number: str) -> None:
    earn(book, "2026-02-28")
    (row,) = schedule_rows(book, day("2026-04-30"))
    assert (row.number, row.amount, row.earned, row.left, row.due) == (number, 120_000, 20_000, 100_000, 20_000)
    assert sums_of([row]) == {"EUR": (100_000, 20_000)}
    # As of an earlier day what was booked later is not there.
    (then,) = schedule_rows(book, day("2026-01-31"))
    assert (then.earned, then.due) == (10_000, 0)
    credit_invoice(book, number, amount_gross=11_900, reason="less", actor=ANNE, today=day("2026-03-01"))
    first, second = schedule_rows(book, day("2026-04-30"))
    assert sorted([first.corrects, second.corrects]) == ["", number]


def test_months_open_with_what_the_one_before_closed_with(book: Book, number: str) -> None:
    earn(book, "2026-02-28")
    rows = month_rows(book, day("2026-01-01"), day("2026-04-30"))
    assert [(row.month.month, row.opening, row.billed, row.earned, row.closing, row.coming) for row in rows] == [
        (1, 0, 120_000, 10_000, 110_000, 10_000),
        (2, 110_000, 0, 10_000, 100_000, 10_000),
        (3, 100_000, 0, 0, 100_000, 10_000),
        (4, 100_000, 0, 0, 100_000, 10_000),
    ]


def test_months_in_the_firms_currency(book: Book) -> None:
    add_rate(book, "USD", date(2025, 1, 1), Decimal("0.5"))
    set_recognition_policy(book, "monthly", actor=ANNE)
    contracts = Contracts(book)
    client = contracts.client(currency="USD", country="US")
    told = {"every_unit": "year", "timing": "advance", "currency": "USD"}
    contracts.agreement(client, "A1", {"unit_price": "1200"}, **told)  # type: ignore[arg-type]
    contracts.bill("2026-01-01")
    earn(book, "2026-01-31")
    (own,) = month_rows(book, day("2026-01-01"), day("2026-01-31"))
    assert (own.currency, own.billed, own.earned) == ("USD", 120_000, 10_000)
    (firm,) = month_rows(book, day("2026-01-01"), day("2026-01-31"), in_firm=True)
    assert (firm.currency, firm.billed, firm.earned, firm.coming) == ("EUR", 60_000, 5_000, 5_000)


def test_the_report(book: Book, number: str) -> None:
    earn(book, "2026-03-31")
    made = report(book, "deferred", as_of=day("2026-03-31"))
    assert plain_rows(made)[-1] == {
        "month": "2026-03", "currency": "EUR", "opening": "1000.00", "billed": "0.00", "earned": "100.00",
        "closing": "900.00", "by_service": "100.00",
    }  # fmt: skip
