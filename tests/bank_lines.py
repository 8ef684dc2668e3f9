"""Bank lines put into a book of a test in few words, as a statement would bring them."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from db.engine import Book
from db.schema import BankAccount, BankLine, BankStatement
from desktop.services.changes import change
from tests.issued import ANNE

_POSITIONS = count(1)
IBAN = "DE02120300000000202051"


def add_account(book: Book, iban: str = IBAN, **columns: Any) -> int:
    with change(book, ANNE, "Add an account") as made:
        return made.insert(BankAccount, position=1, holder="Harbour", iban=iban, **columns)


def add_statement(book: Book, account_id: int, currency: str = "EUR", **columns: Any) -> int:
    with change(book, ANNE, "Take in a statement") as made:
        return made.insert(
            BankStatement,
            account_id=account_id,
            format="camt",
            currency=currency,
            file_name="a.xml",
            taken_at=made.at,
            actor=ANNE,
            **columns,
        )


def add_line(book: Book, account_id: int, day: date, amount: int, text: str = "", **columns: Any) -> int:
    """A line of the account's latest statement, in minor units."""
    with change(book, ANNE, "Take in a line") as made:
        statement = made.connection.exec_driver_sql(
            "SELECT max(id) FROM bank_statement WHERE account_id = ?", (account_id,)
        ).scalar()
    statement = statement or add_statement(book, account_id, columns.get("currency", "EUR"))
    with change(book, ANNE, "Take in a line") as made:
        position = next(_POSITIONS)
        given = {"currency": "EUR", "identity": str(position), "state": "open" if amount else "booked"}
        return made.insert(
            BankLine,
            statement_id=statement,
            account_id=account_id,
            position=position,
            booked_on=day,
            amount=amount,
            text=text,
            **given | columns,
        )
