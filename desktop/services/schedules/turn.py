"""Whether a book could not be opened because somebody else has it, and it pays to wait."""

from __future__ import annotations

from db.lock import BookIsHeld
from desktop.errors import UserError


def is_held(error: UserError) -> bool:
    return isinstance(error.__cause__, BookIsHeld)
