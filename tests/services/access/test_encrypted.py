"""The rights hold in an encrypted book too, whose SQLite is another."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.book_files import open_book
from db.cipher import locked_driver
from db.engine import Book
from db.guard import AREAS, NotAllowed, SignInNeeded
from desktop.services.access.signing_in import sign_in
from desktop.services.encryption.recovery import new_key
from desktop.services.encryption.switching import encrypt
from desktop.services.people import people
from tests.access import WORDS, as_role, guard
from tests.books import new_book


def _lacks(book: Book, statement: str) -> str | None:
    try:
        with book.writing() as session:
            session.connection().exec_driver_sql(statement).close()
    except NotAllowed as refused:
        return refused.right
    return None


def test_an_encrypted_book_holds_each_to_a_role(tmp_path: Path) -> None:
    with new_book(tmp_path) as plain:
        guard(plain)
        path, olga = plain.path, plain.signed_in
    key = new_key()
    encrypt(path, key, who=olga)
    with open_book(path, driver=locked_driver(key)) as book:
        with pytest.raises(SignInNeeded):
            people(book)
        sign_in(book, "Olga", WORDS)
        clerk, reader = as_role(book, "clerk"), as_role(book, "reader", "Rolf")
        for table, right in AREAS.items():
            wanted = None if right in ("always", "change") else right
            assert _lacks(clerk, f"DELETE FROM {table} WHERE 0") == wanted, table
        assert _lacks(clerk, "SELECT value FROM json_each('[1]')") is None
        assert _lacks(clerk, "INSERT INTO setting (key, value) VALUES ('access.x', '1')") in ("configure", "people")
        assert _lacks(reader, "DELETE FROM client WHERE 0") == "change"
        assert _lacks(book, "DELETE FROM person WHERE 0") is None
        assert _lacks(clerk, "PRAGMA rekey = 'x'") == "people"
        assert _lacks(clerk, "ATTACH DATABASE ':memory:' AS other") == "people"
