"""The salesperson of a client: taken in by name, given out again, shown, and let go with the person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.clients import create_client, update_client
from desktop.services.exports import export_file, export_rows
from desktop.services.imports import import_file
from desktop.services.lists.clients import ClientList
from desktop.services.people import remove_person, save_person
from tests.books import new_book
from tests.contracts import value
from tests.issued import ANNE
from tests.services.imports.material import TODAY, rows

HEAD = "code,name,country,currency,street,postcode,city,salesperson\n"
ROW = "{code},Acme,DE,EUR,Kai 1,20457,Hamburg,{who}\n"


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def take(book: Book, *given: tuple[str, str]) -> tuple[int, int]:
    text = HEAD + "".join(ROW.format(code=code, who=who) for code, who in given)
    done = import_file(book, "clients", text.encode(), actor=ANNE, today=TODAY)
    assert not done.rejected
    return done.imported, done.unchanged


def salespeople(book: Book) -> list[tuple[str, str]]:
    sql = "SELECT c.code, p.name FROM client c LEFT JOIN person p ON p.id = c.salesperson_id ORDER BY c.code"
    return rows(book, sql)


def test_a_file_names_them_and_new_ones_join_the_people(book: Book) -> None:
    known = save_person(book, {"name": "Mia Sand"}, actor=ANNE)
    assert take(book, ("ACME", "mia sand"), ("BOLT", "Jon Reed"), ("COIL", "Jon Reed"), ("DUNE", "")) == (4, 0)
    assert salespeople(book) == [("ACME", "Mia Sand"), ("BOLT", "Jon Reed"), ("COIL", "Jon Reed"), ("DUNE", None)]
    assert value(book, "SELECT count(*) FROM person") == 2
    assert value(book, "SELECT salesperson_id FROM client WHERE code = 'ACME'") == known


def test_an_empty_cell_says_nothing_and_another_name_moves_the_client(book: Book) -> None:
    take(book, ("ACME", "Mia Sand"))
    assert take(book, ("ACME", "Mia Sand")) == (0, 1)
    take(book, ("ACME", ""))
    assert salespeople(book) == [("ACME", "Mia Sand")]
    assert take(book, ("ACME", "Jon Reed")) == (1, 0)
    assert salespeople(book) == [("ACME", "Jon Reed")]


def test_what_is_exported_comes_in_again_and_changes_nothing(book: Book, tmp_path: Path) -> None:
    take(book, ("ACME", "Mia Sand"), ("BOLT", ""))
    names, _rows = export_rows(book, "clients")
    assert "salesperson" in names
    export_file(book, "clients", tmp_path / "clients.csv")
    again = import_file(book, "clients", tmp_path / "clients.csv", actor=ANNE, today=date(2026, 4, 1))
    assert (again.imported, again.unchanged) == (0, 2)


def test_the_form_sets_one_that_exists_and_the_list_shows_it(book: Book) -> None:
    person = save_person(book, {"name": "Mia Sand"}, actor=ANNE)
    client = create_client(book, {"name": "Acme", "country": "DE", "salesperson_id": person}, actor=ANNE)
    assert ClientList(book, TODAY).rows([client])[client]["salesperson"] == "Mia Sand"
    with pytest.raises(UserError):
        update_client(book, client, {"salesperson_id": 99}, actor=ANNE)
    remove_person(book, person, actor=ANNE)
    assert ClientList(book, TODAY).rows([client])[client]["salesperson"] == ""
