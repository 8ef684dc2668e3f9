"""What a restored backup has waiting may have gone out since, so that a person is asked before it goes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.book_files import open_book
from db.engine import Book
from desktop.saying import told
from desktop.services import books
from desktop.services.check import check
from desktop.services.delivery.deciding import settle_uncertain
from tests.books import new_book
from tests.contracts import ANNE, value
from tests.servers.faulty_smtp import FaultySmtp, faulty_smtp
from tests.services.delivery.posting import Clock, account, documents, go, standing

NOW = "2026-02-03T12:00:00Z"


@pytest.fixture
def server() -> Iterator[FaultySmtp]:
    with faulty_smtp() as server:
        yield server


@pytest.fixture
def backed_up(tmp_path: Path, server: FaultySmtp) -> tuple[Path, Path]:
    """A book of three documents of which the first went after the backup was made; and the backup."""
    with new_book(tmp_path) as book:
        Clock(book)
        documents(book, 3)
        account(book, server.port)
        books.back_up(book, tmp_path / "backup.sheaf", actor=ANNE)
        assert go(book, limit=1).sent == 1
    return book.path, tmp_path / "backup.sheaf"


def reopened(path: Path) -> Book:
    book = open_book(path)
    Clock(book)
    return book


def test_what_went_since_the_backup_asks_and_the_rest_goes(backed_up: tuple[Path, Path], server: FaultySmtp) -> None:
    path, backup = backed_up
    books.restore(backup, path, now=NOW)
    with reopened(path) as book:
        assert [state for state, *_rest in standing(book)] == ["uncertain", "waiting", "waiting"]
        assert "restored from a backup" in told(value(book, "SELECT answer FROM delivery WHERE id = 1"))
        assert go(book).sent == 2
        assert check(book).problems == ()
        settle_uncertain(book, [1], arrived=True, actor=ANNE)
        assert check(book).problems == ()
        assert go(book).sent == 0
    assert [one.recipients[0] for one in server.taken] == [f"c{k}@client.test" for k in (1, 2, 3)]


@pytest.mark.parametrize("beside", ["", "book.sheaf-wal"])
def test_without_the_book_that_went_on_all_of_it_asks(
    backed_up: tuple[Path, Path], server: FaultySmtp, beside: str
) -> None:
    path, backup = backed_up
    if beside:
        path.with_name(path.name + "-wal").touch()
    else:
        path = path.with_name("moved.sheaf")
    books.restore(backup, path, now=NOW)
    with reopened(path) as book:
        assert [state for state, *_rest in standing(book)] == ["uncertain"] * 3
        assert go(book).sent == 0
        settle_uncertain(book, [2, 3], arrived=False, actor=ANNE)
        assert go(book).sent == 2
        assert check(book).problems == ()
    assert len(server.taken) == 3
