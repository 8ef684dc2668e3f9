"""Backups that make themselves: when, where to, proved, rotated, and what is noted when there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db import backup as copies
from db.backup import faults
from db.engine import Book
from desktop.domain.rotation import Rotation
from desktop.errors import UserError
from desktop.services import books
from desktop.services.backups import making
from desktop.services.backups.choices import (
    Choices,
    choices_of,
    has_own,
    keep_machine_choices,
    keep_own_choices,
    machine_choices,
    own_folder,
)
from desktop.services.backups.making import (
    back_up_after_command,
    back_up_by_itself,
    changed_since,
    is_due,
    make_backup,
)
from desktop.services.backups.record import Record, record_of
from desktop.services.backups.shelf import Why, backups_of, identity, shelf
from desktop.services.book_settings import set_book_setting
from tests.books import new_book

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    (tmp_path / "books").mkdir()
    with new_book(tmp_path / "books") as book:
        yield book


def touch(book: Book) -> None:
    set_book_setting(book, "a.key", datetime.now(UTC).isoformat(), actor="ann")


def record(book: Book) -> Record:
    return record_of(book.path, identity(book))


def folder(book: Book) -> Path:
    return Path(record(book).file).parent


def test_closing_makes_a_backup_only_where_something_changed(book: Book) -> None:
    made = back_up_by_itself(book, Why.CLOSED, now=NOW)
    assert made is not None
    assert faults(made.path) == []
    assert books.contents(made.path).firm == "Harbour Services"
    assert back_up_by_itself(book, Why.CLOSED, now=NOW + timedelta(hours=1)) is None
    touch(book)
    assert back_up_by_itself(book, Why.CLOSED, now=NOW + timedelta(hours=2)) is not None
    assert [one.why for one in shelf(folder(book))] == [Why.CLOSED, Why.CLOSED]
    # Beside the book nothing appears.
    assert sorted(one.name for one in book.path.parent.iterdir() if not one.name.startswith(".")) == [
        "Harbour.sheaf", "Harbour.sheaf-shm", "Harbour.sheaf-wal",
    ]  # fmt: skip


def test_a_backup_that_is_gone_is_made_again(book: Book) -> None:
    first = make_backup(book, Why.CLOSED, now=NOW)
    assert not changed_since(book)
    first.path.unlink()
    assert changed_since(book)


def test_switched_off_nothing_is_made_or_looked_at(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_machine_choices(Choices(automatic=False))
    monkeypatch.setattr(making, "choices_of", lambda _book: pytest.fail("the book was asked"))
    assert back_up_by_itself(book, Why.CLOSED, now=NOW) is None
    assert back_up_after_command(book, now=NOW) is None
    assert not own_folder().exists()


def test_commands_make_one_a_day(book: Book) -> None:
    assert back_up_after_command(book, now=NOW) is not None
    touch(book)
    assert back_up_after_command(book, now=NOW + timedelta(hours=2)) is None
    assert back_up_after_command(book, now=NOW + timedelta(days=1)) is not None
    assert back_up_after_command(book, now=NOW + timedelta(days=2)) is None


def test_a_sandbox_and_a_book_that_is_only_read_make_none(book: Book) -> None:
    set_book_setting(book, "sandbox", {"of": "Harbour"}, actor="ann")
    assert back_up_by_itself(book, Why.CLOSED, now=NOW) is None
    assert not is_due(book, now=NOW)


def test_each_goes_to_a_second_place_as_well(book: Book, tmp_path: Path) -> None:
    second = tmp_path / "stick"
    second.mkdir()
    keep_machine_choices(Choices(second=second))
    made = make_backup(book, Why.CLOSED, now=NOW)
    assert made.second is not None
    assert made.second.read_bytes() == made.path.read_bytes()
    assert second in made.second.parents
    shutil.rmtree(second)
    touch(book)
    made = make_backup(book, Why.CLOSED, now=NOW + timedelta(hours=1))
    assert made.second is None
    assert str(second) in made.trouble
    assert record(book).second_failure == made.trouble
    # An empty folder in the place of a stick that was pulled would take backups that nobody finds.
    assert not second.exists()


def test_rotation_takes_away_in_both_places(book: Book, tmp_path: Path) -> None:
    second = tmp_path / "stick"
    second.mkdir()
    keep_machine_choices(Choices(second=second, rotation=Rotation(2, 0, 0)))
    for day in range(6):
        touch(book)
        made = make_backup(book, Why.DAILY, now=NOW + timedelta(days=day))
    assert [one.at.day for one in shelf(made.path.parent)] == [5, 4, 3]
    assert made.second is not None
    assert [one.at.day for one in shelf(made.second.parent)] == [5, 4, 3]


def test_a_folder_that_is_gone_is_noted_and_told(book: Book, tmp_path: Path) -> None:
    chosen = tmp_path / "disk"
    chosen.mkdir()
    keep_machine_choices(Choices(folder=chosen))
    make_backup(book, Why.CLOSED, now=NOW)
    chosen.rename(tmp_path / "elsewhere")
    touch(book)
    later = NOW + timedelta(hours=1)
    assert back_up_by_itself(book, Why.CLOSED, now=later) is None
    found = record(book)
    assert str(chosen) in found.failure
    assert (found.made_at, found.failed_at) == ("2026-11-30T12:00:00Z", "2026-11-30T13:00:00Z")
    assert not chosen.exists()
    (tmp_path / "elsewhere").rename(chosen)
    make_backup(book, Why.CLOSED, now=later + timedelta(hours=1))
    assert record(book).failure == ""


def test_a_full_disk_is_not_filled_further(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_machine_choices(Choices(rotation=Rotation(1, 0, 0)))
    for minute in range(5):
        touch(book)
        kept = make_backup(book, Why.CLOSED, now=NOW + timedelta(minutes=minute)).path.parent
    monkeypatch.setattr(making, "_free_bytes", lambda _folder: 200 * 1_048_576)
    with pytest.raises(UserError) as caught:
        make_backup(book, Why.CLOSED, now=NOW + timedelta(hours=1))
    assert "200 MB are free" in str(caught.value)
    # What stays by the rotation stays; not one of those is given up for a new one.
    assert len(shelf(kept)) == 3
    assert record(book).failure == caught.value.message


def test_a_copy_that_is_not_the_book_is_thrown_away(
    book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    with new_book(tmp_path / "other", file="Other.sheaf") as other:
        set_book_setting(other, "written.only", "here", actor="ann")
        stranger = other.path

    def copy(_source: Path, target: Path, **_rest: object) -> None:
        shutil.copyfile(stranger, target)

    monkeypatch.setattr(copies, "copy_book", copy)
    with pytest.raises(UserError, match="does not hold what the book holds"):
        make_backup(book, Why.CLOSED, now=NOW)
    assert shelf(next(own_folder().glob("Harbour *"))) == []
    assert record(book).made_at == ""


def test_a_bug_in_it_never_reaches_who_closes_the_book(
    book: Book, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(*_given: object, **_rest: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(copies, "copy_book", stumble)
    assert back_up_by_itself(book, Why.CLOSED, now=NOW) is None
    assert "The backup failed" in caplog.text


def test_a_book_may_choose_for_itself(book: Book, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    keep_machine_choices(Choices(rotation=Rotation(5, 5, 5)))
    assert not has_own(book)
    own = Choices(folder=tmp_path / "own", rotation=Rotation(1, 2, 3))
    keep_own_choices(book, own, actor="ann")
    assert choices_of(book) == own
    assert has_own(book)
    assert tmp_path / "own" in make_backup(book, Why.ASKED, now=NOW).path.parents
    keep_own_choices(book, None, actor="ann")
    assert choices_of(book) == machine_choices() == Choices(rotation=Rotation(5, 5, 5))


@pytest.mark.parametrize(
    "choices, said",
    [
        (Choices(folder=Path("/nowhere/at/all")), "does not exist"),
        (Choices(rotation=Rotation(daily=91)), "from 0 to 90"),
        (Choices(second=Path()), "same folder"),
    ],
)
def test_what_cannot_be_is_refused(choices: Choices, said: str, tmp_path: Path) -> None:
    if choices.second is not None:
        choices = Choices(folder=tmp_path, second=tmp_path)
    with pytest.raises(UserError, match=said):
        keep_machine_choices(choices)
    assert machine_choices() == Choices()


def test_a_file_of_choices_that_is_broken_counts_as_none(tmp_path: Path) -> None:
    keep_machine_choices(Choices(rotation=Rotation(1, 1, 1)))
    file = tmp_path / "config" / "sheaf" / "backups.json"
    file.write_text('{"daily": "many", "weekly": -1, "folder": 7, "monthly": 3}', encoding="utf-8")
    assert machine_choices() == Choices(rotation=Rotation(7, 4, 3))
    file.write_text("[", encoding="utf-8")
    assert machine_choices() == Choices()


def test_backups_are_found_by_the_book_or_by_its_name(book: Book, tmp_path: Path) -> None:
    made = make_backup(book, Why.CLOSED, now=NOW).path
    books.back_up(book, book.path.with_name("Harbour by hand.sheaf"))
    book.path.with_name("Harbour notes.sheaf").write_text("no book", encoding="utf-8")
    moved = book.path.with_name("Renamed.sheaf")
    found = [one.path.name for one in backups_of(book.path, Choices(), identity(book))]
    assert sorted(found) == sorted([made.name, "Harbour by hand.sheaf"])
    # By its name alone where it cannot say who it is; by who it is wherever it went.
    assert made in [one.path for one in backups_of(book.path, Choices())]
    assert [one.path for one in backups_of(moved, Choices(), identity(book))] == [made]
    assert backups_of(moved, Choices()) == []
