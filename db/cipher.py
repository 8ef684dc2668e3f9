"""Books under lock: SQLCipher in the place of SQLite, with a key of its own length and no password stretching.

The first 16 bytes of a locked book are its salt. Whatever the driver writes carries the same salt, so that a backup
opens with the key of its book.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, Final

from db.engine import Driver

SALT_BYTES: Final = 16
KEY_BYTES: Final = 32
PAGE_BYTES: Final = 4096
_PLAIN: Final = b"SQLite format 3\0"
_BUSY_SECONDS: Final = 10.0
_MODULE: Final = "sqlcipher3.dbapi2"
# Of 4,096 random bytes hardly one value of 256 stays away; text, pictures' heads and plain books show far fewer.
_FEWEST_VALUES: Final = 240
# So many pages, spread over the file, tell whether it goes on as it begins.
_LOOKED_AT: Final = 64


@dataclass(frozen=True, slots=True)
class Key:
    """What opens a locked book: 32 secret bytes, and the salt that stands open at the beginning of its file.

    `str` and `repr` say nothing of the secret, since both end up in logs.
    """

    secret: bytes = field(repr=False)
    salt: bytes

    def __post_init__(self) -> None:
        if len(self.secret) != KEY_BYTES or len(self.salt) != SALT_BYTES:
            raise ValueError("a key has 32 bytes, its salt 16")

    @property
    def pragma(self) -> str:
        """The literal that SQLCipher takes for key and salt as they are."""
        return f"\"x'{self.secret.hex()}{self.salt.hex()}'\""


def locked_driver(key: Key) -> Driver:
    """The driver of a book under this key. ImportError where the system has no SQLCipher."""
    return Driver(module=cipher_module(), connect=_Connect(key))


def cipher_module() -> ModuleType:
    """The DB-API of SQLCipher; loaded when the first locked book is."""
    from sqlcipher3 import dbapi2

    module: ModuleType = dbapi2
    return module


def database_errors() -> tuple[type[Exception], ...]:
    """What a connection raises, whichever driver made it: SQLCipher's errors are no kind of sqlite3's."""
    loaded = sys.modules.get(_MODULE)
    return (sqlite3.Error,) if loaded is None else (sqlite3.Error, loaded.Error)


def salt_of(path: Path) -> bytes | None:
    """The salt of a file that may be a locked book, None of one that cannot be: plain, too short, or no noise at all.

    A file of another kind may look as random. OSError where it cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(PAGE_BYTES)
        if len(start) < PAGE_BYTES or start.startswith(_PLAIN) or not _is_noise(start) or _goes_on_plain(file):
            return None
    return start[:SALT_BYTES]


def _is_noise(page: bytes) -> bool:
    return len(set(page)) >= _FEWEST_VALUES


def _goes_on_plain(file: BinaryIO) -> bool:
    """Whether the file is a plain book whose first page alone is destroyed. Of a locked one every page is noise, or
    zeros where a disk lost it."""
    pages = file.seek(0, os.SEEK_END) // PAGE_BYTES
    plain = noise = 0
    for page in range(1, pages, max(1, pages // _LOOKED_AT)):
        file.seek(page * PAGE_BYTES)
        content = file.read(PAGE_BYTES)
        if any(content):
            noise += _is_noise(content)
            plain += not _is_noise(content)
    return plain > noise


def opens(path: Path, key: Key) -> bool:
    """Whether the key is the file's: its first page proves itself by it. Changes nothing."""
    module = cipher_module()
    connection = _Connect(key)(path, True)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except module.DatabaseError as error:
        if "NOTADB" in str(getattr(error, "sqlite_errorname", "")):
            return False
        raise
    finally:
        connection.close()
    return True


class _Connect:
    """Opens a file under a key. An object of its own, so that the key shows in no repr and no list of variables."""

    __slots__ = ("_key",)

    def __init__(self, key: Key) -> None:
        self._key = key

    def __call__(self, path: Path, read_only: bool) -> sqlite3.Connection:
        uri = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
        connection = cipher_module().connect(
            uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        # Before the key: SQLCipher otherwise writes to stderr what it could not decrypt.
        connection.execute("PRAGMA cipher_log_level=NONE")
        connection.execute(f"PRAGMA key={self._key.pragma}")
        opened: sqlite3.Connection = connection
        return opened

    def __repr__(self) -> str:
        return f"<locked {hashlib.sha256(self._key.salt).hexdigest()[:8]}>"
