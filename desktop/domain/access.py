"""Roles and rights: what a person who signs in may do in the book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

Role = Literal["owner", "bookkeeper", "clerk", "reader"]
Right = Literal["see", "change", "approve", "configure", "money", "people"]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
RIGHTS: Final[tuple[Right, ...]] = get_args(Right)
"""`change` is the daily work up to the issued invoice, `money` what moves money or takes it off, `people` what is the
owner's alone: people, passphrases, closed books, erasing."""

RIGHTS_OF: Final[Mapping[str, frozenset[Right]]] = {
    "owner": frozenset(RIGHTS),
    "bookkeeper": frozenset({"see", "change", "approve", "configure", "money"}),
    "clerk": frozenset({"see", "change"}),
    "reader": frozenset({"see"}),
}


def may(role: str, right: Right) -> bool:
    """Whether a role includes a right; a role that this program does not know includes none."""
    return right in RIGHTS_OF.get(role, ())


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who works with the book; `at` is UTC text. `behalf` is set where the program acts by what they had set up."""

    person_id: int
    name: str
    role: str
    at: str = ""
    behalf: bool = False

    def may(self, right: Right) -> bool:
        """Whether their role includes a right."""
        return may(self.role, right)


@dataclass(frozen=True, slots=True)
class Vouched:
    """A second person agreed to one act of a kind and an amount in the firm's minor units, and to no other."""

    name: str
    kind: str
    amount: int | None


# A person waits after these many wrong passphrases in a row, twice as long with each further one.
FREE_TRIES: Final = 3
_FIRST_WAIT: Final = 5
LONGEST_WAIT: Final = 900


def wait_after(wrong: int) -> int:
    """Seconds until a name that was refused `wrong` times in a row may try again."""
    if wrong < FREE_TRIES:
        return 0
    return min(_FIRST_WAIT << min(wrong - FREE_TRIES, 16), LONGEST_WAIT)


SHORTEST: Final = 8
LONGEST: Final = 1000
"""Characters of a passphrase; the longest keeps a pasted file from costing minutes."""


def is_weak(passphrase: str, name: str) -> bool:
    """Whether a passphrase is the person's own name, or one sign over and over."""
    plain = passphrase.strip().casefold()
    return len(set(plain)) < 4 or plain in {name.casefold(), name.casefold() * 2, f"{name.casefold()}1"}
