"""Keeps a mapping for the next file like this, under a name that no other mapping has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from db.engine import Book
from desktop.services.imports import Profile, profiles, remember


def keep(book: Book, profile: Profile, wish: str, actor: str) -> None:
    """Remember a mapping: in place of the one for the same headings, else under `wish` or the next free name."""
    name = name_for(profile, profiles(book, profile.kind), wish)
    remember(book, replace(profile, name=name), actor=actor)


def name_for(profile: Profile, known: Sequence[Profile], wish: str) -> str:
    alike = [one.name for one in known if one.signature == profile.signature]
    if len(alike) == 1:
        return alike[0]
    # Of several for the same headings the latest is used, so that one more takes their place.
    taken = {one.name.casefold() for one in known}
    names = (wish if number == 1 else f"{wish} {number}" for number in count(1))
    return next(name for name in names if name.casefold() not in taken)
