"""Books of tests closed through a day, without the checklist that a person goes by."""

from __future__ import annotations

from datetime import date

from db.engine import Book
from db.schema import Closing
from desktop.services.accounting.journal_digest import journal_digests
from desktop.services.change_sets import raw
from desktop.services.changes import change


def close(book: Book, through: str) -> None:
    """With the journal's digest, so that the check holds it against what follows."""
    day = date.fromisoformat(through)
    with change(book, "Anne", "Close") as made:
        digest = journal_digests(raw(made.connection), [day])[day]
        made.insert(Closing, through=day, closed_at=made.at, actor="Anne", checklist="{}", head="", digest=digest)
