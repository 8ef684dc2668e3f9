from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.changes import change, undo
from desktop.services.credit_use import apply_credit
from desktop.services.credits import credit_invoice
from desktop.services.opening import (
    OpeningItem,
    add_opening_credit,
    add_opening_item,
    book_opening_items,
    standing_documents,
)
from desktop.services.payment_reversals import reverse_payment
from desktop.services.payments import record_payment
from desktop.services.write_offs import write_off
from tests.books import new_book
from tests.issued import ANNE, add_client, add_rate
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
JANUARY = date(2026, 1, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def item(book: Book) -> OpeningItem:
    return OpeningItem("RE/17", add_client(book, "ACME"), JANUARY, date(2026, 2, 9), "EUR", 11_900, 4_900)


def add(book: Book, item: OpeningItem) -> int:
    return add_opening_item(book, item, actor=ANNE, today=TODAY)


def by_role(book: Book) -> dict[str, int]:
    with book.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT role, sum(amount) FROM posting GROUP BY role")
        return {role: amount for role, amount in rows if amount}


def test_what_is_open_comes_in_against_the_opening_balance(book: Book, item: OpeningItem) -> None:
    add(book, item)
    assert by_role(book) == {"receivable": 4_900, "opening": -4_900}
    with book.reading() as session:
        connection = session.connection()
        assert standing_documents(connection, ["RE/17", "RE/18"]) == {"RE/17": item}
        figures = connection.exec_driver_sql("SELECT gross, prepaid, payable, series_id, language FROM invoice").one()
    assert tuple(figures) == (11_900, 7_000, 4_900, None, "en")
    prove(book)


def test_it_is_paid_and_lost_like_any_other(book: Book, item: OpeningItem) -> None:
    add(book, item)
    assert record_payment(book, amount=4_000, paid_on=TODAY, actor=ANNE, today=TODAY, numbers=["RE/17"]).allocated == (
        ("RE/17", 4_000),
    )
    assert write_off(book, "RE/17", reason="lost", on=TODAY, actor=ANNE, today=TODAY).amount == 900
    prove(book)
    with pytest.raises(UserError, match="issued by another program"):
        credit_invoice(book, "RE/17", reason="x", actor=ANNE, today=TODAY)


def test_undoing_takes_it_out_until_something_settled_it(book: Book, item: OpeningItem) -> None:
    add(book, item)
    undo(book, ANNE)
    assert by_role(book) == {}
    with book.reading() as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM invoice").scalar_one() == 0
    add(book, item)
    record_payment(book, amount=100, paid_on=TODAY, actor=ANNE, today=TODAY, numbers=["RE/17"])
    with pytest.raises(UserError, match="cannot be undone"):
        undo(book, ANNE)
    prove(book)


def test_many_at_once_in_their_own_currencies(book: Book, item: OpeningItem) -> None:
    add_rate(book, "USD", date(2026, 1, 1), Decimal("0.9"))
    settled = replace(item, number="RE/18", open=0)
    dollars = replace(item, number="RE/19", currency="USD")
    with change(book, ANNE, "Import") as made:
        assert len(book_opening_items(made, [item, settled, dollars])) == 3
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT currency, sum(amount), sum(firm_amount) FROM posting WHERE role = 'receivable' GROUP BY currency"
        )
        assert [tuple(row) for row in rows] == [("EUR", 4_900, 4_900), ("USD", 4_900, 4_410)]
    prove(book)


def test_a_clients_credit_comes_in_and_is_used(book: Book, item: OpeningItem) -> None:
    add(book, item)
    number = add_opening_credit(
        book,
        client_id=item.client_id,
        amount=1_000,
        currency="EUR",
        on=JANUARY,
        reference="GS/3",
        actor=ANNE,
        today=TODAY,
    )
    assert by_role(book) == {"receivable": 3_900, "opening": -3_900}
    apply_credit(book, client_id=item.client_id, on=TODAY, actor=ANNE, today=TODAY, source=number)
    prove(book)
    reverse_payment(book, number, on=TODAY, reason="never was", actor=ANNE, today=TODAY)
    assert by_role(book) == {"receivable": 4_900, "opening": -4_900}
    prove(book)


def test_what_cannot_come_in_says_why(book: Book, item: OpeningItem) -> None:
    add(book, item)
    with pytest.raises(UserError, match="RE/17 is in the book already"):
        add(book, item)
    with pytest.raises(UserError, match=r"€120.00 open is not between nothing and the total of €119.00"):
        add(book, replace(item, number="RE/18", open=12_000))
    with pytest.raises(UserError, match="due before it was issued"):
        add(book, replace(item, number="RE/18", due_date=date(2025, 1, 1)))
    with pytest.raises(UserError, match="still to come"):
        add(book, replace(item, number="RE/18", issue_date=date(2026, 4, 1)))
    with pytest.raises(UserError, match="above zero"):
        add_opening_credit(
            book,
            client_id=item.client_id,
            amount=0,
            currency="EUR",
            on=JANUARY,
            reference="",
            actor=ANNE,
            today=TODAY,
        )
