"""What is issued is earned over its service: deferred, accrued, corrected, caught up with, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.engine import Book
from db.schema import Agreement, RuleSetting, Setting
from desktop.domain.recognition import DAILY, MONTHLY, next_month
from desktop.errors import UserError
from desktop.services.accounting.deferrals import POLICY
from desktop.services.accounting.recognition import Recognised, recognise
from desktop.services.changes import change
from desktop.services.credits import credit_invoice
from tests.billing_facts import day
from tests.books import new_book
from tests.closed import close
from tests.contracts import ANNE, Contracts, rows
from tests.issued import add_rate
from tests.ledger_proof import prove

TODAY = date(2027, 12, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        with change(book, ANNE, "Set up") as made:
            made.insert(RuleSetting, code="negative_total", scope="firm", enabled=False)
        yield book


def policy(book: Book, method: str) -> None:
    with change(book, ANNE, "Policy") as made:
        made.insert(Setting, key=POLICY, value=f'"{method}"')


def yearly(contracts: Contracts, price: str = "1200") -> str:
    """An agreement billed a year in advance from 1 January 2026; the number of its invoice of that day."""
    client = contracts.client()
    contracts.agreement(client, "A1", {"unit_price": price}, every_unit="year", timing="advance")
    (number,) = contracts.bill("2026-01-01").invoices
    return number


def earn(book: Book, through: str, **more: object) -> Recognised:
    return recognise(book, through=day(through), actor=ANNE, today=TODAY, **more)  # type: ignore[arg-type]


def balances(book: Book, until: str = "9999-12-31", column: str = "amount") -> dict[str, int]:
    found = rows(
        book,
        f"SELECT p.role, sum(p.{column}) FROM posting p JOIN journal_entry e ON e.id = p.entry_id"
        " WHERE e.booked_on <= ? AND p.role IN ('revenue', 'deferred_revenue', 'accrued_revenue') GROUP BY p.role",
        until,
    )
    return {role: total for role, total in found if total}


def test_at_issue_nothing_is_deferred(book: Book) -> None:
    yearly(Contracts(book))
    assert balances(book) == {"revenue": -120_000}
    assert earn(book, "2026-12-31").entries == ()
    assert not rows(book, "SELECT * FROM recognition_schedule")


def test_a_year_in_advance_is_earned_month_by_month(book: Book) -> None:
    policy(book, MONTHLY)
    number = yearly(Contracts(book))
    assert balances(book) == {"deferred_revenue": -120_000}
    done = earn(book, "2026-03-31")
    assert [(one.number, one.booked_on.isoformat(), one.amount) for one in done.entries] == [
        (number, "2026-01-31", 10_000), (number, "2026-02-28", 10_000), (number, "2026-03-31", 10_000),
    ]  # fmt: skip
    assert done.totals == {"EUR": 30_000}
    assert balances(book, "2026-02-28") == {"deferred_revenue": -100_000, "revenue": -20_000}
    assert earn(book, "2026-03-31").entries == ()
    assert earn(book, "2027-06-30").totals == {"EUR": 90_000}
    assert balances(book) == {"revenue": -120_000}
    prove(book)


def test_a_preview_books_nothing(book: Book) -> None:
    policy(book, DAILY)
    yearly(Contracts(book), "365")
    seen = earn(book, "2026-01-31", preview=True)
    assert [one.amount for one in seen.entries] == [3_100]
    assert balances(book) == {"deferred_revenue": -36_500}
    assert earn(book, "2026-01-31") == seen


def test_days_to_come_are_not_earned(book: Book) -> None:
    with pytest.raises(UserError, match="still to come"):
        recognise(book, through=date(2026, 2, 28), actor=ANNE, today=date(2026, 2, 27))


def test_arrears_are_earned_where_they_were_served(book: Book) -> None:
    policy(book, DAILY)
    contracts = Contracts(book)
    contracts.agreement(contracts.client())
    contracts.bill("2026-02-05")
    assert balances(book) == {"accrued_revenue": -10_000}
    done = earn(book, "2026-02-28")
    assert [(one.booked_on, one.before) for one in done.entries] == [(day("2026-01-31"), True)]
    assert balances(book, "2026-01-31") == {"accrued_revenue": 10_000, "revenue": -10_000}
    assert balances(book) == {"revenue": -10_000}
    prove(book)


def test_a_month_billed_on_its_last_day_needs_no_schedule(book: Book) -> None:
    policy(book, DAILY)
    contracts = Contracts(book)
    contracts.agreement(contracts.client(), timing="advance")
    contracts.bill("2026-01-31")
    assert balances(book) == {"revenue": -10_000}
    contracts.bill("2026-02-27")
    assert balances(book) == {"revenue": -10_000, "deferred_revenue": -10_000}


def test_a_service_around_its_invoice_is_accrued_and_then_met(book: Book) -> None:
    policy(book, MONTHLY)
    contracts = Contracts(book)
    contracts.agreement(contracts.client(), "A1", {"unit_price": "1200"}, every_unit="year", timing="advance")
    contracts.bill("2026-03-10")
    assert balances(book) == {"deferred_revenue": -120_000}
    done = earn(book, "2026-04-30")
    assert [(one.booked_on.month, one.before) for one in done.entries] == [(1, True), (2, True), (3, False), (4, False)]
    assert balances(book, "2026-02-28") == {"accrued_revenue": 20_000, "revenue": -20_000}
    assert balances(book, "2026-03-10") == {"deferred_revenue": -100_000, "revenue": -20_000}
    assert balances(book) == {"deferred_revenue": -80_000, "revenue": -40_000}
    prove(book)


def test_closed_months_are_caught_up_with_on_the_first_open_day(book: Book) -> None:
    policy(book, MONTHLY)
    yearly(Contracts(book))
    close(book, "2026-03-31")
    with pytest.raises(UserError, match="closed through"):
        earn(book, "2026-03-31")
    done = earn(book, "2026-04-30")
    assert [(one.booked_on.isoformat(), one.amount, one.catches_up) for one in done.entries] == [
        ("2026-04-01", 30_000, True), ("2026-04-30", 10_000, False),
    ]  # fmt: skip
    assert balances(book, "2026-03-31") == {"deferred_revenue": -120_000}


def test_what_ran_in_closed_months_before_its_invoice_is_earned_with_it(book: Book) -> None:
    policy(book, DAILY)
    contracts = Contracts(book)
    contracts.agreement(contracts.client())
    contracts.bill("2026-02-05")
    close(book, "2026-01-31")
    done = earn(book, "2026-02-28")
    assert [(one.booked_on.isoformat(), one.catches_up, one.before) for one in done.entries] == [
        ("2026-02-05", True, True)
    ]
    assert balances(book, "2026-02-04") == {}
    assert balances(book) == {"revenue": -10_000}


def test_an_item_says_otherwise_than_the_firm(book: Book) -> None:
    policy(book, DAILY)
    contracts = Contracts(book)
    contracts.item("RET", recognition="issue")
    yearly(contracts)
    assert balances(book) == {"revenue": -120_000}


def test_completion_earns_all_at_the_end(book: Book) -> None:
    contracts = Contracts(book)
    contracts.item("RET", recognition="completion")
    yearly(contracts)
    assert earn(book, "2026-12-30").entries == ()
    assert [one.booked_on.isoformat() for one in earn(book, "2027-01-31").entries] == ["2026-12-31"]


def test_a_credit_note_takes_back_what_was_earned_and_what_was_not(book: Book) -> None:
    policy(book, MONTHLY)
    number = yearly(Contracts(book))
    earn(book, "2026-03-31")
    close(book, "2026-03-31")
    credit_invoice(book, number, reason="ended", actor=ANNE, today=date(2026, 4, 15))
    assert balances(book) == {"revenue": -30_000, "deferred_revenue": 30_000}
    earn(book, "2026-12-31")
    # The closed months stay; what was earned in them is taken back where the note came.
    assert balances(book, "2026-03-31") == {"deferred_revenue": -90_000, "revenue": -30_000}
    assert balances(book, "2026-04-30") == {}
    assert balances(book) == {}
    ((original, corrects),) = rows(
        book, "SELECT s.id, c.corrects_id FROM recognition_schedule s JOIN recognition_schedule c ON c.id > s.id"
    )
    assert original == corrects
    prove(book)


def test_part_of_an_invoice_credited_by_amount_spreads_over_its_lines(book: Book) -> None:
    policy(book, DAILY)
    contracts = Contracts(book)
    client = contracts.client()
    extra = contracts.item("ONE", recognition="issue")
    lines: list[dict[str, Any]] = [{"unit_price": "300"}, {"unit_price": "100", "item_id": extra}]
    contracts.agreement(client, "A1", *lines, every_unit="year", timing="advance")
    (number,) = contracts.bill("2026-01-01").invoices
    assert balances(book) == {"deferred_revenue": -30_000, "revenue": -10_000}
    credit_invoice(book, number, amount_gross=11_900, reason="goodwill", actor=ANNE, today=date(2026, 1, 1))
    assert balances(book) == {"deferred_revenue": -22_500, "revenue": -7_500}
    earn(book, "2026-12-31")
    assert balances(book) == {"revenue": -30_000}
    prove(book)


def test_unused_days_are_taken_off_their_own_days(book: Book) -> None:
    """An agreement that ends early: the run credits the unused days, and they are never earned."""
    policy(book, DAILY)
    contracts = Contracts(book)
    client = contracts.client()
    agreement = contracts.agreement(client, "A1", {"unit_price": "365"}, every_unit="year", timing="advance")
    contracts.bill("2026-01-01")
    contracts.update(Agreement, agreement, end_date=day("2026-07-01"))
    contracts.bill("2026-02-10")
    notes = rows(book, 'SELECT start, "end", amount FROM recognition_schedule WHERE corrects_id IS NOT NULL')
    assert notes == [("2026-07-01", "2027-01-01", -18_400)]
    earn(book, "2026-06-30")
    assert balances(book) == {"revenue": -18_100}
    earn(book, "2026-12-31")
    assert balances(book) == {"revenue": -18_100}
    prove(book)


def test_foreign_currency_comes_out_in_the_firms_to_the_cent(book: Book) -> None:
    policy(book, MONTHLY)
    add_rate(book, "USD", date(2025, 1, 1), Decimal("0.913377"))
    contracts = Contracts(book)
    client = contracts.client(currency="USD", country="US")
    lines = [{"unit_price": price} for price in ("100.01", "33.33", "7.77")]
    contracts.agreement(client, "A1", *lines, every_unit="year", timing="advance", currency="USD")
    contracts.bill("2026-01-01")
    before = balances(book, column="firm_amount")
    assert set(before) == {"deferred_revenue"}
    earn(book, "2026-07-31")
    earn(book, "2027-01-31")
    assert balances(book, column="firm_amount") == {"revenue": before["deferred_revenue"]}
    assert balances(book) == {"revenue": -14_111}
    prove(book)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([DAILY, MONTHLY]),
    st.lists(st.tuples(st.integers(1, 20), st.sampled_from(["earn", "close", "credit"])), max_size=5),
)
def test_whatever_happens_all_is_earned_in_the_end(
    tmp_path_factory: pytest.TempPathFactory, method: str, steps: list[tuple[int, str]]
) -> None:
    with new_book(tmp_path_factory.mktemp("life")) as book:
        policy(book, method)
        number = yearly(Contracts(book), "999.99")
        month = 1
        left, closed = 99_999, 0
        for step, what in steps:
            month = min(month + step % 4, 12)
            through = next_month(date(2026, month, 1)) - timedelta(days=1)
            if what == "earn" and month > closed:
                earn(book, through.isoformat())
            elif what == "close" and month > closed:
                close(book, through.isoformat())
                closed = month
            elif what == "credit" and left > 10_000 and month > closed:
                credit_invoice(book, number, amount_gross=11_900, reason="less", actor=ANNE, today=through)
                left -= 10_000
        earn(book, "2027-12-31")
        assert balances(book) == {"revenue": -left}
        prove(book)
