"""Backups that can be trusted, and restoring that loses neither book."""

from __future__ import annotations

import sqlite3
import threading
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from db import upgrades
from db.backup import faults
from db.book_files import open_book
from db.engine import Book
from desktop.errors import UserError
from desktop.services import books
from desktop.services.problems import ValidationError
from tests.books import new_book
from tests.db.rows import fill

NOW = "2026-02-01T12:00:00Z"


def rename(book: Book, name: str) -> None:
    with book.writing() as session:
        session.execute(text("UPDATE firm SET name = :name"), {"name": name})


def firm(path: Path) -> str:
    return books.contents(path).firm


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_book_takes_codes_as_people_type_them(tmp_path: Path) -> None:
    with books.new(tmp_path / "a.sheaf", name=" Hafen ", country="de", currency="eur", actor="ann") as book:
        assert book.path == tmp_path / "a.sheaf"
        with book.reading() as session:
            assert session.execute(text("SELECT name, country, currency, language FROM firm")).one() == (
                "Hafen", "DE", "EUR", "de",
            )  # fmt: skip
            assert session.execute(text("SELECT actor, summary FROM change_set")).one() == ("ann", "New book for Hafen")


@pytest.mark.parametrize("country, region, language", [("IN", "Karnataka", "en"), ("FR", "", "fr"), ("AQ", "", "en")])
def test_a_new_firm_writes_in_the_language_of_its_country(
    tmp_path: Path, country: str, region: str, language: str
) -> None:
    path = tmp_path / "a.sheaf"
    with books.new(path, name="A", country=country, currency="EUR", region=region) as book, book.reading() as session:
        assert session.execute(text("SELECT language FROM firm")).scalar_one() == language


def test_wrong_codes_are_told_all_at_once(tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as caught:
        books.new(tmp_path / "a.sheaf", name="", country="XX", currency="???")
    assert list(caught.value.fields) == ["name", "country", "currency"]
    assert names(tmp_path) == []


def test_a_backup_of_an_open_book_holds_what_was_written_last(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        rename(book, "Written last")
        books.back_up(book, tmp_path / "copy.sheaf")
        assert "copy.sheaf-wal" not in names(tmp_path)
        assert firm(tmp_path / "copy.sheaf") == "Written last"
    assert faults(tmp_path / "copy.sheaf") == []
    # One file in a rollback journal, that any program may copy.
    assert (tmp_path / "copy.sheaf").read_bytes()[18:20] == b"\x01\x01"


def test_a_backup_is_of_one_moment_though_people_go_on(tmp_path: Path) -> None:
    with new_book(tmp_path) as book:
        with book.writing() as session:
            session.execute(
                text("INSERT INTO file (sha256, name, media_type, content) VALUES ('a', 'a', 'b', randomblob(9000000))")
            )
            session.execute(text("INSERT INTO setting (key, value) VALUES ('a', '0'), ('b', '0')"))
        stop = threading.Event()

        def write() -> None:
            count = 0
            while not stop.is_set():
                count += 1
                with book.writing() as session:
                    session.execute(text("UPDATE setting SET value = :n"), {"n": str(count)})

        thread = threading.Thread(target=write)
        thread.start()
        steps: list[tuple[int, int]] = []
        books.back_up(book, tmp_path / "copy.sheaf", report=lambda done, total, _: steps.append((done, total)))
        stop.set()
        thread.join()
    assert len(steps) > 3
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]
    with open_book(tmp_path / "copy.sheaf") as copy, copy.reading() as session:
        first, second = session.execute(text("SELECT value FROM setting ORDER BY key")).scalars()
        assert first == second


def test_a_cancelled_backup_leaves_the_older_one(tmp_path: Path) -> None:
    class Stop(BaseException):
        pass

    def stop(done: int, total: int, what: str) -> None:
        raise Stop

    with new_book(tmp_path) as book:
        books.back_up(book, tmp_path / "copy.sheaf")
        rename(book, "Later")
        with pytest.raises(Stop):
            books.back_up(book, tmp_path / "copy.sheaf", report=stop)
        assert firm(tmp_path / "copy.sheaf") == "Harbour Services"
    assert names(tmp_path) == ["Harbour.sheaf", "copy.sheaf"]


def test_a_backup_replaces_a_backup_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear Sirs" * 100)
    with new_book(tmp_path) as book:
        with pytest.raises(UserError, match="is not a book"):
            books.back_up(book, tmp_path / "letter.txt")
        with pytest.raises(UserError, match="cannot be its own backup"):
            books.back_up(book, tmp_path / "Harbour.sheaf")
        with pytest.raises(UserError, match="is a folder"):
            books.back_up(book, tmp_path)
        with pytest.raises(UserError, match="does not exist"):
            books.back_up(book, tmp_path / "missing" / "copy.sheaf")
    assert (tmp_path / "letter.txt").read_text().startswith("Dear Sirs")


def test_a_damaged_book_makes_no_backup(tmp_path: Path) -> None:
    with new_book(tmp_path) as book, book.writing() as session:
        (page,) = session.execute(text("SELECT rootpage FROM sqlite_master WHERE name = 'tax_code'")).one()
    with (tmp_path / "Harbour.sheaf").open("rb+") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)
    with open_book(tmp_path / "Harbour.sheaf") as book, pytest.raises(UserError, match="is damaged, and so would be"):
        books.back_up(book, tmp_path / "copy.sheaf")
    assert names(tmp_path) == ["Harbour.sheaf"]


def test_a_backup_tells_what_it_holds(tmp_path: Path) -> None:
    with new_book(tmp_path) as book, book.writing() as session:
        fill(session)
    found = books.contents(tmp_path / "Harbour.sheaf")
    assert (found.firm, found.clients, found.invoices, found.payments) == ("Harbour Services", 1, 1, 1)
    assert (found.first_issue, found.last_issue) == (date(2026, 1, 31), date(2026, 1, 31))
    assert found.created_at == found.changed_at


def backed_up(tmp_path: Path) -> tuple[Path, Path]:
    """A book with a change since its backup, closed."""
    with new_book(tmp_path) as book:
        books.back_up(book, tmp_path / "copy.sheaf")
        rename(book, "Later")
    return tmp_path / "copy.sheaf", tmp_path / "Harbour.sheaf"


def test_restoring_keeps_the_replaced_book(tmp_path: Path) -> None:
    copy, book = backed_up(tmp_path)
    kept = books.restore(copy, book, now=NOW)
    assert kept == tmp_path / "Harbour replaced.sheaf"
    assert (firm(book), firm(kept), firm(copy)) == ("Harbour Services", "Later", "Harbour Services")
    assert books.restore(kept, book, now=NOW) == tmp_path / "Harbour replaced 2.sheaf"
    assert firm(book) == "Later"


def test_restoring_where_no_book_is(tmp_path: Path) -> None:
    copy, _ = backed_up(tmp_path)
    assert books.restore(copy, tmp_path / "new.sheaf", now=NOW) is None
    assert firm(tmp_path / "new.sheaf") == "Harbour Services"


def test_an_open_book_is_not_replaced(tmp_path: Path) -> None:
    copy, path = backed_up(tmp_path)
    with open_book(path):
        with pytest.raises(UserError, match="is open in another window"):
            books.restore(copy, path, now=NOW)
        assert firm(path) == "Later"


def test_a_damaged_backup_replaces_nothing(tmp_path: Path) -> None:
    copy, path = backed_up(tmp_path)
    with copy.open("rb+") as file:
        file.truncate(100_000)
    before = path.read_bytes()
    with pytest.raises(UserError, match="is damaged"):
        books.restore(copy, path, now=NOW)
    assert path.read_bytes() == before
    assert names(tmp_path) == ["Harbour.sheaf", "copy.sheaf"]


def test_a_damaged_book_is_replaced_and_kept_with_all_its_parts(tmp_path: Path) -> None:
    copy, path = backed_up(tmp_path)
    path.write_bytes(b"scrambled" * 1000)
    path.with_name("Harbour.sheaf-wal").write_bytes(b"its last writes")
    kept = books.restore(copy, path, now=NOW)
    assert kept is not None
    assert firm(path) == "Harbour Services"
    assert kept.read_bytes() == b"scrambled" * 1000
    assert kept.with_name("Harbour replaced.sheaf-wal").read_bytes() == b"its last writes"
    assert names(tmp_path) == ["Harbour replaced.sheaf", "Harbour replaced.sheaf-wal", "Harbour.sheaf", "copy.sheaf"]


def test_the_last_writes_of_a_killed_process_are_in_what_is_kept(tmp_path: Path) -> None:
    copy, path = backed_up(tmp_path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("UPDATE firm SET name = 'In the WAL'")
    wal = path.with_name("Harbour.sheaf-wal").read_bytes()
    main = path.read_bytes()
    connection.close()
    path.write_bytes(main)
    path.with_name("Harbour.sheaf-wal").write_bytes(wal)
    kept = books.restore(copy, path, now=NOW)
    assert kept is not None
    assert (firm(kept), firm(path)) == ("In the WAL", "Harbour Services")


def test_a_book_is_no_backup_of_itself(tmp_path: Path) -> None:
    _, path = backed_up(tmp_path)
    with pytest.raises(UserError, match="This is the book itself"):
        books.restore(path, path, now=NOW)


def test_a_backup_of_an_older_version_can_be_looked_into_and_restored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, path = backed_up(tmp_path)
    monkeypatch.setattr(upgrades, "known", lambda: ("0001", "0002"))
    monkeypatch.setattr(upgrades, "newest", lambda: "0002")
    assert books.contents(copy).firm == "Harbour Services"
    assert books.restore(copy, path, now=NOW) is not None
    # Looking upgraded nothing and left nothing.
    assert names(tmp_path) == ["Harbour replaced.sheaf", "Harbour.sheaf", "copy.sheaf"]
