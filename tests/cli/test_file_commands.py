"""Commands that change or unlock a book as a file ask for an owner, where its people sign in."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import pytest

from desktop import cli
from desktop.cli.signing import VARIABLE
from desktop.services.access.passphrases import set_passphrase
from desktop.services.books import back_up, new, open_
from tests.access import WORDS, guard, person
from tests.books import new_book

_CLERKS = "nine quiet lanterns"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    monkeypatch.delenv(VARIABLE, raising=False)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book of Olga, its owner, and of Carla, a clerk; beside it a backup from before anybody signed in."""
    with new_book(tmp_path) as made:
        back_up(made, tmp_path / "open.sheaf")
        guard(made)
        set_passphrase(made, person(made, "Carla", "clerk"), _CLERKS, actor="Olga")
        back_up(made, tmp_path / "guarded.sheaf")
        return made.path


def _run(
    monkeypatch: pytest.MonkeyPatch, folder: Path, *arguments: object, words: str | None = None
) -> tuple[int, str]:
    if words is None:
        monkeypatch.delenv(VARIABLE, raising=False)
    else:
        monkeypatch.setenv(VARIABLE, words)
    out, err = io.StringIO(), io.StringIO()
    code = cli.run([str(one) for one in arguments], out=out, err=err, folder=folder)
    return code, out.getvalue() + err.getvalue()


def _commands(book: Path) -> list[list[object]]:
    return [
        ["encrypt", book, "--recovery-to", book.parent / "key.pdf"],
        ["encrypt", book, "--change", "--recovery-to", book.parent / "key.pdf"],
        ["restore", book.parent / "open.sheaf", book],
        ["restore", book.parent / "open.sheaf", book, "--preview"],
    ]


@pytest.mark.parametrize("number", range(4))
def test_neither_a_stranger_nor_a_clerk_changes_the_file(
    book: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    before = _dump(book)
    command = _commands(book)[number]
    code, said = _run(monkeypatch, book.parent, *command, "--as", "Carla")
    assert code == 1
    assert "sign in" in said
    if "--preview" not in command:
        code, said = _run(monkeypatch, book.parent, *command, "--as", "Carla", words=_CLERKS)
        assert code == 1
        assert "only an owner" in said or "not encrypted" in said
    assert _dump(book) == before


def test_an_owner_encrypts_shows_the_key_and_decrypts_where_a_clerk_may_not(
    book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, clerk = ["--as", "Olga"], ["--as", "Carla"]
    code, said = _run(monkeypatch, book.parent, "encrypt", book, "--recovery-to", "key.pdf", *owner, words=WORDS)
    assert code == 0, said
    for command in ("decrypt", "recovery-key"):
        code, said = _run(monkeypatch, book.parent, command, book, *clerk, words=_CLERKS)
        assert code == 1
        assert "only an owner" in said
    code, said = _run(monkeypatch, book.parent, "unlock", book, "--forget", *clerk, words=_CLERKS)
    assert code == 1
    assert "only an owner" in said
    assert _run(monkeypatch, book.parent, "recovery-key", book, *owner, words=WORDS)[0] == 0
    code, said = _run(monkeypatch, book.parent, "decrypt", book, *owner, words=WORDS)
    assert code == 0, said


def test_an_owner_restores(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = _run(
        monkeypatch, book.parent, "restore", book.parent / "guarded.sheaf", book, "--as", "Olga", words=WORDS
    )
    assert code == 0, said
    with open_(book) as restored:
        assert restored.guarded


def test_a_damaged_book_is_restored_by_an_owner_of_its_backup(book: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book.write_bytes(book.read_bytes()[:5000])
    command = ["restore", book.parent / "guarded.sheaf", book]
    code, said = _run(monkeypatch, book.parent, *command, "--as", "Carla", words=_CLERKS)
    assert code == 1
    assert "only an owner" in said
    code, said = _run(monkeypatch, book.parent, *command, "--as", "Olga", words=WORDS)
    assert code == 0, said


def test_a_backup_never_takes_the_place_of_another_firms_book(
    tmp_path: Path, book: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "other.sheaf"
    new(theirs, name="Other firm", country="DE", currency="EUR").close()
    code, said = _run(monkeypatch, tmp_path, "backup", theirs, book)
    assert code == 1
    assert "another book" in said


def _dump(book: Path) -> list[str]:
    connection = sqlite3.connect(book)
    try:
        # Who knocked at the door is noted.
        return [line for line in connection.iterdump() if '"sign_in"' not in line and "sqlite_" not in line]
    finally:
        connection.close()
