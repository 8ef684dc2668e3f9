import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.imports.history import import_batches, undo_import
from tests.services.imports.conftest import Importer
from tests.services.imports.material import CLIENTS, ITEMS, rows


def test_the_newest_import_stands_first_and_one_that_was_undone_is_gone(book: Book, take_in: Importer) -> None:
    take_in("clients", CLIENTS)
    items = take_in("items", ITEMS + "BAD,,,x,\n")
    newest, oldest = import_batches(book)
    assert (newest.kind, newest.file_name, newest.imported, newest.rejected, newest.actor) == (
        "items",
        "items.csv",
        2,
        1,
        "Ann",
    )
    assert oldest.kind == "clients"
    assert items.batch == newest.id
    assert undo_import(book, oldest.id, actor="Ann").startswith("Import 2 rows of clients")
    assert rows(book, "SELECT * FROM client") == []
    assert [batch.kind for batch in import_batches(book)] == ["items"]
    with pytest.raises(UserError, match="not in the book any more"):
        undo_import(book, oldest.id, actor="Ann")
