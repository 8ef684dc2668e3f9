from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.cash_book import (
    cash_book,
    count_till,
    enter_cash,
    remove_till,
    reverse_cash,
    save_till,
    tills,
)
from desktop.services.check import check
from desktop.services.firm import bank_accounts
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.refunds import refund_credit
from desktop.services.report_files import report_csv, report_pdf
from desktop.services.reports import report
from tests.books import new_book
from tests.issued import ANNE, add_client
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
FIRST, SECOND, THIRD = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def till(book: Book) -> int:
    return save_till(book, "Front desk", "EUR", actor=ANNE)


def move(book: Book, till: int, kind: str, amount: int, on: date) -> str:
    return enter_cash(
        book, till, kind=kind, amount=amount, dated=on, text="for a reason", actor=ANNE, today=TODAY
    ).number


def pay(book: Book, client: int, amount: int, on: date, till: int | None = None) -> str:
    return record_payment(
        book,
        amount=amount,
        paid_on=on,
        client_id=client,
        method="cash",
        account_id=till,
        actor=ANNE,
        today=TODAY,
    ).payment


def test_cash_of_clients_and_of_the_firm_stands_in_one_book(book: Book, till: int) -> None:
    client = add_client(book, "ACME")
    opening = move(book, till, "opening", 10_000, FIRST)
    payment = pay(book, client, 5_000, FIRST)
    spent = move(book, till, "expense", 1_250, SECOND)
    brought = move(book, till, "deposit", 12_000, THIRD)
    kept = cash_book(book, till, since=SECOND, until=TODAY)
    assert kept.opening == 15_000
    assert [(row.number, row.kind, row.amount, row.balance) for row in kept.rows] == [
        (spent, "expense", -1_250, 13_750),
        (brought, "deposit", -12_000, 1_750),
    ]
    whole = cash_book(book, till, since=FIRST, until=FIRST)
    assert [row.number for row in whole.rows] == [opening, payment]
    assert (whole.closing, tills(book)[0].balance, tills(book)[0].last) == (15_000, 1_750, THIRD)
    with book.reading() as session:
        roles = session.connection().exec_driver_sql(
            "SELECT role, sum(amount) FROM posting GROUP BY role ORDER BY role"
        )
        assert dict(tuple(row) for row in roles) == {
            "cash": 1_750,
            "opening": -10_000,
            "other": 1_250,
            "receivable": -5_000,
            "transit": 12_000,
        }
    prove(book)


def test_a_till_never_holds_less_than_nothing(book: Book, till: int) -> None:
    client = add_client(book, "ACME")
    payment = pay(book, client, 5_000, FIRST)
    with pytest.raises(UserError, match=r"50\.00"):
        move(book, till, "expense", 5_001, FIRST)
    move(book, till, "deposit", 4_000, FIRST)
    with pytest.raises(UserError, match="Front desk"):
        reverse_payment(book, payment, on=FIRST, reason="taken back", actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match="Front desk"):
        refund_credit(book, payment, on=FIRST, reason="r", actor=ANNE, today=TODAY, account_id=till)
    refund = refund_credit(book, payment, on=FIRST, reason="r", actor=ANNE, today=TODAY, account_id=till, amount=1_000)
    assert (refund.left, tills(book)[0].balance) == (4_000, 0)
    prove(book)


def test_nothing_is_entered_before_the_last_day(book: Book, till: int) -> None:
    client = add_client(book, "ACME")
    move(book, till, "opening", 100, SECOND)
    with pytest.raises(UserError, match="has reached"):
        move(book, till, "income", 100, FIRST)
    with pytest.raises(UserError, match="has reached"):
        pay(book, client, 100, FIRST, till)
    with pytest.raises(UserError, match="still to come"):
        move(book, till, "income", 100, date(2026, 4, 1))
    with pytest.raises(UserError, match="entries already"):
        move(book, till, "opening", 100, SECOND)
    assert tills(book)[0].balance == 100


def test_counting_enters_a_difference_with_its_reason(book: Book, till: int) -> None:
    move(book, till, "opening", 10_000, FIRST)
    right = count_till(book, till, counted=10_000, dated=FIRST, text="", actor=ANNE, today=TODAY)
    assert (right.number, right.amount) == ("", 0)
    with pytest.raises(UserError, match=r"0\.50"):
        count_till(book, till, counted=9_950, dated=FIRST, text=" ", actor=ANNE, today=TODAY)
    missing = count_till(book, till, counted=9_950, dated=FIRST, text="Wrong change", actor=ANNE, today=TODAY)
    assert (missing.amount, missing.balance) == (-50, 9_950)
    assert [row.kind for row in cash_book(book, till, since=FIRST, until=TODAY).rows] == ["opening", "difference"]
    prove(book)


def test_an_entry_is_taken_back_by_its_mirror_once(book: Book, till: int) -> None:
    move(book, till, "opening", 10_000, FIRST)
    wrong = move(book, till, "expense", 700, FIRST)
    back = reverse_cash(book, wrong, on=SECOND, reason="Typed twice", actor=ANNE, today=TODAY)
    assert (back.amount, back.balance) == (700, 10_000)
    for number in (wrong, back.number, "K-2026-0099"):
        with pytest.raises(UserError):
            reverse_cash(book, number, on=SECOND, reason="again", actor=ANNE, today=TODAY)
    rows = cash_book(book, till, since=FIRST, until=TODAY).rows
    assert [(row.kind, row.reversed_by) for row in rows][1:] == [("expense", back.number), ("reversal", "")]
    prove(book)


def test_a_till_with_entries_stays_as_it_is(book: Book, till: int) -> None:
    with pytest.raises(UserError, match="already"):
        save_till(book, "front DESK", "USD", actor=ANNE)
    save_till(book, "Shop", "USD", actor=ANNE, account_id=till)
    move(book, till, "opening", 1, FIRST)
    with pytest.raises(UserError, match="USD"):
        save_till(book, "Shop", "EUR", actor=ANNE, account_id=till)
    with pytest.raises(UserError, match="stays"):
        remove_till(book, till, actor=ANNE)
    empty = save_till(book, "Second", "EUR", actor=ANNE)
    remove_till(book, empty, actor=ANNE)
    assert [(one.name, one.currency) for one in tills(book)] == [("Shop", "USD")]
    assert bank_accounts(book) == []


def test_cash_goes_to_the_one_till_of_its_currency(book: Book, till: int) -> None:
    client = add_client(book, "ACME")
    pay(book, client, 100, FIRST)
    assert tills(book)[0].balance == 100
    with pytest.raises(UserError, match="EUR"):
        record_payment(
            book, amount=5, paid_on=FIRST, client_id=client, currency="USD", account_id=till, actor=ANNE, today=TODAY
        )
    save_till(book, "Other", "EUR", actor=ANNE)
    pay(book, client, 100, FIRST)
    assert [one.balance for one in tills(book)] == [100, 0]


def test_the_report_carries_forward_and_adds_up(book: Book, till: int) -> None:
    move(book, till, "opening", 10_000, FIRST)
    move(book, till, "expense", 1_250, SECOND)
    made = report(book, "cash", as_of=TODAY, since=SECOND)
    assert [(row["came_in"], row["went_out"], row["balance"]) for row in made.rows] == [
        (None, None, 10_000),
        (None, 1_250, 8_750),
    ]
    assert [(row["came_in"], row["went_out"], row["balance"]) for row in made.sums] == [(0, 1_250, 8_750)]
    assert "12.50" in report_csv(made)
    assert report_pdf(made).startswith(b"%PDF")


def test_the_check_finds_a_till_below_nothing_and_an_entry_that_was_changed(book: Book, till: int) -> None:
    move(book, till, "opening", 10_000, FIRST)
    assert check(book).clean
    with book.writing() as session:
        connection = session.connection()
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'cash_movement'"
        ).fetchall():
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("UPDATE cash_movement SET amount = -1")
    found = [problem.where for problem in check(book).problems if problem.what == "till"]
    assert found == ["Front desk", "K-2026-0001"]
