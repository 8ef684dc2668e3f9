"""Which of some files are bank statements, for whoever drops them without saying what they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from db.engine import Book
from desktop.errors import UserError
from desktop.importing.bank import recognise
from desktop.importing.bank.sources import file_source
from desktop.services.bank.profiles import look


def statements_among(book: Book, paths: Sequence[Path]) -> tuple[Path, ...]:
    """Those that are statements by how they begin; a table is one where its bank is known by its columns."""
    return tuple(path for path in paths if _is_statement(book, path))


def _is_statement(book: Book, path: Path) -> bool:
    try:
        source = file_source(path)
        found = recognise(source.head, source.name)
        return look(book, path).known if found == "csv" else bool(found)
    except UserError:
        # Whatever is opened in its place says what is wrong with the file.
        return False
