"""Which driver opens a book: the plain one, or the one under the key that this computer keeps for it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from db.cipher import Key, locked_driver, opens, salt_of
from db.engine import PLAIN, Driver
from desktop import secrets
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.encryption.recovery import typed_secret

VARIABLE: Final = "SHEAF_BOOK_KEY"


class Locked(UserError):
    """The book at `path` is encrypted, and its key is not on this computer: ask for it, and `unlock`."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            _("{path} is encrypted, and this computer does not have its key.").format(path=path),
            _("Unlock it with its recovery passphrase or its recovery key."),
        )
        self.path = path


class NoCipher(UserError):
    """This installation cannot read encrypted books."""

    def __init__(self) -> None:
        super().__init__(
            _("This installation of Sheaf cannot read encrypted books: a part of it is missing."),
            _("Install Sheaf again, with all its parts."),
        )


def secret_name(salt: bytes) -> str:
    """Under which name the keyring has the key of the books with this salt."""
    return f"book-key/{salt.hex()}"


def driver_for(path: Path) -> Driver:
    """The driver of a book or backup, also of one that does not exist yet, which is plain.

    Raises Locked where its key is neither in the keyring nor given for as long as the program runs.
    """
    key = known_key(path)
    if key is None:
        if is_encrypted(path):
            raise Locked(path)
        return PLAIN
    return driver_of(key)


def driver_of(key: Key) -> Driver:
    """The driver under a key. NoCipher where SQLCipher is missing."""
    try:
        return locked_driver(key)
    except ImportError as error:
        raise NoCipher from error


def is_encrypted(path: Path) -> bool:
    """Whether the file is, as far as its bytes tell, an encrypted book; a file that is not there is not."""
    try:
        return salt_of(path) is not None
    except OSError:
        return False


def known_key(path: Path) -> Key | None:
    """The key of an encrypted book or backup as far as this computer has it, by its salt."""
    try:
        salt = salt_of(path)
    except OSError:
        # Who opens it says why it cannot be read.
        return None
    if salt is None:
        return None
    kept = secrets.known(secret_name(salt))
    if kept is not None:
        return Key(bytes.fromhex(kept), salt)
    given = os.environ.get(VARIABLE, "")
    return unlock(path, given, keep=False) if given else None


def unlock(path: Path, typed: str, *, keep: bool = True) -> Key:
    """The key that a recovery passphrase or a recovery key gives, kept in the keyring from now on.

    Where there is no keyring, or not `keep`, it is known for as long as the program runs. Raises UserError where it
    is not the key of this book, or the book is not encrypted.
    """
    try:
        salt = salt_of(path)
    except OSError as error:
        raise UserError(
            _("{path} cannot be read: {error}.").format(path=path, error=error.strerror or error),
            _("See that the disk is connected and that the path is right."),
        ) from error
    if salt is None:
        raise UserError(_("{path} is not encrypted.").format(path=path), _("Open it as it is."))
    key = Key(typed_secret(typed, salt), salt)
    driver_of(key)
    if not opens(path, key):
        raise UserError(
            _("This is not the key of {name}, or its first page is damaged.").format(name=path.name),
            _("See that the passphrase or the recovery key belongs to this book, and type it once more."),
        )
    if keep:
        secrets.keep_or_hold(secret_name(salt), key.secret.hex())
    else:
        secrets.hold(secret_name(salt), key.secret.hex())
    return key
