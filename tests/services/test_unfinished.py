"""What is typed and not saved is kept beside the log of changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.changes import changes
from desktop.services.check import check
from desktop.services.unfinished import forget, keep, kept
from tests.books import new_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def test_the_last_entries_stand_for_each_person_form_and_thing(book: Book) -> None:
    keep(book, "client", 0, {"name": "Ac"}, actor="anna")
    keep(book, "client", 0, {"name": "Acme", "lines": [{"a": 1}]}, actor="anna")
    keep(book, "client", 7, {"name": "Other"}, actor="anna")
    keep(book, "client", 0, {"name": "Ben’s"}, actor="ben")
    found = kept(book, "client", 0, actor="anna")
    assert found is not None
    assert found.entries == {"name": "Acme", "lines": [{"a": 1}]}
    assert kept(book, "agreement", 0, actor="anna") is None


def test_what_is_forgotten_is_gone_and_nothing_else(book: Book) -> None:
    keep(book, "client", 0, {}, actor="anna")
    keep(book, "client", 7, {}, actor="anna")
    forget(book, "client", 0, actor="anna")
    assert kept(book, "client", 0, actor="anna") is None
    assert kept(book, "client", 7, actor="anna") is not None


def test_what_is_months_old_goes_with_what_is_forgotten(book: Book) -> None:
    keep(book, "client", 7, {}, actor="anna")
    with book.writing() as session:
        session.connection().exec_driver_sql("UPDATE unfinished SET at = '2020-01-01T00:00:00Z'")
    forget(book, "client", 0, actor="anna")
    assert kept(book, "client", 7, actor="anna") is None


def test_the_check_finds_nothing_wrong_with_it(book: Book) -> None:
    keep(book, "client", 0, {"name": "Acme"}, actor="anna")
    assert check(book).clean


def test_the_log_of_changes_says_nothing_of_it(book: Book) -> None:
    before = changes(book)
    keep(book, "client", 0, {"name": "Acme"}, actor="anna")
    forget(book, "client", 0, actor="anna")
    assert changes(book) == before
