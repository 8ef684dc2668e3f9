"""Encryption switched on, off and to another key: nothing readable stays, nothing is lost, and a failure changes
nothing."""

from __future__ import annotations

import sqlite3
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db import recasting
from db.book_files import create_book, look_into, open_book
from db.cipher import Key, locked_driver
from db.engine import Book
from db.schema import Firm
from desktop import secrets
from desktop.errors import UserError
from desktop.services import books
from desktop.services.changes import change, undo
from desktop.services.check import check
from desktop.services.encryption.opening import Locked, driver_for, is_encrypted, secret_name, unlock
from desktop.services.encryption.recovery import key_from_passphrase, new_key, recovery_key
from desktop.services.encryption.switching import (
    change_key,
    decrypt,
    encrypt,
    encrypt_copies,
    forget_key,
    plain_copies,
)
from tests.books import new_book

WORD = "Harbour Services of the quiet quay"
PHRASE = "lantern orchard violin gravel"


@pytest.fixture(autouse=True)
def _no_keys_left() -> Iterator[None]:
    yield
    for name in [name for name in secrets._held if name.startswith("book-key/")]:
        del secrets._held[name]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with new_book(tmp_path, name=WORD) as book:
        return book.path


def _forget(key: Key) -> None:
    secrets._held.pop(secret_name(key.salt), None)


def _rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with look_into(path, driver_for(path)) as connection:
        names = [
            name
            for name, sql in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
            if not sql.startswith("CREATE VIRTUAL")
        ]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def test_an_encrypted_book_is_the_same_book(path: Path) -> None:
    before = _rows(path)
    told: list[tuple[int, int]] = []
    encrypt(path, new_key(), report=lambda done, total, _text: told.append((done, total)))
    assert is_encrypted(path)
    assert WORD.encode() not in path.read_bytes()
    assert b"CREATE TABLE" not in path.read_bytes()
    assert _rows(path) == before
    assert told[-1][0] == told[-1][1] == sum(len(rows) for rows in before.values())
    with books.open_(path) as book:
        assert check(book).clean
        with change(book, "test", "Move the firm") as made:
            made.update(Firm, 1, city="Kiel")
        undo(book, "test")
        assert check(book).clean
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name]


def test_what_an_open_book_writes_beside_itself_is_encrypted(path: Path) -> None:
    encrypt(path, new_key())
    with books.open_(path) as book:
        with change(book, "test", "Rename") as made:
            made.update(Firm, 1, name="Sandbank and daughters")
        wal = path.with_name(path.name + "-wal").read_bytes()
        assert len(wal) > 4096
        assert b"Sandbank" not in wal
        assert b"Sandbank" not in path.read_bytes()


def test_switched_off_it_is_a_plain_book_again(path: Path) -> None:
    before = _rows(path)
    encrypt(path, new_key())
    decrypt(path)
    assert not is_encrypted(path)
    assert WORD.encode() in path.read_bytes()
    assert _rows(path) == before
    with open_book(path) as book:
        assert check(book).clean


def test_another_key_opens_and_the_old_one_does_not(path: Path) -> None:
    old, new = new_key(), key_from_passphrase(PHRASE)
    encrypt(path, old)
    assert change_key(path, new).kept is False
    _forget(old)
    with books.open_(path) as book:
        assert check(book).clean
    _forget(new)
    with pytest.raises(UserError, match="not the key"):
        unlock(path, recovery_key(old))
    with pytest.raises(Locked):
        books.open_(path)
    unlock(path, f"  {PHRASE} ")
    books.open_(path).close()


def test_a_recovery_key_opens_it_on_another_computer(path: Path) -> None:
    key = new_key()
    encrypt(path, key)
    _forget(key)
    with pytest.raises(Locked, match="does not have its key"):
        books.open_(path)
    with pytest.raises(UserError, match="not the key"):
        unlock(path, "not the passphrase of it")
    unlock(path, recovery_key(key).lower().replace("-", " "))
    books.open_(path).close()
    forget_key(path)
    with pytest.raises(Locked):
        books.open_(path)


def test_the_variable_of_one_command_opens_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = key_from_passphrase(PHRASE)
    encrypt(path, key)
    _forget(key)
    monkeypatch.setenv("SHEAF_BOOK_KEY", PHRASE)
    books.open_(path).close()


def test_rules_of_the_book_speak_the_same_words_under_a_key(path: Path) -> None:
    def refused(book: Book) -> UserError:
        with pytest.raises(UserError) as caught, book.writing() as session:
            session.connection().exec_driver_sql("UPDATE audit_event SET actor = 'nobody'")
        return caught.value

    with open_book(path) as plain:
        with change(plain, "test", "Rename") as made:
            made.update(Firm, 1, name="Other")
        before = refused(plain)
    encrypt(path, new_key())
    with books.open_(path) as book:
        after = refused(book)
    assert (after.message, after.remedy) == (before.message, before.remedy)


def test_a_backup_opens_with_the_key_of_its_book_and_restores(path: Path, tmp_path: Path) -> None:
    key = new_key()
    encrypt(path, key)
    backup = tmp_path / "copy.sheaf"
    with books.open_(path) as book:
        books.back_up(book, backup)
        books.back_up(book, backup)
    assert WORD.encode() not in backup.read_bytes()
    assert books.contents(backup).firm == WORD
    kept = books.restore(backup, path, now="2026-05-01T08:00:00Z")
    assert kept is not None
    assert is_encrypted(path)
    assert is_encrypted(kept)
    with books.open_(path) as book:
        assert check(book).clean


def test_plain_copies_are_named_and_encrypted_too(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "Harbour before.sheaf"
    with open_book(path) as book:
        books.back_up(book, copy)
    broken = tmp_path / "Harbour broken.sheaf"
    broken.write_bytes(copy.read_bytes()[:9000])
    key = new_key()
    encrypt(path, key)
    other = tmp_path / "Harbour Berlin.sheaf"
    create_book(other, name="Another firm", country="DE", currency="EUR").close()
    assert plain_copies(path) == [copy]
    assert encrypt_copies([copy, broken], key) == [broken]
    assert WORD.encode() not in copy.read_bytes()
    assert plain_copies(path) == []
    assert not is_encrypted(other)
    assert books.contents(copy).firm == WORD


def test_the_old_plain_bytes_are_written_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scrubbed: list[bytes] = []
    unlink = Path.unlink

    def seen(one: Path, missing_ok: bool = False) -> None:
        if "before encryption" in one.name:
            scrubbed.append(one.read_bytes())
        unlink(one, missing_ok)

    size = path.stat().st_size
    monkeypatch.setattr(Path, "unlink", seen)
    assert encrypt(path, new_key()).scrubbed
    assert scrubbed == [bytes(size)]


def test_a_plain_file_with_a_second_name_is_left_alone_and_said(path: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere.sheaf"
    other.hardlink_to(path)
    before = other.read_bytes()
    assert not encrypt(path, new_key()).scrubbed
    assert other.read_bytes() == before
    assert is_encrypted(path)


@pytest.mark.parametrize("broken", ["compare", "prove", "keep", "full", "cancel"])
def test_a_failure_leaves_the_book_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    before = path.read_bytes()
    report = None
    match broken:
        case "compare":
            _change_the_copy(monkeypatch)
        case "prove":
            monkeypatch.setattr(recasting, "_compare", _damaged_copy)
        case "keep":
            monkeypatch.setattr(secrets, "known", lambda _name: None)
        case "full":
            monkeypatch.setattr("shutil.disk_usage", lambda _path: type("Disk", (), {"free": 1000})())
        case "cancel":
            report = _refusing(UserError("Stopped.", "Go on."))
    with pytest.raises(UserError):
        encrypt(path, new_key(), report=report)
    assert path.read_bytes() == before
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def _refusing(error: Exception) -> Callable[..., None]:
    def refuse(*_: object) -> None:
        raise error

    return refuse


def _damaged_copy(connection: sqlite3.Connection, _source: Path, _report: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("INSERT INTO target.bank_account SELECT * FROM target.bank_account")
    connection.execute("DELETE FROM target.change_set")


def _change_the_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    compare = recasting._compare

    def changed(connection: sqlite3.Connection, source: Path, report: recasting.Report | None) -> None:
        connection.execute("UPDATE target.setting SET value = value || 'x'")
        connection.execute("UPDATE target.firm SET city = 'Elsewhere'")
        compare(connection, source, report)

    monkeypatch.setattr(recasting, "_compare", changed)


def test_a_book_that_is_open_is_not_switched(path: Path) -> None:
    with open_book(path), pytest.raises(UserError, match="open in another window"):
        encrypt(path, new_key())
    encrypt(path, new_key())
    with books.open_(path), pytest.raises(UserError, match="open in another window"):
        decrypt(path)
    with pytest.raises(UserError, match="encrypted already"):
        encrypt(path, new_key())


def test_a_plain_book_has_no_key_to_change(path: Path) -> None:
    for act in (decrypt, forget_key):
        with pytest.raises(UserError, match="is not encrypted"):
            act(path)
    with pytest.raises(UserError, match="is not encrypted"):
        change_key(path, new_key())
    with pytest.raises(UserError, match="is not encrypted"):
        unlock(path, PHRASE)


@pytest.mark.parametrize("at", [0, 40, 4096 * 3 + 100, -50])
def test_damage_under_a_key_is_told_as_damage(path: Path, at: int) -> None:
    key = new_key()
    encrypt(path, key)
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    path.write_bytes(data)
    if at == 0:
        # Another salt: to this computer it is another book.
        with pytest.raises(Locked):
            books.open_(path)
        return
    with pytest.raises(UserError, match="damaged"):
        decrypt(path)


def test_other_files_are_no_books(tmp_path: Path) -> None:
    text = tmp_path / "text.sheaf"
    text.write_text("A letter to the bank. " * 600)
    with pytest.raises(UserError, match="is not a book"):
        books.open_(text)
    short = tmp_path / "short.sheaf"
    short.write_bytes(bytes(range(256)) * 3)
    with pytest.raises(UserError, match="is not a book"):
        books.open_(short)
    assert driver_for(tmp_path / "none.sheaf").module is sqlite3


def test_a_key_shows_in_no_text() -> None:
    key = new_key()
    texts = [repr(key), str(key), f"{key}", repr(locked_driver(key)), repr(locked_driver(key).connect)]
    assert not any(key.secret.hex() in text or repr(key.secret) in text for text in texts)


def test_no_error_under_a_key_tells_the_key(path: Path) -> None:
    key = new_key()
    encrypt(path, key)
    told: list[str] = []
    with books.open_(path) as book:
        for statement in ("SELECT nothing FROM nowhere", "INSERT INTO book SELECT * FROM book", "PRAGMA key"):
            try:
                with book.writing() as session:
                    session.connection().exec_driver_sql(statement)
            except Exception:
                told.append(traceback.format_exc())
                told.append("".join(traceback.TracebackException(*sys.exc_info(), capture_locals=True).format()))
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 3] = bytes(4096)
    path.write_bytes(data)
    try:
        decrypt(path)
    except UserError:
        told.append("".join(traceback.TracebackException(*sys.exc_info(), capture_locals=True).format()))
    assert len(told) >= 5
    for text in told:
        assert key.secret.hex() not in text
        assert repr(key.secret) not in text
