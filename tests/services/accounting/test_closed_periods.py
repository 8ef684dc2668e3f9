"""Nothing is booked into a closed period: it is said before, or the first open day takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Closing
from desktop.domain.matching.facts import Share
from desktop.errors import UserError
from desktop.services.accounting.closing import closed_through, first_open, refuse_closed
from desktop.services.bank.booking import book_line
from desktop.services.bank.parts import Part
from desktop.services.cash_book import enter_cash, save_till
from desktop.services.changes import change, undo
from desktop.services.opening import OpeningItem, add_opening_item
from desktop.services.payments import record_payment
from desktop.services.runs import earliest_issue_date, plan, resume
from desktop.services.write_offs import write_off
from tests.bank_lines import add_account, add_line
from tests.billing_facts import day
from tests.books import new_book
from tests.closed import close
from tests.contracts import ANNE, Contracts, rows, value
from tests.issued import add_client, add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def test_the_last_standing_closing_counts(book: Book) -> None:
    with book.reading() as session:
        assert closed_through(session.connection()) is None
    close(book, "2026-01-31")
    close(book, "2026-02-28")
    with change(book, ANNE, "Reopen") as made:
        made.update(Closing, 2, reopened_at=made.at, reopened_by=ANNE, reason="late bill")
    with book.reading() as session:
        assert closed_through(session.connection()) == day("2026-01-31")
        refuse_closed(session.connection(), day("2026-02-01"))
        with pytest.raises(UserError, match=r"closed through 31 Jan"):
            refuse_closed(session.connection(), day("2026-01-31"))
    assert first_open(day("2026-01-31"), day("2026-01-05")) == day("2026-02-01")
    assert first_open(day("2026-01-31"), day("2026-02-05")) == day("2026-02-05")


BOOKINGS: dict[str, Callable[[Book, int, str], object]] = {
    "payment": lambda book, client, number: record_payment(
        book, numbers=[number], amount=100, paid_on=day("2026-02-20"), actor=ANNE, today=TODAY
    ),
    "write-off": lambda book, client, number: write_off(
        book, number, on=day("2026-02-20"), reason="gone", actor=ANNE, today=TODAY
    ),
    "cash": lambda book, client, number: enter_cash(
        book,
        save_till(book, "Till", "EUR", actor=ANNE),
        kind="opening",
        amount=100,
        dated=day("2026-02-20"),
        text="in the drawer",
        actor=ANNE,
        today=TODAY,
    ),
    "opening": lambda book, client, number: add_opening_item(
        book, OpeningItem("X-1", client, day("2026-01-20"), day("2026-02-20"), "EUR", 100, 100), actor=ANNE, today=TODAY
    ),
    "run": lambda book, client, number: plan(
        book, through=day("2026-02-20"), issue_date=day("2026-02-20"), actor=ANNE, now=book.now
    ),
}


@pytest.mark.parametrize("what", BOOKINGS)
def test_it_is_said_before_it_is_booked(book: Book, what: str) -> None:
    client = add_client(book, "ACME")
    number = add_invoice(book, client, day("2026-02-10"), (10_000, 19))
    entries = value(book, "SELECT count(*) FROM journal_entry")
    close(book, "2026-02-28")
    with pytest.raises(UserError, match=r"The books are closed through .*28.*20") as refused:
        BOOKINGS[what](book, client, number)
    assert "1 Mar" in (refused.value.remedy or "")
    assert value(book, "SELECT count(*) FROM journal_entry") == entries
    prove(book)


def test_a_draft_of_a_closed_month_is_issued_on_the_first_open_day(book: Book) -> None:
    contracts = Contracts(book)
    contracts.agreement(contracts.client())
    run = plan(book, through=day("2026-02-28"), issue_date=day("2026-02-28"), actor=ANNE, now=book.now)
    close(book, "2026-02-28")
    assert earliest_issue_date(book) == day("2026-03-01")
    resume(book, run.number, actor=ANNE, now=book.now)
    assert rows(book, "SELECT issue_date, due_date FROM invoice") == [("2026-03-01", "2026-03-31")]
    prove(book)


def test_a_bank_line_of_a_closed_day_is_booked_on_the_first_open_one(book: Book) -> None:
    account = add_account(book)
    client = add_client(book, "ACME")
    number = add_invoice(book, client, day("2026-02-10"), (10_000, 19))
    line = add_line(book, account, day("2026-02-20"), 11_900)
    charged = add_line(book, account, day("2026-02-21"), -500)
    close(book, "2026-02-28")
    item = value(book, "SELECT id FROM open_item")
    paid = book_line(book, line, [Part("payment", 11_900, shares=(Share(item, 11_900),))], actor=ANNE, today=TODAY)
    assert paid.notes[0].figures == {"day": ("day", "2026-02-20"), "opened": ("day", "2026-03-01")}
    book_line(book, charged, [Part("charges", -500)], actor=ANNE, today=TODAY)
    assert rows(book, "SELECT paid_on FROM payment") == [("2026-03-01",)]
    assert rows(book, "SELECT DISTINCT dated FROM allocation") == [("2026-03-01",)]
    booked = rows(book, "SELECT kind, booked_on FROM journal_entry ORDER BY id")
    assert booked == [("invoice", "2026-02-10"), ("payment", "2026-03-01"), ("bank", "2026-03-01")]
    assert (
        value(book, "SELECT open FROM open_item WHERE invoice_id = (SELECT id FROM invoice WHERE number = ?)", number)
        == 0
    )
    prove(book)


def test_an_opening_item_of_a_closed_period_stays(book: Book) -> None:
    client = add_client(book, "ACME")
    item = OpeningItem("X-1", client, day("2026-01-20"), day("2026-02-20"), "EUR", 100, 100)
    add_opening_item(book, item, actor=ANNE, today=TODAY)
    close(book, "2026-02-28")
    opened = value(book, "SELECT id FROM change_set WHERE summary LIKE 'Opening item%'")
    with pytest.raises(UserError, match=r"cannot be undone: the rules of the book forbid it \(journal entry\)"):
        undo(book, ANNE, opened)
    prove(book)


def test_the_schema_refuses_what_slips_through(book: Book) -> None:
    close(book, "2026-02-28")
    with pytest.raises(UserError, match="closed for that day"), change(book, ANNE, "Slip") as made:
        made.connection.exec_driver_sql("INSERT INTO journal_entry (kind, booked_on) VALUES ('payment', '2026-02-28')")
