"""Notes on things: a few words, and where a step was agreed the day on which it is due and whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from db.engine import Book
from db.schema import Note, Person
from desktop.errors import UserError
from desktop.i18n import _
from desktop.services.beside import require_subject
from desktop.services.changes import Change, change
from desktop.services.records import found
from desktop.services.subjects import called

# What a person writes in a minute; longer papers are files.
LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note. `at` is UTC text; `owner` the name behind `owner_id`; `done_on` the day on which it was ticked off."""

    id: int
    subject: str
    subject_id: int
    text: str
    at: str
    author: str
    due_on: date | None
    owner_id: int | None
    owner: str
    done_on: date | None

    @property
    def waits(self) -> bool:
        """Whether a step is agreed and not done."""
        return self.due_on is not None and self.done_on is None


def notes(book: Book, subject: str, subject_id: int) -> list[NoteRow]:
    """Those of one thing: first the steps that wait, by day, then all others, the newest first."""
    query = (
        select(Note, Person.name)
        .outerjoin(Person, Person.id == Note.owner_id)
        .where(Note.subject == subject, Note.subject_id == subject_id)
        .order_by(Note.id.desc())
    )
    with book.reading() as session:
        rows = [
            NoteRow(
                note.id,
                note.subject,
                note.subject_id,
                note.text,
                note.at,
                note.author,
                note.due_on,
                note.owner_id,
                owner or "",
                note.done_on,
            )
            for note, owner in session.execute(query)
        ]
    return sorted(rows, key=lambda one: (not one.waits, one.due_on if one.waits and one.due_on else date.max))


def count_notes(book: Book, subject: str, subject_id: int) -> int:
    """How many notes one thing has."""
    with book.reading() as session:
        return int(
            session.connection()
            .exec_driver_sql("SELECT count(*) FROM note WHERE subject = ? AND subject_id = ?", (subject, subject_id))
            .scalar_one()
        )


def add_note(
    book: Book,
    subject: str,
    subject_id: int,
    text: str,
    *,
    actor: str,
    due_on: date | None = None,
    owner_id: int | None = None,
) -> int:
    """Put a note to a thing, or to what that was merged into; its id. With `due_on` it is a step that comes up then.

    UserError where the text is empty or too long, or the thing or the owner is gone.
    """
    with change(book, actor, _("Add a note")) as made:
        subject_id = require_subject(made.connection, subject, subject_id)
        made.summary = _("Add a note to {thing}").format(thing=called(made.connection, subject, subject_id))
        _check_owner(made, owner_id)
        return made.insert(
            Note,
            subject=subject,
            subject_id=subject_id,
            text=_checked(text),
            at=made.at,
            author=actor,
            due_on=due_on,
            owner_id=owner_id,
        )


def change_note(book: Book, note_id: int, values: Mapping[str, Any], *, actor: str) -> None:
    """Set `text`, `due_on` or `owner_id` of a note. UserError as for a new one."""
    unknown = values.keys() - {"text", "due_on", "owner_id"}
    if unknown:
        raise TypeError(f"a note has no {', '.join(sorted(unknown))}")
    with change(book, actor, _("Change a note")) as made:
        _told(made, note_id, _("Change a note to {thing}"))
        wanted = dict(values)
        if "text" in wanted:
            wanted["text"] = _checked(str(wanted["text"]))
        _check_owner(made, wanted.get("owner_id"))
        made.update(Note, note_id, **wanted)


def tick_off(book: Book, note_id: int, *, on: date, actor: str) -> None:
    """The step of a note is done."""
    with change(book, actor, _("Tick off a note")) as made:
        _told(made, note_id, _("Tick off a note to {thing}"))
        made.update(Note, note_id, done_on=on)


def open_again(book: Book, note_id: int, *, actor: str) -> None:
    """The step of a note is to be done after all."""
    with change(book, actor, _("Open a note again")) as made:
        _told(made, note_id, _("Open a note to {thing} again"))
        made.update(Note, note_id, done_on=None)


def delete_note(book: Book, note_id: int, *, actor: str) -> None:
    """Take a note away; the log keeps what it said."""
    with change(book, actor, _("Delete a note")) as made:
        _told(made, note_id, _("Delete a note to {thing}"))
        made.delete(Note, note_id)


def _told(made: Change, note_id: int, summary: str) -> None:
    row: Note = found(made.session, Note, note_id, _("The note"))
    made.summary = summary.format(thing=called(made.connection, row.subject, row.subject_id))


def _checked(text: str) -> str:
    kept = text.strip()
    if not kept:
        raise UserError(_("The note is empty."), _("Write a word or two first."))
    if len(kept) > LONGEST:
        raise UserError(
            _("The note has {count} letters; a note holds {most}.").format(count=len(kept), most=LONGEST),
            _("Attach the text as a file instead."),
        )
    return kept


def _check_owner(made: Change, owner_id: int | None) -> None:
    if owner_id is not None:
        found(made.session, Person, owner_id, _("The person"))
