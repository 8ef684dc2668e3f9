"""Which of the first steps are done is read from the book itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.firm import save_bank_account, set_logo, update_firm
from desktop.services.first_steps import STEPS, first_steps, write_example_clients
from desktop.services.imports import import_file
from desktop.services.runs import bill
from tests.books import new_book
from tests.ui.program import add_retainers

DAY = date(2026, 5, 31)
LOGO = Path(__file__).parents[2] / "resources" / "sample" / "logo.png"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path, street="", city="", tax_id="") as book:
        yield book


def test_every_step_is_seen_as_it_is_taken(book: Book) -> None:
    empty = first_steps(book)
    assert empty.done == frozenset()
    assert set(empty.missing) >= {"street", "city"}
    assert not empty.complete
    update_firm(book, {"street": "Kai 1", "city": "Hamburg", "tax_number": "12/345/67890"}, actor="test")
    save_bank_account(book, {"iban": "DE89370400440532013000", "currency": "EUR"}, actor="test")
    assert first_steps(book).done == {"firm"}
    set_logo(book, "logo.png", LOGO.read_bytes(), actor="test")
    assert first_steps(book).done == {"firm", "logo"}
    add_retainers(book, 1)
    assert first_steps(book).done == set(STEPS) - {"run"}
    bill(book, through=DAY, issue_date=DAY, actor="test", now=book.now)
    assert first_steps(book).complete


def test_the_example_can_be_imported_as_it_is(book: Book, tmp_path: Path) -> None:
    path = tmp_path / "example.csv"
    write_example_clients(path)
    result = import_file(book, "clients", path, actor="test", today=DAY)
    assert (result.imported, list(result.rejected)) == (3, [])


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        write_example_clients(tmp_path / "nowhere" / "example.csv")
