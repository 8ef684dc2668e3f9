"""Signs a command in where the people of a book have passphrases: by --as and a variable, the keyring or a question."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Protocol

from desktop.errors import UserError
from desktop.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from db.engine import Book
    from desktop.domain.access import SignedIn, Vouched
    from desktop.services.access.second_pair import SecondNeeded
    from desktop.services.handover import Answer


class Caller(Protocol):
    """What of a call the signing in needs."""

    arguments: argparse.Namespace
    ask: Answer | None
    vouched: Vouched | None
    held: Book | None

    @property
    def actor(self) -> str: ...
    def book(self) -> AbstractContextManager[Book]: ...


VARIABLE: Final = "SHEAF_PASSPHRASE"
SECOND: Final = "SHEAF_SECOND_PASSPHRASE"


def signed_in(call: Caller, book: Book) -> Book:
    """The book in the hands of whoever the command is for; UserError where name and passphrase do not let them in."""
    book.vouched = call.vouched
    if not book.guarded:
        return book
    from desktop.services.access.signing_in import must_change, sign_in

    book.signed_in = None
    words = answer(call, {"name": call.actor, "kept": kept_name(book, call.actor), "variable": VARIABLE})
    if words is None:
        raise UserError(
            _("The people of this book sign in, and {name} gave no passphrase.").format(name=call.actor),
            _("Say who it is by --as NAME, and set the variable {variable}, or run it in a terminal.").format(
                variable=VARIABLE
            ),
        )
    sign_in(book, call.actor, words)
    if call.arguments.command != "passphrase" and must_change(book):
        raise UserError(
            _("The passphrase that {name} was given serves only once.").format(name=call.actor),
            _("Choose your own: sheaf passphrase BOOK --as NAME"),
        )
    return book


def owner_of(call: Caller, *paths: Path) -> SignedIn | None:
    """Whoever changes a book as a file, signed in where its people sign in; see access.file_owner.

    None where nobody has to. UserError where name and passphrase do not let them in.
    """
    from db.book_files import open_book
    from desktop.cli.unlocking import driver_or_ask
    from desktop.services.access.file_owner import asks_for_owner

    path = asks_for_owner(*paths)
    if path is None:
        return None
    driver = driver_or_ask(call, path)
    try:
        # A backup stays as it is, and so does a book that another program writes to.
        book = open_book(path, read_only=path != paths[0], driver=driver)
    except UserError:
        book = open_book(path, read_only=True, driver=driver)
    with book:
        return signed_in(call, book).signed_in


def agreed(call: Caller, needed: SecondNeeded) -> Vouched:
    """What the person named by --agreed-by agrees to; where people sign in they prove it. UserError."""
    from desktop.services.access.second_pair import vouch

    name = str(call.arguments.agreed_by)
    with call.book() as book:
        words = ""
        if book.guarded:
            words = answer(call, {"name": name, "kept": kept_name(book, name), "variable": SECOND}) or ""
        return vouch(book, needed, name, words, actor=call.actor)


def kept_name(book: Book, name: str) -> str:
    """Under which name the keyring has a person's passphrase."""
    from desktop.services.access.signing_in import book_uid

    return f"passphrase {book_uid(book)} {name}"


def answer(call: Caller, question: dict[str, str]) -> str | None:
    """What the person at the terminal answers, here or at the other end of a command that was handed over."""
    return call.ask(question) if call.ask is not None else answer_here(question)


def answer_here(question: dict[str, str]) -> str | None:
    """A person's passphrase from the variable, the keyring or the terminal; else a line that the terminal hides.

    None where there is neither.
    """
    if "name" in question:
        if question["variable"] in os.environ:
            return os.environ[question["variable"]]
        from desktop import secrets

        kept = secrets.known(question["kept"])
        if kept is not None:
            return kept
        question = {"prompt": _("Passphrase of {name}").format(name=question["name"])}
        if not sys.stdin.isatty():
            return None
    if "keep" in question:
        from desktop import secrets

        secrets.keep(question["keep"], question["secret"])
        return ""
    if "forget" in question:
        from desktop import secrets

        secrets.forget(question["forget"])
        return ""
    if sys.stdin.isatty():
        return getpass.getpass(f"{question['prompt']}: ")
    line = sys.stdin.readline()
    return line.rstrip("\r\n") if line else None
