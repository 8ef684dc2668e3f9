"""A copy of a book in which statements can be taken in and booked, and which is thrown away afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db.backup import copy_book
from db.book_files import open_book
from db.engine import Book
from desktop.services.runs.scope import Report


@contextmanager
def tried_out(book: Book, report: Report) -> Iterator[Book]:
    """The copy, open. What is foreseen in it goes the very road of what is done."""
    with tempfile.TemporaryDirectory(prefix="sheaf-preview-") as folder:
        path = Path(folder) / book.path.name
        copy_book(book.path, path, driver=book.driver, report=report)
        with open_book(path, driver=book.driver) as copy:
            copy.clock = book.clock
            yield copy
