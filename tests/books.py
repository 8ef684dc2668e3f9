"""Books for tests: real files, made once a session for each kind of firm and then copied."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from db.book_files import create_book, open_book
from db.engine import Book
from db.schema import Firm
from desktop.services.changes import change


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="sheaf-books-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def _made(country: str, currency: str, language: str) -> Path:
    path = _folder() / f"{country}-{currency}-{language}.sheaf"
    create_book(path, name="Harbour Services", country=country, currency=currency, language=language).close()
    return path


def new_book(
    tmp_path: Path, *, country: str = "DE", currency: str = "EUR", language: str = "en", file: str = "", **firm: Any
) -> Book:
    """An open book with its seeds in `tmp_path`; further arguments are columns of the firm. Close it."""
    path = tmp_path / (file or "Harbour.sheaf")
    shutil.copyfile(_made(country, currency, language), path)
    book = open_book(path)
    if firm:
        with change(book, "test", "Set up the firm") as made:
            made.update(Firm, 1, **firm)
    return book
