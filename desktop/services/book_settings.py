"""Named settings that belong to a book and travel with it, as JSON values."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import select

from db.engine import Book
from db.schema import Setting
from desktop.i18n import _
from desktop.services.changes import Change, change

# The day of the last backup that was made of the book.
LAST_BACKUP: Final = "backup.last"


def book_settings(book: Book) -> dict[str, Any]:
    with book.reading() as session:
        return {row.key: json.loads(row.value) for row in session.scalars(select(Setting).order_by(Setting.key))}


def set_book_setting(book: Book, key: str, value: Any, *, actor: str) -> None:
    """Set a value, or take the setting away with None."""
    with change(book, actor, _("Change setting {key}").format(key=key)) as made:
        keep_setting(made, key, value)


def keep_setting(made: Change, key: str, value: Any) -> None:
    """As set_book_setting, within the caller's change."""
    standing = made.session.get(Setting, key)
    if value is None:
        if standing is not None:
            made.delete(Setting, key)
        return
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if standing is None:
        made.insert(Setting, key=key, value=text)
    else:
        made.update(Setting, key, value=text)
