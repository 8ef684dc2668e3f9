"""A book and the import of a text into it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from db.engine import Book
from desktop.services.imports import ImportResult, import_file
from tests.books import new_book
from tests.services.imports.material import AGREEMENTS, CLIENTS, ITEMS, TODAY

Importer = Callable[..., ImportResult]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as made:
        yield made


@pytest.fixture
def take_in(book: Book) -> Importer:
    """Imports a text as a file of a kind."""

    def run(kind: str, text: str | bytes, **options: Any) -> ImportResult:
        content = text.encode() if isinstance(text, str) else text
        return import_file(book, kind, content, actor="Ann", today=TODAY, name=f"{kind}.csv", **options)

    return run


@pytest.fixture
def filled(take_in: Importer) -> Importer:
    """As take_in, with clients, items and agreements in the book."""
    for kind, text in (("clients", CLIENTS), ("items", ITEMS), ("agreements", AGREEMENTS)):
        result = take_in(kind, text)
        assert result.rejected == ()
    return take_in
