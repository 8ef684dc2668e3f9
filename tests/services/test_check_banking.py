"""What `sheaf check` finds when bank lines, their matches and payments were changed by hand."""

from __future__ import annotations

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from db.book_files import open_book
from desktop.domain.matching.facts import Share
from desktop.services.bank.booking import book_line
from desktop.services.bank.parts import Part
from desktop.services.check import check
from tests.bank_lines import add_account, add_line
from tests.books import new_book
from tests.contracts import value
from tests.issued import ANNE, add_client, add_invoice

TODAY = date(2026, 3, 31)
DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    "tampering, said",
    [
        ("UPDATE bank_line SET state = 'open' WHERE id = 1", "it stands as “open”"),
        ("UPDATE bank_match SET amount = 9000 WHERE id = 1", "which brought"),
        ("UPDATE bank_match SET client_id = 2 WHERE id = 1", "is another client's"),
        ("UPDATE bank_match SET kind = 'return' WHERE id = 1", "takes none back"),
        ("UPDATE bank_match SET payment_id = NULL WHERE id = 1", "a payment that is not there"),
        ("UPDATE bank_match SET payment_id = 1, kind = 'payment' WHERE id = 2", "of another line too"),
        ("UPDATE bank_line SET account_id = 2 WHERE id = 1", "came to another account"),
    ],
)
def test_what_was_changed_by_hand_is_found(tmp_path: Path, tampering: str, said: str) -> None:
    with new_book(tmp_path) as book:
        account = add_account(book)
        add_account(book, "DE89370400440532013000")
        client = add_client(book, "ACME")
        add_client(book, "BOLT")
        add_invoice(book, client, date(2026, 1, 10), (10_000, 0))
        line = add_line(book, account, DAY, 10_000)
        other = add_line(book, account, DAY, 500)
        item = value(book, "SELECT id FROM open_item")
        book_line(book, line, [Part("payment", 10_000, shares=(Share(item, 10_000),))], actor=ANNE, today=TODAY)
        book_line(book, other, [Part("other", 500, note="Interest")], actor=ANNE, today=TODAY)
        assert check(book).problems == ()
        path = book.path
    connection = sqlite3.connect(path)
    for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{trigger}"')
    connection.execute(tampering)
    connection.commit()
    connection.close()
    with open_book(path) as book:
        found = [one.detail for one in check(book).problems if one.what == "bank line"]
    assert any(said in detail for detail in found), found
