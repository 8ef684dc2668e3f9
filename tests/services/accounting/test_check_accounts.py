"""Whatever parts the ledger from documents, payments and the bank, `sheaf check` finds, with the day it began."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.accounting.adjustments import Line, adjust, reverse
from desktop.services.accounting.chart import account_numbered, take_chart
from desktop.services.accounting.chart_files import chart
from desktop.services.bank.booking import put_aside
from desktop.services.change_sets import raw
from desktop.services.check.accounts import check_accounts, check_assigned
from desktop.services.check.problem import Problem, Problems
from desktop.services.payments import record_payment
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import ANNE, value
from tests.issued import add_client, add_invoice

TODAY, JANUARY, MARCH = date(2026, 3, 31), date(2026, 1, 15), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
        client = add_client(book, "ACME")
        number = add_invoice(book, client, JANUARY, (10_000, 19))
        record_payment(book, amount=5_000, paid_on=MARCH, actor=ANNE, today=TODAY, numbers=[number])
        put_aside(book, [add_line(book, add_account(book), MARCH, -1_290)], note="", kind="charges", actor=ANNE,
                  today=TODAY)  # fmt: skip
        sides = [Line(account_numbered(book, "4930"), 1_250), Line(account_numbered(book, "1200"), -1_250)]
        made = adjust(book, sides, on=MARCH, note="Paper", actor=ANNE, today=TODAY)
        reverse(book, made.entry, on=TODAY, reason="Twice", actor=ANNE, today=TODAY)
        yield book


def problems(book: Book) -> list[Problem]:
    found = Problems()
    with book.reading() as session:
        check_accounts(raw(session.connection()), found)
        check_assigned(session.connection(), found)
    return list(found.all())


def tamper(book: Book, *statements: str) -> None:
    with book.writing() as session:
        connection = session.connection()
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        for one in statements:
            assert connection.exec_driver_sql(one).rowcount, one


def test_receivables_that_were_booked_by_hand_differ_until_it_is_taken_back(book: Book) -> None:
    sides = [Line(account_numbered(book, "1400"), 700), Line(account_numbered(book, "4930"), -700)]
    made = adjust(book, sides, on=MARCH, note="Nevertheless", actor=ANNE, today=TODAY, despite_warnings=True)
    (found,) = problems(book)
    assert found.where.startswith("1400 ")
    assert "7.00 EUR were moved on it" in found.detail
    reverse(book, made.entry, on=TODAY, reason="Wrong", actor=ANNE, today=TODAY)
    assert problems(book) == []


def test_a_sound_book_has_none(book: Book) -> None:
    assert problems(book) == []


@pytest.mark.parametrize(
    "statement, what, said",
    [
        (
            "UPDATE journal_entry SET booked_on = '2026-01-16' WHERE kind = 'invoice'",
            "ledger",
            "on 2026-01-15 the journal moved receivables by 0.00, the client's account by 119.00",
        ),
        (
            "UPDATE posting SET amount = amount + 1 WHERE role = 'receivable' AND amount < 0",
            "ledger",
            "on 2026-03-10 the journal moved receivables by −49.99, the client's account by −50.00",
        ),
        (
            "UPDATE posting SET amount = amount - 1 WHERE role = 'tax_payable'",
            "ledger",
            "the journal has 19.01 of tax for it, the document 19.00",
        ),
        (
            "UPDATE posting SET role = 'deposits' WHERE role = 'revenue'",
            "ledger",
            "the journal has 100.00 of deposits for it, the document 0.00",
        ),
        (
            "UPDATE posting SET role = 'tax_payable' WHERE role = 'fees'",
            "journal",
            "it moves tax or deposits, and no document is behind it",
        ),
        (
            "UPDATE bank_match SET amount = -1291 WHERE kind = 'charges'",
            "bank line",
            "the journal has −12.90 for it, the bank line −12.91",
        ),
        (
            "UPDATE journal_entry SET match_id = NULL WHERE kind = 'bank'",
            "journal",
            "it is of a bank line that is not there, or the other way round",
        ),
        (
            "UPDATE posting SET account_id = (SELECT id FROM account WHERE number = '4920') WHERE amount = -1250 AND "
            "entry_id = (SELECT max(id) FROM journal_entry)",
            "journal",
            "it is not the mirror of the entry that it takes back",
        ),
        (
            "UPDATE journal_entry SET note = ' ' WHERE kind = 'adjustment' AND reverses_id IS NULL",
            "journal",
            "accounts are chosen where they follow, or not where they are chosen",
        ),
        (
            "UPDATE posting SET account_id = 1 WHERE role = 'revenue'",
            "journal",
            "accounts are chosen where they follow, or not where they are chosen",
        ),
        (
            "DELETE FROM account_rule WHERE name = 'fees'",
            "ledger",
            "no account of the chart takes it: fees",
        ),
    ],
)
def test_each_thing_that_is_off_is_found(book: Book, statement: str, what: str, said: str) -> None:
    tamper(book, statement)
    assert (what, said) in {(one.what, one.detail) for one in problems(book)}


def test_a_foreign_receivable_of_which_something_is_left_at_home(book: Book) -> None:
    tamper(
        book,
        "UPDATE posting SET currency = 'USD', firm_amount = CASE WHEN amount > 0 THEN 10000 ELSE -9999 END "
        "WHERE role = 'receivable'",
        "UPDATE posting SET amount = -11900 WHERE role = 'receivable' AND amount < 0",
        "UPDATE open_item SET open = 0, currency = 'USD'",
    )
    assert "nothing is open in USD, but 0.01 is left of it in receivables" in {one.detail for one in problems(book)}


def test_without_a_chart_nothing_is_asked_for(tmp_path: Path) -> None:
    with new_book(tmp_path, file="plain.sheaf") as book:
        add_invoice(book, add_client(book, "ACME"), JANUARY, (10_000, 19))
        assert problems(book) == []
        assert value(book, "SELECT count(*) FROM account") == 0
