"""Walking the log backwards: whatever order people work in, it leads to an empty book; one edit by hand does not."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from db.engine import Book
from db.schema import Client, Contact, File, ImportBatch, Pause, TimeEntry
from db.schema.base import Base
from desktop.errors import UserError
from desktop.services.changes import change, changes, undo
from desktop.services.check import check
from desktop.services.check.spans import Spans
from tests.books import new_book
from tests.services.test_changes import add_agreement


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 30), st.integers(0, 8)), max_size=30))
def test_spans_are_sets_of_numbers(steps: list[tuple[bool, int, int]]) -> None:
    spans, numbers = Spans(), set[int]()
    for adds, first, length in steps:
        last = first + length
        (spans.add if adds else spans.remove)(first, last)
        numbers = numbers | set(range(first, last + 1)) if adds else numbers - set(range(first, last + 1))
        assert [number for number in range(45) if number in spans] == sorted(numbers)
        assert spans.meets(first, last) == bool(numbers & set(range(first, last + 1)))
        parts = list(spans)
        assert all(before[1] + 1 < after[0] for before, after in pairwise(parts))


class Office:
    """People who add, change, delete, import and undo in any order."""

    def __init__(self, book: Book, seed: int) -> None:
        self._book = book
        self._chance = random.Random(seed)
        self._count = 0

    def work(self, steps: int) -> None:
        for _ in range(steps):
            act: Callable[[], None] = self._chance.choice(
                [self.add, self.add, self.rename, self.delete, self.attach, self.bulk, self.correct, self.undo]
            )
            try:
                act()
            except UserError:
                # Refused is refused: nothing was written.
                continue

    def _some(self, model: type[Base]) -> int | None:
        with self._book.reading() as session:
            keys = session.execute(select(model.__table__.c.id)).scalars().all()
        return self._chance.choice(keys) if keys else None

    def add(self) -> None:
        self._count += 1
        with change(self._book, "ann", "Add") as made:
            client = made.insert(Client, code=f"C-{self._count}", name="Acme", country="DE", currency="EUR")
            made.insert(Contact, client_id=client, name="Jo", gets_invoices=self._chance.random() < 0.5)
            if self._chance.random() < 0.3:
                made.update(Client, client, city="Bremen", combine=True)

    def rename(self) -> None:
        key = self._some(Client)
        if key is not None:
            with change(self._book, "ann", "Rename") as made:
                made.update(Client, key, name=self._chance.choice("ABC"), combine=self._chance.random() < 0.5)

    def delete(self) -> None:
        key = self._some(Client)
        if key is not None and not self._is_used(key):
            with change(self._book, "ann", "Delete") as made:
                made.delete(Client, key)

    def _is_used(self, client: int) -> bool:
        with self._book.reading() as session:
            return bool(session.execute(select(TimeEntry.id).where(TimeEntry.client_id == client).limit(1)).first())

    def attach(self) -> None:
        key = self._some(File)
        self._count += 1
        with change(self._book, "ann", "File") as made:
            if key is not None and self._chance.random() < 0.5:
                made.delete(File, key)
            else:
                made.insert(File, sha256=str(self._count), name="a", media_type="b", content=bytes([self._count % 256]))

    def bulk(self) -> None:
        client = self._some(Client)
        if client is None:
            return
        with change(self._book, "ann", "Import") as made:
            batch = made.insert(ImportBatch, kind="time", file_name="t", file_digest="d", at=made.at, actor="ann")
            rows = [
                {"client_id": client, "work_date": date(2026, 1, 1), "hours": hours, "batch_id": batch}
                for hours in range(1, self._chance.randint(2, 6))
            ]
            made.connection.execute(insert(TimeEntry), rows)
            made.record_bulk("time_entry", "import", len(rows), "", {"batch_id": batch})
            if self._chance.random() < 0.3:
                (key,) = made.connection.exec_driver_sql("SELECT max(id) FROM time_entry").one()
                made.update(TimeEntry, key, note="changed within the import")

    def correct(self) -> None:
        key = self._some(TimeEntry)
        if key is not None:
            with change(self._book, "ann", "Correct") as made:
                if self._chance.random() < 0.3:
                    made.delete(TimeEntry, key)
                else:
                    made.update(TimeEntry, key, hours=self._chance.randint(1, 9), billable=self._chance.random() < 0.5)

    def undo(self) -> None:
        done = [row.id for row in changes(self._book) if row.undoable and row.undone_by is None]
        undo(self._book, "bob", self._chance.choice(done[:6]) if done else None)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_people_do_the_log_explains_it(tmp_path: Path, seed: int) -> None:
    with new_book(tmp_path) as book:
        office = Office(book, seed)
        for _ in range(3):
            office.work(25)
            result = check(book)
            assert result.clean, result.problems
        _edit_by_hand(book, random.Random(seed))
        assert not check(book).clean


def _edit_by_hand(book: Book, chance: random.Random) -> None:
    table, column = chance.choice(
        [("client", "name"), ("time_entry", "hours"), ("contact", "name"), ("file", "content"), ("tax_rate", "rate")]
    )
    connection = sqlite3.connect(book.path)
    keys = [key for (key,) in connection.execute(f"SELECT id FROM {table}")]
    if not keys:
        table, column, keys = "series", "pattern", [2]
    connection.execute(f"UPDATE {table} SET {column} = '77' WHERE id = ?", (chance.choice(keys),))
    connection.commit()
    connection.close()


def test_numbers_that_are_given_again_after_an_undone_import(tmp_path: Path) -> None:
    """SQLite gives the highest ids out anew: the same number was three rows in turn."""
    with new_book(tmp_path) as book:
        office = Office(book, 1)
        office.add()
        for _ in range(3):
            office.bulk()
            undo(book, "ann")
        office.bulk()
        result = check(book)
        assert result.clean, result.problems


def test_what_belongs_to_a_deleted_row_is_explained_too(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        with change(book, "ann", "Add") as made:
            client = made.insert(Client, code="C", name="Acme", country="DE", currency="EUR")
        agreement, _line = add_agreement(book, client)
        with change(book, "ann", "Pause") as made:
            made.insert(Pause, agreement_id=agreement, start_date=date(2026, 3, 1))
        undo(book, "ann")
        undo(book, "ann")
        assert check(book).clean
        undo(book, "ann", changes(book)[0].id)
        assert check(book).clean
