"""Bank statements by the clock: a folder's files come in once, what is sure is booked, and refusals are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from db.engine import Book
from desktop.errors import UserError
from desktop.services.schedules.carrying_out import carry_out
from desktop.services.schedules.keeping import save_schedule, schedules
from desktop.services.schedules.results import Result
from desktop.services.schedules.words import said_text
from tests.bank_lines import IBAN, add_account
from tests.books import new_book
from tests.camt_text import camt
from tests.contracts import rows
from tests.issued import ANNE, add_client, add_invoice

NIGHTLY = {"name": "Bank", "task": "reconcile", "every": "day", "at": "6:00"}
SINCE = datetime(2026, 3, 1, 12)
JANUARY = date(2026, 1, 10)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with new_book(tmp_path) as book:
        add_account(book)
        yield book


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "bank"
    found.mkdir()
    return found


def do(book: Book, now: str) -> Result:
    moment = datetime.fromisoformat(now)
    book.clock = lambda: moment.replace(tzinfo=UTC)
    (found,) = carry_out(book, now=lambda: moment, actor=ANNE)
    return found


def test_a_folder_by_the_clock(book: Book, folder: Path) -> None:
    number = add_invoice(book, add_client(book, "ACME"), JANUARY, (10_000, 0))
    save_schedule(book, NIGHTLY | {"folder": str(folder)}, actor=ANNE, now=SINCE)
    assert schedules(book)[0].folder == str(folder)
    (folder / "one.xml").write_text(camt(IBAN, ("2026-03-01", 10_000, f"Invoice {number}"), ("2026-03-01", 77, "?")))
    found = do(book, "2026-03-02T06:01")
    assert (found.state, found.seen) == ("done", False)
    assert said_text(found) == "2 new bank lines came in. 1 line booked itself. 1 line waits for you."
    assert rows(book, "SELECT origin, lines, booked FROM reconciliation") == [("schedule", 2, 1)]
    assert [path.name for path in (folder / "done").iterdir()] == ["one.xml"]
    # The same file again, under another name, brings nothing.
    (folder / "done" / "one.xml").rename(folder / "two.xml")
    again = do(book, "2026-03-03T06:01")
    assert (again.state, again.seen) == ("done", True)
    assert rows(book, "SELECT count(*) FROM bank_line") == [(2,)]


def test_a_file_that_is_none_is_refused_and_the_pass_goes_on(book: Book, folder: Path) -> None:
    number = add_invoice(book, add_client(book, "ACME"), JANUARY, (10_000, 0))
    save_schedule(book, NIGHTLY | {"folder": str(folder)}, actor=ANNE, now=SINCE)
    (folder / "a.xml").write_text("<html>No statement</html>")
    (folder / "b.xml").write_text(camt(IBAN, ("2026-03-01", 10_000, f"Invoice {number}")))
    (folder / "c.xml.part").write_text("half")
    found = do(book, "2026-03-02T06:01")
    assert found.state == "failed"
    assert "1 line booked itself." in said_text(found)
    assert "a.xml" in said_text(found)
    assert [path.name for path in (folder / "refused").iterdir()] == ["a.xml"]
    assert (folder / "c.xml.part").exists()


def test_without_a_folder_only_what_waits(book: Book) -> None:
    save_schedule(book, NIGHTLY, actor=ANNE, now=SINCE)
    found = do(book, "2026-03-02T06:01")
    assert (found.state, found.seen) == ("done", True)


def test_a_folder_must_be_there(book: Book, folder: Path) -> None:
    with pytest.raises(UserError, match="no folder"):
        save_schedule(book, NIGHTLY | {"folder": str(folder / "gone")}, actor=ANNE, now=SINCE)
    save_schedule(book, NIGHTLY | {"folder": str(folder)}, actor=ANNE, now=SINCE)
    folder.rmdir()
    found = do(book, "2026-03-02T06:01")
    assert found.state == "failed"
    assert str(folder) in said_text(found)


def test_another_task_has_no_folder(book: Book, folder: Path) -> None:
    values = NIGHTLY | {"task": "send", "folder": str(folder)}
    save_schedule(book, values, actor=ANNE, now=SINCE)
    assert schedules(book)[0].folder == ""
