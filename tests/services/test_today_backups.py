"""Today says when backups fail, and is content with those that make themselves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from db.engine import Book
from desktop.services.backups.choices import Choices, keep_machine_choices
from desktop.services.backups.making import back_up_by_itself, make_backup
from desktop.services.backups.shelf import Why
from desktop.services.today import Item, today
from desktop.services.today.book import backup
from tests.books import new_book
from tests.issued import add_client, add_invoice

DAY = date(2026, 11, 30)
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        add_invoice(book, add_client(book, "ACME"), DAY, (10_000, 19))
        yield book


def items(book: Book, day: date = DAY) -> list[Item]:
    return list(today(book, day, "2026-11-30T13:00:00Z", sources=[backup]).items)


def test_a_backup_that_made_itself_counts(book: Book) -> None:
    assert [one.sentence for one in items(book)] == ["This book was never backed up"]
    make_backup(book, Why.CLOSED, now=NOON)
    assert items(book) == []
    (old,) = items(book, date(2027, 1, 31))
    assert old.sentence == "The last backup is of 30 Nov 2026"


def test_one_that_failed_leads_to_where_it_is_mended(book: Book, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    keep_machine_choices(Choices(folder=tmp_path / "disk"))
    (tmp_path / "disk").rmdir()
    assert back_up_by_itself(book, Why.CLOSED, now=NOON) is None
    (item,) = items(book)
    assert item.sentence == "No backup could be made"
    assert str(tmp_path / "disk") in item.why
    assert item.target.filters == {"section:backups"}


def test_a_second_place_that_is_gone_is_told(book: Book, tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    keep_machine_choices(Choices(second=tmp_path / "stick"))
    (tmp_path / "stick").rmdir()
    make_backup(book, Why.CLOSED, now=NOON)
    assert [one.sentence for one in items(book)] == ["The backups do not reach their second place"]
