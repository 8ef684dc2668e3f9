"""The files that were taken into the book, and the way to take one out again."""

from __future__ import annotations

from dataclasses import dataclass

from db.engine import Book
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.changes import undo


@dataclass(frozen=True, slots=True)
class ImportBatchRow:
    """One file taken in; `at` is UTC text, the counts are rows of the file."""

    id: int
    kind: str
    file_name: str
    at: str
    actor: str
    rows: int
    imported: int
    unchanged: int
    rejected: int


def import_batches(book: Book) -> tuple[ImportBatchRow, ...]:
    """The imports that stand, the newest first; one that was undone is gone."""
    with book.reading() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT id, kind, file_name, at, actor, rows, imported, unchanged, rejected FROM import_batch "
            "ORDER BY id DESC"
        )
        return tuple(ImportBatchRow(*row) for row in rows)


def undo_import(book: Book, batch_id: int, *, actor: str) -> str:
    """Take out what a file brought; the summary of what was undone.

    UserError where it was undone already, or where something of it was billed or changed since.
    """
    with book.reading() as session:
        row = (
            session.connection()
            .exec_driver_sql("SELECT change_set_id FROM import_batch WHERE id = ?", (batch_id,))
            .fetchone()
        )
    if row is None:
        raise UserError(_("This import is not in the book any more."), _("Reload the list."))
    return undo(book, actor, int(row[0]))
