from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.changes import change
from desktop.services.ledger import Ledger
from desktop.services.payments import book_payment
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
DAY = date(2026, 3, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def book_all(book: Book, *payments: tuple[int, str]) -> list[tuple[str, int, int]]:
    """Book payments in one transaction; (payment number, discount, surplus) of each."""
    results = []
    with change(book, ANNE, "Statement", undoable=False) as made:
        ledger = Ledger(made)
        for amount, number in payments:
            result = book_payment(made, ledger, amount=amount, paid_on=date(2026, 3, 5), today=TODAY, numbers=[number])
            results.append((result.payment, sum(part for _number, part in result.discounts), result.unapplied))
        ledger.flush()
    return results


def events(book: Book) -> list[str]:
    with book.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT subject FROM audit_event WHERE action = 'book'")
        return list(rows.scalars())


def test_payments_of_one_transaction_see_what_the_others_settled(book: Book) -> None:
    number = add_invoice(book, add_client(book, "ACME"), DAY, (10_000, 19), terms="net 30 2%/10")
    assert book_all(book, (5_000, number), (6_662, number), (100, number)) == [
        ("P-2026-0001", 0, 0),
        ("P-2026-0002", 238, 0),
        ("P-2026-0003", 0, 100),
    ]
    prove(book)
    assert book_all(book, (1, number)) == [("P-2026-0004", 0, 1)]
    assert events(book) == ["payment", "payment"]


def test_hundreds_take_the_same_road_and_the_chain_seals_them(book: Book) -> None:
    client = add_client(book, "ACME")
    numbers = [add_invoice(book, client, DAY, (100, 0)) for _ in range(3)]
    results = book_all(book, *((1, numbers[place % 3]) for place in range(400)))
    assert [number for number, _discount, _surplus in results] == [f"P-2026-{n:04}" for n in range(1, 401)]
    assert sum(surplus for _number, _discount, surplus in results) == 100
    assert events(book) == []
    prove(book)
