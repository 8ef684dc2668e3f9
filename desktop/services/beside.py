"""What lies beside a thing, notes and files: it goes where the thing goes, and never stays behind without it."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection

from db.schema import Attachment, Base, Note
from db.schema.desk import SUBJECTS
from desktop.errors import UserError
from desktop.i18n import _, ngettext, number_text
from desktop.services.change_sets import Change
from desktop.services.subjects import word

_TABLES: Final = (Note, Attachment)


def require_subject(connection: Connection, subject: str, subject_id: int) -> int:
    """The id of the thing, or of what it was merged into. UserError where it is gone; ValueError for no subject."""
    if subject not in SUBJECTS:
        raise ValueError(f"nothing lies beside a {subject}")
    merged = "merged_into_id" if "merged_into_id" in Base.metadata.tables[subject].columns else "NULL"
    row = connection.exec_driver_sql(f"SELECT {merged} FROM {subject} WHERE id = ?", (subject_id,)).fetchone()
    if row is None:
        raise UserError(_("The {thing} is not there any more.").format(thing=word(subject)), _("Reload the list."))
    return subject_id if row[0] is None else int(row[0])


def move_beside(made: Change, subject: str, keep: int, absorb: int) -> dict[str, int]:
    """Let what lies beside one thing lie beside another; how many rows by table."""
    moved = {}
    for model in _TABLES:
        ids = _ids(made.connection, model.__tablename__, subject, absorb)
        for one in ids:
            made.update(model, one, subject_id=keep)
        if ids:
            moved[model.__tablename__] = len(ids)
    return moved


def delete_beside(made: Change, subject: str, subject_id: int) -> None:
    """Delete what lies beside a thing that is being deleted; undoing its deletion brings all of it back."""
    for model in _TABLES:
        for one in _ids(made.connection, model.__tablename__, subject, subject_id):
            made.delete(model, one)


def lies_beside(connection: Connection, subject: str, which: str, values: tuple[Any, ...]) -> str:
    """What lies beside the things that a condition picks ("id = ?"), counted in words; empty where nothing does."""
    if subject not in SUBJECTS:
        return ""
    counts = [
        int(
            connection.exec_driver_sql(
                f"SELECT count(*) FROM {model.__tablename__} WHERE subject = ?"
                f" AND subject_id IN (SELECT id FROM {subject} WHERE {which})",
                (subject, *values),
            ).scalar_one()
        )
        for model in _TABLES
    ]
    return counted(*counts)


def counted(notes: int, files: int) -> str:
    """So many notes and files, in words; empty where there are none."""
    of_notes = ngettext("{count} note", "{count} notes", notes).format(count=number_text(notes))
    of_files = ngettext("{count} file", "{count} files", files).format(count=number_text(files))
    if notes and files:
        return _("{notes} and {files}").format(notes=of_notes, files=of_files)
    return of_notes if notes else of_files if files else ""


def _ids(connection: Connection, table: str, subject: str, subject_id: int) -> list[int]:
    rows = connection.exec_driver_sql(
        f"SELECT id FROM {table} WHERE subject = ? AND subject_id = ? ORDER BY id", (subject, subject_id)
    )
    return [int(row[0]) for row in rows]
