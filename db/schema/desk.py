"""What people put down while they work: notes on a thing, files beside it, views of a list, forms half filled in."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from db.schema.base import Base, Id, words

# What a note or a file can lie beside; the names are those of the tables.
SUBJECTS = ("client", "agreement", "invoice", "payment", "run", "draft", "item", "dispute")


class Note(Base):
    """A few words on one thing, or a step agreed with the client; with a `due_on` it comes up on that day.

    `at` is UTC text; `done_on` is the day on which the step was ticked off.
    """

    __tablename__ = "note"
    __table_args__ = (
        words("subject", *SUBJECTS),
        Index("ix_note_subject", "subject", "subject_id"),
        Index("ix_note_due_on", "due_on", sqlite_where=text("due_on IS NOT NULL AND done_on IS NULL")),
    )
    id: Mapped[Id]
    subject: Mapped[str]
    subject_id: Mapped[int]
    text: Mapped[str]
    at: Mapped[str]
    author: Mapped[str]
    due_on: Mapped[date | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    done_on: Mapped[date | None]


class Attachment(Base):
    """A file that lies beside one thing: a signed contract, a letter."""

    __tablename__ = "attachment"
    __table_args__ = (
        words("subject", *SUBJECTS),
        Index("ix_attachment_subject", "subject", "subject_id"),
    )
    id: Mapped[Id]
    subject: Mapped[str]
    subject_id: Mapped[int]
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), index=True)
    name: Mapped[str]
    at: Mapped[str]
    author: Mapped[str]


class SavedView(Base):
    """A search, its filters, order and columns under a name. `page` is a place of the window, `query` JSON."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("uq_saved_view_page_name", "page", "name", unique=True),)
    id: Mapped[Id]
    page: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    position: Mapped[int]


class Unfinished(Base):
    """What somebody typed into a form and has not saved yet, so that a crash does not lose it; JSON by field.

    It stands outside the log of changes: nothing is decided before the form is saved.
    """

    __tablename__ = "unfinished"
    __table_args__ = (Index("uq_unfinished_form_subject_id", "form", "subject_id", "author", unique=True),)
    id: Mapped[Id]
    form: Mapped[str]
    subject_id: Mapped[int]
    author: Mapped[str]
    at: Mapped[str]
    entries: Mapped[str]
