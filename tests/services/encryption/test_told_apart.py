"""A locked book and a damaged one: which of both a file is taken for."""

import random
from pathlib import Path

import pytest

from db.cipher import PAGE_BYTES
from db.files import DamagedBook
from desktop import secrets
from desktop.services import books
from desktop.services.encryption.opening import Locked, is_encrypted, secret_name
from desktop.services.encryption.recovery import new_key
from desktop.services.encryption.switching import encrypt
from tests.books import new_book

CHANCE = random.Random(3)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with new_book(tmp_path) as book:
        pass
    return book.path


def overwrite(path: Path, pages: range, content: bytes) -> None:
    with path.open("rb+") as file:
        for page in pages:
            file.seek(page * PAGE_BYTES)
            file.write(content)


def test_a_plain_book_whose_first_page_is_noise_is_damaged_and_not_locked(path: Path) -> None:
    overwrite(path, range(1), CHANCE.randbytes(PAGE_BYTES))
    assert not is_encrypted(path)
    with pytest.raises(DamagedBook):
        books.open_(path)


def test_a_locked_book_stays_one_whatever_its_disk_lost(path: Path) -> None:
    key = new_key()
    encrypt(path, key)
    del secrets._held[secret_name(key.salt)]
    pages = path.stat().st_size // PAGE_BYTES
    overwrite(path, range(1, pages - 1), bytes(PAGE_BYTES))
    assert is_encrypted(path)
    with pytest.raises(Locked):
        books.open_(path)
