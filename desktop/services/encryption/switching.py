"""Switches encryption of a closed book on and off, and gives it another key; each time by a copy that proved equal."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from db import book_files
from db.cipher import Key
from db.engine import PLAIN
from db.recasting import recast_book
from desktop import secrets
from desktop.domain.access import SignedIn
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.access.file_owner import refuse_unless_owner
from desktop.services.backups.choices import Choices, machine_choices
from desktop.services.backups.shelf import backups_of
from desktop.services.encryption.opening import Locked, driver_for, driver_of, is_encrypted, known_key, secret_name

Report = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Switched:
    """`kept` says whether the keyring has the key, `scrubbed` whether the plain file was overwritten on its disk."""

    kept: bool
    scrubbed: bool


def encrypt(path: Path, key: Key, *, who: SignedIn | None = None, report: Report | None = None) -> Switched:
    """Put a plain closed book under a key, which the keyring has before the book does.

    Without a keyring the key is known while the program runs: show the recovery key before, or take a passphrase.
    Raises UserError where the book is encrypted already, open, damaged, or where there is no room for a second one,
    and, as the others here, where its people sign in and `who` is no owner.
    """
    path = path.absolute()
    if is_encrypted(path):
        raise UserError(_("{path} is encrypted already.").format(path=path), _("Nothing was changed."))
    driver_of(key)
    with book_files.look_into(path, PLAIN):
        pass
    refuse_unless_owner(who, path)
    return _recast(path, None, key, report)


def change_key(path: Path, key: Key, *, who: SignedIn | None = None, report: Report | None = None) -> Switched:
    """Put an encrypted closed book under another key. The old one stays in the keyring, where its backups need it.

    Raises as `encrypt`, Locked where the present key is not known.
    """
    path = path.absolute()
    old = _present(path)
    refuse_unless_owner(who, path)
    return _recast(path, old, key, report)


def decrypt(path: Path, *, who: SignedIn | None = None, report: Report | None = None) -> None:
    """Take the key off a closed book; the keyring still has it for the book's backups. Raises as `change_key`."""
    path = path.absolute()
    old = _present(path)
    refuse_unless_owner(who, path)
    recast_book(path, old, None, report=report)


def encrypt_copies(copies: list[Path], key: Key, *, report: Report | None = None) -> list[Path]:
    """Put plain backups under their book's key; those that could not be are returned.

    One that is damaged or gone is no reason to leave the others open.
    """
    left = []
    for one in copies:
        try:
            recast_book(one, None, key, report=report)
        except UserError:
            left.append(one)
    return left


def plain_copies(path: Path, choices: Choices | None = None) -> list[Path]:
    """Backups and copies of this very book that anybody can still read, the newest first.

    A copy of another book with a similar name is not among them. `choices` say where its backups go, by default those
    of this computer.
    """
    uid = _uid(path)
    kept = backups_of(path, choices or machine_choices(), uid)
    return [one.path for one in kept if not is_encrypted(one.path) and _uid_or_none(one.path) == uid]


def _uid(path: Path) -> str:
    with book_files.look_into(path, driver_for(path)) as connection:
        return str(connection.execute("SELECT uid FROM book").fetchone()[0])


def _uid_or_none(path: Path) -> str | None:
    try:
        return _uid(path)
    except UserError:
        return None


def forget_key(path: Path, *, who: SignedIn | None = None) -> None:
    """Take the key of a book out of this computer's keyring; whoever opens it next is asked. UserError if plain."""
    key = known_key(path)
    if key is None:
        _present(path)
        return
    refuse_unless_owner(who, path)
    with suppress(secrets.NoKeyring):
        secrets.forget(secret_name(key.salt))


def _present(path: Path) -> Key:
    key = known_key(path)
    if key is not None:
        # Says plainly where the file is no book any more.
        with book_files.look_into(path, driver_for(path)):
            return key
    if is_encrypted(path):
        raise Locked(path)
    with book_files.look_into(path, PLAIN):
        raise UserError(_("{path} is not encrypted.").format(path=path), _("Nothing was changed."))


def _recast(path: Path, old: Key | None, new: Key, report: Report | None) -> Switched:
    kept = False

    def keep() -> None:
        nonlocal kept
        name, secret = secret_name(new.salt), new.secret.hex()
        kept = secrets.keep_or_hold(name, secret)
        if secrets.known(name) != secret:
            raise UserError(
                _("The keyring of this computer did not give back the key that it was given."),
                _("The book is as it was. Unlock the keyring, and try again."),
            )

    scrubbed = recast_book(path, old, new, report=report, before=keep)
    return Switched(kept, scrubbed)
