"""A group: the parent company's money pays for its daughters too, and each keeps its own account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from db.queries.families import groups_of
from db.schema import BankAccount, BankLine, BankStatement, Client
from desktop.services.bank.reconciling import run_pass
from desktop.services.changes import change
from desktop.services.check import check
from desktop.services.clients import update_client
from desktop.services.merging import merge_clients
from desktop.services.problems import ValidationError
from tests.books import new_book
from tests.contracts import ANNE, Contracts, rows, value

TODAY = date(2026, 3, 20)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    """A parent and two daughters with an invoice each, and a fourth client alone."""
    with new_book(tmp_path) as book:
        made = Contracts(book)
        for k, name in enumerate(("Castor Holding", "Pollux Trade", "Rigel Works", "Vega Solo")):
            made.agreement(made.client(f"C{k}", name=name), f"A{k}", {"unit_price": str(100 + 7 * k)})
        made.bill("2026-01-31")
        with change(book, ANNE, "Group") as changed:
            changed.update(Client, 2, paid_by_id=1)
            changed.update(Client, 3, paid_by_id=2)
        yield book


def paid_by_parent(book: Book) -> int:
    """A line with which the parent pays what both daughters owe, and names nothing."""
    total = int(value(book, "SELECT sum(open) FROM open_item WHERE client_id IN (2, 3)"))
    with change(book, ANNE, "Bank") as made:
        account = made.insert(BankAccount, position=1, holder="Firm", iban="DE02120300000000202051")
        stamp = {"taken_at": made.at, "actor": ANNE}
        statement = made.insert(
            BankStatement, account_id=account, format="csv", currency="EUR", file_name="x", number="", **stamp
        )
        return made.insert(
            BankLine,
            statement_id=statement,
            account_id=account,
            position=1,
            identity="1",
            booked_on=date(2026, 3, 2),
            amount=total,
            currency="EUR",
            party="Castor Holding",
            text="INV-2026-0002 INV-2026-0003",
        )


def test_the_parents_money_pays_its_daughters_invoices(book: Book) -> None:
    paid_by_parent(book)
    done = run_pass(book, actor=ANNE, today=TODAY, origin="pass")
    assert done.matched == 1
    assert rows(book, "SELECT client_id, sum(open) FROM open_item GROUP BY client_id HAVING sum(open) = 0") == [
        (2, 0),
        (3, 0),
    ]
    assert not value(book, "SELECT coalesce(sum(open), 0) FROM open_credit")
    assert check(book).problems == ()


def test_without_the_group_it_waits(book: Book) -> None:
    with change(book, ANNE, "Part") as made:
        made.update(Client, 2, paid_by_id=None)
        made.update(Client, 3, paid_by_id=None)
    paid_by_parent(book)
    assert run_pass(book, actor=ANNE, today=TODAY, origin="pass").matched == 0


def test_groups_have_one_head(book: Book) -> None:
    with book.reading() as session:
        assert groups_of(session.connection()) == {2: 1, 3: 1}
    for wrong in (1, 3):
        with pytest.raises(ValidationError, match="by itself"):
            update_client(book, 1, {"paid_by_id": wrong}, actor=ANNE)
    update_client(book, 4, {"paid_by_id": 3}, actor=ANNE)


def test_whoever_is_merged_pays_on(book: Book) -> None:
    merge_clients(book, 4, 1, actor=ANNE)
    assert rows(book, "SELECT id, paid_by_id FROM client ORDER BY id") == [(1, None), (2, 4), (3, 2), (4, None)]
    with book.reading() as session:
        assert groups_of(session.connection()) == {1: 4, 2: 4, 3: 4}
