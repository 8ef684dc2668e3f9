"""Writes to the book as change sets: told in one sentence, audited, undone as one.

with change(book, actor, _("Rename client {code}").format(code=code)) as made:
    made.update(Client, client_id, name=name)
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from db.engine import Book
from db.schema import AuditEvent, ChangeSet
from desktop.services.change_sets import Change
from desktop.services.configuration.unproposed import refuse_unproposed
from desktop.services.undoing import take_back, undo_target

__all__ = ["Change", "ChangeRow", "change", "changes", "undo"]


@contextmanager
def change(book: Book, actor: str, summary: str, *, undoable: bool = True) -> Iterator[Change]:
    """One write transaction as one change set; nothing of it stays when the block raises.

    Raises UserError where the disk, a lock or a rule of the book refuses.
    """
    with book.writing() as session:
        made = Change(book, session, actor, summary, undoable=undoable)
        yield made
        # What was added through the session must be there to be sealed.
        session.flush()
        refuse_unproposed(made)
        made.finish()


def undo(book: Book, actor: str, change_set_id: int | None = None, *, past_money: bool = True) -> str:
    """Take back a change set, by default the last one that can be; returns its summary.

    Without `past_money` the last one is not looked for before money that was booked since.
    Undoing is a change set of its own; undo that one to have the first again. Raises UserError where there is nothing
    to undo, where something was changed since, or where it was billed.
    """
    with book.writing() as session:
        target = undo_target(session.connection(), change_set_id, past_money=past_money)
        made = Change(book, session, actor, target.undo_summary, undoable=target.restorable)
        take_back(made, target)
        made.finish()
    return target.summary


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change set in the list. `at` is UTC text; `undoes` names the one that it took back."""

    id: int
    at: str
    actor: str
    summary: str
    undoable: bool
    undone_by: int | None
    undoes: int | None


def changes(book: Book, limit: int = 200) -> list[ChangeRow]:
    """The latest change sets, newest first; those that only keep files that went out are told by the outbox."""
    taken_back = aliased(ChangeSet)
    query = (
        select(
            ChangeSet.id,
            ChangeSet.at,
            ChangeSet.actor,
            ChangeSet.summary,
            ChangeSet.undoable,
            ChangeSet.undone_by,
            taken_back.id,
        )
        .outerjoin(taken_back, taken_back.undone_by == ChangeSet.id)
        .where(or_(ChangeSet.undoable, ~_only_of(ChangeSet.id, "rendering")))
        .order_by(ChangeSet.id.desc())
        .limit(limit)
    )
    with book.reading() as session:
        return [ChangeRow(*row) for row in session.execute(query)]


def _only_of(change_set: InstrumentedAttribute[int], subject: str) -> ColumnElement[bool]:
    """Whether a change set has events, and all of one subject."""
    mine = AuditEvent.change_set_id == change_set
    return exists().where(mine) & ~exists().where(mine, AuditEvent.subject != subject)
