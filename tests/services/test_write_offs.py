from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.schema import Person
from desktop.errors import UserError
from desktop.services.changes import change
from desktop.services.write_offs import WriteOffRow, WrittenOff, reverse_write_off, write_off, write_offs_of
from tests.books import new_book
from tests.issued import ANNE, add_client, add_invoice
from tests.ledger_proof import prove

TODAY = date(2026, 3, 31)
DAY = date(2026, 3, 1)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


@pytest.fixture
def number(book: Book) -> str:
    return add_invoice(book, add_client(book, "ACME"), DAY, (10_000, 19))


def lose(
    book: Book, number: str, amount: int | None = None, *, actor: str = ANNE, reason: str = "bankrupt"
) -> WrittenOff:
    return write_off(book, number, reason=reason, on=TODAY, actor=actor, today=TODAY, amount=amount)


def bad_debt(book: Book) -> int:
    with book.reading() as session:
        total = session.connection().exec_driver_sql(
            "SELECT coalesce(sum(amount), 0) FROM posting WHERE role = 'bad_debt'"
        )
        return int(total.scalar_one())


def test_all_that_is_open_is_lost_and_taken_back(book: Book, number: str) -> None:
    lost = lose(book, number)
    assert (lost.amount, lost.open, bad_debt(book)) == (11_900, 0, 11_900)
    prove(book)
    back = reverse_write_off(book, lost.id, reason="paid after all", on=TODAY, actor=ANNE, today=TODAY)
    assert (back.amount, back.open, bad_debt(book)) == (-11_900, 11_900, 0)
    prove(book)
    with pytest.raises(UserError, match="taken back already"):
        reverse_write_off(book, lost.id, reason="again", on=TODAY, actor=ANNE, today=TODAY)
    with pytest.raises(UserError, match="taken back already"):
        reverse_write_off(book, back.id, reason="again", on=TODAY, actor=ANNE, today=TODAY)


def test_a_part_of_instalments_is_lost_the_oldest_first(book: Book) -> None:
    plan = [(date(2026, 2, 1), 600), (date(2026, 4, 1), 400)]
    number = add_invoice(book, add_client(book, "PARTS"), DAY, (1_000, 0), instalments=plan)
    assert lose(book, number, 700).open == 300
    with book.reading() as session:
        rows = session.connection().exec_driver_sql("SELECT open FROM open_item ORDER BY due_date").scalars().all()
    assert rows == [0, 300]
    prove(book)


def test_a_person_loses_no_more_than_allowed(book: Book, number: str) -> None:
    with change(book, ANNE, "Limits") as made:
        made.insert(Person, name=ANNE, credit_limit=None, write_off_limit=1_000)
    first = lose(book, number, 600)
    with pytest.raises(UserError, match=r"Anne may write off up to €10.00 of an invoice; this makes it €12.00"):
        lose(book, number, 600)
    reverse_write_off(book, first.id, reason="mistake", on=TODAY, actor="Boss", today=TODAY)
    assert lose(book, number, 1_000).open == 10_900
    assert lose(book, number, actor="Boss").open == 0
    prove(book)


def test_what_cannot_be_lost_says_why(book: Book, number: str) -> None:
    with pytest.raises(UserError, match="reason is missing"):
        lose(book, number, reason=" ")
    with pytest.raises(UserError, match=r"Only €119.00 of INV-2026-0001 is open, not €120.00"):
        lose(book, number, 12_000)
    with pytest.raises(UserError, match="above zero"):
        lose(book, number, 0)
    with pytest.raises(UserError, match="not in the book"):
        reverse_write_off(book, 9, reason="x", on=TODAY, actor=ANNE, today=TODAY)
    lost = lose(book, number)
    with pytest.raises(UserError, match="is settled"):
        lose(book, number)
    with pytest.raises(UserError, match="later than that"):
        reverse_write_off(book, lost.id, reason="x", on=DAY, actor=ANNE, today=TODAY)


def test_only_losses_that_stand_are_listed(book: Book, number: str) -> None:
    first, second = lose(book, number, 1_000), lose(book, number, 500, reason="rounding")
    reverse_write_off(book, first.id, reason="paid after all", on=TODAY, actor=ANNE, today=TODAY)
    assert write_offs_of(book, number) == (WriteOffRow(second.id, TODAY, 500, "rounding"),)
