"""Every other way to a book works under its key: upgrade, backup, sandbox, salvage; and its copies stay under it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from db.book_files import look_into
from db.cipher import PAGE_BYTES
from desktop import secrets
from desktop.errors import UserError
from desktop.paths import resource
from desktop.services import books
from desktop.services.backups.choices import machine_choices
from desktop.services.backups.comparing import difference
from desktop.services.backups.making import make_backup
from desktop.services.backups.shelf import Why, backups_of
from desktop.services.backups.verifying import faults_of
from desktop.services.check import check
from desktop.services.encryption.opening import driver_for, is_encrypted, known_key
from desktop.services.encryption.recovery import new_key
from desktop.services.encryption.switching import encrypt
from desktop.services.salvage.noticing import look_for_damage
from desktop.services.salvage.saving import salvage
from desktop.services.sandbox.making import discard_sandbox, make_sandbox, sandbox_of
from tests.books import new_book
from tests.db.test_early_books import OLD, unpacked
from tests.issued import add_client, add_invoice

DAY = date(2026, 3, 1)
NOON = datetime(2026, 5, 30, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("CONFIG", "DATA", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    yield
    for name in [name for name in secrets._held if name.startswith("book-key/")]:
        del secrets._held[name]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An encrypted book of 40 clients with three invoices each."""
    (tmp_path / "books").mkdir()
    with new_book(tmp_path / "books") as book:
        for number in range(40):
            client = add_client(book, f"C{number:03}")
            for _again in range(3):
                add_invoice(book, client, DAY, (10_000 + number, 19))
    encrypt(book.path, new_key())
    return book.path


@pytest.mark.parametrize("packed", [OLD[0], OLD[-1]], ids=lambda path: path.name.split(".")[0])
def test_a_book_of_an_early_version_is_upgraded_under_its_key(tmp_path: Path, packed: Path) -> None:
    path = unpacked(packed, tmp_path)
    before = books.contents(path)
    encrypt(path, new_key())
    with books.open_(path) as book:
        assert "before upgrade from 0001" in book.warnings[0]
        assert check(book).problems == ()
    kept = path.with_name(f"{path.stem} before upgrade from 0001.sheaf")
    assert is_encrypted(path)
    assert is_encrypted(kept)
    assert books.contents(kept) == before


def test_what_is_kept_by_itself_is_encrypted_and_proves_itself(path: Path) -> None:
    with books.open_(path) as book:
        made = make_backup(book, Why.CLOSED, now=NOON).path
        assert is_encrypted(made)
        assert faults_of(made) == []
        add_invoice(book, 1, DAY, (77_000, 19))
    assert [one.path for one in backups_of(path, machine_choices())] == [made]
    assert len(difference(made, path).documents) == 1
    kept = books.restore(made, path, now="2026-05-30T13:00:00Z")
    assert kept is not None
    assert is_encrypted(kept)
    with books.open_(path) as book:
        assert check(book).clean


def test_a_sandbox_is_under_the_key_of_its_book(path: Path) -> None:
    with books.open_(path) as book:
        made = make_sandbox(book, actor="Anne")
        assert is_encrypted(made.path)
        assert sandbox_of(book) == made
        with books.open_(made.path) as sandbox:
            assert check(sandbox).clean
        discard_sandbox(made.path, driver=book.driver)
        assert sandbox_of(book) is None


def test_around_a_broken_page_the_rest_of_an_encrypted_book_is_saved(path: Path, tmp_path: Path) -> None:
    before = books.contents(path)
    with look_into(path, driver_for(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'posting'").fetchone()
    with path.open("rb+") as file:
        file.seek((root - 1) * PAGE_BYTES)
        file.write(bytes(PAGE_BYTES))
    saved = salvage(path, tmp_path / "saved.sheaf", backups=[])
    assert not saved.complete
    assert is_encrypted(saved.book)
    assert known_key(saved.book) == known_key(path)
    assert books.contents(saved.book).firm == before.firm
    assert saved.read > 100
    assert "posting" in {one.table for one in saved.tables}


def test_damage_of_an_encrypted_book_is_noticed(path: Path) -> None:
    with books.open_(path) as book:
        assert look_for_damage(book) is None


def test_without_its_key_nothing_is_saved_and_the_key_is_asked_for(path: Path, tmp_path: Path) -> None:
    for name in list(secrets._held):
        del secrets._held[name]
    with pytest.raises(UserError, match="without a key") as caught:
        salvage(path, tmp_path / "saved.sheaf", backups=[])
    assert "recovery passphrase" in caught.value.remedy
    assert not (tmp_path / "saved.sheaf").exists()


def test_the_script_that_needs_only_python_says_that_it_needs_the_readable_book(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", str(resource("verify/sheaf_verify.py")), str(path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "encrypted" in done.stdout + done.stderr
