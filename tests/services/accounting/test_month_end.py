"""Closing: what is looked at, what may be passed over, that it holds, and what reopening leaves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Setting
from desktop.errors import UserError
from desktop.services.accounting.checklist import DONE, LEFT, NOTHING, checklist
from desktop.services.accounting.deferrals import POLICY
from desktop.services.accounting.month_end import ClosedPeriod, close_books, closings, next_to_close, reopen
from desktop.services.accounting.recognition import recognise
from desktop.services.cash_book import count_till, enter_cash, save_till
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.credits import credit_invoice
from desktop.services.payments import record_payment
from desktop.services.runs import plan
from tests.bank_lines import add_account, add_line, add_statement
from tests.billing_facts import day
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value
from tests.issued import add_client, add_invoice
from tests.ledger_proof import prove

JANUARY = day("2026-01-31")
TODAY = day("2026-02-10")


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def states(book: Book, through: date = JANUARY) -> dict[str, str]:
    return {step.key: step.state for step in checklist(book, through)}


def close(book: Book, through: date = JANUARY, **more: object) -> ClosedPeriod:
    return close_books(book, through, actor=ANNE, today=TODAY, **more)  # type: ignore[arg-type]


def test_an_empty_book_closes_at_once(book: Book) -> None:
    assert set(states(book).values()) == {DONE, NOTHING}
    assert next_to_close(book, TODAY) == JANUARY
    made = close(book)
    assert (made.through, made.actor, made.passed_over, made.reopened_at) == (JANUARY, ANNE, (), None)
    assert len(made.head) == len(made.digest) == 64
    assert closings(book) == [made]
    assert next_to_close(book, TODAY) == JANUARY
    assert next_to_close(book, day("2026-04-02")) == day("2026-02-28")
    assert check(book).clean


def test_what_is_left_is_named_and_may_be_passed_over_with_a_note(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, day("2026-01-10"), (10_000, 19))
    account = add_account(book)
    add_line(book, account, day("2026-01-20"), 11_900)
    assert states(book)["bank"] == LEFT
    with pytest.raises(UserError, match="Bank reconciled: 1 bank line is not booked"):
        close(book, note="later", passed_over=["statements", "outbox"])
    everything = [step.key for step in checklist(book, JANUARY) if step.state == LEFT]
    with pytest.raises(UserError, match="nothing says why"):
        close(book, passed_over=everything)
    made = close(book, passed_over=[*everything, "rates"], note="bank is late")
    assert made.passed_over == tuple(sorted(everything))
    assert {step.key: step.state for step in made.steps}["bank"] == LEFT
    assert made.note == "bank is late"


@pytest.mark.parametrize("through", ["2026-02-10", "2026-03-31"])
def test_a_day_that_is_not_over_stays_open(book: Book, through: str) -> None:
    with pytest.raises(UserError, match="not over"):
        close(book, day(through))


def test_a_closed_period_is_not_closed_again(book: Book) -> None:
    close(book)
    with pytest.raises(UserError, match="closed through 31 Jan 2026 already"):
        close(book, day("2026-01-15"))


def test_reopening_leaves_a_trace(book: Book) -> None:
    with pytest.raises(UserError, match="No period is closed"):
        reopen(book, "why not", actor=ANNE)
    close(book, day("2025-12-31"))
    close(book)
    with pytest.raises(UserError, match="Why"):
        reopen(book, " ", actor=ANNE)
    assert reopen(book, "a late invoice", actor="Ben") == JANUARY
    last, first = closings(book)
    assert (last.reopened_by, last.reason, first.reopened_at) == ("Ben", "a late invoice", None)
    client = add_client(book, "ACME")
    add_invoice(book, client, day("2026-01-10"), (10_000, 19))
    assert value(book, "SELECT booked_on FROM journal_entry") == "2026-01-10"
    close(book, passed_over=["outbox"], note="by hand")
    assert len(closings(book)) == 3
    prove(book)
    with pytest.raises(UserError), change(book, ANNE, "Tamper") as made:
        made.connection.exec_driver_sql("DELETE FROM closing")


def test_the_check_finds_a_journal_that_is_not_as_it_was_closed(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, day("2026-01-10"), (10_000, 19))
    close(book, passed_over=["outbox"], note="by hand")
    assert check(book).clean
    with book.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql("DROP TRIGGER posting_no_update")
        connection.exec_driver_sql("UPDATE posting SET category = 'Z' WHERE role = 'revenue'")
    found = [problem for problem in check(book).problems if problem.what == "closing"]
    assert [(one.where, "not as it was" in one.detail) for one in found] == [("2026-01-31", True)]


def test_an_entry_smuggled_into_a_closed_period_is_found(book: Book) -> None:
    client = add_client(book, "ACME")
    add_invoice(book, client, day("2026-01-10"), (10_000, 19))
    close(book, passed_over=["outbox"], note="by hand")
    with book.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql("DROP TRIGGER journal_entry_open_period")
        connection.exec_driver_sql("INSERT INTO journal_entry (id, kind, booked_on) VALUES (99, 'cash', '2026-01-11')")
    assert any(problem.what == "closing" for problem in check(book).problems)


class TestSteps:
    def test_statements_reach_the_day(self, book: Book) -> None:
        account = add_account(book)
        add_statement(book, account, from_day=day("2026-01-01"), to_day=day("2026-01-20"))
        assert states(book)["statements"] == LEFT
        assert states(book, day("2026-01-20"))["statements"] == DONE

    def test_held_drafts_and_runs_that_wait(self, book: Book) -> None:
        contracts = Contracts(book)
        contracts.agreement(contracts.client(), "A1", {"unit_price": "20000"})
        contracts.agreement(contracts.client("C2"), "A2")
        plan(book, through=JANUARY, issue_date=JANUARY, actor=ANNE, now=book.now)
        assert {key: states(book)[key] for key in ("exceptions", "runs")} == {"exceptions": LEFT, "runs": LEFT}
        assert states(book, day("2026-01-30"))["exceptions"] == DONE

    def test_a_payment_recorded_twice(self, book: Book) -> None:
        client = add_client(book, "ACME")
        add_invoice(book, client, day("2026-01-02"), (10_000, 19), (10_000, 19))
        for on in ("2026-01-20", "2026-01-22"):
            record_payment(book, amount=11_900, paid_on=day(on), actor=ANNE, today=TODAY, client_id=client)
        step = {one.key: one for one in checklist(book, JANUARY)}["duplicates"]
        assert (step.state, step.count, step.place) == (LEFT, 1, "payments")

    def test_an_invoice_issued_twice(self, book: Book) -> None:
        client = add_client(book, "ACME")
        numbers = [add_invoice(book, client, day("2026-01-12"), (10_000, 19)) for _ in range(2)]
        assert states(book)["duplicates"] == LEFT
        credit_invoice(book, numbers[1], reason="twice", actor=ANNE, today=JANUARY)
        assert states(book)["duplicates"] == DONE

    def test_cash_is_counted(self, book: Book) -> None:
        assert states(book)["cash"] == NOTHING
        till = save_till(book, "Desk", "EUR", actor=ANNE)
        told = {"kind": "opening", "amount": 5_000, "text": "Change", "actor": ANNE, "today": TODAY}
        enter_cash(book, till, dated=day("2026-01-05"), **told)  # type: ignore[arg-type]
        assert states(book)["cash"] == LEFT
        count_till(book, till, counted=5_000, dated=JANUARY, text="", actor=ANNE, today=TODAY)
        assert states(book)["cash"] == DONE

    def test_revenue_is_recognised(self, book: Book) -> None:
        assert states(book)["recognised"] == NOTHING
        with change(book, ANNE, "Policy") as made:
            made.insert(Setting, key=POLICY, value='"daily"')
        contracts = Contracts(book)
        contracts.agreement(contracts.client(), "A1", every_unit="year", timing="advance")
        contracts.bill("2026-01-01")
        assert states(book)["recognised"] == LEFT
        recognise(book, through=JANUARY, actor=ANNE, today=TODAY)
        assert states(book)["recognised"] == DONE

    def test_rates_are_known(self, book: Book) -> None:
        client = add_client(book, "ACME", currency="USD")
        add_invoice(book, client, day("2026-01-12"), (10_000, 0), currency="USD")
        step = {one.key: one for one in checklist(book, JANUARY)}["rates"]
        assert (step.state, step.count) == (LEFT, 1)
        assert "USD" in step.found

    def test_the_outbox_is_clear(self, book: Book) -> None:
        contracts = Contracts(book)
        contracts.agreement(contracts.client(email="a@example.org"), "A1")
        contracts.bill("2026-01-31")
        waiting = rows(book, "SELECT substr(made_at, 1, 10) FROM delivery WHERE state = 'waiting'")
        assert states(book, day(waiting[0][0]))["outbox"] == LEFT


def test_the_book_is_proved_last(book: Book) -> None:
    with book.writing() as session:
        connection = session.connection()
        connection.exec_driver_sql("INSERT INTO journal_entry (id, kind, booked_on) VALUES (99, 'cash', '2026-01-11')")
    steps = checklist(book, JANUARY)
    assert (steps[-1].key, steps[-1].state) == ("check", LEFT)
