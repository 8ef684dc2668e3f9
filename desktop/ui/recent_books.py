"""The books opened lately, remembered for this user: where each lies and when it was opened last."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from desktop.ui.memory import Memory

_KEY = "recent"
_MOST = 10


class RecentBook(NamedTuple):
    """`at` is the moment by the clock on this wall, None where it was not noted."""

    path: Path
    at: datetime | None


def recent_books(memory: Memory) -> list[RecentBook]:
    """Those that are still there, the newest first."""
    stored = memory.get(_KEY, [])
    found = []
    for one in stored if isinstance(stored, list) else []:
        match one:
            case str(name):
                found.append(RecentBook(Path(name), None))
            case [str(name), str(at)]:
                found.append(RecentBook(Path(name), _moment(at)))
    return [book for book in found if book.path.is_file()]


def remember_book(memory: Memory, path: Path, now: datetime) -> None:
    """Put a book first."""
    whole = path.absolute()
    others = [book for book in recent_books(memory) if book.path != whole]
    rows = [RecentBook(whole, now), *others][:_MOST]
    memory.put(_KEY, [[str(book.path), book.at.isoformat() if book.at else ""] for book in rows])


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
