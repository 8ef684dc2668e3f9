"""What the bank charged, moved and took aside stands in the journal, and is taken out of it by its mirror."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Closing
from desktop.errors import UserError
from desktop.services.accounting.bank_entries import post_earlier, unposted, unposted_rows
from desktop.services.accounting.chart import account_numbered, take_chart
from desktop.services.accounting.chart_files import chart
from desktop.services.accounting.journal import Asked, journal
from desktop.services.accounting.trial_balance import trial_balance
from desktop.services.bank.booking import book_line, put_aside
from desktop.services.bank.parts import Part
from desktop.services.bank.undoing import take_back
from desktop.services.changes import change
from desktop.services.check import check
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import ANNE, rows, value
from tests.issued import add_rate

TODAY, MARCH = date(2026, 3, 31), date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        take_chart(book, chart("skr03"), actor=ANNE, title="SKR03")
        yield book


@pytest.fixture
def bank(book: Book) -> int:
    return add_account(book)


def closings(book: Book) -> dict[str, int]:
    return {row.account.number: row.firm.closing for row in trial_balance(book, TODAY).rows if row.firm.closing}


def test_each_kind_has_its_account_and_a_person_may_choose_another(book: Book, bank: int) -> None:
    fee, moved, rent, paper = (add_line(book, bank, MARCH, amount) for amount in (-1_290, -50_000, -348_000, -2_500))
    put_aside(book, [fee], note="", kind="charges", actor=ANNE, today=TODAY)
    put_aside(book, [moved], note="", kind="transfer", actor=ANNE, today=TODAY)
    put_aside(book, [rent], note="Rent", actor=ANNE, today=TODAY, account_id=account_numbered(book, "4210"))
    put_aside(book, [paper], note="Paper", actor=ANNE, today=TODAY)
    assert closings(book) == {"1200": -401_790, "1360": 50_000, "4210": 348_000, "4900": 2_500, "4970": 1_290}
    (row,) = journal(book, Asked(account_id=account_numbered(book, "4210")))
    assert (row.kind, row.booked_on, row.text, row.place, row.place_id) == ("bank", MARCH, "Rent", "bank", rent)
    assert check(book).problems == ()


def test_a_part_of_a_line_is_posted_as_that_part(book: Book, bank: int) -> None:
    line = add_line(book, bank, MARCH, -10_000)
    book_line(book, line, [Part("charges", -1_000)], actor=ANNE, today=TODAY)
    assert closings(book) == {"1200": -1_000, "4970": 1_000}
    put_aside(book, [line], note="Rest", actor=ANNE, today=TODAY)
    assert closings(book)["1200"] == -10_000


def test_taking_a_line_back_posts_the_mirror(book: Book, bank: int) -> None:
    line = add_line(book, bank, MARCH, -1_290)
    put_aside(book, [line], note="", kind="charges", actor=ANNE, today=TODAY)
    take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="It was rent")
    assert closings(book) == {}
    assert rows(book, "SELECT kind, booked_on, reverses_id FROM journal_entry") == [
        ("bank", "2026-03-10", None), ("bank", "2026-03-10", 1),
    ]  # fmt: skip
    put_aside(book, [line], note="Rent", actor=ANNE, today=TODAY)
    assert closings(book) == {"1200": -1_290, "4900": 1_290}
    assert check(book).problems == ()


def test_a_line_of_another_currency_has_the_rate_of_its_day(book: Book) -> None:
    dollars = add_account(book, "DE12500105170648489890", currency="USD")
    first, second = (add_line(book, dollars, MARCH, amount, currency="USD") for amount in (-1_001, -999))
    put_aside(book, [first], note="", kind="charges", actor=ANNE, today=TODAY)
    assert trial_balance(book, TODAY).unvalued == 2
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.905"))
    put_aside(book, [second], note="", kind="charges", actor=ANNE, today=TODAY)
    found = {row.account.number: row for row in trial_balance(book, TODAY).rows}
    assert found["4970"].currencies["USD"].closing == 2_000
    assert found["4970"].firm.closing == 904
    assert check(book).problems == ()


def close(book: Book, through: date) -> None:
    with change(book, ANNE, "Close") as made:
        made.insert(Closing, through=through, closed_at=made.at, actor=ANNE, checklist="[]", head="0", digest="0")


def test_in_a_closed_period_it_is_booked_on_the_first_open_day(book: Book, bank: int) -> None:
    early, late = add_line(book, bank, date(2026, 2, 20), -100), add_line(book, bank, MARCH, -200)
    put_aside(book, [late], note="", kind="charges", actor=ANNE, today=TODAY)
    close(book, date(2026, 3, 15))
    put_aside(book, [early], note="", kind="charges", actor=ANNE, today=TODAY)
    take_back(book, line_ids=[late], actor=ANNE, today=TODAY, reason="Wrong")
    assert [day for (day,) in rows(book, "SELECT booked_on FROM journal_entry ORDER BY id")] == [
        "2026-03-10", "2026-03-16", "2026-03-16",
    ]  # fmt: skip
    assert not [one for one in check(book).problems if one.what == "bank line"]


def unpost(book: Book) -> None:
    """As a book is of which the bank's lines were put aside before there was a ledger."""
    with book.writing() as session:
        connection = session.connection()
        for (name,) in connection.exec_driver_sql(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('journal_entry', 'posting')"
        ).fetchall():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("DELETE FROM posting")
        connection.exec_driver_sql("DELETE FROM journal_entry")


def test_what_was_put_aside_before_the_ledger_is_posted_once_and_on_request(book: Book, bank: int) -> None:
    kept, gone = add_line(book, bank, MARCH, -1_290), add_line(book, bank, MARCH, -500)
    put_aside(book, [kept, gone], note="", kind="charges", actor=ANNE, today=TODAY)
    take_back(book, line_ids=[gone], actor=ANNE, today=TODAY, reason="Wrong")
    unpost(book)
    with book.reading() as session:
        assert unposted(session.connection()) == 1
    assert [(row["date"], row["kind"], row["amount"]) for row in unposted_rows(book)] == [(MARCH, "charges", -1_290)]
    assert post_earlier(book, actor=ANNE) == 1
    assert post_earlier(book, actor=ANNE) == 0
    assert closings(book) == {"1200": -1_290, "4970": 1_290}
    assert value(book, "SELECT summary FROM change_set ORDER BY id DESC LIMIT 1").startswith("Post 1 bank line")


def test_taking_back_what_was_never_posted_posts_nothing(book: Book, bank: int) -> None:
    line = add_line(book, bank, MARCH, -1_290)
    put_aside(book, [line], note="", kind="charges", actor=ANNE, today=TODAY)
    unpost(book)
    take_back(book, line_ids=[line], actor=ANNE, today=TODAY, reason="Wrong")
    assert value(book, "SELECT count(*) FROM journal_entry") == 0


def test_an_account_that_is_not_there_is_refused(book: Book, bank: int) -> None:
    line = add_line(book, bank, MARCH, -1_290)
    with pytest.raises(UserError, match="There is no account 77"):
        put_aside(book, [line], note="x", actor=ANNE, today=TODAY, account_id=account_numbered(book, "77"))
    assert value(book, "SELECT state FROM bank_line") == "open"
