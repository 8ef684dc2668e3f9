"""After how many idle minutes a window locks itself."""

from __future__ import annotations

import json
from typing import Final

from db.engine import Book
from desktop.i18n import _
from desktop.services.book_settings import keep_setting
from desktop.services.changes import change
from desktop.services.field_checks import check_not_negative
from desktop.services.problems import Problems

KEY: Final = "access.idle_minutes"
USUAL: Final = 15
_LONGEST: Final = 24 * 60


def idle_minutes(book: Book) -> int:
    """Minutes without a key or a move of the mouse; 0 never locks."""
    with book.reading() as session:
        row = session.connection().exec_driver_sql("SELECT value FROM setting WHERE key = ?", (KEY,)).fetchone()
    found = USUAL if row is None else json.loads(row[0])
    return min(found, _LONGEST) if isinstance(found, int) and found >= 0 else USUAL


def set_idle_minutes(book: Book, minutes: int | None, *, actor: str) -> None:
    """Set them; None or 0 never locks. ValidationError below 0 and above a day."""
    minutes = minutes or 0
    with change(book, actor, _("Change when the window locks")) as made:
        problems = Problems()
        check_not_negative({KEY: minutes}, problems, KEY)
        if minutes > _LONGEST:
            problems.add(KEY, _("At most a day: {count} minutes.").format(count=_LONGEST))
        problems.raise_any()
        keep_setting(made, KEY, None if minutes == USUAL else minutes)
