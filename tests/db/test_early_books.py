"""Books of every earlier schema: each opens, is backed up, upgraded and proved; a failure changes nothing."""

from __future__ import annotations

import lzma
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from db import early_books, upgrades
from desktop.errors import UserError
from desktop.services import books
from desktop.services.check import check
from tests.books import new_book
from tests.db.test_upgrades import objects, parts
from tests.failing_disk import failing_disk, library

FOLDER = Path(__file__).parents[1] / "old_books"
OLD = sorted(FOLDER.glob("*.sheaf.xz"))
COUNTED = ("client", "agreement", "agreement_line", "invoice", "invoice_line", "payment", "posting", "audit_event")


def unpacked(packed: Path, folder: Path) -> Path:
    path = folder / packed.name.removesuffix(".xz")
    path.write_bytes(lzma.decompress(packed.read_bytes()))
    return path


def figures(path: Path) -> list[Any]:
    connection = sqlite3.connect(path)
    counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in COUNTED]
    documents = connection.execute("SELECT number, gross, digest FROM invoice ORDER BY id").fetchall()
    (open_,) = connection.execute("SELECT sum(open) FROM open_item").fetchone()
    connection.close()
    return [*counts, documents, open_]


def test_there_is_a_book_of_each_schema() -> None:
    """The shapes differ, one after the other: none is kept twice, and together they span the first to the last."""
    assert len(OLD) >= 20
    assert OLD[0].name == "01-dd67875.sheaf.xz"


@pytest.mark.parametrize("packed", OLD, ids=lambda path: path.name.split(".")[0])
def test_an_early_book_is_kept_upgraded_and_proves_itself(tmp_path: Path, packed: Path) -> None:
    path = unpacked(packed, tmp_path)
    was, tables = figures(path), objects(path)
    assert min(was[:8]) > 0
    with books.open_(path) as book:
        assert "before upgrade from 0001" in book.warnings[0]
        assert check(book).problems == ()
    kept = path.with_name(f"{path.stem} before upgrade from 0001.sheaf")
    assert (figures(kept), objects(kept)) == (was, tables)
    assert figures(path) == was
    new_book(tmp_path).close()
    assert {name: parts(sql) for name, sql in objects(path).items()} == {
        name: parts(sql) for name, sql in objects(tmp_path / "Harbour.sheaf").items()
    }


def test_a_changed_byte_of_an_early_document_is_found(tmp_path: Path) -> None:
    """That its seal covers fewer fields is no way around it, nor are the fields that it does not cover."""
    path = unpacked(OLD[0], tmp_path)
    books.open_(path).close()
    for column, value in (("net", "net + 1"), ("tax_parts", "'[]'"), ("classification", "'x'")):
        tampered = tmp_path / f"{column}.sheaf"
        tampered.write_bytes(path.read_bytes())
        connection = sqlite3.connect(tampered)
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(f"UPDATE invoice_line SET {column} = {value} WHERE invoice_id = 1")
        connection.commit()
        connection.close()
        with books.open_(tampered) as book:
            assert ("document", "INV-2026-0001") in {(found.what, found.where) for found in check(book).problems}


def test_a_book_with_tables_that_nobody_knows_is_refused_and_left(tmp_path: Path) -> None:
    path = unpacked(OLD[0], tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE client ADD COLUMN shoe_size INTEGER")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(UserError, match=r"client\.shoe_size"):
        books.open_(path)
    assert path.read_bytes() == before


def test_a_lift_that_fails_leaves_the_early_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At each of its statements in turn."""
    path = unpacked(OLD[0], tmp_path)
    before = path.read_bytes()
    real = early_books._steps

    def failing(at: int):
        def steps(book: sqlite3.Connection, settled: sqlite3.Connection):
            for number, step in enumerate(real(book, settled)):
                yield "INSERT INTO nowhere VALUES (1)" if number == at else step

        return steps

    for at in (0, 1, 2, 3, 40, 150):
        monkeypatch.setattr(early_books, "_steps", failing(at))
        with pytest.raises(sqlite3.OperationalError):
            upgrades.upgrade(path)
        assert path.read_bytes() == before


@pytest.mark.skipif(library() is None, reason="Python's SQLite cannot be reached from outside")
def test_a_disk_that_fails_in_an_upgrade_leaves_the_early_book(tmp_path: Path) -> None:
    """At writes all over the backup and the upgrade; what the next opening finds is the old book or the new one."""
    packed = OLD[0].read_bytes()
    with failing_disk() as disk:
        path = unpacked(OLD[0], tmp_path)
        upgrades.upgrade(path)
        steps = disk.seen
        assert steps > 100
        for number, at in enumerate(range(1, steps + 1, steps // 6)):
            folder = tmp_path / str(number)
            folder.mkdir()
            path = folder / "old.sheaf"
            path.write_bytes(lzma.decompress(packed))
            was = figures(path)
            disk.mend()
            disk.at, disk.for_good = at, True
            with pytest.raises(UserError):
                books.open_(path)
            disk.mend()
            with books.open_(path) as book:
                assert check(book).problems == ()
            assert figures(path) == was


def test_a_book_of_the_settled_revision_is_not_touched_by_the_lift(tmp_path: Path) -> None:
    path = unpacked(OLD[-1], tmp_path)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys=OFF")
    early_books.lift(connection, upgrades.REVISIONS)
    assert not early_books.lift(connection, upgrades.REVISIONS)
    connection.close()
