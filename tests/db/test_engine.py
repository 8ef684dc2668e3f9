"""An open book: readers that cannot write, writers that take turns, one file when closed."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from db.book_files import open_book
from db.engine import Book, Driver, worked_out
from db.lock import lock_path
from db.refusals import BookUnusable, as_user_error
from db.triggers import OVERLAP
from desktop.errors import UserError
from tests.books import new_book


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        yield book


def name(book: Book) -> str:
    with book.reading() as session:
        return str(session.execute(text("SELECT name FROM firm")).scalar_one())


def rename(book: Book, to: str) -> None:
    with book.writing() as session:
        session.execute(text("UPDATE firm SET name = :name"), {"name": to})


def test_money_is_safe_while_open(book: Book) -> None:
    with book.writing() as session:
        pragmas = {p: session.execute(text(f"PRAGMA {p}")).scalar() for p in ("journal_mode", "synchronous")}
        assert pragmas == {"journal_mode": "wal", "synchronous": 2}
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
    with book.reading() as session:
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_reader_cannot_write(book: Book) -> None:
    with pytest.raises(OperationalError, match="readonly database"), book.reading() as session:
        session.execute(text("UPDATE firm SET name = 'x'"))
    assert name(book) == "Harbour Services"


def test_a_failed_write_leaves_nothing(book: Book) -> None:
    def fail() -> None:
        with book.writing() as session:
            session.execute(text("UPDATE firm SET name = 'x'"))
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        fail()
    assert name(book) == "Harbour Services"
    rename(book, "After")
    assert name(book) == "After"


def test_a_reader_sees_one_state_throughout(book: Book) -> None:
    with book.reading() as session:
        before = session.execute(text("SELECT name FROM firm")).scalar_one()
        rename(book, "Other")
        assert session.execute(text("SELECT name FROM firm")).scalar_one() == before
    assert name(book) == "Other"


def test_the_write_lock_is_held_from_the_start(book: Book) -> None:
    """Two that read and then write: neither is told that the book is locked, and no update is lost."""
    with book.writing() as session:
        session.execute(text("INSERT INTO setting (key, value) VALUES ('n', '0')"))

    def count_up() -> None:
        for _ in range(20):
            with book.writing() as session:
                value = int(session.execute(text("SELECT value FROM setting WHERE key = 'n'")).scalar_one())
                time.sleep(0.0005)
                session.execute(text("UPDATE setting SET value = :v WHERE key = 'n'"), {"v": str(value + 1)})

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with book.reading() as session:
        assert session.execute(text("SELECT value FROM setting WHERE key = 'n'")).scalar_one() == "80"


def test_a_small_write_slips_in_between_the_chunks_of_a_long_run(book: Book) -> None:
    done: list[int] = []
    started = threading.Event()

    def run() -> None:
        for chunk in range(50):
            with book.writing() as session:
                session.execute(text("UPDATE firm SET closing = ''"))
                time.sleep(0.005)
                done.append(chunk)
            started.set()

    thread = threading.Thread(target=run)
    thread.start()
    started.wait()
    before = len(done)
    rename(book, "Slipped in")
    assert len(done) - before <= 2
    thread.join()
    assert len(done) == 50


def test_a_write_within_a_write_is_a_bug_and_not_a_deadlock(book: Book) -> None:
    with book.writing(), pytest.raises(RuntimeError, match="inside a write"), book.writing():
        pass
    rename(book, "Still works")
    assert name(book) == "Still works"


def test_a_closed_book_is_one_file(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    rename(book, "Other")
    assert len(list(tmp_path.iterdir())) > 1
    book.close()
    book.close()
    assert [path.name for path in tmp_path.iterdir()] == ["Harbour.sheaf"]
    # 1 is the rollback journal, 2 would be the WAL.
    assert (tmp_path / "Harbour.sheaf").read_bytes()[18:20] == b"\x01\x01"


def test_closing_while_a_reader_is_at_work_loses_nothing(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    with book.reading() as session:
        session.execute(text("SELECT name FROM firm")).scalar_one()
        rename(book, "Other")
        book.close()
    with open_book(tmp_path / "Harbour.sheaf") as again:
        assert name(again) == "Other"


def test_a_closed_book_is_not_opened_behind_its_lock(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    book.close()
    with pytest.raises(RuntimeError, match="is closed"), book.writing():
        pass
    with pytest.raises(RuntimeError, match="is closed"), book.reading():
        pass


def test_closing_waits_for_the_last_write(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    inside = threading.Event()

    def write() -> None:
        with book.writing() as session:
            inside.set()
            time.sleep(0.1)
            session.execute(text("UPDATE firm SET name = 'Last'"))

    thread = threading.Thread(target=write)
    thread.start()
    inside.wait()
    book.close()
    assert [path.name for path in tmp_path.iterdir()] == ["Harbour.sheaf"]
    thread.join()
    with open_book(tmp_path / "Harbour.sheaf") as again:
        assert name(again) == "Last"


def test_a_full_disk_is_told_and_loses_nothing(book: Book) -> None:
    with book.writing() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count = {pages + 2}"))

    def write_too_much() -> None:
        with book.writing() as session:
            session.execute(text("UPDATE firm SET name = 'x'"))
            session.execute(
                text("INSERT INTO file (sha256, name, media_type, content) VALUES ('a', 'a', 'b', zeroblob(100000))")
            )

    with pytest.raises(UserError, match="disk is full"):
        write_too_much()
    assert name(book) == "Harbour Services"


def test_another_program_that_writes_is_told(tmp_path: Path) -> None:
    new_book(tmp_path).close()
    path = tmp_path / "Harbour.sheaf"

    def impatient(path: Path, read_only: bool) -> sqlite3.Connection:
        return sqlite3.connect(path, timeout=0.05, isolation_level=None, check_same_thread=False)

    book = Book(path, driver=Driver(sqlite3, impatient))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match="Another program is using the book"):
        rename(book, "x")
    other.execute("ROLLBACK")
    other.close()
    rename(book, "After")
    book.close()


def test_the_time_is_utc_to_the_second(book: Book) -> None:
    book.clock = lambda: datetime(2026, 1, 1, 0, 30, 15, 999, timezone(timedelta(hours=1)))
    assert book.now == "2025-12-31T23:30:15Z"


def test_another_driver_can_step_in(tmp_path: Path) -> None:
    """Where an encrypted book would unlock itself: every connection goes through the one seam."""
    new_book(tmp_path).close()
    opened: list[bool] = []

    def connect(path: Path, read_only: bool) -> sqlite3.Connection:
        opened.append(read_only)
        return sqlite3.connect(path, isolation_level=None, check_same_thread=False)

    book = Book(tmp_path / "Harbour.sheaf", driver=Driver(sqlite3, connect))
    rename(book, "Other")
    assert name(book) == "Other"
    book.close()
    # A writer, a reader, and the two that go to the WAL and back.
    assert opened == [False] * 4
    assert not lock_path(tmp_path / "Harbour.sheaf").exists()


def test_what_no_retry_would_help_stops_a_run() -> None:
    """A run parks what a rule refuses and goes on; a full disk would park everything."""

    class Sqlite(Exception):
        def __init__(self, name: str, text: str) -> None:
            super().__init__(text)
            self.sqlite_errorname = name

    for name in ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_CORRUPT", "SQLITE_BUSY", "SQLITE_READONLY_DBMOVED"):
        assert isinstance(as_user_error(Sqlite(name, "x")), BookUnusable)
    refused = as_user_error(Sqlite("SQLITE_CONSTRAINT_TRIGGER", OVERLAP))
    assert refused is not None
    assert not isinstance(refused, BookUnusable)
    assert as_user_error(Sqlite("SQLITE_CONSTRAINT_TRIGGER", "not ours")) is None
    assert as_user_error(Sqlite("SQLITE_ERROR", "no such column")) is None


def test_a_figure_beyond_the_book_is_said_and_nothing_stays(book: Book) -> None:
    before = name(book)

    def write() -> None:
        with book.writing() as session:
            session.execute(text("UPDATE firm SET name = 'Other'"))
            session.connection().exec_driver_sql("UPDATE firm SET fiscal_start_month = ?", (2**63,))

    with pytest.raises(UserError, match="larger than a book can hold"):
        write()
    assert name(book) == before


def test_what_was_worked_out_holds_until_somebody_writes(book: Book) -> None:
    asked: list[str] = []

    def work(connection: Connection) -> str:
        asked.append(str(connection.execute(text("SELECT name FROM firm")).scalar_one()))
        return asked[-1]

    def answer(of: str = "name") -> str:
        with book.reading() as session:
            connection = session.connection()
            return worked_out(connection, of, lambda: work(connection))

    rename(book, "One")
    assert [answer(), answer()] == ["One", "One"]
    assert asked == ["One"]
    assert answer("another") == "One"
    rename(book, "Two")
    assert answer() == "Two"
    with book.writing() as session:
        connection = session.connection()
        assert worked_out(connection, "name", lambda: work(connection)) == "Two"
        session.execute(text("UPDATE firm SET name = 'Three'"))
        assert worked_out(connection, "name", lambda: work(connection)) == "Three"
        # Who looks meanwhile sees what stands, and does not keep it for those after.
        assert answer() == "Two"
    assert answer() == "Three"


def test_what_was_worked_out_in_an_old_view_is_not_handed_to_a_newer_one(book: Book) -> None:
    rename(book, "Old")
    with book.reading() as session:
        connection = session.connection()
        old = connection.execute(text("SELECT name FROM firm")).scalar_one()
        rename(book, "New")
        assert worked_out(connection, "name", lambda: old) == "Old"
    with book.reading() as session:
        assert worked_out(session.connection(), "name", lambda: "New") == "New"
