"""What Today says of the bank."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.bank.booking import put_aside
from desktop.services.today import Item, Urgency, today
from desktop.services.today.bank import bank_lines, missing_statements
from tests.bank_lines import add_account, add_line, add_statement
from tests.books import new_book
from tests.issued import ANNE

TODAY = date(2026, 3, 31)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def found(book: Book) -> tuple[Item, ...]:
    return today(book, TODAY, "2026-03-31T08:00:00Z", sources=(bank_lines, missing_statements)).items


def test_nothing_without_a_bank(book: Book) -> None:
    add_account(book)
    assert found(book) == ()


def test_lines_wait_until_they_are_booked(book: Book) -> None:
    account = add_account(book)
    first = add_line(book, account, date(2026, 3, 30), 10_000)
    (item,) = found(book)
    assert (item.sentence, item.verb, item.urgency) == ("1 bank line waits", "Match it", Urgency.WEEK)
    assert (item.amount, item.currency, item.target.place) == (10_000, "EUR", "bank")
    second = add_line(book, account, date(2026, 3, 20), 2_500)
    (item,) = found(book)
    assert (item.sentence, item.urgency, item.amount) == ("2 bank lines wait", Urgency.TODAY, 12_500)
    put_aside(book, [first, second], note="Interest", actor=ANNE, today=TODAY)
    out = add_line(book, account, date(2026, 3, 30), -700)
    (item,) = found(book)
    assert (item.amount, "went out" in item.why) == (None, True)
    put_aside(book, [out], note="", kind="charges", actor=ANNE, today=TODAY)
    assert found(book) == ()


def test_a_statement_that_is_old_and_one_that_is_missing(book: Book) -> None:
    account = add_account(book)
    day = date(2026, 3, 21)
    add_statement(book, account, from_day=date(2026, 3, 1), to_day=day, opening=0, closing=100, closing_on=day)
    assert found(book) == ()
    with_gap = date(2026, 3, 28)
    add_statement(
        book,
        account,
        from_day=date(2026, 3, 27),
        to_day=with_gap,
        opening=500,
        opening_on=date(2026, 3, 27),
        closing=500,
        closing_on=with_gap,
    )
    sentences = [item.sentence for item in found(book)]
    assert any("have a gap" in one for one in sentences)


def test_the_last_statement_is_long_ago(book: Book) -> None:
    account = add_account(book)
    add_statement(book, account, from_day=date(2026, 3, 1), to_day=date(2026, 3, 15))
    (item,) = found(book)
    assert "15 Mar 2026" in item.sentence
