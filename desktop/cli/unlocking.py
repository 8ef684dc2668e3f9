"""How a command comes by the key of an encrypted book: from the keyring, a variable, or a question at the terminal."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from desktop.errors import UserError
from desktop.i18n import _

if TYPE_CHECKING:
    from db.engine import Book, Driver


class Caller(Protocol):
    """What of a call the unlocking needs: the book that this process has open already, if any."""

    held: Book | None


def driver_or_ask(call: Caller, path: Path) -> Driver:
    """The driver of a book; where its key is not known and somebody sits at the terminal, they are asked for it.

    Raises Locked where nobody does, UserError where what they type is not its key.
    """
    from desktop.services.encryption.opening import VARIABLE, Locked, driver_for, unlock

    try:
        return driver_for(path)
    except Locked as locked:
        if call.held is not None or not sys.stdin.isatty():
            raise UserError(
                locked.message,
                _("Run `sheaf unlock BOOK` once, or set the variable {variable} for this command.").format(
                    variable=VARIABLE
                ),
            ) from locked
    # Not kept: `unlock` is for that, and a borrowed terminal should not learn the key.
    unlock(path, ask_secret(_("Recovery passphrase or recovery key of {name}").format(name=path.name)), keep=False)
    return driver_for(path)


def ask_secret(prompt: str) -> str:
    """One line that a terminal does not show, or a line of standard input. UserError where it is empty."""
    text = getpass.getpass(f"{prompt}: ") if sys.stdin.isatty() else sys.stdin.readline()
    text = text.strip()
    if not text:
        raise UserError(_("Standard input brought no passphrase."), _("Type it, or pipe it in: sheaf … < FILE"))
    return text
