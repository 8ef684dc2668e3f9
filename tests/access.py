"""People with passphrases for tests: a book guarded by an owner, and who else works with it."""

from __future__ import annotations

from typing import Final

from db.engine import Book
from desktop.domain.access import SignedIn
from desktop.services.access.passphrases import set_passphrase
from desktop.services.people import people, save_person

WORDS: Final = "slow brown harbour"


def person(book: Book, name: str, role: str) -> int:
    """The person of this name, added without a passphrase if need be."""
    known = {one["name"]: one["id"] for one in people(book)}
    return known.get(name) or save_person(book, {"name": name, "role": role}, actor="test")


def guard(book: Book, owner: str = "Olga") -> int:
    """Have an owner with a passphrase, signed in; the owner's id."""
    number = person(book, owner, "owner")
    set_passphrase(book, number, WORDS, actor=owner)
    return number


def as_role(book: Book, role: str, name: str = "Rita") -> Book:
    """The guarded book in the hands of somebody of a role."""
    return book.acting(SignedIn(person(book, name, role), name, role, book.now))
